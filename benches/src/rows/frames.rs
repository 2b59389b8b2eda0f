//! A body of one mebibyte in many frames.

use super::TIME;
use crate::alternate::Rounds;
use crate::row::{Row, Target};
use crate::scenarios::frames::scenario;

pub(super) fn many() -> Vec<Row> {
    let frames = |frames| scenario(1 << 20, frames);
    let rounds = Rounds::of([frames(1), frames(1_000), frames(2_000)], TIME * 2);
    let bound = Target::AtMost(1.5);
    vec![
        rounds.row(
            "1 MiB in 1,000 frames",
            |&[one, thousand, _]| (thousand, one),
            "the same bytes in one frame",
            bound,
        ),
        rounds.row(
            "a second thousand frames adds",
            |[one, thousand, two_thousand]| (two_thousand - thousand, thousand - one),
            "what the first thousand frames add",
            bound,
        ),
    ]
}
