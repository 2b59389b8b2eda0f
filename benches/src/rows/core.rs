//! The core, headers to verdict.

use super::TIME;
use crate::alternate::medians;
use crate::row::{Row, Target};
use crate::scenarios::core::{bare_mac, ours, standard_webhooks};

pub(super) fn beside_the_mac() -> Vec<Row> {
    let targets = [(41, "41 B", 1.6), (1024, "1 KiB", 1.15), (65_536, "64 KiB", 1.03)];
    let targets = targets.into_iter().chain([(1 << 20, "1 MiB", 1.02)]);
    let row = |(bytes, size, bound)| {
        let [ours, bare] = medians([ours(bytes, 0), bare_mac(bytes)], TIME);
        let name = format!("core, headers to verdict, {size}");
        Row::times(&name, ours, bare, "the bare pre-keyed MAC", Target::AtMost(bound))
    };
    targets.map(row).collect()
}

pub(super) fn beside_webhooks() -> Vec<Row> {
    let targets = [(41, "41 B", 8.0), (65_536, "64 KiB", 6.0)];
    let row = |(bytes, size, bound)| {
        let [ours, theirs] = medians([ours(bytes, 0), standard_webhooks(bytes)], TIME);
        let name = format!("core, how many times faster, {size}");
        Row::times(&name, ours, theirs, "standardwebhooks verify", Target::AtLeast(bound))
    };
    targets.into_iter().map(row).collect()
}

pub(super) fn with_keys() -> Vec<Row> {
    let bytes = 65_536;
    let [one, two, four, bare] =
        medians([ours(bytes, 0), ours(bytes, 1), ours(bytes, 3), bare_mac(bytes)], TIME);
    // Nothing that hashes a body under two keys one after the other is faster than this.
    let floor = |keys: f64| format!("one key; {keys} bare MACs are {:.2} of it", keys * bare / one);
    vec![
        Row::times("2 keys, 64 KiB, last one right", two, one, &floor(2.0), Target::AtMost(1.9)),
        Row::times("4 keys, 64 KiB, last one right", four, one, &floor(4.0), Target::AtMost(3.6)),
    ]
}
