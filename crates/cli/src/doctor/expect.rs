//! The responses that the protocol expects, and the severity of any other.

use crate::lang::{Lang, Words};

/// The response of a server that follows the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    /// The customer.
    Found,
    /// A clock that agrees.
    SameTime,
    /// The response to the honest request.
    LikeHonest,
    /// The response to the lookup that finds nothing.
    LikeNoResult,
    /// A result, or 400 from the application: the signature is right.
    Passed,
    /// Any response but that to a forgery: the signature is right.
    NotForged,
    /// 400: the signature is right, and the request makes no sense.
    Senseless,
    /// 400: the signature is right, and there is no result.
    NoResult,
    /// A rejection with this status, which an agent may see.
    Status(u16),
    /// A rejection with this status of a request that only an attacker sends.
    Malformed(u16),
    /// A rejection of a forgery, before the application sees it.
    Forged,
    /// Anything but the response to the honest request.
    Bypass,
    /// A rejection with 400, or a closed connection.
    TooLarge,
    /// A rejection with 400 at the deadline.
    TooSlow,
    /// A rejection of the second request with 403.
    Replayed,
    /// 404.
    NoRoute,
    /// Nothing: the request only prepares the next one.
    Anything,
}

impl Expect {
    /// Returns whether a response is informative although the honest request was rejected. The timestamp is
    /// checked before the signature.
    pub(super) const fn stands_alone(self) -> bool {
        matches!(
            self,
            Self::Found | Self::SameTime | Self::Malformed(400) | Self::NoRoute | Self::Status(400)
        )
    }

    /// Returns whether Online Contact may see the response, so that it must keep the envelope.
    pub(super) const fn is_seen_by_agents(self) -> bool {
        match self {
            Self::Found
            | Self::LikeHonest
            | Self::LikeNoResult
            | Self::Passed
            | Self::Senseless
            | Self::NoResult
            | Self::Status(_) => true,
            Self::SameTime
            | Self::NotForged
            | Self::Malformed(_)
            | Self::Forged
            | Self::Bypass
            | Self::TooLarge
            | Self::TooSlow
            | Self::Replayed
            | Self::NoRoute
            | Self::Anything => false,
        }
    }

    /// The expected response in a few words, with the status of the honest response.
    pub(super) fn words(self, honest: Option<u16>) -> Words {
        let honest = honest.unwrap_or(200);
        match self {
            Self::LikeHonest => {
                Words::new(format!("{honest} as before"), format!("정상 요청과 같은 {honest}"))
            }
            other => other.fixed(),
        }
    }

    /// The words that do not depend on the honest response.
    pub(super) fn fixed(self) -> Words {
        match self {
            Self::Status(status) | Self::Malformed(status) => status.to_string().into(),
            Self::Found | Self::LikeHonest => "200".into(),
            Self::SameTime => Words::fixed("the same time", "같은 시각"),
            Self::Passed => Words::fixed("200 or 400", "200 또는 400"),
            Self::NotForged => {
                Words::fixed("200, or 400 for its length", "200, 또는 길이 때문에 400")
            }
            Self::Senseless | Self::NoResult | Self::LikeNoResult => "400".into(),
            Self::TooLarge | Self::TooSlow => "400".into(),
            Self::Forged => "403".into(),
            Self::Bypass => Words::fixed("a rejection", "거부"),
            Self::Replayed => Words::fixed("403 the second time", "두 번째는 403"),
            Self::NoRoute => "404".into(),
            Self::Anything => "-".into(),
        }
    }
}

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
