//! `cargo run --release -p online-contact-soak`
//!
//! Attacks a server behind `VerifyLayer`: connections that drip, large uploads with wrong signatures, and all
//! kinds of rejected requests, while honest requests continue and their keys are replaced. Reports memory,
//! released resources and the outcomes of the honest requests, and exits with status 1 if a check fails. All
//! traffic is on 127.0.0.1.
//!
//! | file | content |
//! |---|---|
//! | `plan.rs` | the sizes of the long and the short form |
//! | `soak.rs`, `soak/checks.rs` | the phases, and the checks at the end |
//! | `server.rs` | the server, in its own process |
//! | `child.rs` | its memory, descriptors and commands |
//! | `keys.rs` | the keys of the server |
//! | `honest.rs` | the honest requests and their outcomes |
//! | `attack/` | the attackers |
//! | `wire.rs` | requests as bytes, and their responses |
//! | `report.rs` | the report |

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

/// An error that prevents the soak.
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
        // The server.
        ["--serve"] => server::run(Plan::LONG).await.map(|()| true),
        ["--serve", "--short"] => server::run(Plan::SHORT).await.map(|()| true),
        ["--help" | "-h"] => say(USAGE).map(|()| true),
        _ => Err(format!("unknown arguments {arguments:?}: expected none or --short").into()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // If stderr is closed, the status remains.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn say(text: &str) -> Result<()> {
    Ok(io::stdout().write_all(text.as_bytes())?)
}

/// Reports progress on stderr.
fn progress(text: &str) {
    // A closed stderr does not stop the soak.
    let _ = writeln!(io::stderr(), "soak: {text}");
}
