//! `online-contact doctor` against honest servers and servers with one fault each.
//!
//! The servers verify by themselves, without the library.

mod answer;
mod endpoints;
mod fault;
mod faults;
mod health;
mod mac;
mod rejection;
mod reports;
mod server;
mod settings;
mod tls;
mod verify;
