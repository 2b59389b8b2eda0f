//! The table of the comparison, group by group.

mod actix;
mod axum;
mod core;
mod counted;
mod frames;
mod served;

use std::time::Duration;

use crate::row::Row;

/// How long each group of scenarios takes its turns.
const TIME: Duration = Duration::from_secs(6);

/// A part of the table.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// What it is about.
    pub name: &'static str,
    /// Measures it.
    pub run: fn() -> Vec<Row>,
}

/// All parts, in the order of the table.
pub const GROUPS: [Group; 9] = [
    Group { name: "core beside the bare MAC", run: core::beside_the_mac },
    Group { name: "core beside standardwebhooks", run: core::beside_webhooks },
    Group { name: "core with several keys", run: core::with_keys },
    Group { name: "VerifyLayer on axum, 41 B", run: axum::short },
    Group { name: "VerifyLayer on axum, 64 KiB", run: axum::long },
    Group { name: "Verify on actix-web", run: actix::short },
    Group { name: "bodies in many frames", run: frames::many },
    Group { name: "allocations and memory", run: counted::all },
    Group { name: "requests per second over loopback", run: served::over_loopback },
];
