//! Asks one probe after the other.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;

use super::baseline::Baseline;
use super::bench::Bench;
use super::draft::Draft;
use super::finding::{Finding, Mark, Seen, Verdict};
use super::judge::Judge;
use super::probe::{Course, Expect, NotHere, Probe};
use super::probes::CROWD;
use super::sender::Sender;
use crate::lang::Lang;
use crate::outcome::Problem;

/// Everything that it takes to ask.
pub(super) struct Runner {
    pub(super) bench: Bench,
    pub(super) sender: Sender,
    pub(super) judge: Judge,
    pub(super) gap: Duration,
}

impl Runner {
    /// Asks all of the plan, whose first is the honest request. Each finding is shown as it is made.
    pub(super) async fn run(
        &self,
        plan: &[&'static Probe],
        mut show: impl FnMut(&Finding) -> Result<(), Problem>,
    ) -> Result<Vec<Finding>, Problem> {
        let mut findings = Vec::with_capacity(plan.len());
        let (baseline, honest) = self.ask_honestly().await?;
        let mut honest = Some(honest);
        let mut advised = HashSet::new();
        for probe in plan {
            let (mut verdict, seen) = match (probe.course, honest.take()) {
                (Course::Honest, Some(honest)) => {
                    (self.judge_honest(&honest, &baseline), Some(honest))
                }
                _ => self.ask(probe, &baseline).await,
            };
            verdict.drop_repeated_advice(&mut advised);
            let expected = probe.expect.words(&baseline, self.lang());
            let finding = Finding { probe, verdict, expected, seen };
            show(&finding)?;
            findings.push(finding);
        }
        tokio::time::sleep(self.bench.until_now_is_new()).await;
        Ok(findings)
    }

    /// Learns what an accepted request looks like.
    async fn ask_honestly(&self) -> Result<(Baseline, Seen), Problem> {
        let honest = self.sender.send_first(self.bench.honest()).await?;
        let control = match honest.status() {
            // Found, or rejected: there is no doubt.
            Some(200..=299 | 401 | 403) | None => None,
            Some(_) => Some(self.sender.send(self.bench.forged()).await),
        };
        let baseline = Baseline::of(&honest, control.as_ref());
        self.bench.learn_clock(baseline.ahead.unwrap_or_default());
        self.bench.learn_pace(honest.elapsed());
        Ok((baseline, honest))
    }

    fn judge_honest(&self, honest: &Seen, baseline: &Baseline) -> Verdict {
        let mut verdict = baseline.judge(self.bench.limits.window, self.lang());
        self.judge.add_breaches(Expect::Found, honest, |_| false, &mut verdict);
        verdict
    }

    async fn ask(&self, probe: &Probe, baseline: &Baseline) -> (Verdict, Option<Seen>) {
        if !baseline.accepted && !probe.expect.stands_alone() {
            return (no_ground(self.lang()), None);
        }
        if !matches!(probe.course, Course::Clock) {
            tokio::time::sleep(self.gap).await;
        }
        match probe.course {
            Course::Honest | Course::Clock => (baseline.judge_clock(self.lang()), None),
            Course::Once(make) => self.ask_once(make(&self.bench), probe.expect, baseline).await,
            Course::Twice => self.ask_twice(probe.expect, baseline).await,
            Course::Crowd => self.ask_crowd(probe.expect, baseline).await,
        }
    }

    async fn ask_once(
        &self,
        draft: Result<Draft, NotHere>,
        expect: Expect,
        baseline: &Baseline,
    ) -> (Verdict, Option<Seen>) {
        match draft {
            Err(why) => (Verdict::new(Mark::Skipped, why.in_lang(self.lang())), None),
            Ok(draft) => {
                let seen = self.sender.send(draft).await;
                (self.judge.judge(expect, &seen, baseline), Some(seen))
            }
        }
    }

    async fn ask_twice(&self, expect: Expect, baseline: &Baseline) -> (Verdict, Option<Seen>) {
        let draft = self.bench.honest();
        let first = self.sender.send(draft.clone()).await;
        if !baseline.resembles(&first) {
            return (self.judge.judge(Expect::LikeHonest, &first, baseline), Some(first));
        }
        tokio::time::sleep(self.gap).await;
        let second = self.sender.send(draft).await;
        (self.judge.judge(expect, &second, baseline), Some(second))
    }

    /// Shows the worst of the answers.
    async fn ask_crowd(&self, expect: Expect, baseline: &Baseline) -> (Verdict, Option<Seen>) {
        let crowd = (0..CROWD).map(|_| self.sender.send(self.bench.honest()));
        let judged = join_all(crowd).await.into_iter().map(|seen| {
            let verdict = self.judge.judge(expect, &seen, baseline);
            (verdict, seen)
        });
        let judged: Vec<_> = judged.collect();
        let failed = judged.iter().filter(|(verdict, _)| verdict.mark == Mark::Fail).count();
        let worst = judged.into_iter().max_by_key(|(verdict, _)| verdict.mark);
        let Some((mut verdict, seen)) = worst else {
            return (Verdict::pass(), None);
        };
        if failed > 0 {
            let (en, ko) = (
                format!("so it was with {failed} of {CROWD}"),
                format!("{CROWD}개 가운데 {failed}개가 그랬습니다"),
            );
            verdict.worsen(Mark::Fail, self.lang().pick(en, ko));
        }
        (verdict, Some(seen))
    }

    const fn lang(&self) -> Lang {
        self.judge.lang
    }
}

fn no_ground(lang: Lang) -> Verdict {
    Verdict::new(
        Mark::Skipped,
        lang.pick(
            "it tells nothing while the honest request fails",
            "정상 요청이 실패하면 이 검사로는 알 수 있는 것이 없습니다",
        ),
    )
}
