//! `online-contact doctor`: examines a live endpoint.
//!
//! A few reference requests show how the endpoint responds to an honest request, to a forgery, and how its
//! application responds. Every other probe is wrong, or unusual, in one way. [`probes`] is the table of
//! them, [`runner`] sends them, [`verdict`] compares the responses with the protocol, and [`report`] prints
//! the result.

mod bench;
mod expect;
mod probes;
mod report;
mod request;
mod runner;
mod verdict;

use std::io::{self, IsTerminal as _, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bytes::Bytes;
use clap::builder::PossibleValuesParser;
use online_contact::Scheme;
use url::Url;

use self::bench::{Bench, Limits};
use self::expect::Mark;
use self::probes::{Ask, Probe};
use self::report::Progress;
use self::runner::{Examination, Runner, Sender};
use self::verdict::Judge;
use crate::context::{Context, Outcome, Problem};
use crate::http::{Client, HttpArgs};
use crate::key::{KeyArgs, no_key};
use crate::lang::Lang;
use crate::secrets::Secrets;
use crate::verdict::WINDOW;
use crate::{input, typed};

/// The lookup in the vendor's document.
const DOCUMENTED_BODY: &[u8] = br#"{"callNum":"1","nation":"korea"}"#;

/// The options of `doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  online-contact doctor http://127.0.0.1:8080/customer --field callNum=1 --field nation=korea
  online-contact doctor https://api.example.com/customer --key-file keys.txt --yes --junit doctor.xml
  online-contact doctor --list

Six reference requests are always sent: the other responses are compared with theirs.
Exit status: 0 no failure, 1 failures, 2 the command could not run.")]
pub(crate) struct Args {
    /// URL of the endpoint, as it is registered at Online Contact
    #[arg(value_parser = typed::endpoint)]
    url: Option<Url>,
    /// List the probes and the expected responses, and send nothing
    #[arg(long)]
    list: bool,
    /// Do not ask before sending to another machine
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    lookup: LookupArgs,
    #[command(flatten)]
    endpoint: EndpointArgs,
    #[command(flatten)]
    choice: ChoiceArgs,
    /// Pause between two probes
    #[arg(long, value_name = "MS", default_value_t = 100, help_heading = "Probes")]
    gap: u64,
    /// Also write a report in the `JUnit` format
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    #[command(flatten)]
    key: KeyArgs,
    #[command(flatten)]
    http: HttpArgs,
}

/// The lookup.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Lookup")]
struct LookupArgs {
    /// File with the body of the honest request; - is stdin [default: the vendor's sample]
    #[arg(long, value_name = "FILE", conflicts_with = "field")]
    body: Option<PathBuf>,
    /// Lookup item of the honest request, instead of a body
    #[arg(long, value_name = "NAME=VALUE", value_parser = typed::field)]
    field: Vec<(String, String)>,
    /// File with the body of a lookup that finds nothing [default: derived from the honest one]
    #[arg(long, value_name = "FILE", conflicts_with = "no_result_field")]
    no_result_body: Option<PathBuf>,
    /// Lookup item of a lookup that finds nothing, instead of a body
    #[arg(long, value_name = "NAME=VALUE", value_parser = typed::field)]
    no_result_field: Vec<(String, String)>,
}

/// The settings of the endpoint.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Settings of the endpoint")]
struct EndpointArgs {
    /// Signed parts
    #[arg(long, default_value = Scheme::BodyTime.as_str(), value_parser = typed::scheme())]
    scheme: Scheme,
    /// Accepted difference between a timestamp and the present
    #[arg(long, value_name = "SECONDS", default_value_t = WINDOW,
          value_parser = clap::value_parser!(u64).range(10..=86_400))]
    window: u64,
    /// Length of the longest accepted body; without it any limit is fine
    #[arg(long, value_name = "BYTES",
          value_parser = clap::value_parser!(u32).range(1_024..=64 * 1024 * 1024))]
    body_limit: Option<u32>,
    /// Timeout for a request body
    #[arg(long, value_name = "SECONDS", default_value_t = 10,
          value_parser = clap::value_parser!(u64).range(1..=300))]
    body_deadline: u64,
    /// Report a request that is accepted twice as a failure, not as advice
    #[arg(long)]
    expect_replay_guard: bool,
}

/// The choice of probes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Probes")]
struct ChoiceArgs {
    /// Send only these probes
    #[arg(long, value_name = "ID", num_args = 1.., value_delimiter = ',',
          hide_possible_values = true, value_parser = ids())]
    only: Vec<String>,
    /// Skip these probes
    #[arg(long, value_name = "ID", num_args = 1.., value_delimiter = ',',
          hide_possible_values = true, value_parser = ids())]
    skip: Vec<String>,
}

impl Args {
    const fn scheme(&self) -> Scheme {
        self.endpoint.scheme
    }

    const fn expects_replay_guard(&self) -> bool {
        self.endpoint.expect_replay_guard
    }

    const fn gap(&self) -> Duration {
        Duration::from_millis(self.gap)
    }

    fn limits(&self) -> Limits {
        Limits {
            window: Duration::from_secs(self.endpoint.window),
            body_limit: self.endpoint.body_limit.and_then(|limit| usize::try_from(limit).ok()),
            body_deadline: Duration::from_secs(self.endpoint.body_deadline),
        }
    }

    /// The chosen probes, and always the honest request.
    fn plan(&self) -> Vec<&'static Probe> {
        let ChoiceArgs { only, skip } = &self.choice;
        let is_in = |ids: &[String], id: &str| ids.iter().any(|other| other == id);
        let wanted = |id| (only.is_empty() || is_in(only, id)) && !is_in(skip, id);
        probes::TABLE
            .iter()
            .filter(|probe| probe.id == probes::HONEST || wanted(probe.id))
            .collect()
    }
}

impl LookupArgs {
    fn honest(&self) -> Result<Bytes, Problem> {
        let given = input::body(self.body.as_deref(), &self.field)?;
        Ok(given.unwrap_or(Bytes::from_static(DOCUMENTED_BODY)))
    }

    fn no_result(&self) -> Result<Option<Bytes>, Problem> {
        let stdin = Some(Path::new("-"));
        if self.body.as_deref() == stdin && self.no_result_body.as_deref() == stdin {
            return Err(Problem::new(
                "--body and --no-result-body cannot both be read from stdin: pass one of them as a file",
                "--body와 --no-result-body를 모두 표준 입력에서 읽을 수 없습니다. 하나는 파일로 지정하십시오",
            ));
        }
        input::body(self.no_result_body.as_deref(), &self.no_result_field)
    }
}

fn ids() -> PossibleValuesParser {
    PossibleValuesParser::new(probes::TABLE.iter().map(|probe| probe.id))
}

pub(crate) async fn run(args: Args, cx: &Context) -> Result<Outcome, Problem> {
    let plan = args.plan();
    if args.list {
        report::list(&plan, cx)?;
        return Ok(Outcome::Good);
    }
    let url = args.url.clone().ok_or_else(|| {
        Problem::new(
            "no URL: expected the URL of the endpoint as an argument or in the settings file",
            "URL이 없습니다. 엔드포인트 주소를 인수나 설정 파일에 지정하십시오",
        )
    })?;
    let runner = set_up(&args, &url, cx)?;
    obtain_consent(&url, requests(&plan, &runner.bench), args.yes, cx).await?;
    let started = Instant::now();
    let progress = Progress::new(plan.len(), cx.lang);
    let findings = runner.run(&plan, || progress.step()).await?;
    drop(progress);
    let examination = Examination { url: &url, findings: &findings, took: started.elapsed() };
    report::print(&examination, cx)?;
    if let Some(path) = &args.junit {
        report::write_junit(&examination, path, cx)?;
    }
    Ok(if examination.count(Mark::Fail) == 0 { Outcome::Good } else { Outcome::Finding })
}

fn set_up(args: &Args, url: &Url, cx: &Context) -> Result<Runner, Problem> {
    let keys = args.key.all(cx)?;
    let key = keys.first().ok_or_else(no_key)?;
    let limits = args.limits();
    let (body, no_result) = (args.lookup.honest()?, args.lookup.no_result()?);
    let client = Client::new(&args.http)?;
    Ok(Runner {
        bench: Bench::new(url.clone(), key.key(), args.scheme(), body, no_result, limits),
        sender: Sender { client, http2: args.http.http2, secrets: Secrets::of(&keys) },
        judge: Judge {
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

/// Asks, unless the endpoint is on this machine or the user has consented with `--yes`.
async fn obtain_consent(
    url: &Url,
    requests: usize,
    yes: bool,
    cx: &Context,
) -> Result<(), Problem> {
    if yes || is_loopback(url).await? {
        return Ok(());
    }
    let host = url.host_str().unwrap_or_default();
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        let (en, ko) = (
            format!("{host} is not this machine: pass --yes to send it {requests} requests"),
            format!(
                "{host}은(는) 이 컴퓨터가 아닙니다. 요청 {requests}개를 보내려면 --yes를 붙이십시오"
            ),
        );
        return Err(Problem::new(en, ko));
    }
    if ask(host, requests, cx.lang).map_err(|error| rejected().source(error))? {
        Ok(())
    } else {
        Err(rejected())
    }
}

fn rejected() -> Problem {
    Problem::new("nothing was sent", "아무것도 보내지 않았습니다")
}

/// One address of another machine is enough to ask, because any of them may be used.
async fn is_loopback(url: &Url) -> Result<bool, Problem> {
    if let Some(known) = typed::is_loopback(url) {
        return Ok(known);
    }
    let addresses = resolve(url.domain().unwrap_or_default()).await?;
    Ok(!addresses.is_empty() && addresses.into_iter().all(typed::is_loopback_ip))
}

async fn resolve(name: &str) -> Result<Vec<IpAddr>, Problem> {
    let found = tokio::net::lookup_host((name, 0)).await.map_err(|error| {
        let (en, ko) = (
            format!("host {name} not found: check the name in the URL, and DNS"),
            format!("{name} 호스트를 찾을 수 없습니다. URL의 이름과 DNS를 확인하십시오"),
        );
        Problem::new(en, ko).source(error)
    })?;
    Ok(found.map(|address| address.ip()).collect())
}

fn ask(host: &str, requests: usize, lang: Lang) -> io::Result<bool> {
    let question = lang.pick(
        format!(
            "{host} is not this machine. Send it {requests} requests? All are lookups, many of them \
             forged. [y/N] "
        ),
        format!(
            "{host}은(는) 이 컴퓨터가 아닙니다. 요청 {requests}개를 보낼까요? 모두 조회이고 많은 수가 위조된 \
             요청입니다. [y/N] "
        ),
    );
    io::stderr().write_all(question.as_bytes())?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "예" | "네"))
}
