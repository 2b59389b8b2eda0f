//! The command `online-contact`: signs, sends, explains and examines requests of NHN Cloud Online
//! Contact, and shows what the agent sees.
//!
//! It works with any server in any language. What it knows of the protocol it has from
//! [`online_contact`]; this crate adds the sockets, the files and the words.
//!
//! ```text
//! cargo install online-contact-cli --locked
//! export OC_SECURITY_KEY=…          # or --key-file FILE, or a prompt; never an argument
//!
//! online-contact sign --field callNum=1 --format curl --uri https://example.com/customer
//! online-contact send https://example.com/customer --field callNum=1
//! online-contact explain --request captured.txt --body body.json
//! online-contact doctor https://example.com/customer
//! online-contact console
//! ```
//!
//! The [manual] shows every subcommand. The library is there for the program's own tests, and promises no
//! API; [`run`] is the whole program:
//!
//! ```
//! use std::process::ExitCode;
//!
//! let done = online_contact_cli::run(["online-contact", "--version"]);
//! assert_eq!(done, ExitCode::SUCCESS);
//! ```
//!
//! [manual]: https://github.com/online-contact/online-contact/blob/main/docs/cli.md
//!
//! # The other crates
//!
//! | crate | is |
//! |---|---|
//! | [online-contact](https://docs.rs/online-contact) | the core: keys, sources of keys, replay guards, answers, and verification without a framework |
//! | [online-contact-tower](https://docs.rs/online-contact-tower) | one layer for axum, tonic, hyper and every tower service |
//! | [online-contact-actix](https://docs.rs/online-contact-actix) | one `.wrap()` for actix-web |
//! | [online-contact-redis](https://docs.rs/online-contact-redis) | a replay guard that several machines share |

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
mod interrupt;
mod key;
mod lang;
mod listen;
mod outcome;
mod outgoing;
mod report;
mod secrets;
mod send;
mod settings;
mod sign;
mod stop;
mod typed;

pub use crate::args::{main, run};
pub use crate::explain::explanation_of;
