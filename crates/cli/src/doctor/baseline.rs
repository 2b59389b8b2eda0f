//! What an accepted request looks like: the honest one, with which all others are compared.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::finding::{Mark, Seen, Verdict};
use crate::lang::Lang;

/// Clocks that differ by more are worth a word.
const TOLERATED: i64 = 5_000;

/// What came of the honest request.
#[derive(Debug)]
pub(super) struct Baseline {
    /// Whether the verification let it pass, whatever the application made of it.
    pub(super) accepted: bool,
    pub(super) status: Option<u16>,
    code: Option<String>,
    /// How its answer breaks the contract; what is answered alike is not told of it again.
    breaches: Vec<&'static str>,
    /// How many milliseconds the endpoint's clock is ahead, where its answer has a `Date`.
    pub(super) ahead: Option<i64>,
}

impl Baseline {
    /// `control` is the same question under a wrong key, asked where the status alone does not tell a
    /// rejection from an application that found nothing.
    pub(super) fn of(honest: &Seen, control: Option<&Seen>) -> Self {
        let rejected_otherwise = control.is_some_and(|control| is_forbidden(control.status()));
        let accepted = match honest.status() {
            Some(200..=299) => true,
            Some(401 | 403) | None => false,
            Some(400..=499) => rejected_otherwise,
            Some(_) => false,
        };
        Self {
            accepted,
            status: honest.status(),
            code: honest.code().map(str::to_owned),
            breaches: honest.breaches().iter().map(|breach| breach.id).collect(),
            ahead: clock_of(honest),
        }
    }

    /// Whether an answer is that of the honest request: so it was accepted.
    pub(super) fn resembles(&self, seen: &Seen) -> bool {
        self.accepted && seen.status() == self.status && seen.code() == self.code.as_deref()
    }

    pub(super) fn has_breach(&self, id: &str) -> bool {
        self.breaches.contains(&id)
    }

    pub(super) fn judge(&self, window: Duration, lang: Lang) -> Verdict {
        match self.status {
            Some(200) => Verdict::pass(),
            Some(400) if self.accepted => Verdict::new(Mark::Advice, lang.pick(
                "accepted, but nothing was found: name a customer that exists with --field or --body, \
                 so that the result is examined too",
                "검증은 통과했지만 조회 결과가 없습니다. 결과도 검사하려면 --field나 --body로 실제 있는 고객을 \
                 지정해 주십시오",
            )),
            Some(404) if self.accepted => Verdict::new(Mark::Fail, lang.pick(
                "accepted, and then 404: the agent is told that the server has an error; where nothing \
                 was found, send 400",
                "검증은 통과했지만 404입니다. 상담원에게 서버 에러로 표시됩니다. 조회 결과가 없으면 400을 보내십시오",
            )),
            Some(_) if self.accepted => Verdict::new(Mark::Fail, lang.pick(
                "accepted, but not answered with 200",
                "검증은 통과했지만 응답이 200이 아닙니다",
            )),
            status => self.judge_rejected(status, window, lang),
        }
    }

    fn judge_rejected(&self, status: Option<u16>, window: Duration, lang: Lang) -> Verdict {
        let why = match status {
            Some(401 | 403) => lang.pick(
                "the signature was rejected: are the key and --scheme those of the endpoint?",
                "서명이 거부되었습니다. 키와 --scheme이 서버의 설정과 같은지 확인해 주십시오",
            ),
            Some(404 | 405) => lang.pick(
                "there is no such route, or it takes no POST: is the URL right?",
                "이 경로가 없거나 POST를 받지 않습니다. URL이 맞는지 확인해 주십시오",
            ),
            Some(400..=499) => lang.pick(
                "rejected before the signature was looked at, or nothing is verified: the same request \
                 under a wrong key was answered no differently",
                "서명을 보기 전에 거부했거나 검증을 하지 않습니다. 틀린 키로 서명한 같은 요청에도 응답이 \
                 다르지 않았습니다",
            ),
            Some(_) => lang.pick(
                "the server broke on an honest request",
                "정상 요청을 처리하다가 서버에서 오류가 났습니다",
            ),
            None => lang.pick("no whole answer came", "응답을 끝까지 받지 못했습니다"),
        };
        let mut verdict = Verdict::new(Mark::Fail, why);
        let window = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
        if let Some(ahead) = self.ahead.filter(|ahead| ahead.abs() >= window) {
            verdict.worsen(Mark::Fail, clocks_differ(ahead, lang));
        }
        verdict.worsen(Mark::Fail, lang.pick(
            "probes that build on it were skipped; capture the request at the server and give it to \
             `online-contact explain`",
            "이 요청을 바탕으로 하는 검사는 건너뛰었습니다. 서버에 도착한 요청을 `online-contact explain`으로 \
             살펴보십시오",
        ));
        verdict
    }

    pub(super) fn judge_clock(&self, lang: Lang) -> Verdict {
        match self.ahead {
            None => Verdict::new(
                Mark::Skipped,
                lang.pick(
                    "the answer has no readable Date header",
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

fn is_forbidden(status: Option<u16>) -> bool {
    matches!(status, Some(401 | 403))
}

fn clocks_differ(ahead: i64, lang: Lang) -> String {
    let seconds = ahead.abs() / 1_000;
    let (en, ko) = if ahead > 0 { ("ahead", "빠릅니다") } else { ("behind", "느립니다") };
    lang.pick(
        format_args!(
            "the server's clock is {seconds} s {en} of this machine's: one of them is wrong"
        ),
        format_args!("서버 시계가 이 컴퓨터보다 {seconds}초 {ko}. 둘 중 하나가 틀렸습니다"),
    )
    .to_string()
}

/// The middle of the second that `Date` names, less the middle of the exchange.
fn clock_of(honest: &Seen) -> Option<i64> {
    let (answer, _) = honest.answer()?;
    let theirs = answer.date_ms()? + 500;
    let ours = millis(answer.arrived - answer.elapsed / 2)?;
    Some(theirs - ours)
}

fn millis(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()
}
