//! `online-contact doctor`: examines a live endpoint.
//!
//! One honest request shows what an accepted one looks like; every other probe is wrong, or unusual,
//! in one way. The probes are rows of the tables in [`probes`]; [`runner`] asks, [`judge`] compares
//! what came with what the protocol says, and [`report`] tells.

mod args;
mod baseline;
mod bench;
mod bodies;
mod consent;
mod draft;
mod expected;
mod finding;
mod judge;
mod paced;
mod probe;
mod probes;
mod report;
mod runner;
mod sender;
mod spelling;

use std::time::Instant;

use url::Url;

pub(crate) use self::args::Args;
use self::bench::Bench;
use self::finding::{Finding, Mark};
use self::judge::Judge;
use self::probe::{Course, Probe};
use self::report::Progress;
use self::runner::Runner;
use self::sender::Sender;
use crate::context::Context;
use crate::http::Client;
use crate::key::no_key;
use crate::outcome::{Outcome, Problem};
use crate::secrets::Secrets;

pub(crate) async fn run(args: Args, cx: &Context) -> Result<Outcome, Problem> {
    let plan = args.plan();
    if args.list {
        report::list(&plan, cx)?;
        return Ok(Outcome::Good);
    }
    let url = args.url.clone().ok_or_else(|| {
        Problem::new(cx.lang.pick(
            "no URL: expected the URL of the endpoint as an argument or in the settings file",
            "URL이 없습니다. 엔드포인트 주소를 인수나 설정 파일에 지정해 주십시오",
        ))
    })?;
    let runner = set_up(&args, &url, cx)?;
    consent::obtain(&url, requests(&plan), args.yes, cx).await?;
    let started = Instant::now();
    let findings = examine(&runner, &plan, cx).await?;
    let examination = Examination { url: &url, findings: &findings, took: started.elapsed() };
    report::summary(&examination, cx)?;
    if let Some(path) = &args.junit {
        report::junit(&examination, path, cx)?;
    }
    Ok(if examination.count(Mark::Fail) == 0 { Outcome::Good } else { Outcome::Finding })
}

/// All that was found out.
#[derive(Debug)]
struct Examination<'a> {
    url: &'a Url,
    findings: &'a [Finding],
    took: std::time::Duration,
}

impl Examination<'_> {
    fn count(&self, mark: Mark) -> usize {
        self.findings.iter().filter(|finding| finding.verdict.mark == mark).count()
    }
}

fn set_up(args: &Args, url: &Url, cx: &Context) -> Result<Runner, Problem> {
    let keys = args.key.all(cx)?;
    let key = keys.first().ok_or_else(|| no_key(cx.lang))?.security_key(cx.lang)?;
    let body = args.lookup.honest(cx.lang)?;
    let bench = Bench::new(url.clone(), &key, args.scheme(), body, args.limits())
        .map_err(|error| {
            Problem::new(cx.lang.pick("this key can't be used", "사용할 수 없는 키입니다"))
                .source(error)
        })?
        .no_result(args.lookup.no_result(cx.lang)?);
    let client = Client::new(&args.http, cx)?;
    Ok(Runner {
        bench,
        sender: Sender {
            client,
            http2: args.http.http2,
            lang: cx.lang,
            secrets: Secrets::of(&keys),
        },
        judge: Judge { lang: cx.lang, expect_replay_guard: args.expects_replay_guard() },
        gap: args.gap(),
    })
}

/// How many requests a plan sends, the control of the honest one included.
fn requests(plan: &[&Probe]) -> usize {
    let count = |probe: &&Probe| match probe.course {
        Course::Clock => 0,
        Course::Once(_) => 1,
        Course::Honest | Course::Twice => 2,
        Course::Crowd => probes::CROWD,
    };
    plan.iter().map(count).sum()
}

async fn examine(
    runner: &Runner,
    plan: &[&'static Probe],
    cx: &Context,
) -> Result<Vec<Finding>, Problem> {
    let progress = Progress::new(plan.len(), cx);
    let findings = runner.run(plan, |finding| progress.show(finding, cx)).await;
    progress.finish();
    findings
}
