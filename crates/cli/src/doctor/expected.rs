//! What is expected of each probe, in a few words.

use super::baseline::Baseline;
use super::probe::Expect;
use crate::lang::Lang;

impl Expect {
    pub(super) fn words(self, baseline: &Baseline, lang: Lang) -> String {
        let honest = baseline.status.unwrap_or(200);
        match self {
            Self::LikeHonest => {
                lang.pick(format!("{honest} as before"), format!("정상 요청과 같은 {honest}"))
            }
            other => other.fixed(lang).to_owned(),
        }
    }

    /// The words that do not depend on the honest answer.
    pub(super) fn fixed(self, lang: Lang) -> &'static str {
        match self {
            Self::Found | Self::LikeHonest => "200",
            Self::SameTime => lang.pick("the same time", "같은 시각"),
            Self::Passed => lang.pick("200 or 400", "200 또는 400"),
            Self::Senseless | Self::NoResult | Self::BadRequest => "400",
            Self::TooLarge | Self::TooSlow => "400",
            Self::Forbidden => "403",
            Self::Replayed => lang.pick("403 the second time", "두 번째는 403"),
            Self::NoRoute | Self::OnlyPost => "404",
        }
    }
}
