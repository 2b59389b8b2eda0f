//! `online-contact explain`: why a captured request passes or not, and which mistake made its
//! signature.
//!
//! The verdict is that of the library. Where the signature does not match, [`search`] looks for the
//! usual mistakes; each dimension of them has a file of its own: [`key`], [`uri`], [`body`],
//! [`message`], [`time`], [`authorization`].

mod authorization;
mod body;
mod explanation;
mod key;
mod mac;
mod message;
mod mistake;
mod report;
mod restore;
mod search;
mod space;
mod time;
mod uri;

use std::path::{Path, PathBuf};
use std::time::Duration;

use online_contact::{Scheme, Timestamp};
use zeroize::Zeroizing;

pub(crate) use self::explanation::{Explanation, Settings, explain};
use crate::captured::CapturedRequest;
use crate::context::{Context, Outcome, Problem};
use crate::key::{KeyArgs, KeyText};
use crate::lang::{Lang, Words};
use crate::verdict::{BODY_LIMIT, Rules, WINDOW};
use crate::{input, typed};

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
    input: InputArgs,
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

pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let request = args.input.read()?;
    let keys = args.key.all(context)?;
    let settings = Settings {
        rules: Rules {
            scheme: args.scheme,
            window: Duration::from_secs(args.window),
            body_limit: args.body_limit,
        },
        now: args.now.map(Timestamp::from_millis),
        time_limit: args.time_limit,
        progress: Some(context.lang),
        proxy_prefix: args.prefix,
        computed: args.computed,
        organization: args.organization_id,
    };
    let explanation = explain(&request, &keys, &settings)?;
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
    let explanation = explain(&request, &keys, &settings);
    let explanation = explanation.map_err(|problem| problem.to_string())?;
    // Both forms of the response show text of unknown clients.
    let text = explanation.to_text(Lang::En);
    let mut json = explanation.to_json(Lang::En);
    if let Some(object) = json.as_object_mut() {
        object.insert("text".to_owned(), text.into());
    }
    Ok(json)
}

/// The request: a capture, pieces of one, or a capture with pieces in their place.
#[derive(Debug, clap::Args)]
struct InputArgs {
    /// File with the captured request; - is stdin
    #[arg(long, value_name = "FILE", required_unless_present = "headers")]
    request: Option<PathBuf>,
    /// Number of the request in a HAR file, from 1; without it, the first signed POST
    #[arg(long, value_name = "N", conflicts_with = "headers")]
    entry: Option<usize>,
    /// A header of the request, in place of a capture; may be given several times
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE", conflicts_with = "request")]
    headers: Vec<String>,
    /// File with the body, byte for byte; - is stdin. In place of the one in the capture
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// The request URI as it stands on the request line, in place of the one in the capture
    #[arg(long, value_name = "PATH")]
    uri: Option<String>,
}

impl InputArgs {
    fn read(&self) -> Result<CapturedRequest, Problem> {
        let mut request = match &self.request {
            Some(path) => self.read_capture(path)?,
            None => CapturedRequest { headers: self.headers()?, ..Default::default() },
        };
        if let Some(path) = &self.body {
            self.reject_stdin_twice()?;
            request.body = Some(input::read(path, &Words::fixed("the body", "본문"))?);
            request.surplus.clear();
        }
        if let Some(uri) = &self.uri {
            request.target = Some(uri.clone());
        }
        complete(request)
    }

    fn read_capture(&self, path: &Path) -> Result<CapturedRequest, Problem> {
        let capture = input::read(path, &Words::fixed("the request", "요청"))?;
        CapturedRequest::parse(&capture, self.entry).map_err(|error| {
            let (shown, (en, ko)) = (path.display(), error.words());
            let en = format!("can't read the request in {shown}: {en}");
            let ko = format!("{shown}의 요청을 읽을 수 없습니다: {ko}");
            Problem::new(en, ko)
        })
    }

    fn headers(&self) -> Result<Vec<(String, Vec<u8>)>, Problem> {
        let header = |text: &String| {
            let (name, value) = text.split_once(':').filter(|(name, _)| !name.trim().is_empty())?;
            // As HTTP reads it: the blanks around a value do not belong to it.
            let value = value.trim_matches([' ', '\t', '\r', '\n']);
            Some((name.trim().to_owned(), value.as_bytes().to_vec()))
        };
        let headers: Option<Vec<_>> = self.headers.iter().map(header).collect();
        headers.ok_or_else(|| {
            Problem::new(
                "a --header is not of the form 'Name: value', such as 'X-TC-Timestamp: 1732400000000'",
                "--header의 형식이 '이름: 값'이 아닙니다. 예: 'X-TC-Timestamp: 1732400000000'",
            )
        })
    }

    fn reject_stdin_twice(&self) -> Result<(), Problem> {
        let stdin = Some(Path::new("-"));
        if self.request.as_deref() == stdin && self.body.as_deref() == stdin {
            return Err(Problem::new(
                "--request and --body can't both come from stdin: give one of them as a file",
                "--request와 --body를 모두 표준 입력에서 읽을 수 없습니다. 하나는 파일로 지정해 주십시오",
            ));
        }
        Ok(())
    }
}

/// A request without a body in the capture may have been sent with one: only if it declares none is
/// it certain that it is empty.
fn complete(mut request: CapturedRequest) -> Result<CapturedRequest, Problem> {
    let is_get = request.method.as_deref().is_some_and(|method| method.eq_ignore_ascii_case("GET"));
    let is_empty = match request.declared_length() {
        Some(length) => length == 0,
        None => is_get,
    };
    if request.body.is_none() && is_empty {
        request.body = Some(Vec::new());
    }
    if request.body.is_some() {
        return Ok(request);
    }
    Err(Problem::new(
        "the capture has no body (`curl -v` does not print it): give it with --body FILE, or with \
         --body /dev/null if it is empty",
        "캡처에 본문이 없습니다(`curl -v`는 본문을 출력하지 않습니다). --body FILE로, 빈 본문이면 --body \
         /dev/null로 지정해 주십시오",
    ))
}
