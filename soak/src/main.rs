//! `cargo run --release -p online-contact-soak`
//!
//! A server behind the `VerifyLayer` under attack: connections that drip, large uploads with wrong
//! signatures, rejected requests of every kind as fast as they can be sent. Honest requests go on all
//! the while, and their keys are replaced under them. At the end the program says what the server
//! held at most, what it gave back, and what became of the honest requests; it ends with status 1 if
//! any of it is not as it must be. Nothing leaves this machine: all of it goes over 127.0.0.1.
//!
//! | file | holds |
//! |---|---|
//! | `plan.rs` | how much of everything: the long form and the short one |
//! | `soak.rs`, `soak/checks.rs` | the phases, one after another; what must be so at the end |
//! | `server.rs` | the server, in a process of its own |
//! | `child.rs` | that process seen from here: memory, descriptors, its admin answers |
//! | `keys.rs` | the keys in force, and when one may be retired |
//! | `honest.rs` | the honest requests, and what became of each |
//! | `attack/` | the rest |
//! | `wire.rs` | a request in bytes, and what came back |
//! | `report.rs` | the numbers, and the checks |

mod attack;
mod child;
mod honest;
mod keys;
mod plan;
mod report;
mod server;
mod soak;
mod wire;

use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::plan::Plan;

/// Whatever keeps the soak from being run, in words.
type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Error>;

const USAGE: &str = "\
usage: online-contact-soak [--short]

Attacks a server of its own on 127.0.0.1 and reports how it stood. Linux only: it reads /proc.

  --short   less of everything, for CI: some 20 seconds instead of two minutes
";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        [] => soak::run(Plan::LONG).await,
        ["--short"] => soak::run(Plan::SHORT).await,
        // The child of one of the two.
        ["--serve"] => server::run(Plan::LONG).await.map(|()| true),
        ["--serve", "--short"] => server::run(Plan::SHORT).await.map(|()| true),
        ["--help" | "-h"] => say(USAGE).map(|()| true),
        _ => Err(format!("unknown arguments {arguments:?}: expected none or --short").into()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // If stderr is closed, the status alone has to tell.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn say(text: &str) -> Result<()> {
    Ok(io::stdout().write_all(text.as_bytes())?)
}

/// Says on stderr how far it has come.
fn progress(text: &str) {
    // The soak goes on whether or not anybody reads it.
    let _ = writeln!(io::stderr(), "soak: {text}");
}
