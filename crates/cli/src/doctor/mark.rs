//! The results of probes.

use crate::lang::Lang;

/// The result of a probe, worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// Not asked, or the response is not informative.
    Skipped,
    Pass,
    /// No fault, but worth a thought.
    Advice,
    Fail,
}

impl Mark {
    /// All of them, worst first.
    pub(super) const ALL: [Self; 4] = [Self::Fail, Self::Advice, Self::Skipped, Self::Pass];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Skipped => "skipped",
            Self::Pass => "pass",
            Self::Advice => "advice",
            Self::Fail => "fail",
        }
    }

    pub(super) fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::Skipped => lang.pick("skipped", "건너뜀"),
            Self::Pass => lang.pick("pass", "통과"),
            Self::Advice => lang.pick("advice", "참고"),
            Self::Fail => lang.pick("FAIL", "실패"),
        }
    }
}
