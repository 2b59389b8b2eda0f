//! What the middleware adds to a resource of actix-web.

use super::TIME;
use crate::alternate::Rounds;
use crate::row::{Row, Target};
use crate::sample::Sample;
use crate::scenarios::actix::{bare_resource, by_hand, extractor, wrapped};

pub(super) fn short() -> Vec<Row> {
    let sample = Sample::lookup;
    let rounds = Rounds::of(
        [bare_resource(sample()), wrapped(sample()), by_hand(sample()), extractor(sample())],
        TIME * 2,
    );
    vec![
        rounds.row(
            "Verify adds, 41 B",
            |[bare, ours, by_hand, _]| (ours - bare, by_hand - bare),
            "what a from_fn verifier by hand adds",
            Target::AtMost(0.8),
        ),
        rounds.row(
            "Verify adds, 41 B, beside the extractor",
            |[bare, ours, _, extractor]| (ours - bare, extractor - bare),
            "what actix-web-lab's RequestSignature adds",
            Target::AtMost(1.0),
        ),
    ]
}
