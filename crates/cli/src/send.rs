//! `online-contact send`: sends a signed request and checks the response.

use std::path::{Path, PathBuf};

use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use online_contact::Reason;
use serde_json::{Value, json};
use url::Url;

use crate::agent::{self, AgentView, breaches_to_text, seen_to_text};
use crate::captured::CapturedRequest;
use crate::context::{Context, Outcome, Problem};
use crate::exchange::files::{Folder, save_temporary};
use crate::exchange::{Exchange, without_keys};
use crate::http::{Answer, Client, HttpArgs};
use crate::lang::{Lang, Words};
use crate::outgoing::Outgoing;
use crate::report::{BAD, DIM, GOOD, TITLE, paint, pretty_json, visible, visible_lines};
use crate::secrets::Secrets;
use crate::sign::{RequestArgs, Signed};
use crate::text::lossy;
use crate::{input, typed};

const EXAMPLES: &str = "\
Examples:
  online-contact send https://crm.example.com/customer --field callNum=1 --field nation=korea
  online-contact send http://127.0.0.1:3000/customer --body request.json --key-file keys
  online-contact send https://localhost:8443/customer --field callNum=1 --cacert ca.pem --http2
  online-contact send http://127.0.0.1:3000/customer --field callNum=1 --header 'X-Tenant: b' -v
  online-contact send http://127.0.0.1:3000/customer --replay requests/0001.har

In the scheme uri_body_time the path of the URL is signed, without the query.

If the server rejects the request, a capture of it is saved for `explain`.

Exit status:
  0  the response keeps the envelope: 200 with a result, or 400 that reports that there is none
  1  the response breaks the envelope, is a rejection (also one with status 400), 403, 404 or 500,
     broke off, or did not arrive in time
  2  nothing could be sent";

/// The options of `send`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Address of the endpoint
    #[arg(value_name = "URL", value_parser = typed::endpoint)]
    url: Url,
    #[command(flatten)]
    request: RequestArgs,
    /// Capture whose body is sent, newly signed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["body", "fields"])]
    replay: Option<PathBuf>,
    /// Send the capture with its own headers and its own signature
    #[arg(long, requires = "replay", conflicts_with_all = ["scheme", "timestamp"])]
    as_is: bool,
    /// Header to send, in place of any of this name; may be given several times
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Folder to save the request and the response in; without it, only a rejected request is saved,
    /// in the folder for temporary files
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
    /// Show the request too
    #[arg(long, short)]
    verbose: bool,
    #[command(flatten)]
    http: HttpArgs,
}

/// Reads the value of `--header`.
fn header(text: &str) -> Result<(HeaderName, HeaderValue), Words> {
    let expected = |fault: &str| {
        Words::new(
            format!("{fault}expected 'NAME: VALUE'"),
            format!("{fault}'이름: 값'의 형식이어야 합니다"),
        )
    };
    let (name, value) = text.split_once(':').ok_or_else(|| expected(""))?;
    let name = name.trim().parse();
    let name = name.map_err(|error| expected(&format!("{error}: ")))?;
    let value = HeaderValue::try_from(value.trim());
    let value = value.map_err(|error| expected(&format!("{error}: ")))?;
    Ok((name, value))
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Outcome, Problem> {
    let client = Client::new(&args.http)?;
    let folder = args.save.as_deref().map(Folder::open).transpose()?;
    let sent = Sent::new(&args, context)?;
    if args.verbose && !context.json {
        context.print(request_to_text(&sent, context.lang))?;
    }
    let started = Timestamp::now();
    let judged = match client.execute(sent.outgoing.to_request(), sent.secrets()).await {
        Ok(answer) => Judged::new(answer),
        Err(error) if error.is_servers_fault() => {
            let failure = error.words();
            let exchange = exchange(&sent, Err(failure.clone()), started);
            let capture = save(&exchange, folder, false, context);
            let why = failure.in_lang(context.lang);
            report_failure(&sent, why, capture.as_deref(), context)?;
            return Ok(Outcome::Finding);
        }
        Err(error) => return Err(error.words().into()),
    };
    let rejected =
        judged.view.rejection().is_some() || matches!(judged.answer.status.as_u16(), 401 | 403);
    let exchange = exchange(&sent, Ok(judged.answer.clone()), started);
    let capture = save(&exchange, folder, rejected, context);
    if context.json {
        context.print_json(&to_json(&sent, &judged, capture.as_deref(), context.lang))?;
    } else {
        context.print(to_text(&sent, &judged, capture.as_deref(), context.lang))?;
    }
    Ok(judged.outcome())
}

fn report_failure(
    sent: &Sent,
    why: &str,
    capture: Option<&Path>,
    cx: &Context,
) -> Result<(), Problem> {
    if cx.json {
        cx.print_json(&failure_to_json(sent, why, capture))
    } else {
        cx.print(failure_to_text(sent, why, capture, cx.lang))
    }
}

fn exchange(sent: &Sent, response: Result<Answer, Words>, arrived: Timestamp) -> Exchange {
    Exchange {
        number: 1,
        file: None,
        arrived,
        request: sent.shown(),
        version: sent.outgoing.version().to_owned(),
        body_length: sent.outgoing.body.len() as u64,
        verdict: None,
        explanation: None,
        response,
    }
}

/// Saves the exchange in the folder, or a rejected one as a temporary file. A failure is a note.
fn save(
    exchange: &Exchange,
    folder: Option<Folder>,
    rejected: bool,
    cx: &Context,
) -> Option<PathBuf> {
    let saved = match folder {
        Some(mut folder) => folder.save(exchange),
        None if rejected => save_temporary(exchange).map(Some),
        None => return None,
    };
    saved.unwrap_or_else(|error| {
        let words = cx.lang.pick("cannot save the capture: ", "캡처를 저장할 수 없습니다: ");
        cx.note(words, &error.to_string());
        None
    })
}

/// Names the program in the log of the server.
const USER_AGENT: &str = concat!("online-contact/", env!("CARGO_PKG_VERSION"));

/// A request, and how it was signed.
struct Sent {
    outgoing: Outgoing,
    /// `None` if it is sent as it was captured.
    signed: Option<Signed>,
    secrets: Secrets,
}

impl Sent {
    fn new(args: &Args, cx: &Context) -> Result<Self, Problem> {
        let captured = args.replay.as_deref().map(read).transpose()?;
        let (url, http2) = (args.url.clone(), args.http.http2);
        let mut sent = match captured {
            Some(captured) if args.as_is => Self {
                outgoing: Outgoing::captured(url, http2, USER_AGENT, &captured)
                    .ok_or_else(unsendable)?,
                signed: None,
                secrets: Secrets::of(&args.request.given_keys(cx)?),
            },
            captured => {
                let path = args.url.path();
                let mut signed = match captured {
                    Some(captured) => {
                        args.request.sign_body(replayed_body(captured)?.into(), path, cx)?
                    }
                    None => args.request.sign(path, cx)?,
                };
                let secrets = std::mem::take(&mut signed.secrets);
                let outgoing = Outgoing::signed(url, http2, USER_AGENT, &signed);
                Self { outgoing, signed: Some(signed), secrets }
            }
        };
        sent.outgoing.replace(&args.headers);
        Ok(sent)
    }

    fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Returns the request without the keys.
    fn shown(&self) -> CapturedRequest {
        without_keys(self.outgoing.to_captured(), &self.secrets)
    }
}

fn read(path: &Path) -> Result<CapturedRequest, Problem> {
    let bytes = input::read(path, &Words::fixed("the capture", "캡처"))?;
    CapturedRequest::parse(&bytes, None).map_err(|error| {
        let (shown, (en, ko)) = (path.display(), error.words());
        let en = format!("cannot read the capture {shown}: {en}");
        let ko = format!("캡처 {shown}을(를) 읽을 수 없습니다: {ko}");
        Problem::new(en, ko)
    })
}

fn replayed_body(captured: CapturedRequest) -> Result<Vec<u8>, Problem> {
    captured.body.ok_or_else(|| {
        Problem::new(
            "the capture has no body: expected one with a body, such as raw HTTP or a HAR file",
            "캡처에 본문이 없습니다. HTTP 원문이나 HAR 파일처럼 본문이 있는 캡처가 필요합니다",
        )
    })
}

fn unsendable() -> Problem {
    Problem::new(
        "the captured request cannot be sent as it is: HTTP does not allow its method or a header",
        "캡처한 요청을 그대로 보낼 수 없습니다. HTTP에서 쓸 수 없는 메서드나 헤더가 있습니다",
    )
}

/// A complete response, and the agent's view of it.
struct Judged {
    answer: Answer,
    view: AgentView,
}

impl Judged {
    fn new(answer: Answer) -> Self {
        let view = AgentView::of(&answer);
        Self { answer, view }
    }

    /// A result is good, and so is a sound report that there is none.
    fn outcome(&self) -> Outcome {
        let status = self.answer.status;
        let answered = matches!(status, StatusCode::OK | StatusCode::BAD_REQUEST);
        if answered && self.view.is_sound() && self.view.rejection().is_none() {
            Outcome::Good
        } else {
            Outcome::Finding
        }
    }
}

/// The number of bytes that are shown of a body that is not an envelope.
const SHOWN: usize = 2048;

/// The number of characters that are shown of the value of a header.
const SHOWN_OF_HEADER: usize = 120;

/// The headers that describe the body.
const SHOWN_HEADERS: [&str; 5] =
    ["content-type", "content-encoding", "content-length", "location", "server"];

fn to_text(sent: &Sent, judged: &Judged, capture: Option<&Path>, lang: Lang) -> String {
    let mut blocks =
        vec![response_head(judged), response_body(judged, lang), seen_to_text(&judged.view, lang)];
    if let Some(reason) = judged.view.rejection() {
        let reason = reason.as_str();
        let en = format!("The request was rejected: {reason}.");
        let ko = format!("요청이 거부되었습니다: {reason}.");
        blocks.push(paint(BAD, lang.pick(en, ko)) + "\n");
    }
    blocks.push(breaches_to_text(&judged.view.breaches, lang));
    blocks.push(saved(sent, capture, lang));
    blocks.retain(|block| !block.is_empty());
    blocks.join("\n")
}

/// Returns the output for a response that did not arrive completely.
fn failure_to_text(sent: &Sent, why: &str, capture: Option<&Path>, lang: Lang) -> String {
    let title = lang.pick("No complete response: ", "응답을 끝까지 받지 못했습니다: ");
    let saved = saved(sent, capture, lang);
    let blank = if saved.is_empty() { "" } else { "\n" };
    format!("{}{}\n{blank}{saved}", paint(BAD, title), visible(why))
}

/// Returns the request with all headers, and the signed bytes.
fn request_to_text(sent: &Sent, lang: Lang) -> String {
    let request = sent.shown();
    let method = request.method.unwrap_or_default();
    let target = request.target.unwrap_or_default();
    let version = sent.outgoing.version();
    let mut text = paint(TITLE, format!("{method} {} {version}", visible(&target))) + "\n";
    for (name, value) in &request.headers {
        let line = format!("{name}: {}", visible(&String::from_utf8_lossy(value)));
        text += &(paint(DIM, line) + "\n");
    }
    let body = request.body.unwrap_or_default();
    if !body.is_empty() {
        text += &format!("\n{}", beginning(&body, lang));
    }
    if let Some(signed) = &sent.signed {
        let uri = signed.signed_uri().map(|uri| format!("{uri} + ")).unwrap_or_default();
        let (key, bytes, time) = (visible(&signed.key_label), body.len(), signed.timestamp);
        let en = format!("signed with the key {key}: {uri}{bytes} bytes of body + {time}");
        let ko = format!("키 {key}(으)로 서명: {uri}본문 {bytes}바이트 + {time}");
        text += &format!("\n{}\n", paint(DIM, lang.pick(en, ko)));
    }
    text + "\n"
}

fn saved(sent: &Sent, capture: Option<&Path>, lang: Lang) -> String {
    let Some(path) = capture.map(|path| path.display().to_string()) else { return String::new() };
    let title = lang.pick("Capture saved. To explain it:", "캡처를 저장했습니다. 원인을 찾으려면:");
    let signs_uri = sent.signed.as_ref().is_some_and(|signed| signed.signed_uri().is_some());
    let scheme = if signs_uri { " --scheme uri_body_time" } else { "" };
    format!("{title}\n  online-contact explain --request {}{scheme}\n", visible(&path))
}

fn response_head(judged: &Judged) -> String {
    let answer = &judged.answer;
    let style = if judged.outcome() == Outcome::Good { GOOD } else { BAD };
    let version = format!("{:?}", answer.version);
    let time = format!("{} ms", answer.elapsed.as_millis());
    let status = paint(style, answer.status.to_string());
    format!(
        "{status}  {}\n{}",
        paint(DIM, format!("{version}  {time}")),
        response_headers(&answer.headers)
    )
}

fn response_headers(headers: &HeaderMap) -> String {
    let shown = headers.iter().filter(|(name, _)| SHOWN_HEADERS.contains(&name.as_str()));
    let lines = shown.map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let cut = value.chars().take(SHOWN_OF_HEADER).collect::<String>();
        let more = if cut.len() < value.len() { "…" } else { "" };
        paint(DIM, format!("{name}: {}{more}", visible(&cut))) + "\n"
    });
    lines.collect()
}

fn response_body(judged: &Judged, lang: Lang) -> String {
    let answer = &judged.answer;
    match serde_json::from_slice::<Value>(&answer.body) {
        // An object with a duplicate key would lose one of the two.
        Ok(json) if !judged.view.breaches.iter().any(|breach| breach.id == "duplicate_key") => {
            pretty_json(&json) + "\n"
        }
        _ if answer.body.is_empty() => String::new(),
        _ => beginning(&answer.body, lang),
    }
}

fn beginning(body: &[u8], lang: Lang) -> String {
    let shown = body.get(..SHOWN).unwrap_or(body);
    let mut text = visible_lines(&String::from_utf8_lossy(shown)) + "\n";
    let more = body.len() - shown.len();
    if more > 0 {
        let en = format!("… and {more} bytes more");
        let ko = format!("… 그 밖에 {more}바이트");
        text += &(paint(DIM, lang.pick(en, ko)) + "\n");
    }
    text
}

fn to_json(sent: &Sent, judged: &Judged, capture: Option<&Path>, lang: Lang) -> Value {
    json!({
        "request": request_to_json(sent),
        "response": agent::response_to_json(&judged.answer),
        "agent": agent::seen_to_json(&judged.view, lang),
        "breaches": agent::breaches_to_json(&judged.view.breaches, lang),
        "rejected": judged.view.rejection().map(Reason::as_str),
        "capture": capture,
        "outcome": match judged.outcome() {
            Outcome::Good => "good",
            Outcome::Finding => "finding",
        },
    })
}

/// Returns the output for a response that did not arrive completely.
fn failure_to_json(sent: &Sent, why: &str, capture: Option<&Path>) -> Value {
    json!({
        "request": request_to_json(sent),
        "response": null,
        "failure": why,
        "capture": capture,
        "outcome": "finding",
    })
}

fn request_to_json(sent: &Sent) -> Value {
    let request = sent.shown();
    let headers = request.headers.iter().map(|(name, value)| json!([name, lossy(value)]));
    let signed = sent.signed.as_ref();
    json!({
        "url": sent.outgoing.url.as_str(),
        "method": request.method,
        "headers": headers.collect::<Vec<_>>(),
        "body": request.body.as_deref().map(lossy),
        "body_bytes": sent.outgoing.body.len(),
        "scheme": signed.map(|signed| signed.scheme.as_str()),
        "uri": signed.and_then(|signed| signed.signed_uri()),
        "timestamp": request.header("x-tc-timestamp").next().map(lossy),
        "key": signed.map(|signed| &signed.key_label),
    })
}
