//! `online-contact explain`: why a captured request passes or not, and which mistake made its
//! signature.
//!
//! The verdict is that of the library. Where the signature does not match, [`search`] looks for the
//! usual mistakes; each dimension of them has a file of its own: [`key`], [`uri`], [`body`],
//! [`message`], [`time`], [`authorization`].

mod advice;
mod authorization;
mod body;
mod candidates;
mod effort;
mod explanation;
mod headers;
mod input;
mod key;
mod mac;
mod message;
mod mistake;
mod notes;
mod other_macs;
mod report;
mod restore;
mod search;
mod space;
mod time;
mod uri;
mod watch;

use std::time::Duration;

use online_contact::{Scheme, Timestamp};

pub(crate) use explanation::{Explanation, explain};
use zeroize::Zeroizing;

use crate::captured::CapturedRequest;
use crate::context::Context;
use crate::key::{KeyArgs, KeyText};
use crate::lang::Lang;
use crate::outcome::{Outcome, Problem};
use crate::typed;
use crate::verdict::{BODY_LIMIT, Rules, WINDOW};

const EXAMPLES: &str = "\
Examples:
  online-contact explain --request captured.txt --key-file keys
  online-contact explain --request browser.har --entry 3
  curl -v … 2>log; online-contact explain --request log --body request.json
  online-contact explain --request captured.txt --computed 'YK79…'
  online-contact explain --header 'X-TC-Timestamp: 1732400000000' \\
      --header 'Authorization: YK79…' --body request.json --uri /customer

A capture may be raw HTTP, a curl command or a fetch() call, the output of curl -v or --trace, a HAR
file, a log with the headers in it, and more: docs/cli.md lists the formats.
Exit status 0 means that the request is accepted, 1 that it is rejected or that the capture does not
suffice for a verdict.";

/// The arguments of `explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    input: input::InputArgs,
    /// Signature scheme
    #[arg(long, default_value = Scheme::BodyTime.as_str(), value_parser = typed::scheme())]
    scheme: Scheme,
    /// The moment of the verdict, in milliseconds since 1970; now without it
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    now: Option<i64>,
    /// The allowed distance of the timestamp from that moment
    #[arg(long, value_name = "SECONDS", default_value_t = WINDOW)]
    window: u64,
    /// The longest body that passes, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = BODY_LIMIT)]
    body_limit: u64,
    /// A prefix of the path that a proxy adds or strips
    #[arg(long, value_name = "PATH")]
    prefix: Option<String>,
    /// The MAC that your own server computed for this request, as its log has it: names the mistake on
    /// that side
    #[arg(long, value_name = "MAC")]
    computed: Option<String>,
    /// The organization ID of the vendor's Open API, to recognize a signature made for that API
    #[arg(long, value_name = "ID")]
    organization_id: Option<String>,
    /// The longest search for mistakes
    #[arg(long, value_name = "SECONDS", default_value = "1.5", value_parser = typed::seconds(0.0))]
    time_limit: Duration,
    #[command(flatten)]
    key: KeyArgs,
}

/// The server's settings, what is known beside the request, and how long to search.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    rules: Rules,
    /// The moment of the verdict; the present one without it.
    now: Option<Timestamp>,
    time_limit: Duration,
    /// `true` if progress may be drawn on a terminal.
    shows_progress: bool,
    proxy_prefix: Option<String>,
    /// The MAC that the integrator's own server computed.
    computed: Option<String>,
    /// The organization ID of the vendor's Open API.
    organization: Option<String>,
}

impl Settings {
    pub(crate) fn new(rules: Rules, now: Timestamp, time_limit: Duration) -> Self {
        Self {
            rules,
            now: Some(now),
            time_limit,
            shows_progress: false,
            proxy_prefix: None,
            computed: None,
            organization: None,
        }
    }
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let request = args.input.read(context.lang)?;
    let keys = args.key.all(context)?;
    let settings = Settings {
        rules: Rules {
            scheme: args.scheme,
            window: Duration::from_secs(args.window),
            body_limit: args.body_limit,
        },
        now: args.now.map(Timestamp::from_millis),
        time_limit: args.time_limit,
        shows_progress: true,
        proxy_prefix: args.prefix,
        computed: args.computed,
        organization: args.organization_id,
    };
    let explanation = explain(&request, &keys, &settings, context.lang)?;
    if context.json {
        context.print_json(&explanation.to_json(context.lang))?;
    } else {
        context.print(explanation.to_text(context.lang))?;
    }
    Ok(if explanation.is_accepted() { Outcome::Good } else { Outcome::Finding })
}

/// The JSON of `explain` for a capture, in English and at the moment 1732400000000, with the plain
/// answer in `text`.
///
/// For tools that throw captures of any kind at it: each is answered, and none makes it panic.
///
/// # Errors
///
/// The text of the problem, if the capture is unreadable or the key is invalid.
pub fn explanation_of(capture: &[u8], key: &[u8]) -> Result<serde_json::Value, String> {
    let request = CapturedRequest::parse(capture, None).map_err(|error| error.to_string())?;
    let key = KeyText::typed("key", Zeroizing::new(key.to_vec()));
    let keys: Vec<_> = key.into_iter().collect();
    let scheme = if request.target.is_some() { Scheme::UriBodyTime } else { Scheme::BodyTime };
    let now = Timestamp::from_millis(1_732_400_000_000);
    let settings = Settings::new(Rules::of(scheme), now, Duration::from_secs(2));
    let explanation = explain(&request, &keys, &settings, Lang::En);
    let explanation = explanation.map_err(|problem| problem.to_string())?;
    // Both forms of the response show text of unknown clients.
    let text = explanation.to_text(Lang::En);
    let mut json = explanation.to_json(Lang::En);
    if let Some(object) = json.as_object_mut() {
        object.insert("text".to_owned(), text.into());
    }
    Ok(json)
}
