//! The web server: HTTP API, sessions, jobs and the embedded page.

mod app;
mod assets;
mod auth;
mod clock;
mod error;
mod keyed;
mod listen;
mod live;
mod openapi;
mod pace;
mod people;
mod pictures;
mod routes;
mod sender;
mod shapes;
mod tasks;
mod upkeep;
mod wire;

pub use app::{App, router};
pub use auth::{hash_password, new_token};
pub use clock::{Clock, today_in_shanghai};
pub use listen::{Listening, listen, serve};
pub use openapi::document;
pub use sender::Network;
