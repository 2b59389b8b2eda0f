//! `online-contact doctor`: examines a live endpoint.
//!
//! A few reference requests show how the endpoint responds to an honest request, to a forgery, and how its
//! application responds. Every other probe is wrong, or unusual, in one way. [`probes`] is the table of
//! them, [`runner`] sends them, [`judge`] compares the responses with the protocol, and [`report`] prints
//! the result.

mod args;
mod bench;
mod bodies;
mod consent;
mod draft;
mod expect;
mod finding;
mod judge;
mod mark;
mod paced;
mod probe;
mod probes;
mod references;
mod report;
mod runner;
mod sender;
mod spelling;

use std::time::Instant;

use url::Url;

pub(crate) use self::args::Args;
use self::bench::Bench;
use self::finding::Examination;
use self::judge::Judge;
use self::mark::Mark;
use self::probe::{Ask, Probe};
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
            "URL이 없습니다. 엔드포인트 주소를 인수나 설정 파일에 지정하십시오",
        ))
    })?;
    let runner = set_up(&args, &url, cx)?;
    consent::obtain(&url, requests(&plan, &runner.bench), args.yes, cx).await?;
    let started = Instant::now();
    let progress = Progress::new(plan.len(), cx.lang);
    let findings = runner.run(&plan, || progress.step()).await?;
    drop(progress);
    let examination = Examination { url: &url, findings: &findings, took: started.elapsed() };
    report::print(&examination, cx)?;
    if let Some(path) = &args.junit {
        report::junit(&examination, path, cx)?;
    }
    Ok(if examination.count(Mark::Fail) == 0 { Outcome::Good } else { Outcome::Finding })
}

fn set_up(args: &Args, url: &Url, cx: &Context) -> Result<Runner, Problem> {
    let keys = args.key.all(cx)?;
    let key = keys.first().ok_or_else(|| no_key(cx.lang))?;
    let limits = args.limits();
    let (body, no_result) = (args.lookup.honest(cx.lang)?, args.lookup.no_result(cx.lang)?);
    let client = Client::new(&args.http, cx)?;
    Ok(Runner {
        bench: Bench::new(url.clone(), key.key(), args.scheme(), body, no_result, limits),
        sender: Sender {
            client,
            http2: args.http.http2,
            lang: cx.lang,
            secrets: Secrets::of(&keys),
        },
        judge: Judge {
            lang: cx.lang,
            expect_replay_guard: args.expects_replay_guard(),
            knows_body_limit: limits.body_limit.is_some(),
        },
        gap: args.gap(),
    })
}

/// The largest number of requests of a plan. The references are always sent.
fn requests(plan: &[&Probe], bench: &Bench) -> usize {
    let count = |probe: &&Probe| match probe.ask {
        Ask::Reference(_) | Ask::Clock => 0,
        Ask::One(_) => 1,
        Ask::Each(make) | Ask::AtOnce(make) => make(bench).map_or(0, |drafts| drafts.len()),
        Ask::Slowness => 2,
        Ask::Timing(_) => 2 * runner::MEASUREMENTS,
    };
    let requests = REFERENCES + plan.iter().map(count).sum::<usize>();
    bench.forget_moments();
    requests
}

/// The number of requests that are always sent.
const REFERENCES: usize = 6;
