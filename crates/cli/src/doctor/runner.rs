//! Sends the probes, one after another, and collects the results.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use futures_util::{StreamExt as _, stream};
use url::Url;

use super::bench::Bench;
use super::expect::{Expect, Mark};
use super::probes::{self, Ask, Probe, Reference};
use super::request::Draft;
use super::verdict::{Application, Judge, References, Seen, Verdict};
use crate::agent::AgentView;
use crate::context::Problem;
use crate::http::{Answer, Client, SendError};
use crate::lang::Words;
use crate::secrets::Secrets;

/// A rejection that takes this much longer than the honest request is slow.
const SLOW: Duration = Duration::from_secs(1);

/// The number of probes, and of requests of one probe, at the same time where rejections are slow.
const SLOW_AT_ONCE: usize = 4;

/// The shortest timeout where forgeries get no response.
const SHORTEST_PATIENCE: Duration = Duration::from_secs(1);

/// The number of measurements of each kind.
pub(super) const MEASUREMENTS: usize = 6;

/// The smallest difference of the times that a clock over a network shows.
const TELLING: Duration = Duration::from_millis(20);

/// A probe and its result.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) probe: &'static Probe,
    pub(super) verdict: Verdict,
    pub(super) expected: Words,
    /// The worst of the responses.
    pub(super) seen: Option<Seen>,
    /// The requests with this verdict, of a probe with several.
    pub(super) variants: Vec<Words>,
}

/// The results of all probes.
#[derive(Debug)]
pub(super) struct Examination<'a> {
    pub(super) url: &'a Url,
    pub(super) findings: &'a [Finding],
    pub(super) took: Duration,
}

impl Examination<'_> {
    pub(super) fn count(&self, mark: Mark) -> usize {
        self.findings.iter().filter(|finding| finding.verdict.mark == mark).count()
    }
}

/// Everything that the probes need.
pub(super) struct Runner {
    pub(super) bench: Bench,
    pub(super) sender: Sender,
    pub(super) judge: Judge,
    pub(super) gap: Duration,
}

/// A verdict, the response that it is about, and the variants of the probe with this verdict.
type Judged = (Verdict, Option<Seen>, Vec<Words>);

impl Runner {
    /// Sends all probes of the plan.
    pub(super) async fn run(
        &self,
        plan: &[&'static Probe],
        mut step: impl FnMut(),
    ) -> Result<Vec<Finding>, Problem> {
        let references = self.ask_references().await?;
        let at_once = if is_slow(&references.forged, &references) { SLOW_AT_ONCE } else { 1 };
        let mut judged = stream::iter(plan)
            .map(|probe| async { (*probe, self.ask(probe, at_once, &references).await) })
            .buffered(at_once);
        let mut findings = Vec::with_capacity(plan.len());
        let mut advised = HashSet::new();
        while let Some((probe, (mut verdict, seen, variants))) = judged.next().await {
            verdict.drop_repeated_advice(&mut advised);
            let expected = probe.expect.words(references.honest.status());
            findings.push(Finding { probe, verdict, expected, seen, variants });
            step();
        }
        drop(judged);
        tokio::time::sleep(self.bench.until_now_is_new()).await;
        Ok(findings)
    }

    /// Learns the responses to accepted requests, to forgeries, and of the application.
    async fn ask_references(&self) -> Result<References, Problem> {
        let draft = |reference| probes::reference(reference, &self.bench);
        let honest = self.sender.send_first(self.bench.honest(), &self.bench).await?;
        let forged = self.sender.send(self.bench.forged(), &self.bench).await;
        let no_timestamp = match draft(Reference::NoTimestamp) {
            Ok(draft) => self.sender.send(draft, &self.bench).await,
            Err(_) => forged.clone(),
        };
        let mut references = References::new(honest, forged, no_timestamp);
        self.bench.learn_clock(references.ahead().unwrap_or_default());
        self.bench.learn_pace(references.honest.elapsed());
        if !references.accepted {
            return Ok(references);
        }
        let send = async |reference| match draft(reference) {
            Ok(draft) => Ok(self.sender.send(draft, &self.bench).await),
            Err(why) => Err(why),
        };
        let no_result = send(Reference::NoResult).await;
        if let (Ok(empty_body), Ok(bad_json)) =
            (send(Reference::EmptyBody).await, send(Reference::BadJson).await)
        {
            references.learn_application(Application { empty_body, bad_json, no_result });
        }
        Ok(references)
    }

    async fn ask(&self, probe: &Probe, at_once: usize, references: &References) -> Judged {
        if !references.accepted && !probe.expect.stands_alone() {
            return (Verdict::new(Mark::Skipped, NOT_ACCEPTED), None, Vec::new());
        }
        if !matches!(probe.ask, Ask::Reference(_) | Ask::Clock) {
            tokio::time::sleep(self.gap).await;
        }
        let skip = |why: &Words| (Verdict::new(Mark::Skipped, why.clone()), None, Vec::new());
        match probe.ask {
            Ask::Reference(reference) => match references.get(reference) {
                Ok(seen) => {
                    (self.judge_reference(probe, seen, references), Some(seen.clone()), Vec::new())
                }
                Err(why) => skip(why.unwrap_or(&NOT_ACCEPTED)),
            },
            Ask::Clock => (references.judge_clock(), None, Vec::new()),
            Ask::One(make) => match make(&self.bench) {
                Ok(draft) => self.ask_each(probe, vec![draft], 1, references).await,
                Err(why) => skip(&why),
            },
            Ask::Each(make) => match make(&self.bench) {
                Ok(drafts) => {
                    let depends = drafts.iter().any(|draft| draft.expect.is_some());
                    let at_once = if depends { 1 } else { at_once };
                    self.ask_each(probe, drafts, at_once, references).await
                }
                Err(why) => skip(&why),
            },
            Ask::AtOnce(make) => match make(&self.bench) {
                Ok(drafts) => self.ask_at_once(probe, drafts, references).await,
                Err(why) => skip(&why),
            },
            Ask::Slowness => self.ask_slowness(probe, references).await,
            Ask::Timing(make) => self.ask_timing(probe, make, references).await,
        }
    }

    fn judge_reference(&self, probe: &Probe, seen: &Seen, references: &References) -> Verdict {
        if probe.expect != Expect::Found {
            return self.judge.judge(probe.severity, probe.expect, seen, references);
        }
        let mut verdict = references.judge_honest(self.bench.limits.window);
        self.judge.add_breaches(Expect::Found, seen, |_| false, &mut verdict);
        verdict
    }

    /// Sends requests one after another, or a few at once.
    async fn ask_each(
        &self,
        probe: &Probe,
        drafts: Vec<Draft>,
        at_once: usize,
        references: &References,
    ) -> Judged {
        let judged = stream::iter(drafts)
            .map(|draft| self.send_and_judge(probe, draft, references))
            .buffered(at_once)
            .collect::<Vec<_>>()
            .await;
        worst(judged)
    }

    /// Sends requests at the same time, and counts those that failed.
    async fn ask_at_once(
        &self,
        probe: &Probe,
        drafts: Vec<Draft>,
        references: &References,
    ) -> Judged {
        let crowd = drafts.into_iter().map(|draft| self.send_and_judge(probe, draft, references));
        let judged = join_all(crowd).await;
        let (all, failed) = (
            judged.len(),
            judged.iter().filter(|(verdict, ..)| verdict.mark == Mark::Fail).count(),
        );
        let mut worst = worst(judged);
        if failed > 0 {
            let (en, ko) = (
                format!("{failed} of {all} requests at the same time"),
                format!("동시에 보낸 {all}개 가운데 {failed}개"),
            );
            worst.2 = vec![Words::new(en, ko)];
        }
        worst
    }

    async fn send_and_judge(
        &self,
        probe: &Probe,
        mut draft: Draft,
        references: &References,
    ) -> Judged {
        if draft.patience.is_none() && references.forged.answer().is_none() {
            // A server that never responds to a forgery would cost a timeout for each.
            let patience = references.honest.elapsed().saturating_mul(4);
            draft.patience = Some(patience.max(SHORTEST_PATIENCE));
        }
        let expect = draft.expect.unwrap_or(probe.expect);
        let variant = draft.variant.take();
        let seen = self.sender.send(draft, &self.bench).await;
        let verdict = self.judge.judge(probe.severity, expect, &seen, references);
        (verdict, Some(seen), variant.into_iter().collect())
    }

    async fn ask_slowness(&self, probe: &Probe, references: &References) -> Judged {
        let mut fastest = references.forged.clone();
        for _ in 0..2 {
            // A busy machine may slow down one of them.
            if fastest.answer().is_some() && is_slow(&fastest, references) {
                let again = self.sender.send(self.bench.forged(), &self.bench).await;
                fastest = if again.elapsed() < fastest.elapsed() { again } else { fastest };
            }
        }
        if fastest.answer().is_none() || !is_slow(&fastest, references) {
            return (Verdict::pass(), None, Vec::new());
        }
        let (slow, honest) =
            (fastest.elapsed().as_secs_f64(), references.honest.elapsed().as_secs_f64());
        let text = Words::new(
            format!(
                "a rejection takes {slow:.1} s and an accepted request {honest:.1} s: forgeries hold \
                 connections; reject at once"
            ),
            format!(
                "거부에 {slow:.1}초, 통과한 요청에 {honest:.1}초가 걸립니다. 위조된 요청이 연결을 붙잡습니다. \
                 바로 거부하십시오"
            ),
        );
        (Verdict::new(probe.severity, text), Some(fastest), Vec::new())
    }

    /// Compares the fastest responses to both kinds. A difference counts if the slower kind is always
    /// slower.
    async fn ask_timing(
        &self,
        probe: &Probe,
        make: fn(&Bench) -> [Draft; 2],
        references: &References,
    ) -> Judged {
        if is_slow(&references.forged, references) || references.forged.answer().is_none() {
            return (Verdict::new(Mark::Skipped, TOO_SLOW_TO_MEASURE), None, Vec::new());
        }
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..MEASUREMENTS {
            for (times, draft) in times.iter_mut().zip(make(&self.bench)) {
                times.push(self.sender.send(draft, &self.bench).await.elapsed());
            }
        }
        let [early, late] = &times;
        let fastest = |times: &[Duration]| times.iter().min().copied().unwrap_or_default();
        let slowest = |times: &[Duration]| times.iter().max().copied().unwrap_or_default();
        let differ = |slow: &[Duration], fast: &[Duration]| {
            fastest(slow) > slowest(fast) + TELLING && fastest(slow) > fastest(fast) * 2
        };
        if !differ(early, late) && !differ(late, early) {
            return (Verdict::pass(), None, Vec::new());
        }
        let (early, late) = (fastest(early).as_millis(), fastest(late).as_millis());
        let text = Words::new(
            format!(
                "a wrong first byte takes {early} ms and a wrong last byte {late} ms: the time reveals how \
                 much of a signature is right; compare in constant time"
            ),
            format!(
                "첫 바이트가 틀리면 {early} ms, 마지막 바이트가 틀리면 {late} ms가 걸립니다. 서명이 어디까지 \
                 맞는지 드러납니다. 상수 시간으로 비교하십시오"
            ),
        );
        (Verdict::new(probe.severity, text), None, Vec::new())
    }
}

fn is_slow(seen: &Seen, references: &References) -> bool {
    seen.elapsed() > references.honest.elapsed() + SLOW
}

/// The worst verdict, with the reasons and variants of all that are as bad.
fn worst(judged: Vec<Judged>) -> Judged {
    let mark = judged.iter().map(|(verdict, ..)| verdict.mark).max().unwrap_or(Mark::Pass);
    let mut worst = (Verdict { mark, notes: Vec::new() }, None, Vec::new());
    for (verdict, seen, variants) in judged.into_iter().filter(|(verdict, ..)| verdict.mark == mark)
    {
        verdict.notes.into_iter().for_each(|note| worst.0.add(note));
        worst.1 = worst.1.or(seen);
        if mark > Mark::Pass {
            worst.2.extend(variants);
        }
    }
    worst
}

const NOT_ACCEPTED: Words = Words::fixed(
    "not informative while the honest request is rejected",
    "정상 요청이 거부되면 이 검사로는 알 수 있는 것이 없습니다",
);
const TOO_SLOW_TO_MEASURE: Words =
    Words::fixed("rejections are too slow to measure", "거부가 너무 느려 측정할 수 없습니다");

/// The client and what it needs.
pub(super) struct Sender {
    pub(super) client: Client,
    pub(super) http2: bool,
    pub(super) secrets: Secrets,
}

impl Sender {
    /// Sends the first request. If no server responds, there is nothing to examine.
    async fn send_first(&self, draft: Draft, bench: &Bench) -> Result<Seen, Problem> {
        let started = Instant::now();
        match self.execute(draft, bench).await {
            Ok(answer) => Ok(self.seen(answer)),
            Err(Failed::Send(error)) if !error.is_servers_fault() => Err(error.words().into()),
            Err(failed) => Ok(failed.seen(started)),
        }
    }

    pub(super) async fn send(&self, draft: Draft, bench: &Bench) -> Seen {
        let started = Instant::now();
        match self.execute(draft, bench).await {
            Ok(answer) => self.seen(answer),
            Err(failed) => failed.seen(started),
        }
    }

    /// The signatures that would be right for the request are secrets too.
    async fn execute(&self, draft: Draft, bench: &Bench) -> Result<Answer, Failed> {
        let signatures = bench.right_signatures(&draft);
        let secrets = self.secrets.clone().and_signatures(signatures.iter().map(String::as_str));
        let again = draft.repeatable.then(|| draft.clone());
        let sent = self.execute_once(draft, &secrets).await;
        match (sent, again) {
            (Err(Failed::Send(error)), Some(again)) if error.status().is_none() => {
                self.execute_once(again, &secrets).await
            }
            (sent, _) => sent,
        }
    }

    async fn execute_once(&self, draft: Draft, secrets: &Secrets) -> Result<Answer, Failed> {
        let request = draft.into_request(self.http2).map_err(Failed::Build)?;
        self.client.execute(request, secrets).await.map_err(Failed::Send)
    }

    fn seen(&self, answer: Answer) -> Seen {
        let view = AgentView::of(&answer);
        Seen::Answer(Arc::new((answer, view)))
    }
}

enum Failed {
    Build(::http::Error),
    Send(SendError),
}

impl Failed {
    fn seen(&self, started: Instant) -> Seen {
        let (why, status) = match self {
            Self::Build(error) => (error.to_string().into(), None),
            Self::Send(error) => (error.words(), error.status().map(|status| status.as_u16())),
        };
        Seen::Nothing { why, status, elapsed: started.elapsed() }
    }
}
