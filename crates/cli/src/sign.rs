//! `online-contact sign`: the two headers of a body.

pub(crate) mod curl;
mod request;

use clap::ValueEnum;
use online_contact::ENVELOPE_CONTENT_TYPE;
use serde_json::{Value, json};

pub(crate) use self::request::{RequestArgs, Signed};
use crate::context::Context;
use crate::outcome::{Outcome, Problem};

const EXAMPLES: &str = "\
Examples:
  online-contact sign --field callNum=1 --field nation=korea
  online-contact sign --body request.json --key-file keys
  online-contact sign --body - --timestamp 1732400000000 <request.json
  online-contact sign --field callNum=1 --uri https://crm.example.com/customer --format curl

--field builds a JSON object of strings in the given order, without white space, as Online Contact
does. Send exactly the printed body. Without --body and --field the body is empty.

--format curl prints a command for any POSIX shell. It is valid for five minutes, the window of the
protocol. If --uri is not a full URL, the command takes the URL from the variable URL.";

/// The options of `sign`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    request: RequestArgs,
    /// The request URI as on the request line (/customer), or the full URL; signed in the scheme
    /// `uri_body_time`, without the query
    #[arg(long, value_name = "PATH|URL", required_if_eq("scheme", "uri_body_time"))]
    uri: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Headers)]
    format: Format,
}

/// An output format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The headers, one on each line
    Headers,
    /// A curl command that can be pasted into a shell
    Curl,
    /// An object with the headers and what was signed
    Json,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let target = args.uri.as_deref().map(|uri| request::target(uri, context.lang)).transpose()?;
    let path = target.as_ref().map_or("/", |target| &*target.path);
    let signed = args.request.sign(path, context)?;
    let url = target.as_ref().and_then(|target| target.url.as_deref());
    let curl = (args.format == Format::Curl).then(|| as_curl(&signed, &args.request, url));
    if context.json || args.format == Format::Json {
        context.print_json(&as_json(&signed, &args.request, curl.as_deref()))?;
    } else if let Some(curl) = curl {
        context.print(curl + "\n")?;
    } else {
        context.print(as_headers(&signed))?;
        show_body(&signed, &args.request, context);
    }
    Ok(Outcome::Good)
}

fn as_curl(signed: &Signed, request: &RequestArgs, url: Option<&str>) -> String {
    let headers = [
        ("Content-Type", ENVELOPE_CONTENT_TYPE.to_owned()),
        ("X-TC-Timestamp", signed.timestamp.to_string()),
        ("Authorization", signed.authorization.clone()),
    ];
    curl::command(&headers, &signed.body, request.body_file(), url)
}

fn as_headers(signed: &Signed) -> String {
    format!("X-TC-Timestamp: {}\nAuthorization: {}\n", signed.timestamp, signed.authorization)
}

/// Shows the signed body if it was built here: exactly this body must be sent.
fn show_body(signed: &Signed, request: &RequestArgs, context: &Context) {
    let body = String::from_utf8_lossy(&signed.body);
    if request.has_fields() {
        context.note(context.lang.pick("the signed body is: ", "서명한 본문: "), &body);
    } else if body.is_empty() {
        context.note(context.lang.pick("the signed body is empty", "빈 본문에 서명했습니다"), "");
    }
}

/// Contains the body if it was built here, and the command if it was asked for.
fn as_json(signed: &Signed, request: &RequestArgs, curl: Option<&str>) -> Value {
    let built = request.has_fields().then(|| String::from_utf8_lossy(&signed.body));
    json!({
        "headers": {
            "X-TC-Timestamp": signed.timestamp.to_string(),
            "Authorization": signed.authorization,
        },
        "scheme": signed.scheme.as_str(),
        "uri": signed.signed_uri(),
        "key": signed.key_label,
        "body_bytes": signed.body.len(),
        "body": built,
        "curl": curl,
    })
}
