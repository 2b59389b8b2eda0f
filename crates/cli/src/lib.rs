//! The command `online-contact`: signs, sends, explains and examines requests of NHN Cloud Online
//! Contact, and shows what the agent sees.
//!
//! It works with any server in any language. What it knows of the protocol it has from
//! [`online_contact`]; this crate adds the sockets, the files and the words.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod agent;
mod args;
pub mod captured;
mod console;
mod context;
mod doctor;
mod explain;
mod generate;
mod help;
mod http;
mod input;
mod key;
mod lang;
mod outcome;
mod report;
mod secrets;
mod send;
mod sign;
mod typed;

pub use crate::args::{main, run};
pub use crate::explain::explanation_of;
