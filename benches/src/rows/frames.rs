//! A body of one mebibyte in many frames.

use super::TIME;
use crate::alternate::medians;
use crate::row::{Row, Target};
use crate::scenarios::frames::scenario;

pub(super) fn many() -> Vec<Row> {
    let frames = |frames| scenario(1 << 20, frames);
    let [one, thousand, two_thousand] =
        medians([frames(1), frames(1_000), frames(2_000)], TIME * 2);
    let whole = "the same bytes in one frame";
    let first = "what the first thousand frames add";
    let second = two_thousand - thousand;
    vec![
        Row::times("1 MiB in 1,000 frames", thousand, one, whole, Target::AtMost(1.5)),
        Row::times(
            "a second thousand frames adds",
            second,
            thousand - one,
            first,
            Target::AtMost(1.5),
        ),
    ]
}
