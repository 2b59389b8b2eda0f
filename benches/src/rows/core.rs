//! The core, headers to verdict.

use super::TIME;
use crate::alternate::Rounds;
use crate::row::{Row, Target};
use crate::scenarios::core::{bare_mac, of_header_map, ours, standard_webhooks};

pub(super) fn beside_the_mac() -> Vec<Row> {
    let targets = [(41, "41 B", 1.6), (1024, "1 KiB", 1.15), (65_536, "64 KiB", 1.03)];
    let targets = targets.into_iter().chain([(1 << 20, "1 MiB", 1.02)]);
    let row = |(bytes, size, bound)| {
        let rounds = Rounds::of([ours(bytes, 0), bare_mac(bytes)], TIME);
        let name = format!("core, headers to verdict, {size}");
        let both = |&[ours, bare]: &[f64; 2]| (ours, bare);
        rounds.row(&name, both, "the bare pre-keyed MAC", Target::AtMost(bound))
    };
    targets.map(row).collect()
}

pub(super) fn beside_webhooks() -> Vec<Row> {
    let targets = [(41, "41 B", 8.0), (65_536, "64 KiB", 6.0)];
    let row = |(bytes, size, bound)| {
        let rounds = Rounds::of([of_header_map(bytes), standard_webhooks(bytes)], TIME);
        let name = format!("core, how many times faster, {size}");
        let both = |&[ours, theirs]: &[f64; 2]| (ours, theirs);
        let theirs = "standardwebhooks verify, from a HeaderMap both";
        rounds.row(&name, both, theirs, Target::AtLeast(bound))
    };
    targets.into_iter().map(row).collect()
}

pub(super) fn with_keys() -> Vec<Row> {
    let bytes = 65_536;
    let rounds = Rounds::of([ours(bytes, 0), ours(bytes, 1), ours(bytes, 3)], TIME);
    let row = |name, keys: usize, bound| {
        let told = |costs: &[f64; 3]| (costs[keys], costs[0]);
        rounds.row(name, told, "one key", Target::AtMost(bound))
    };
    vec![
        row("2 keys, 64 KiB, last one right", 1, 1.9),
        row("4 keys, 64 KiB, last one right", 2, 3.6),
    ]
}
