//! The options of `doctor`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use clap::builder::PossibleValuesParser;
use online_contact::Scheme;
use url::Url;

use super::bench::Limits;
use super::probe::Probe;
use super::probes;
use crate::http::HttpArgs;
use crate::input;
use crate::key::KeyArgs;
use crate::lang::Lang;
use crate::outcome::Problem;
use crate::typed;
use crate::verdict::WINDOW;

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
    pub(super) url: Option<Url>,
    /// List the probes and the expected responses, and send nothing
    #[arg(long)]
    pub(super) list: bool,
    /// Do not ask before sending to another machine
    #[arg(long)]
    pub(super) yes: bool,
    #[command(flatten)]
    pub(super) lookup: LookupArgs,
    #[command(flatten)]
    endpoint: EndpointArgs,
    #[command(flatten)]
    choice: ChoiceArgs,
    /// Pause between two probes
    #[arg(long, value_name = "MS", default_value_t = 100, help_heading = "Probes")]
    gap: u64,
    /// Also write a report in the `JUnit` format
    #[arg(long, value_name = "FILE")]
    pub(super) junit: Option<PathBuf>,
    #[command(flatten)]
    pub(super) key: KeyArgs,
    #[command(flatten)]
    pub(super) http: HttpArgs,
}

/// The lookup.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Lookup")]
pub(super) struct LookupArgs {
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
    pub(super) const fn scheme(&self) -> Scheme {
        self.endpoint.scheme
    }

    pub(super) const fn expects_replay_guard(&self) -> bool {
        self.endpoint.expect_replay_guard
    }

    pub(super) const fn gap(&self) -> Duration {
        Duration::from_millis(self.gap)
    }

    pub(super) fn limits(&self) -> Limits {
        Limits {
            window: Duration::from_secs(self.endpoint.window),
            body_limit: self.endpoint.body_limit.and_then(|limit| usize::try_from(limit).ok()),
            body_deadline: Duration::from_secs(self.endpoint.body_deadline),
        }
    }

    /// The chosen probes, and always the honest request.
    pub(super) fn plan(&self) -> Vec<&'static Probe> {
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
    pub(super) fn honest(&self, lang: Lang) -> Result<Bytes, Problem> {
        let given = input::body(self.body.as_deref(), &self.field, lang)?;
        Ok(given.unwrap_or(Bytes::from_static(DOCUMENTED_BODY)))
    }

    pub(super) fn no_result(&self, lang: Lang) -> Result<Option<Bytes>, Problem> {
        let stdin = Some(Path::new("-"));
        if self.body.as_deref() == stdin && self.no_result_body.as_deref() == stdin {
            return Err(Problem::new(lang.pick(
                "--body and --no-result-body cannot both be read from stdin: pass one of them as a file",
                "--body와 --no-result-body를 모두 표준 입력에서 읽을 수 없습니다. 하나는 파일로 지정하십시오",
            )));
        }
        input::body(self.no_result_body.as_deref(), &self.no_result_field, lang)
    }
}

fn ids() -> PossibleValuesParser {
    PossibleValuesParser::new(probes::TABLE.iter().map(|probe| probe.id))
}
