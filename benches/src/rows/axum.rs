//! What the layer adds to a route of axum.

use axum::http::StatusCode;

use super::TIME;
use crate::alternate::medians;
use crate::row::{Row, Target};
use crate::sample::Sample;
use crate::scenarios::axum::{bare, by_hand, layered, scenario};
use crate::scenarios::core::bare_sha256;

pub(super) fn short() -> Vec<Row> {
    let ok = StatusCode::OK;
    let expired = Sample::expired(Sample::lookup().body);
    let expired_long = Sample::expired(Sample::sized(1 << 20).body);
    let refused = StatusCode::BAD_REQUEST;
    let [bare, layered_, by_hand, refused, refused_long] = medians(
        [
            scenario("axum, bare", bare(), Sample::lookup(), ok),
            scenario("axum, VerifyLayer", layered(), Sample::lookup(), ok),
            scenario("axum, from_fn by hand", by_hand(), Sample::lookup(), ok),
            scenario("axum, refused", layered(), expired, refused),
            scenario("axum, refused", layered(), expired_long, refused),
        ],
        TIME * 2,
    );
    let added = (layered_ - bare, by_hand - bare);
    let by_hand = "what a careful from_fn verifier adds";
    let accepted = "an accepted request of 41 B";
    let half = Target::AtMost(0.5);
    vec![
        Row::times("VerifyLayer adds, 41 B", added.0, added.1, by_hand, Target::AtMost(0.6)),
        Row::times("refused by its headers, body of 41 B", refused, layered_, accepted, half),
        Row::times("refused by its headers, body of 1 MiB", refused_long, layered_, accepted, half),
    ]
}

pub(super) fn long() -> Vec<Row> {
    let (ok, bytes) = (StatusCode::OK, 65_536);
    let [bare, layered, hash] = medians(
        [
            scenario("axum, bare", bare(), Sample::sized(bytes), ok),
            scenario("axum, VerifyLayer", layered(), Sample::sized(bytes), ok),
            bare_sha256(bytes),
        ],
        TIME,
    );
    let hashed = "SHA-256 of the same bytes";
    vec![Row::times("VerifyLayer adds, 64 KiB", layered - bare, hash, hashed, Target::AtMost(1.05))]
}
