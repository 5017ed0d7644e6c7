//! Handlers, one module a part of the API.

pub(crate) mod bulk;
pub(crate) mod changes;
pub(crate) mod charts;
pub(crate) mod consents;
pub(crate) mod entries;
pub(crate) mod events;
pub(crate) mod exports;
pub(crate) mod feeds;
pub(crate) mod files;
pub(crate) mod forms;
pub(crate) mod imports;
pub(crate) mod jobs;
pub(crate) mod lookup;
pub(crate) mod notes;
pub(crate) mod pages;
pub(crate) mod records;
pub(crate) mod saved;
pub(crate) mod search;
pub(crate) mod session;
pub(crate) mod shape;
pub(crate) mod templates;
pub(crate) mod timeline;
pub(crate) mod tokens;
pub(crate) mod undo;
pub(crate) mod views;
pub(crate) mod writes;
