//! Long work with progress, the same for server and command line: import, demonstration data, export,
//! graded workbooks.

pub mod control;
pub mod demo;
pub mod export;
pub mod feed;
pub mod grade;
pub mod import;
pub mod templates;

pub use control::Control;
