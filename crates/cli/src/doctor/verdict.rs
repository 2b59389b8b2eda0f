//! The verdict on a response: what was seen, the references, and their comparison.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::expect::{Expect, Mark};
use super::probes::{NotApplicable, Reference};
use crate::agent::{AgentView, Breach, Level};
use crate::http::Answer;
use crate::lang::Words;

/// The response to a request, or none.
#[derive(Clone, Debug)]
pub(super) enum Seen {
    Answer(Arc<(Answer, AgentView)>),
    Nothing {
        why: Words,
        /// The status of a response that broke off.
        status: Option<u16>,
        elapsed: Duration,
    },
}

/// The part of a response that is the same each time.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fingerprint {
    Error { status: u16, error: (String, String, Option<String>) },
    Other { status: u16, body: bytes::Bytes },
}

impl Seen {
    pub(super) fn answer(&self) -> Option<&(Answer, AgentView)> {
        match self {
            Self::Answer(seen) => Some(seen),
            Self::Nothing { .. } => None,
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        match self {
            Self::Answer(seen) => seen.0.elapsed,
            Self::Nothing { elapsed, .. } => *elapsed,
        }
    }

    /// The status of a response that broke off.
    const fn broken_off(&self) -> Option<u16> {
        match self {
            Self::Answer(_) => None,
            Self::Nothing { status, .. } => *status,
        }
    }

    pub(super) fn status(&self) -> Option<u16> {
        self.answer().map(|(answer, _)| answer.status.as_u16())
    }

    fn breaches(&self) -> &[Breach] {
        self.answer().map_or(&[], |(_, view)| &view.breaches)
    }

    /// Returns whether both are responses, and the same.
    fn is_same(&self, other: &Self) -> bool {
        self.answer().is_some() && self.fingerprint() == other.fingerprint()
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        let (answer, view) = self.answer()?;
        let status = answer.status.as_u16();
        Some(match &view.error {
            Some(error) => Fingerprint::Error { status, error: error.clone() },
            None => Fingerprint::Other { status, body: answer.body.clone() },
        })
    }
}

/// A mark and the reasons for it.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) mark: Mark,
    pub(super) notes: Vec<Note>,
}

/// One reason.
#[derive(Clone, Debug)]
pub(super) struct Note {
    pub(super) mark: Mark,
    /// The id of the breach of the envelope, where the reason is one.
    pub(super) breach: Option<&'static str>,
    pub(super) text: Words,
}

impl Verdict {
    pub(super) const fn pass() -> Self {
        Self { mark: Mark::Pass, notes: Vec::new() }
    }

    pub(super) fn new(mark: Mark, text: impl Into<Words>) -> Self {
        Self { mark, notes: vec![Note { mark, breach: None, text: text.into() }] }
    }

    /// Adds a reason, which makes the verdict at least as bad.
    fn worsen(&mut self, mark: Mark, text: impl Into<Words>) {
        self.add(Note { mark, breach: None, text: text.into() });
    }

    pub(super) fn add(&mut self, note: Note) {
        self.mark = self.mark.max(note.mark);
        if !self.notes.iter().any(|other| other.text == note.text) {
            self.notes.push(note);
        }
    }

    /// Removes advice about the envelope that an earlier response got.
    pub(super) fn drop_repeated_advice(&mut self, advised: &mut HashSet<&'static str>) {
        let before = self.notes.len();
        self.notes.retain(|note| match note.breach {
            Some(breach) if note.mark == Mark::Advice => advised.insert(breach),
            _ => true,
        });
        if self.notes.len() < before && self.mark == Mark::Advice {
            self.mark = self.notes.iter().map(|note| note.mark).max().unwrap_or(Mark::Pass);
        }
    }
}

/// A larger difference of the clocks in milliseconds is reported.
const TOLERATED: i64 = 5_000;

/// The responses to the requests that are sent first.
#[derive(Debug)]
pub(super) struct References {
    /// `true` if the verification accepts the honest request, whatever the application responds.
    pub(super) accepted: bool,
    pub(super) honest: Seen,
    pub(super) forged: Seen,
    no_timestamp: Seen,
    /// The responses of the application, if the honest request is accepted.
    application: Option<Application>,
}

/// The responses of the application to requests that are rightly signed and find nothing.
#[derive(Debug)]
pub(super) struct Application {
    pub(super) empty_body: Seen,
    pub(super) bad_json: Seen,
    pub(super) no_result: Result<Seen, NotApplicable>,
}

impl References {
    /// A rejection may have the status of a lookup that finds nothing, so the forgery decides.
    pub(super) fn new(honest: Seen, forged: Seen, no_timestamp: Seen) -> Self {
        let differs = honest.fingerprint() != forged.fingerprint();
        let accepted = match honest.status() {
            Some(200..=299) => differs || !has_error(&honest),
            Some(401 | 403) | None => false,
            Some(400..=499) => differs && honest.fingerprint() != no_timestamp.fingerprint(),
            Some(_) => false,
        };
        Self { accepted, honest, forged, no_timestamp, application: None }
    }

    pub(super) fn learn_application(&mut self, application: Application) {
        self.application = Some(application);
    }

    /// The response to a reference, or the reason why the request was not sent.
    pub(super) fn get(&self, reference: Reference) -> Result<&Seen, Option<&NotApplicable>> {
        let application = self.application.as_ref().ok_or(None);
        match reference {
            Reference::Honest => Ok(&self.honest),
            Reference::Forged => Ok(&self.forged),
            Reference::NoTimestamp => Ok(&self.no_timestamp),
            Reference::EmptyBody => application.map(|it| &it.empty_body),
            Reference::BadJson => application.map(|it| &it.bad_json),
            Reference::NoResult => application?.no_result.as_ref().map_err(Some),
        }
    }

    /// The response to the lookup that finds nothing, if it differs from that to the honest request.
    pub(super) fn no_result(&self) -> Option<&Seen> {
        let seen = self.get(Reference::NoResult).ok()?;
        (seen.fingerprint()? != self.honest.fingerprint()?).then_some(seen)
    }

    /// Returns whether a response shows that the request was accepted: a result, or the same response as to the
    /// honest request.
    fn accepts(&self, seen: &Seen) -> bool {
        let Some((answer, view)) = seen.answer() else { return false };
        if answer.status.is_success() {
            let is_like_honest = view.data.is_some() || !has_data(&self.honest);
            return view.error.is_none() && is_like_honest;
        }
        self.accepted && seen.is_same(&self.honest)
    }

    /// Returns whether the response is one that only the application gives.
    fn comes_from_application(&self, seen: &Seen) -> bool {
        let Some(application) = &self.application else { return false };
        let no_result = application.no_result.as_ref().ok();
        let mut responses = [Some(&application.empty_body), Some(&application.bad_json), no_result]
            .into_iter()
            .flatten();
        let is_rejection = seen.is_same(&self.forged) || seen.is_same(&self.no_timestamp);
        !is_rejection && responses.any(|response| seen.is_same(response))
    }

    /// Returns whether the response is that to a forgery.
    fn is_rejection(&self, seen: &Seen) -> bool {
        seen.is_same(&self.forged)
    }

    /// Returns whether the response to an honest lookup breaks the envelope in the same way.
    fn has_breach(&self, id: &str) -> bool {
        let no_result = self.get(Reference::NoResult).ok();
        let mut breaches =
            [Some(&self.honest), no_result].into_iter().flatten().flat_map(Seen::breaches);
        breaches.any(|breach| breach.id == id)
    }

    /// The difference of the endpoint's clock in milliseconds, from the header `Date`: the middle of its
    /// second, less the middle of the exchange.
    pub(super) fn ahead(&self) -> Option<i64> {
        let (answer, _) = self.honest.answer()?;
        let theirs = answer.date_ms()? + 500;
        let ours = millis(answer.arrived - answer.elapsed / 2)?;
        Some(theirs - ours)
    }

    pub(super) fn judge_honest(&self, window: Duration) -> Verdict {
        match self.honest.status() {
            Some(200) if self.accepted => Verdict::pass(),
            Some(400) if self.accepted => Verdict::new(
                Mark::Advice,
                Words::fixed(
                    "accepted, and nothing was found: name a customer that exists with --field or --body, so \
                 that the result is examined too",
                    "검증은 통과했지만 조회 결과가 없습니다. 결과도 검사하려면 --field나 --body로 실제 있는 고객을 \
                 지정하십시오",
                ),
            ),
            Some(404) if self.accepted => Verdict::new(
                Mark::Fail,
                Words::fixed(
                    "accepted, and then status 404: the agent sees a server error; for a lookup that finds \
                 nothing, send 400",
                    "검증은 통과했지만 404입니다. 상담원에게 서버 에러로 표시됩니다. 조회 결과가 없으면 400을 \
                 보내십시오",
                ),
            ),
            Some(_) if self.accepted => Verdict::new(
                Mark::Fail,
                Words::fixed(
                    "accepted, but the status is not 200",
                    "검증은 통과했지만 상태가 200이 아닙니다",
                ),
            ),
            status => self.judge_rejected(status, window),
        }
    }

    fn judge_rejected(&self, status: Option<u16>, window: Duration) -> Verdict {
        let why = match status {
            Some(401 | 403) => Words::fixed(
                "the signature was rejected: check that the key and --scheme are those of the endpoint",
                "서명이 거부되었습니다. 키와 --scheme이 서버의 설정과 같은지 확인하십시오",
            ),
            Some(404 | 405) => Words::fixed(
                "the route does not exist or does not take POST: check the URL",
                "이 경로가 없거나 POST를 받지 않습니다. URL을 확인하십시오",
            ),
            Some(200..=499) => Words::fixed(
                "rejected before the signature was checked, or nothing is verified: the same request with a \
                 wrong signature got the same response",
                "서명을 보기 전에 거부했거나 검증을 하지 않습니다. 틀린 키로 서명한 같은 요청에도 응답이 \
                 같았습니다",
            ),
            Some(_) => Words::fixed(
                "the server failed on an honest request",
                "정상 요청을 처리하다가 서버에서 오류가 났습니다",
            ),
            None => Words::fixed("no complete response", "응답을 끝까지 받지 못했습니다"),
        };
        let mut verdict = Verdict::new(Mark::Fail, why);
        let window = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
        if let Some(ahead) = self.ahead().filter(|ahead| ahead.abs() >= window) {
            verdict.worsen(Mark::Fail, clocks_differ(ahead));
        }
        verdict.worsen(Mark::Fail, Words::fixed(
            "probes that need an accepted request were skipped; capture the request at the server and pass \
             it to `online-contact explain`",
            "통과한 요청이 필요한 검사는 건너뛰었습니다. 서버에 도착한 요청을 `online-contact explain`으로 \
             살펴보십시오",
        ));
        verdict
    }

    pub(super) fn judge_clock(&self) -> Verdict {
        match self.ahead() {
            None => Verdict::new(
                Mark::Skipped,
                Words::fixed(
                    "the response has no readable Date header",
                    "응답에 읽을 수 있는 Date 헤더가 없습니다",
                ),
            ),
            Some(ahead) if ahead.abs() > TOLERATED => {
                Verdict::new(Mark::Advice, clocks_differ(ahead))
            }
            Some(_) => Verdict::pass(),
        }
    }
}

fn has_error(seen: &Seen) -> bool {
    seen.answer().is_some_and(|(_, view)| view.error.is_some())
}

fn has_data(seen: &Seen) -> bool {
    seen.answer().is_some_and(|(_, view)| view.data.is_some())
}

fn clocks_differ(ahead: i64) -> Words {
    let seconds = ahead.abs() / 1_000;
    let (en, ko) =
        if ahead > 0 { ("ahead of", "빠릅니다") } else { ("behind", "느립니다") };
    Words::new(
        format!("the server's clock is {seconds} s {en} this machine's: one of them is wrong"),
        format!("서버 시계가 이 컴퓨터보다 {seconds}초 {ko}. 둘 중 하나가 틀렸습니다"),
    )
}

fn millis(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}

/// The settings of the verdicts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judge {
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
            Some(429) => Verdict::new(Mark::Skipped, RATE_LIMITED),
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
            Expect::TooSlow if accepted => Verdict::new(Mark::Fail, INCOMPLETE),
            Expect::NoRoute if accepted => self.fault(OTHER_ROUTE),
            _ if accepted => self.fault(ACCEPTED),
            Expect::Forged if self.references.comes_from_application(self.seen) => {
                self.fault(REACHED)
            }
            Expect::Status(right) => self.status(status, right),
            Expect::Malformed(right) => self.malformed(status, &[right]),
            Expect::Forged => self.malformed(status, &[403]),
            Expect::Replayed => self.malformed(status, &[403]),
            Expect::TooLarge | Expect::TooSlow => self.too_much(status),
            Expect::NoRoute if status == 404 => Verdict::pass(),
            Expect::NoRoute => Verdict::new(Mark::Advice, NOT_404),
            Expect::Bypass => Verdict::pass(),
        }
    }

    fn like_honest(&self, status: u16) -> Verdict {
        if self.references.is_rejection(self.seen) && !self.is_like_honest() {
            return self.fault(TAKEN_FOR_FORGERY);
        }
        if self.references.no_result().is_some_and(|other| self.seen.is_same(other)) {
            return self.fault(MIXED_UP);
        }
        match status {
            _ if self.is_like_honest() => Verdict::pass(),
            401 | 403 => self.fault(TAKEN_FOR_FORGERY),
            500.. => self.fault(FAILED),
            _ => self.fault(DIFFERENT),
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
            return self.fault(MIXED_UP);
        }
        match self.seen.status() {
            status if status == reference.status() => Verdict::pass(),
            Some(401 | 403) => self.fault(TAKEN_FOR_FORGERY),
            Some(500..) => self.fault(FAILED),
            _ => self.fault(MIXED_UP),
        }
    }

    fn passed(&self, status: u16, fine: &[u16]) -> Verdict {
        match status {
            401 | 403 => self.fault(TAKEN_FOR_FORGERY),
            _ if self.is_rejected_otherwise() => self.fault(TAKEN_FOR_FORGERY),
            _ if fine.contains(&status) => Verdict::pass(),
            200..=299 if self.has_error_breach() => Verdict::pass(),
            500.. => self.fault(FAILED),
            _ => self.fault(MISLEADING),
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
            _ if self.is_rejected_otherwise() => self.fault(TAKEN_FOR_FORGERY),
            Some(401) => self.fault(TAKEN_FOR_FORGERY),
            _ => Verdict::pass(),
        }
    }

    fn senseless(&self, status: u16, accepted: bool) -> Verdict {
        let is_result = accepted && (200..300).contains(&status);
        if is_result { self.fault(RESULT_OF_NOTHING) } else { self.passed(status, &[400]) }
    }

    fn no_result(&self, status: u16) -> Verdict {
        match status {
            200..=299 if self.has_error_breach() => Verdict::pass(),
            200..=299 => Verdict::new(Mark::Skipped, SOMETHING_FOUND),
            404 => self.fault(NO_RESULT_AS_404),
            _ => self.passed(status, &[400]),
        }
    }

    /// A success that breaks the envelope is reported as that.
    fn has_error_breach(&self) -> bool {
        self.seen.breaches().iter().any(|breach| breach.level == Level::Error)
    }

    fn replayed(&self) -> Verdict {
        let mark = if self.judge.expect_replay_guard { Mark::Fail } else { Mark::Advice };
        Verdict::new(mark, REPLAYED)
    }

    fn too_large(&self) -> Verdict {
        match self.judge.knows_body_limit {
            true => self.fault(TOO_LARGE),
            false => Verdict::new(Mark::Advice, NO_LIMIT),
        }
    }

    /// An agent sees this rejection when the clock or the key is wrong.
    fn status(&self, status: u16, right: u16) -> Verdict {
        match (status, right) {
            _ if status == right => Verdict::pass(),
            // An error with status 200 is reported as a breach of the envelope.
            (200..=299, _) => Verdict::pass(),
            (500.., _) => self.fault(FAILED),
            // As strict as expected, but the agent sees another text.
            (403, 400) => Verdict::new(Mark::Advice, NO_PERMISSION),
            (400, 403) => self.fault(NO_RESULT_FOR_FORGERY),
            _ => self.fault(MISLEADING),
        }
    }

    /// Only an attacker sees this rejection.
    fn malformed(&self, status: u16, right: &[u16]) -> Verdict {
        match status {
            _ if right.contains(&status) => Verdict::pass(),
            500.. => Verdict::new(Mark::Fail, FAILED),
            _ => Verdict::new(Mark::Advice, OTHER_STATUS),
        }
    }

    fn too_much(&self, status: u16) -> Verdict {
        if status == 400 { Verdict::pass() } else { Verdict::new(Mark::Advice, NOT_400) }
    }

    fn judge_silence(&self, expect: Expect) -> Verdict {
        match expect {
            Expect::Anything => Verdict::pass(),
            Expect::TooLarge | Expect::NotForged => Verdict::new(Mark::Advice, CUT),
            Expect::TooSlow => Verdict::new(Mark::Advice, NO_DEADLINE),
            Expect::NoRoute | Expect::Bypass => Verdict::new(Mark::Advice, SILENT),
            _ if self.seen.broken_off().is_some() => Verdict::new(Mark::Fail, BROKEN_OFF),
            _ => Verdict::new(Mark::Fail, NO_RESPONSE),
        }
    }

    fn fault(&self, words: Words) -> Verdict {
        Verdict::new(self.severity, words)
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
