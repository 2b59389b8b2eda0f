//! The responses with which all others are compared.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::finding::{Seen, Verdict};
use super::mark::Mark;
use super::probe::{NotApplicable, Reference};
use crate::lang::Lang;

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
    pub(super) fn accepts(&self, seen: &Seen) -> bool {
        let Some((answer, view)) = seen.answer() else { return false };
        if answer.status.is_success() {
            let is_like_honest = view.data.is_some() || !has_data(&self.honest);
            return view.error.is_none() && is_like_honest;
        }
        self.accepted && seen.is_same(&self.honest)
    }

    /// Returns whether the response is one that only the application gives.
    pub(super) fn comes_from_application(&self, seen: &Seen) -> bool {
        let Some(application) = &self.application else { return false };
        let no_result = application.no_result.as_ref().ok();
        let mut responses = [Some(&application.empty_body), Some(&application.bad_json), no_result]
            .into_iter()
            .flatten();
        let is_rejection = seen.is_same(&self.forged) || seen.is_same(&self.no_timestamp);
        !is_rejection && responses.any(|response| seen.is_same(response))
    }

    /// Returns whether the response is that to a forgery.
    pub(super) fn is_rejection(&self, seen: &Seen) -> bool {
        seen.is_same(&self.forged)
    }

    /// Returns whether the response to an honest lookup breaks the envelope in the same way.
    pub(super) fn has_breach(&self, id: &str) -> bool {
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

    pub(super) fn judge_honest(&self, window: Duration, lang: Lang) -> Verdict {
        match self.honest.status() {
            Some(200) if self.accepted => Verdict::pass(),
            Some(400) if self.accepted => Verdict::new(Mark::Advice, lang.pick(
                "accepted, and nothing was found: name a customer that exists with --field or --body, so \
                 that the result is examined too",
                "검증은 통과했지만 조회 결과가 없습니다. 결과도 검사하려면 --field나 --body로 실제 있는 고객을 \
                 지정하십시오",
            )),
            Some(404) if self.accepted => Verdict::new(Mark::Fail, lang.pick(
                "accepted, and then status 404: the agent sees a server error; for a lookup that finds \
                 nothing, send 400",
                "검증은 통과했지만 404입니다. 상담원에게 서버 에러로 표시됩니다. 조회 결과가 없으면 400을 \
                 보내십시오",
            )),
            Some(_) if self.accepted => Verdict::new(Mark::Fail, lang.pick(
                "accepted, but the status is not 200",
                "검증은 통과했지만 상태가 200이 아닙니다",
            )),
            status => self.judge_rejected(status, window, lang),
        }
    }

    fn judge_rejected(&self, status: Option<u16>, window: Duration, lang: Lang) -> Verdict {
        let why = match status {
            Some(401 | 403) => lang.pick(
                "the signature was rejected: check that the key and --scheme are those of the endpoint",
                "서명이 거부되었습니다. 키와 --scheme이 서버의 설정과 같은지 확인하십시오",
            ),
            Some(404 | 405) => lang.pick(
                "the route does not exist or does not take POST: check the URL",
                "이 경로가 없거나 POST를 받지 않습니다. URL을 확인하십시오",
            ),
            Some(200..=499) => lang.pick(
                "rejected before the signature was checked, or nothing is verified: the same request with a \
                 wrong signature got the same response",
                "서명을 보기 전에 거부했거나 검증을 하지 않습니다. 틀린 키로 서명한 같은 요청에도 응답이 \
                 같았습니다",
            ),
            Some(_) => lang.pick(
                "the server failed on an honest request",
                "정상 요청을 처리하다가 서버에서 오류가 났습니다",
            ),
            None => lang.pick("no complete response", "응답을 끝까지 받지 못했습니다"),
        };
        let mut verdict = Verdict::new(Mark::Fail, why);
        let window = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
        if let Some(ahead) = self.ahead().filter(|ahead| ahead.abs() >= window) {
            verdict.worsen(Mark::Fail, clocks_differ(ahead, lang));
        }
        verdict.worsen(Mark::Fail, lang.pick(
            "probes that need an accepted request were skipped; capture the request at the server and pass \
             it to `online-contact explain`",
            "통과한 요청이 필요한 검사는 건너뛰었습니다. 서버에 도착한 요청을 `online-contact explain`으로 \
             살펴보십시오",
        ));
        verdict
    }

    pub(super) fn judge_clock(&self, lang: Lang) -> Verdict {
        match self.ahead() {
            None => Verdict::new(
                Mark::Skipped,
                lang.pick(
                    "the response has no readable Date header",
                    "응답에 읽을 수 있는 Date 헤더가 없습니다",
                ),
            ),
            Some(ahead) if ahead.abs() > TOLERATED => {
                Verdict::new(Mark::Advice, clocks_differ(ahead, lang))
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

fn clocks_differ(ahead: i64, lang: Lang) -> String {
    let seconds = ahead.abs() / 1_000;
    let (en, ko) =
        if ahead > 0 { ("ahead of", "빠릅니다") } else { ("behind", "느립니다") };
    lang.pick(
        format_args!("the server's clock is {seconds} s {en} this machine's: one of them is wrong"),
        format_args!("서버 시계가 이 컴퓨터보다 {seconds}초 {ko}. 둘 중 하나가 틀렸습니다"),
    )
    .to_string()
}

fn millis(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}
