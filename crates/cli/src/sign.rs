//! `online-contact sign`: the two headers of a body.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use clap::ValueEnum;
use online_contact::{Clock, ENVELOPE_CONTENT_TYPE, Scheme, Signer, SystemClock, Timestamp};
use serde_json::{Value, json};
use url::Url;

use crate::context::{Context, Outcome, Problem};
use crate::key::{KeyArgs, KeyText};
use crate::secrets::Secrets;
use crate::{input, typed};

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
    let target = args.uri.as_deref().map(target).transpose()?;
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
    curl_command(&headers, &signed.body, request.body_file(), url)
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

/// A request that is to be signed, without its address.
#[derive(Debug, clap::Args)]
pub(crate) struct RequestArgs {
    /// File with the body, byte for byte; - is stdin
    #[arg(long, value_name = "FILE", conflicts_with = "fields")]
    body: Option<PathBuf>,
    /// A lookup field; may be given several times
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = typed::field)]
    fields: Vec<(String, String)>,
    /// Signed bytes
    #[arg(long, default_value = Scheme::BodyTime.as_str(), value_parser = typed::scheme())]
    scheme: Scheme,
    /// Time of signing in milliseconds since 1970, by default the present
    #[arg(long, value_name = "MS", value_parser = typed::timestamp)]
    timestamp: Option<Timestamp>,
    #[command(flatten)]
    key: KeyArgs,
}

/// A body and its two headers.
pub(crate) struct Signed {
    pub(crate) body: Bytes,
    pub(crate) timestamp: Timestamp,
    pub(crate) authorization: String,
    pub(crate) scheme: Scheme,
    pub(crate) key_label: String,
    /// The keys that must not be shown.
    pub(crate) secrets: Secrets,
    path: String,
}

impl RequestArgs {
    /// Signs the typed body for this path with the first key.
    pub(crate) fn sign(&self, path: &str, cx: &Context) -> Result<Signed, Problem> {
        let body = input::body(self.body.as_deref(), &self.fields)?.unwrap_or_default();
        self.sign_body(body, path, cx)
    }

    /// Signs another body in its place.
    pub(crate) fn sign_body(
        &self,
        body: Bytes,
        path: &str,
        cx: &Context,
    ) -> Result<Signed, Problem> {
        let timestamp = self.timestamp.unwrap_or_else(|| SystemClock.now());
        Signed::new(&self.key.all(cx)?, self.scheme, path, body, timestamp)
    }

    /// Returns the keys that were given, without a prompt.
    pub(crate) fn given_keys(&self, cx: &Context) -> Result<Vec<KeyText>, Problem> {
        self.key.given(cx).map(Option::unwrap_or_default)
    }

    fn has_fields(&self) -> bool {
        !self.fields.is_empty()
    }

    /// Returns the file of the body, if it can be read again.
    fn body_file(&self) -> Option<&Path> {
        let path = self.body.as_deref().filter(|path| *path != Path::new("-"))?;
        path.metadata().ok().filter(fs::Metadata::is_file).map(|_| path)
    }
}

impl Signed {
    /// Signs a body for this path with the first of these keys.
    pub(crate) fn new(
        keys: &[KeyText],
        scheme: Scheme,
        path: &str,
        body: Bytes,
        timestamp: Timestamp,
    ) -> Result<Self, Problem> {
        let key = keys.first().ok_or_else(crate::key::no_key)?;
        let signer = Signer::new(&key.security_key()?).scheme(scheme);
        let authorization = signer.sign(path, &body, timestamp).signature().to_base64();
        let (key_label, secrets) = (key.label().to_owned(), Secrets::of(keys));
        let path = path.split_once('?').map_or(path, |(path, _)| path).to_owned();
        Ok(Self { body, timestamp, authorization, scheme, key_label, secrets, path })
    }

    /// Returns the path, if it was signed.
    pub(crate) fn signed_uri(&self) -> Option<&str> {
        (self.scheme == Scheme::UriBodyTime).then_some(&*self.path)
    }
}

/// The target of a request.
struct Target {
    /// The path as on the request line.
    path: String,
    url: Option<String>,
}

/// Reads a path or a full URL.
fn target(uri: &str) -> Result<Target, Problem> {
    if uri.starts_with('/') {
        // It is signed as it is, so it must be exactly that of the request line.
        let fits = uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        return if fits { Ok(Target { path: uri.to_owned(), url: None }) } else { Err(no_path()) };
    }
    let url = Url::parse(uri).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or_else(|| {
        Problem::new(
            "--uri is neither a path nor a URL: expected /customer or https://host/customer",
            "--uri가 경로도 URL도 아닙니다. /customer 또는 https://host/customer처럼 적어 주십시오",
        )
    })?;
    Ok(Target { path: url.path().to_owned(), url: Some(url.into()) })
}

fn no_path() -> Problem {
    Problem::new(
        "--uri is not valid on a request line: expected ASCII without blanks and #, everything \
         else percent-encoded (/%EA%B3%A0%EA%B0%9D)",
        "--uri가 요청 줄의 형식이 아닙니다. ASCII만 쓰고 나머지는 퍼센트 인코딩(/%EA%B3%A0%EA%B0%9D)해야 \
         하며 공백과 #은 쓸 수 없습니다",
    )
}

/// The longest body that fits one argument on every system.
const LONGEST_ARGUMENT: usize = 64 * 1024;

/// The URL, if none is known: the shell reports that it must be set.
const UNKNOWN_URL: &str = r#""${URL:?set URL to the address of the endpoint}""#;

/// Returns the command that posts this body, without a newline at its end.
///
/// Data make it a POST. Braces and brackets in a URL are not for curl to expand.
pub(crate) fn curl_command(
    headers: &[(&str, String)],
    body: &[u8],
    body_file: Option<&Path>,
    url: Option<&str>,
) -> String {
    let (before, data) = match as_argument(body) {
        Some(argument) => (String::new(), format!("--data-raw {argument}")),
        None => match body_file.and_then(file_argument) {
            Some(argument) => (String::new(), format!("--data-binary {argument}")),
            None => (format!("printf '{}' |\n", octal(body)), "--data-binary @-".to_owned()),
        },
    };
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| format!("--header {}", quoted(&format!("{name}: {value}"))))
        .collect();
    let url = url.map_or_else(|| UNKNOWN_URL.to_owned(), quoted);
    format!("{before}curl --globoff \\\n  {} \\\n  {data} \\\n  {url}", headers.join(" \\\n  "))
}

/// Returns a text in single quotes, in which only the quote itself has a meaning.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Returns a body between quotes; `None` if a terminal or a shell would change it.
fn as_argument(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let plain = text.chars().all(|c| c == '\n' || !crate::report::steers(c));
    (plain && body.len() <= LONGEST_ARGUMENT).then(|| quoted(text))
}

/// Returns `@FILE`, if the name itself can be quoted.
fn file_argument(path: &Path) -> Option<String> {
    as_argument(format!("@{}", path.to_str()?).as_bytes())
}

/// Returns the operand of `printf`: every byte as three octal digits.
fn octal(bytes: &[u8]) -> String {
    let mut operand = String::with_capacity(bytes.len() * 4);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(operand, "\\{byte:03o}");
    }
    operand
}
