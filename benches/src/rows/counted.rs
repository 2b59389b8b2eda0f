//! Allocations and memory, by the program `counts`.

use std::process::Command;

use crate::counts::Counts;
use crate::row::{Row, Target};

pub(super) fn all() -> Vec<Row> {
    match counts() {
        Ok(counts) => rows(&counts),
        Err(why) => vec![Row::unmeasured("allocations", "allocations", Target::AtMost(0.0), &why)],
    }
}

/// Built and run by the cargo that runs this: the counting allocator must not be in this program.
fn counts() -> Result<Counts, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--release", "--quiet", "-p", env!("CARGO_PKG_NAME"), "--bin", "counts"])
        .output()
        .map_err(|error| format!("cargo could not be run: {error}"))?;
    serde_json::from_slice(&output.stdout).map_err(|_| {
        format!("the program `counts` failed: {}", String::from_utf8_lossy(&output.stderr).trim())
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of a few, bytes of a few thousand")]
fn rows(counts: &Counts) -> Vec<Row> {
    let beyond = |other: u64| counts.layered.saturating_sub(other) as f64;
    let by_hand = format!("a bare route; by hand {}", counts.by_hand.saturating_sub(counts.bare));
    let idle = "a route with a layer that does nothing, which is axum's own part";
    let copied = counts.bytes_of_long_body as f64;
    vec![
        Row::count(
            "core, up to 4 keys",
            counts.core as f64,
            "allocations",
            Target::AtMost(0.0),
            "",
        ),
        Row::count(
            "VerifyLayer adds",
            beyond(counts.bare),
            "allocations",
            Target::AtMost(2.0),
            &by_hand,
        ),
        Row::count(
            "VerifyLayer adds",
            beyond(counts.idle),
            "allocations",
            Target::AtMost(2.0),
            idle,
        ),
        Row::count(
            "VerifyLayer allocates for 64 KiB",
            copied,
            "bytes",
            Target::AtMost(4096.0),
            "less than the body: it is not copied",
        ),
        Row::count(
            "a request being buffered, beyond its body",
            counts.waiting as f64,
            "bytes",
            Target::AtMost(1024.0),
            "its future, its timer, its headers' places",
        ),
    ]
}
