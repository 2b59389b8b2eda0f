#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod agent;
mod args;
pub mod captured;
mod console;
mod context;
mod doctor;
mod exchange;
mod explain;
mod generate;
mod help;
mod http;
mod input;
mod key;
mod lang;
mod listen;
mod outgoing;
mod report;
mod secrets;
mod send;
mod settings;
mod sign;
mod socket;
mod stop;
mod text;
mod typed;
mod verdict;

pub use crate::args::{main, run};
pub use crate::explain::explanation_of;
