//! Requests per second of a real server.

use crate::loopback;
use crate::row::{Row, Target};

const NAME: &str = "requests per second, 64 connections";

pub(super) fn over_loopback() -> Vec<Row> {
    let target = Target::AtLeast(0.93);
    match loopback::compare() {
        Ok(loopback::Rates { layered, bare, ratio }) => {
            let against = "the same server without the layer";
            vec![Row::times(NAME, (layered, bare), ratio, against, target).unit("1/s")]
        }
        Err(why) => vec![Row::unmeasured(NAME, "1/s", target, &why)],
    }
}
