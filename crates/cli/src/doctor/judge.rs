//! Compares a response with the expected one.

use crate::agent::{Breach, Level};
use crate::lang::{Lang, Words};

use super::expect::Expect;
use super::finding::{Note, Seen, Verdict};
use super::mark::Mark;
use super::references::References;

/// The settings of the verdicts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judge {
    pub(super) lang: Lang,
    pub(super) expect_replay_guard: bool,
    /// Without a known limit, a long body may be accepted.
    pub(super) knows_body_limit: bool,
}

/// One response and its context.
struct Case<'a> {
    judge: &'a Judge,
    severity: Mark,
    seen: &'a Seen,
    references: &'a References,
}

impl Judge {
    /// Returns the verdict on a response, its envelope included.
    pub(super) fn judge(
        &self,
        severity: Mark,
        expect: Expect,
        seen: &Seen,
        references: &References,
    ) -> Verdict {
        let case = Case { judge: self, severity, seen, references };
        // A server that rejects a long body unread may cut off its own response.
        let broken_off = seen.broken_off().filter(|_| expect == Expect::TooLarge);
        let mut verdict = match seen.status().or(broken_off) {
            Some(429) => self.say(Mark::Skipped, &RATE_LIMITED),
            Some(status) => case.judge_status(expect, status),
            None => case.judge_silence(expect),
        };
        let is_like_reference =
            matches!(expect, Expect::LikeHonest | Expect::LikeNoResult | Expect::Passed);
        let told = |id: &str| is_like_reference && references.has_breach(id);
        self.add_breaches(expect, seen, told, &mut verdict);
        verdict
    }

    /// Adds the breaches of the envelope. A breach that agents never see is an advice, except a leak.
    pub(super) fn add_breaches(
        &self,
        expect: Expect,
        seen: &Seen,
        told: impl Fn(&str) -> bool,
        verdict: &mut Verdict,
    ) {
        for breach in seen.breaches() {
            let is_leak = matches!(breach.id, "key_in_answer" | "signature_in_answer");
            let is_relevant = expect.is_seen_by_agents() && !is_intended(expect, breach);
            if !is_leak && (!is_relevant || told(breach.id)) {
                continue;
            }
            let mark = match breach.level {
                Level::Error => Mark::Fail,
                // The protocol types result values as strings.
                Level::Advice if breach.id == "value_not_string" => Mark::Fail,
                Level::Advice => Mark::Advice,
            };
            let text = breach.message.clone();
            verdict.add(Note { mark, breach: Some(breach.id), text });
        }
    }

    pub(super) fn say(&self, mark: Mark, words: &Words) -> Verdict {
        Verdict::new(mark, words.in_lang(self.lang))
    }
}

impl Case<'_> {
    fn judge_status(&self, expect: Expect, status: u16) -> Verdict {
        let accepted = self.references.accepts(self.seen);
        match expect {
            Expect::Anything => Verdict::pass(),
            Expect::Found | Expect::SameTime | Expect::LikeHonest => self.like_honest(status),
            Expect::LikeNoResult => self.like_no_result(),
            Expect::Passed => self.passed(status, &[200, 400]),
            Expect::NotForged => self.not_forged(),
            Expect::Senseless => self.senseless(status, accepted),
            Expect::NoResult => self.no_result(status),
            Expect::Replayed if accepted => self.replayed(),
            Expect::TooLarge if accepted => self.too_large(),
            Expect::TooSlow if accepted => self.say(Mark::Fail, &INCOMPLETE),
            Expect::NoRoute if accepted => self.fault(&OTHER_ROUTE),
            _ if accepted => self.fault(&ACCEPTED),
            Expect::Forged if self.references.comes_from_application(self.seen) => {
                self.fault(&REACHED)
            }
            Expect::Status(right) => self.status(status, right),
            Expect::Malformed(right) => self.malformed(status, &[right]),
            Expect::Forged => self.malformed(status, &[403]),
            Expect::Replayed => self.malformed(status, &[403]),
            Expect::TooLarge | Expect::TooSlow => self.too_much(status),
            Expect::NoRoute if status == 404 => Verdict::pass(),
            Expect::NoRoute => self.say(Mark::Advice, &NOT_404),
            Expect::Bypass => Verdict::pass(),
        }
    }

    fn like_honest(&self, status: u16) -> Verdict {
        if self.references.is_rejection(self.seen) && !self.is_like_honest() {
            return self.fault(&TAKEN_FOR_FORGERY);
        }
        if self.references.no_result().is_some_and(|other| self.seen.is_same(other)) {
            return self.fault(&MIXED_UP);
        }
        match status {
            _ if self.is_like_honest() => Verdict::pass(),
            401 | 403 => self.fault(&TAKEN_FOR_FORGERY),
            500.. => self.fault(&FAILED),
            _ => self.fault(&DIFFERENT),
        }
    }

    /// A success is like another success: the result may change.
    fn is_like_honest(&self) -> bool {
        let honest = &self.references.honest;
        self.seen.status() == honest.status()
            && (self.references.accepts(self.seen) || self.seen.is_same(honest))
    }

    fn like_no_result(&self) -> Verdict {
        let Some(reference) = self.references.no_result() else {
            return Verdict::pass();
        };
        if self.seen.is_same(&self.references.honest) {
            return self.fault(&MIXED_UP);
        }
        match self.seen.status() {
            status if status == reference.status() => Verdict::pass(),
            Some(401 | 403) => self.fault(&TAKEN_FOR_FORGERY),
            Some(500..) => self.fault(&FAILED),
            _ => self.fault(&MIXED_UP),
        }
    }

    fn passed(&self, status: u16, fine: &[u16]) -> Verdict {
        match status {
            401 | 403 => self.fault(&TAKEN_FOR_FORGERY),
            _ if self.is_rejected_otherwise() => self.fault(&TAKEN_FOR_FORGERY),
            _ if fine.contains(&status) => Verdict::pass(),
            200..=299 if self.has_error_breach() => Verdict::pass(),
            500.. => self.fault(&FAILED),
            _ => self.fault(&MISLEADING),
        }
    }

    /// Returns whether the response is the rejection of a forgery, and not that of the application.
    fn is_rejected_otherwise(&self) -> bool {
        self.references.is_rejection(self.seen)
            && !self.seen.is_same(&self.references.honest)
            && self.references.no_result().is_none_or(|other| !self.seen.is_same(other))
    }

    fn not_forged(&self) -> Verdict {
        match self.seen.status() {
            _ if self.is_rejected_otherwise() => self.fault(&TAKEN_FOR_FORGERY),
            Some(401) => self.fault(&TAKEN_FOR_FORGERY),
            _ => Verdict::pass(),
        }
    }

    fn senseless(&self, status: u16, accepted: bool) -> Verdict {
        let is_result = accepted && (200..300).contains(&status);
        if is_result { self.fault(&RESULT_OF_NOTHING) } else { self.passed(status, &[400]) }
    }

    fn no_result(&self, status: u16) -> Verdict {
        match status {
            200..=299 if self.has_error_breach() => Verdict::pass(),
            200..=299 => self.say(Mark::Skipped, &SOMETHING_FOUND),
            404 => self.fault(&NO_RESULT_AS_404),
            _ => self.passed(status, &[400]),
        }
    }

    /// A success that breaks the envelope is reported as that.
    fn has_error_breach(&self) -> bool {
        self.seen.breaches().iter().any(|breach| breach.level == Level::Error)
    }

    fn replayed(&self) -> Verdict {
        let mark = if self.judge.expect_replay_guard { Mark::Fail } else { Mark::Advice };
        self.say(mark, &REPLAYED)
    }

    fn too_large(&self) -> Verdict {
        match self.judge.knows_body_limit {
            true => self.fault(&TOO_LARGE),
            false => self.say(Mark::Advice, &NO_LIMIT),
        }
    }

    /// An agent sees this rejection when the clock or the key is wrong.
    fn status(&self, status: u16, right: u16) -> Verdict {
        match (status, right) {
            _ if status == right => Verdict::pass(),
            // An error with status 200 is reported as a breach of the envelope.
            (200..=299, _) => Verdict::pass(),
            (500.., _) => self.fault(&FAILED),
            // As strict as expected, but the agent sees another text.
            (403, 400) => self.say(Mark::Advice, &NO_PERMISSION),
            (400, 403) => self.fault(&NO_RESULT_FOR_FORGERY),
            _ => self.fault(&MISLEADING),
        }
    }

    /// Only an attacker sees this rejection.
    fn malformed(&self, status: u16, right: &[u16]) -> Verdict {
        match status {
            _ if right.contains(&status) => Verdict::pass(),
            500.. => self.say(Mark::Fail, &FAILED),
            _ => self.say(Mark::Advice, &OTHER_STATUS),
        }
    }

    fn too_much(&self, status: u16) -> Verdict {
        if status == 400 { Verdict::pass() } else { self.say(Mark::Advice, &NOT_400) }
    }

    fn judge_silence(&self, expect: Expect) -> Verdict {
        match expect {
            Expect::Anything => Verdict::pass(),
            Expect::TooLarge | Expect::NotForged => self.say(Mark::Advice, &CUT),
            Expect::TooSlow => self.say(Mark::Advice, &NO_DEADLINE),
            Expect::NoRoute | Expect::Bypass => self.say(Mark::Advice, &SILENT),
            _ if self.seen.broken_off().is_some() => self.say(Mark::Fail, &BROKEN_OFF),
            _ => self.say(Mark::Fail, &NO_RESPONSE),
        }
    }

    fn fault(&self, words: &Words) -> Verdict {
        self.say(self.severity, words)
    }

    fn say(&self, mark: Mark, words: &Words) -> Verdict {
        self.judge.say(mark, words)
    }
}

/// Returns whether the probe itself causes the breach.
fn is_intended(expect: Expect, breach: &Breach) -> bool {
    match breach.id {
        "no_result_as_404" => true,
        // The honest response shows how fast the endpoint is. A busy machine may slow down any other.
        "slow" => expect != Expect::Found,
        _ => false,
    }
}

const ACCEPTED: Words = Words::fixed(
    "accepted, but the protocol rejects this request",
    "받아들였습니다. 거부해야 하는 요청입니다",
);
const REACHED: Words = Words::fixed(
    "not verified: the application responded to a request with a wrong signature",
    "검증하지 않았습니다. 서명이 틀린 요청에 애플리케이션이 응답했습니다",
);
const TAKEN_FOR_FORGERY: Words = Words::fixed(
    "rejected as a forgery although the signature is right: verify the bytes as received, before anything \
     reads them",
    "서명이 올바른데 위조된 요청으로 거부했습니다. 본문을 해석하기 전에 받은 바이트 그대로 검증하십시오",
);
const DIFFERENT: Words = Words::fixed(
    "not the response to the honest request, although this request is as good",
    "정상 요청과 다를 바 없는데 응답이 다릅니다",
);
const MIXED_UP: Words = Words::fixed(
    "the response belongs to another request: responses are mixed up",
    "다른 요청에 대한 응답입니다. 응답이 뒤섞였습니다",
);
const FAILED: Words = Words::fixed(
    "the server failed with status 500 or above",
    "이 요청을 처리하다가 서버에서 오류가 났습니다",
);
const MISLEADING: Words = Words::fixed(
    "the status misleads the agent, or Online Contact does not know it",
    "상담원에게 사실과 다른 문구가 표시되거나 Online Contact가 모르는 상태입니다",
);
const RESULT_OF_NOTHING: Words =
    Words::fixed("a result for a lookup without any item", "조회 항목이 없는데 결과를 보냈습니다");
const SOMETHING_FOUND: Words = Words::fixed(
    "something was found: pass a lookup that finds nothing with --no-result-body",
    "조회 결과가 있습니다. --no-result-body로 결과가 없는 조회를 지정하십시오",
);
const NO_RESULT_AS_404: Words = Words::fixed(
    "status 404 for a lookup that finds nothing: the agent sees a server error; send 400",
    "조회 결과가 없는데 404입니다. 상담원에게 서버 에러로 표시됩니다. 400을 보내십시오",
);
const NO_PERMISSION: Words = Words::fixed(
    "rejected with 403, so the agent sees that the permission is missing: expected 400",
    "거부는 했지만 403이어서 상담원에게 권한이 없다고 표시됩니다. 400이어야 합니다",
);
const NO_RESULT_FOR_FORGERY: Words = Words::fixed(
    "rejected with 400, so the agent sees that there is no result: expected 403",
    "거부는 했지만 400이어서 상담원에게 조회 결과가 없다고 표시됩니다. 403이어야 합니다",
);
const OTHER_STATUS: Words = Words::fixed(
    "rejected with another status than that of the protocol; agents never see it",
    "거부는 했지만 규격과 다른 상태입니다. 상담원에게는 표시되지 않습니다",
);
const NOT_400: Words = Words::fixed("rejected, but not with 400", "거부는 했지만 400이 아닙니다");
const INCOMPLETE: Words =
    Words::fixed("accepted before the body was complete", "본문이 다 오기 전에 받아들였습니다");
const TOO_LARGE: Words = Words::fixed(
    "accepted, although the body is longer than --body-limit",
    "본문이 --body-limit보다 긴데 받아들였습니다",
);
const NO_LIMIT: Words = Words::fixed(
    "a body of 4 MiB was accepted: set a limit; --body-limit makes this probe exact",
    "4 MiB 본문을 받아들였습니다. 길이 제한을 두십시오. --body-limit를 지정하면 정확히 검사합니다",
);
const REPLAYED: Words = Words::fixed(
    "the second request was accepted too: a captured request works until its timestamp expires; a replay \
     guard rejects it",
    "두 번째도 받아들였습니다. 가로챈 요청을 유효 시간 안에 다시 쓸 수 있습니다. 재전송 방지 기능을 \
     권합니다",
);
const OTHER_ROUTE: Words = Words::fixed(
    "the response of the endpoint itself: a captured request works on other paths too",
    "등록된 경로와 똑같이 응답합니다. 가로챈 요청이 다른 경로에서도 통합니다",
);
const NOT_404: Words = Words::fixed("expected status 404", "상태가 404가 아닙니다");
const CUT: Words = Words::fixed(
    "the connection was closed without a response: expected 400",
    "응답 없이 연결을 끊었습니다. 400으로 응답하는 것이 좋습니다",
);
const NO_DEADLINE: Words = Words::fixed(
    "no response at the body deadline: set a deadline, or state it with --body-deadline",
    "본문 제한 시간이 지나도 응답이 없습니다. 제한 시간을 두거나 --body-deadline으로 지정하십시오",
);
const SILENT: Words = Words::fixed("no response", "응답이 없습니다");
const BROKEN_OFF: Words = Words::fixed(
    "the response broke off: the agent sees nothing of it",
    "응답이 중간에 끊겨 상담원에게 아무것도 표시되지 않습니다",
);
const NO_RESPONSE: Words = Words::fixed(
    "no response: the caller waits until its timeout",
    "응답이 없어 상대방이 제한 시간까지 기다리게 됩니다",
);
const RATE_LIMITED: Words = Words::fixed(
    "status 429: the server limits the rate; use a longer --gap",
    "429: 서버가 요청 속도를 제한합니다. --gap을 늘리십시오",
);
