//! Whether what came is what was expected.

use crate::agent::{Breach, Level};
use crate::lang::{Lang, Words};

use super::baseline::Baseline;
use super::finding::{Mark, Note, Seen, Verdict};
use super::probe::Expect;

/// Tells whether a replay guard is demanded, and in which language to speak.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judge {
    pub(super) lang: Lang,
    pub(super) expect_replay_guard: bool,
}

impl Judge {
    /// The verdict on what came of a request. Whether it is in the envelope is judged too.
    pub(super) fn judge(&self, expect: Expect, seen: &Seen, baseline: &Baseline) -> Verdict {
        // Whoever rejects a long body unread may cut off the answer that says so.
        let broken_off = seen.broken_off().filter(|_| expect == Expect::TooLarge);
        let mut verdict = match seen.status().or(broken_off) {
            Some(status) => self.judge_status(expect, status, seen, baseline),
            None => self.judge_silence(expect, seen),
        };
        let told = |id: &str| expect == Expect::LikeHonest && baseline.has_breach(id);
        self.add_breaches(expect, seen, told, &mut verdict);
        verdict
    }

    fn judge_status(
        &self,
        expect: Expect,
        status: u16,
        seen: &Seen,
        baseline: &Baseline,
    ) -> Verdict {
        let accepted = baseline.resembles(seen) || (200..300).contains(&status);
        match expect {
            Expect::Found | Expect::SameTime | Expect::LikeHonest => {
                self.like_honest(status, accepted, baseline)
            }
            Expect::Passed => self.passed(status, &[200, 400]),
            Expect::Senseless => self.senseless(status),
            Expect::NoResult => self.no_result(status),
            Expect::BadRequest | Expect::TooLarge => self.rejected(status, accepted, 400),
            Expect::TooSlow => self.too_slow(status, accepted),
            Expect::Forbidden => self.rejected(status, accepted, 403),
            Expect::Replayed => self.replayed(status, accepted),
            Expect::NoRoute => self.no_route(status),
            Expect::OnlyPost => self.only_post(status),
        }
    }

    fn like_honest(&self, status: u16, accepted: bool, baseline: &Baseline) -> Verdict {
        if accepted && baseline.status == Some(status) {
            return Verdict::pass();
        }
        self.fail(&match status {
            401 | 403 => Words::fixed(
                "it was taken for a forgery, though its signature is good",
                "서명이 올바른데도 위조된 요청으로 처리했습니다",
            ),
            _ => Words::fixed(
                "it was not answered as the honest request was, though it is as good",
                "정상 요청과 다를 바 없는데 응답이 다릅니다",
            ),
        })
    }

    fn passed(&self, status: u16, fine: &[u16]) -> Verdict {
        if fine.contains(&status) {
            return Verdict::pass();
        }
        self.fail(&match status {
            401 | 403 => Words::fixed(
                "it was taken for a forgery: verify the bytes as they came, before anything reads them",
                "위조된 요청으로 처리했습니다. 본문을 해석하기 전에 받은 바이트 그대로 검증해야 합니다",
            ),
            500.. => Words::fixed("the server broke on it", "이 요청을 처리하다가 서버에서 오류가 났습니다"),
            _ => Words::fixed("the agent is told something that is not so", "상담원에게 사실과 다른 문구가 표시됩니다"),
        })
    }

    fn senseless(&self, status: u16) -> Verdict {
        match status {
            200..=299 => self.fail(&Words::fixed(
                "it was answered with a result, though it asked nothing",
                "아무것도 묻지 않았는데 결과를 보냈습니다",
            )),
            _ => self.passed(status, &[400]),
        }
    }

    fn no_result(&self, status: u16) -> Verdict {
        match status {
            200..=299 => Verdict::new(
                Mark::Skipped,
                self.lang.pick(
                    "something was found; name a lookup that finds nothing with --no-result-body",
                    "조회 결과가 있습니다. --no-result-body로 결과가 없는 조회를 지정해 주십시오",
                ),
            ),
            404 => self.fail(&Words::fixed(
                "the agent is told that the server has an error: where nothing was found, send 400",
                "상담원에게 서버 에러로 표시됩니다. 조회 결과가 없으면 400을 보내십시오",
            )),
            _ => self.passed(status, &[400]),
        }
    }

    fn rejected(&self, status: u16, accepted: bool, right: u16) -> Verdict {
        if accepted {
            return self.fail(&Words::fixed("it was accepted", "거부하지 않고 받아들였습니다"));
        }
        match status {
            _ if status == right => Verdict::pass(),
            // No less than what is asked for, in other words to the agent.
            403 => self.advise(&Words::fixed(
                "rejected, but the agent is told of a lack of permission: expected 400",
                "거부는 했지만 상담원에게 권한이 없다고 표시됩니다. 400이어야 합니다",
            )),
            400 => self.fail(&Words::fixed(
                "rejected, but the agent is told that there is no result: expected 403",
                "거부는 했지만 상담원에게 조회 결과가 없다고 표시됩니다. 403이어야 합니다",
            )),
            500.. => self.fail(&Words::fixed(
                "the server broke on it",
                "이 요청을 처리하다가 서버에서 오류가 났습니다",
            )),
            _ => self.fail(&Words::fixed(
                "rejected, but with a status that tells the agent something else",
                "거부는 했지만 상담원에게 다른 뜻으로 표시되는 상태입니다",
            )),
        }
    }

    fn too_slow(&self, status: u16, accepted: bool) -> Verdict {
        match status {
            _ if accepted => self.fail(&Words::fixed(
                "it was accepted before its body was there",
                "본문이 다 오기 전에 받아들였습니다",
            )),
            400 => Verdict::pass(),
            _ => self.advise(&Words::fixed(
                "rejected, but not with 400",
                "거부는 했지만 400이 아닙니다",
            )),
        }
    }

    fn replayed(&self, status: u16, accepted: bool) -> Verdict {
        if !accepted {
            return self.rejected(status, accepted, 403);
        }
        let mark = if self.expect_replay_guard { Mark::Fail } else { Mark::Advice };
        Verdict::new(mark, self.lang.pick(
            "the second one was accepted too: a captured request works until it is too old; a replay \
             guard would reject it",
            "두 번째도 받아들였습니다. 가로챈 요청을 유효 시간 안에 다시 쓸 수 있습니다. 재전송 방지 기능을 \
             권합니다",
        ))
    }

    fn no_route(&self, status: u16) -> Verdict {
        match status {
            404 => Verdict::pass(),
            200..=299 => self.advise(&Words::fixed(
                "answered like the endpoint itself: a captured request works there too",
                "등록된 경로와 똑같이 응답합니다. 가로챈 요청이 다른 경로에서도 통합니다",
            )),
            _ => self.advise(&Words::fixed("expected 404", "404가 알맞습니다")),
        }
    }

    fn only_post(&self, status: u16) -> Verdict {
        match status {
            404 => Verdict::pass(),
            200..=299 => self.fail(&Words::fixed(
                "answered like POST: the signature does not cover the method, so only POST may pass",
                "POST와 똑같이 응답합니다. 서명에 메서드가 들어가지 않으므로 POST만 받아야 합니다",
            )),
            _ => self.advise(&Words::fixed("rejected, but not with 404", "거부는 했지만 404가 아닙니다")),
        }
    }

    fn judge_silence(&self, expect: Expect, seen: &Seen) -> Verdict {
        match expect {
            Expect::TooLarge => self.advise(&Words::fixed(
                "the connection was cut before there was an answer: expected 400",
                "응답 없이 연결을 끊었습니다. 400으로 응답하는 것이 좋습니다",
            )),
            Expect::TooSlow => self.advise(&Words::fixed(
                "no answer when the body's deadline had passed: --body-deadline names another one",
                "본문 제한 시간이 지나도 응답이 없습니다. 제한 시간이 다르면 --body-deadline으로 지정해 주십시오",
            )),
            Expect::NoRoute | Expect::OnlyPost => self.advise(&Words::fixed("no answer", "응답이 없습니다")),
            _ if seen.broken_off().is_some() => self.fail(&Words::fixed(
                "the answer broke off: the agent sees nothing of it",
                "응답이 중간에 끊겨 상담원에게 아무것도 표시되지 않습니다",
            )),
            _ => self.fail(&Words::fixed("no answer: the agent is left waiting", "응답이 없어 상담원이 기다리게 됩니다")),
        }
    }

    /// Adds every breach of the contract that was not told before. What agents never see is no fault, whatever it breaks.
    pub(super) fn add_breaches(
        &self,
        expect: Expect,
        seen: &Seen,
        told: impl Fn(&str) -> bool,
        verdict: &mut Verdict,
    ) {
        let fresh = |breach: &&Breach| !is_wanted(expect, breach) && !told(breach.id);
        for breach in seen.breaches().iter().filter(fresh) {
            let mark = match breach.level {
                _ if !expect.is_seen_by_agents() => Mark::Advice,
                Level::Error => Mark::Fail,
                // The protocol types result values as strings: it knows no numbers.
                Level::Advice if breach.id == "value_not_string" => Mark::Fail,
                Level::Advice => Mark::Advice,
            };
            let text = breach.message.clone();
            verdict.add(Note { mark, breach: Some(breach.id), text });
        }
    }

    fn fail(&self, words: &Words) -> Verdict {
        Verdict::new(Mark::Fail, words.in_lang(self.lang))
    }

    fn advise(&self, words: &Words) -> Verdict {
        Verdict::new(Mark::Advice, words.in_lang(self.lang))
    }
}

/// What the probe itself brought about.
fn is_wanted(expect: Expect, breach: &Breach) -> bool {
    match breach.id {
        "no_result_as_404" => true,
        // The honest answer says how fast the endpoint is; a busy machine may slow down any other.
        "slow" => expect != Expect::Found,
        _ => false,
    }
}
