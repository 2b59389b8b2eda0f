//! Counts instructions under callgrind, and compares them with the committed figures: a slower machine
//! or a busy one counts the same.
//!
//! `.ci/instructions [--bless]` builds and runs it.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Write as _};
use std::process::{Command, ExitCode};

use axum::http::StatusCode;
use online_contact_benches::sample::Sample;
use online_contact_benches::scenario::Scenario;
use online_contact_benches::scenarios::{actix, axum as routes, core};

const FIGURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instructions.json");

/// Another compiler or allocator shifts a few; a forgotten copy or allocation shows above this.
const TOLERANCE: f64 = 0.05;

/// Requests in one count.
const REQUESTS: usize = 200;

type Figures = BTreeMap<String, u64>;

const NAMES: [&str; 9] = [
    "bare MAC, 41 B",
    "core, 41 B",
    "core, 1 KiB",
    "core, 41 B, 4 keys",
    "axum, bare",
    "axum, VerifyLayer",
    "axum, rejected",
    "actix-web, bare",
    "actix-web, Verify",
];

fn scenario(name: &str) -> Option<Scenario> {
    let ok = StatusCode::OK;
    let lookup = Sample::lookup();
    Some(match name {
        "bare MAC, 41 B" => core::bare_mac(41),
        "core, 41 B" => core::ours(41, 0),
        "core, 1 KiB" => core::ours(1024, 0),
        "core, 41 B, 4 keys" => core::ours(41, 3),
        "axum, bare" => routes::scenario(name, routes::bare(), lookup, ok),
        "axum, VerifyLayer" => routes::scenario(name, routes::layered(), lookup, ok),
        "axum, rejected" => {
            let expired = Sample::expired(lookup.body);
            routes::scenario(name, routes::layered(), expired, StatusCode::BAD_REQUEST)
        }
        "actix-web, bare" => actix::bare_resource(lookup),
        "actix-web, Verify" => actix::wrapped(lookup),
        _ => return None,
    })
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("--count"), Some(name)) => {
            scenario(&name).ok_or("no such scenario")?.batch(REQUESTS);
            Ok(ExitCode::SUCCESS)
        }
        (Some("--bless"), None) => {
            std::fs::write(FIGURES, serde_json::to_string_pretty(&counted()?)? + "\n")?;
            Ok(ExitCode::SUCCESS)
        }
        (None, None) => compare(&counted()?, &serde_json::from_slice(&std::fs::read(FIGURES)?)?),
        _ => Err("expected no argument, or --bless".into()),
    }
}

fn counted() -> Result<Figures, Box<dyn Error>> {
    NAMES.iter().map(|name| Ok(((*name).to_owned(), count(name)?))).collect()
}

/// Callgrind runs this program again and counts what happens in `Scenario`'s timed part.
fn count(name: &str) -> Result<u64, Box<dyn Error>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg("--toggle-collect=*scenario*measured*")
        .arg(std::env::current_exe()?)
        .args(["--count", name])
        .output()
        .map_err(|error| format!("valgrind could not be run: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find_map(|line| line.split_once("Collected : "));
    let (_, total) = line.ok_or_else(|| format!("valgrind said: {said}"))?;
    Ok(total.trim().parse::<u64>()? / u64::try_from(REQUESTS)?)
}

#[expect(clippy::cast_precision_loss, reason = "counts of a few thousand")]
fn compare(counted: &Figures, committed: &Figures) -> Result<ExitCode, Box<dyn Error>> {
    let mut out = io::stdout().lock();
    let mut worse = false;
    for (name, &now) in counted {
        let Some(&before) = committed.get(name) else {
            return Err(format!("{name:?} is not in {FIGURES}: run with --bless").into());
        };
        let change = now as f64 / before as f64 - 1.0;
        let verdict = match change {
            change if change > TOLERANCE => "MORE",
            change if change < -TOLERANCE => "fewer: --bless keeps it",
            _ => "",
        };
        worse |= change > TOLERANCE;
        writeln!(out, "{name:20} {now:7} ({before:7}, {:+5.1} %) {verdict}", change * 100.0)?;
    }
    Ok(if worse { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
