//! What the layer adds to a route of axum.

use axum::http::StatusCode;

use super::TIME;
use crate::alternate::Rounds;
use crate::row::{Row, Target};
use crate::sample::Sample;
use crate::scenarios::axum::{bare, by_hand, layered, scenario};
use crate::scenarios::core::bare_sha256;

pub(super) fn short() -> Vec<Row> {
    let ok = StatusCode::OK;
    let expired = Sample::expired(Sample::lookup().body);
    let expired_long = Sample::expired(Sample::sized(1 << 20).body);
    let rejected = StatusCode::BAD_REQUEST;
    let rounds = Rounds::of(
        [
            scenario("axum, bare", bare(), Sample::lookup(), ok),
            scenario("axum, VerifyLayer", layered(), Sample::lookup(), ok),
            scenario("axum, from_fn by hand", by_hand(), Sample::lookup(), ok),
            scenario("axum, rejected", layered(), expired, rejected),
            scenario("axum, rejected", layered(), expired_long, rejected),
        ],
        TIME * 2,
    );
    let bare = rounds.median(|[bare, accepted, ..]| bare / accepted);
    let accepted = format!("an accepted request of 41 B; the bare route is {bare:.2} of it");
    let half = Target::AtMost(0.5);
    vec![
        rounds.row(
            "VerifyLayer adds, 41 B",
            |[bare, layered, by_hand, ..]| (layered - bare, by_hand - bare),
            "what a careful from_fn verifier adds",
            Target::AtMost(0.6),
        ),
        rounds.row(
            "rejected by its headers, body of 41 B",
            |&[_, accepted, _, rejected, _]| (rejected, accepted),
            &accepted,
            half,
        ),
        rounds.row(
            "rejected by its headers, body of 1 MiB",
            |&[_, accepted, _, _, rejected]| (rejected, accepted),
            &accepted,
            half,
        ),
    ]
}

pub(super) fn long() -> Vec<Row> {
    let (ok, bytes) = (StatusCode::OK, 65_536);
    let rounds = Rounds::of(
        [
            scenario("axum, bare", bare(), Sample::sized(bytes), ok),
            scenario("axum, VerifyLayer", layered(), Sample::sized(bytes), ok),
            bare_sha256(bytes),
        ],
        TIME,
    );
    let hashed = "SHA-256 of the same bytes";
    let added = |&[bare, layered, hash]: &[f64; 3]| (layered - bare, hash);
    vec![rounds.row("VerifyLayer adds, 64 KiB", added, hashed, Target::AtMost(1.05))]
}
