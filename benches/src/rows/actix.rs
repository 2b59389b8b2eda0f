//! What the middleware adds to a resource of actix-web.

use super::TIME;
use crate::alternate::medians;
use crate::row::{Row, Target};
use crate::sample::Sample;
use crate::scenarios::actix::{bare_resource, by_hand, extractor, wrapped};

pub(super) fn short() -> Vec<Row> {
    let sample = Sample::lookup;
    let [bare, wrapped, by_hand, extractor] = medians(
        [bare_resource(sample()), wrapped(sample()), by_hand(sample()), extractor(sample())],
        TIME * 2,
    );
    let (ours, hand, theirs) = (wrapped - bare, by_hand - bare, extractor - bare);
    let hand_s = "what a from_fn verifier by hand adds";
    let lab = "what actix-web-lab's RequestSignature adds";
    vec![
        Row::times("Verify adds, 41 B", ours, hand, hand_s, Target::AtMost(0.8)),
        Row::times(
            "Verify adds, 41 B, beside the extractor",
            ours,
            theirs,
            lab,
            Target::AtMost(1.0),
        ),
    ]
}
