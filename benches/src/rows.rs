//! The rows of the table, by group. `docs/performance.md` explains them.

use std::process::Command;
use std::time::Duration;

use axum::http::StatusCode;

use crate::counts::Counts;
use crate::interleave::Rounds;
use crate::loopback;
use crate::row::{Row, Target};
use crate::sample::Sample;
use crate::scenarios::{actix, axum as routes, core, frames};

/// The time that each group of scenarios is measured.
const TIME: Duration = Duration::from_secs(6);

const KIB: usize = 1024;
const SIZES: [(usize, &str); 3] = [(41, "41 B"), (KIB, "1 KiB"), (64 * KIB, "64 KiB")];

/// A part of the table: its name, and its measurement.
pub type Group = (&'static str, fn() -> Vec<Row>);

/// All groups, in the order of the table.
pub const GROUPS: [Group; 9] = [
    ("core beside the bare MAC", beside_the_mac),
    ("core beside standardwebhooks", beside_standardwebhooks),
    ("core with several keys", several_keys),
    ("axum beside its peers", on_axum),
    ("axum, rejected", rejected_on_axum),
    ("actix-web beside its peers", on_actix_web),
    ("bodies in many frames", many_frames),
    ("allocations and memory", counted),
    ("loopback", over_loopback),
];

fn beside_the_mac() -> Vec<Row> {
    let mib = (KIB * KIB, "1 MiB");
    let sizes = SIZES.into_iter().chain([mib]).zip([2.3, 1.28, 1.03, 1.02]);
    let row = |((bytes, size), bound): ((usize, &str), f64)| {
        let rounds = Rounds::of([core::ours(bytes, 0), core::bare_mac(bytes)], TIME);
        let names = (&*format!("core, {size}"), "the bare pre-keyed MAC");
        rounds.row(names, |&[ours, bare]| (ours, bare), Target::AtMost(bound))
    };
    sizes.map(row).collect()
}

fn beside_standardwebhooks() -> Vec<Row> {
    let row = |(bytes, size)| {
        let rounds = Rounds::of([core::of_header_map(bytes), core::standard_webhooks(bytes)], TIME);
        let names = (&*format!("core, {size}"), "standardwebhooks, both from a HeaderMap");
        rounds.row(names, |&[ours, theirs]| (ours, theirs), Target::Open)
    };
    SIZES.map(row).into()
}

fn several_keys() -> Vec<Row> {
    let keys = |others| core::ours(64 * KIB, others);
    let rounds = Rounds::of([keys(0), keys(1), keys(3)], TIME);
    let row = |name, index: usize, bound| {
        rounds.row((name, "one key"), |costs| (costs[index], costs[0]), Target::AtMost(bound))
    };
    vec![
        row("2 keys, 64 KiB, the last one right", 1, 2.1),
        row("4 keys, 64 KiB, the last one right", 2, 4.2),
    ]
}

fn on_axum() -> Vec<Row> {
    SIZES.into_iter().flat_map(|(bytes, size)| on_axum_with(bytes, size)).collect()
}

fn on_axum_with(bytes: usize, size: &str) -> Vec<Row> {
    let ok = StatusCode::OK;
    let route = |name, router, sample| routes::scenario(name, router, sample, ok);
    let rounds = Rounds::of(
        [
            route("bare", routes::bare(), Sample::of(bytes)),
            route("VerifyLayer", routes::layered(), Sample::of(bytes)),
            route("by hand", routes::by_hand(), Sample::of(bytes)),
            routes::scenario("", routes::webhook_verify(), Sample::github(bytes), ok),
            route("tower-github-webhook", routes::github_webhook(), Sample::github(bytes)),
            core::bare_sha256(bytes),
            routes::scenario("around", routes::router_layered(), Sample::of(bytes), ok),
        ],
        TIME * 2,
    );
    let name = format!("VerifyLayer adds, {size}");
    let row = |against, index: usize, target| {
        // The layer of webhook-verify stands around the router, and so does ours beside it.
        let ours = if index == 3 { 6 } else { 1 };
        let added = |costs: &[f64; 7]| (costs[ours] - costs[0], costs[index] - costs[0]);
        rounds.row((&name, against), added, target)
    };
    // The peers have targets at the size of a lookup.
    let at_most = |bound| if bytes == 41 { Target::AtMost(bound) } else { Target::Open };
    let mut rows = vec![
        row("what a from_fn verifier by hand adds", 2, at_most(0.85)),
        row("what webhook-verify's layer adds", 3, at_most(0.95)),
        row("what tower-github-webhook's layer adds", 4, at_most(0.5)),
    ];
    if bytes == 64 * KIB {
        let hash = |costs: &[f64; 7]| (costs[1] - costs[0], costs[5]);
        rows.push(rounds.row((&name, "SHA-256 of the body"), hash, Target::AtMost(1.05)));
    }
    rows
}

fn rejected_on_axum() -> Vec<Row> {
    let (ok, rejected) = (StatusCode::OK, StatusCode::BAD_REQUEST);
    let mib = KIB * KIB;
    let rounds = Rounds::of(
        [
            routes::scenario("accepted", routes::layered(), Sample::of(41), ok),
            routes::scenario("rejected", routes::layered(), Sample::expired(41), rejected),
            routes::scenario("rejected", routes::layered(), Sample::expired(mib), rejected),
        ],
        TIME,
    );
    let row = |name, index: usize| {
        let names = (name, "an accepted request of 41 B");
        rounds.row(names, |costs| (costs[index], costs[0]), Target::AtMost(0.7))
    };
    vec![row("rejected by its headers, 41 B", 1), row("rejected by its headers, 1 MiB", 2)]
}

fn on_actix_web() -> Vec<Row> {
    SIZES.into_iter().flat_map(|(bytes, size)| on_actix_web_with(bytes, size)).collect()
}

fn on_actix_web_with(bytes: usize, size: &str) -> Vec<Row> {
    let rounds = Rounds::of(
        [
            actix::scenario("bare", actix::bare, Sample::of(bytes)),
            actix::scenario("Verify", actix::wrapped, Sample::of(bytes)),
            actix::scenario("by hand", actix::by_hand, Sample::of(bytes)),
            actix::scenario("RequestSignature", actix::request_signature, Sample::of(bytes)),
            actix::scenario("webhook-verify", actix::webhook_verify, Sample::github(bytes)),
        ],
        TIME * 2,
    );
    let name = format!("Verify adds, {size}");
    let row = |against, index: usize, target| {
        let added = |costs: &[f64; 5]| (costs[1] - costs[0], costs[index] - costs[0]);
        rounds.row((&name, against), added, target)
    };
    let by_hand = if bytes == 41 { Target::AtMost(0.75) } else { Target::Open };
    vec![
        row("what a from_fn verifier by hand adds", 2, by_hand),
        row("what actix-web-lab's RequestSignature adds", 3, Target::Open),
        row("what webhook-verify's extractor adds", 4, Target::Open),
    ]
}

fn many_frames() -> Vec<Row> {
    let frames = |frames| frames::scenario(KIB * KIB, frames);
    let rounds = Rounds::of([frames(1), frames(1_000)], TIME * 2);
    let names = ("1 MiB in 1,000 frames", "the same bytes in one frame");
    vec![rounds.row(names, |&[one, thousand]| (thousand, one), Target::AtMost(1.5))]
}

fn counted() -> Vec<Row> {
    counts().map_or_else(
        |reason| vec![Row::unmeasured("allocations", &reason, "allocations", Target::Open)],
        |counts| counted_rows(&counts),
    )
}

/// Runs the program `counts`: the counting allocator must not be in this one.
fn counts() -> Result<Counts, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--release", "--quiet", "-p", env!("CARGO_PKG_NAME"), "--bin", "counts"])
        .output()
        .map_err(|error| format!("cargo failed to start: {error}"))?;
    serde_json::from_slice(&output.stdout)
        .map_err(|_| format!("counts failed: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

#[expect(clippy::cast_precision_loss, reason = "counts of a few, bytes of a few thousand")]
fn counted_rows(counts: &Counts) -> Vec<Row> {
    let beyond = |other: u64| counts.layered.saturating_sub(other) as f64;
    let by_hand = counts.by_hand.saturating_sub(counts.bare);
    let bare = format!("a bare route; a verifier by hand adds {by_hand}");
    let row = |names, value, unit, bound| Row::count(names, value, unit, Target::AtMost(bound));
    vec![
        row(("core, up to 2 keys", ""), counts.core as f64, "allocations", 0.0),
        Row::count(("VerifyLayer adds", &bare), beyond(counts.bare), "allocations", Target::Open),
        row(
            ("VerifyLayer adds", "a layer that does nothing"),
            beyond(counts.idle),
            "allocations",
            4.0,
        ),
        row(
            ("VerifyLayer allocates, 64 KiB", ""),
            counts.bytes_of_long_body as f64,
            "bytes",
            4096.0,
        ),
        row(("a waiting request, beyond its body", ""), counts.waiting as f64, "bytes", 1280.0),
    ]
}

fn over_loopback() -> Vec<Row> {
    match loopback::compare() {
        Ok(rates) => rates
            .into_iter()
            .map(|rate| {
                let target = if rate.is_ours { Target::AtLeast(0.94) } else { Target::Open };
                let name = format!("requests per second, 64 connections, {}", rate.name);
                let names = (&*name, "the same server without it");
                Row::ratio(names, (rate.verified, rate.bare), rate.ratio, "1/s", target)
            })
            .collect(),
        Err(reason) => {
            let target = Target::AtLeast(0.94);
            vec![Row::unmeasured("requests per second, 64 connections", &reason, "1/s", target)]
        }
    }
}
