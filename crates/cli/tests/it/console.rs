//! `online-contact console`: over plain sockets, and in a real browser.

mod door;
mod foreign;
mod lookups;
mod page;
pub(crate) mod program;
pub(crate) mod request;
mod screenshot;
mod settings;
mod start;
pub(crate) mod target;
