//! A request and its response as the page shows them: the panel, the request and the response.

use http::StatusCode;
use online_contact::Scheme;
use serde::Serialize;
use serde_json::{Map, Value};

use super::findings::{Finding, Seen};
use super::settings::ResultItem;
use crate::captured::CapturedRequest;
use crate::exchange::Exchange;
use crate::exchange::files::version_name;
use crate::http::Answer;
use crate::lang::Words;
use crate::sign;
use crate::text::lossy;

/// Headers that curl sets itself.
const CURLS_OWN: [&str; 6] =
    ["host", "content-length", "transfer-encoding", "connection", "accept", "user-agent"];

/// A request and its response as the page shows them.
#[derive(Debug, Serialize)]
pub(super) struct View {
    request: RequestView,
    /// `null` if there is a failure instead.
    response: Option<ResponseView>,
    failure: Option<Words>,
    panel: Panel,
    findings: Vec<Finding>,
    /// Present if the request was received.
    #[serde(skip_serializing_if = "Option::is_none")]
    received: Option<ReceivedView>,
}

impl View {
    /// Shows a lookup that the console has sent.
    pub(super) fn of_lookup(
        request: RequestView,
        seen: &Result<Seen<'_>, &Words>,
        items: &[ResultItem],
        findings: Vec<Finding>,
    ) -> Self {
        let panel = |seen: &Seen<'_>| Panel::new(seen, |data| Row::of_items(items, data));
        Self::new(request, seen, panel, findings)
    }

    /// Shows a received request. All of `data` is shown, named as the result items are.
    pub(super) fn of_received(
        exchange: &Exchange,
        seen: &Result<Seen<'_>, &Words>,
        scheme: Scheme,
        items: &[ResultItem],
        findings: Vec<Finding>,
    ) -> Self {
        let request = RequestView::of_received(exchange, scheme);
        let panel = |seen: &Seen<'_>| Panel::new(seen, |data| Row::of_all(items, data));
        let mut view = Self::new(request, seen, panel, findings);
        view.received = Some(ReceivedView {
            number: exchange.number,
            time: exchange.arrived.as_millisecond(),
            file: exchange.file.clone(),
            sendable: exchange.has_whole_body(),
        });
        view
    }

    fn new(
        request: RequestView,
        seen: &Result<Seen<'_>, &Words>,
        panel: impl FnOnce(&Seen<'_>) -> Panel,
        findings: Vec<Finding>,
    ) -> Self {
        let (response, failure, panel) = match seen {
            Ok(seen) => (Some(ResponseView::new(seen.answer)), None, panel(seen)),
            Err(failure) => (None, Some((*failure).clone()), Panel::without_response()),
        };
        Self { request, response, failure, panel, findings, received: None }
    }
}

/// The part of a view that only a received request has.
#[derive(Debug, Serialize)]
struct ReceivedView {
    number: u64,
    /// The time of arrival in milliseconds since 1970.
    time: i64,
    file: Option<String>,
    /// `true` if its whole body is in memory, so that it can be sent again.
    sendable: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestView {
    method: String,
    target: String,
    version: String,
    headers: Vec<(String, String)>,
    body: String,
    body_bytes: u64,
    /// `true` if the body is not UTF-8, so that the text differs from the bytes.
    lossy: bool,
    /// `true` if only the beginning of the body is in memory.
    truncated: bool,
    timestamp: String,
    /// The signed bytes in front of the timestamp.
    signed_before: String,
    /// A shell command that sends the request.
    curl: String,
}

impl RequestView {
    pub(super) fn new(request: &CapturedRequest, version: &str, scheme: Scheme) -> Self {
        let target = request.target.clone().unwrap_or_default();
        let bytes = request.body.as_deref().unwrap_or_default();
        let body = lossy(bytes);
        let signed_before = match scheme {
            Scheme::UriBodyTime => {
                let path = target.split_once('?').map_or(&*target, |(path, _)| path);
                format!("{path}{body}")
            }
            _ => body.clone(),
        };
        let name = |name: &str| match name {
            "host" if version == "HTTP/2" => ":authority".to_owned(),
            name => name.to_owned(),
        };
        Self {
            method: request.method.clone().unwrap_or_default(),
            version: version.to_owned(),
            headers: request.headers.iter().map(|(n, value)| (name(n), lossy(value))).collect(),
            body_bytes: bytes.len() as u64,
            lossy: std::str::from_utf8(bytes).is_err(),
            truncated: false,
            timestamp: request.header("x-tc-timestamp").next().map(lossy).unwrap_or_default(),
            curl: as_curl(request, &target),
            target,
            body,
            signed_before,
        }
    }

    fn of_received(exchange: &Exchange, scheme: Scheme) -> Self {
        let mut view = Self::new(&exchange.request, &exchange.version, scheme);
        view.body_bytes = exchange.body_length;
        view.truncated = !exchange.has_whole_body();
        view
    }
}

/// Returns the request as it is, for a shell.
fn as_curl(request: &CapturedRequest, target: &str) -> String {
    let sent = request.headers.iter().filter(|(name, _)| {
        !CURLS_OWN.iter().any(|own| name.eq_ignore_ascii_case(own)) && !name.starts_with(':')
    });
    let headers: Vec<_> = sent.map(|(name, value)| (&**name, lossy(value))).collect();
    let scheme = request.scheme.as_deref().unwrap_or("http");
    let url =
        request.header("host").next().map(|host| format!("{scheme}://{}{target}", lossy(host)));
    sign::curl_command(&headers, request.body.as_deref().unwrap_or_default(), None, url.as_deref())
}

/// A line of the list of received requests.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Summary {
    number: u64,
    /// The time of arrival in milliseconds since 1970.
    time: i64,
    method: String,
    target: String,
    /// `accepted`, `rejected` or `unknown`.
    verdict: &'static str,
    reason: Option<&'static str>,
    status: Option<u16>,
    elapsed_ms: Option<u64>,
    file: Option<String>,
}

impl Summary {
    pub(super) fn new(exchange: &Exchange) -> Self {
        let answer = exchange.response.as_ref().ok();
        Self {
            number: exchange.number,
            time: exchange.arrived.as_millisecond(),
            method: exchange.method().to_owned(),
            target: exchange.target().to_owned(),
            verdict: exchange.verdict_name(),
            reason: exchange.reason().map(online_contact::Reason::as_str),
            status: answer.map(|answer| answer.status).map(|status| StatusCode::as_u16(&status)),
            elapsed_ms: answer.map(Answer::elapsed_ms),
            file: exchange.file.clone(),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResponseView {
    version: &'static str,
    status: u16,
    reason: &'static str,
    headers: Vec<(String, String)>,
    body: String,
    body_bytes: usize,
    /// `true` if the body is not UTF-8, so that the text differs from the bytes.
    lossy: bool,
    truncated: bool,
    elapsed_ms: u64,
}

impl ResponseView {
    fn new(answer: &Answer) -> Self {
        let headers =
            answer.headers.iter().map(|(name, value)| (name.to_string(), lossy(value.as_bytes())));
        Self {
            version: version_name(answer.version),
            status: answer.status.as_u16(),
            reason: answer.status.canonical_reason().unwrap_or_default(),
            headers: headers.collect(),
            body: lossy(&answer.body),
            body_bytes: answer.body.len(),
            lossy: std::str::from_utf8(&answer.body).is_err(),
            truncated: answer.truncated,
            elapsed_ms: answer.elapsed_ms(),
        }
    }
}

/// The panel of the agent.
#[derive(Debug, Serialize)]
struct Panel {
    /// `null` if no response came.
    status: Option<u16>,
    success: bool,
    words: Words,
    rows: Vec<Row>,
}

/// A result item and its value in the response.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    value: Option<String>,
}

impl Panel {
    fn new(seen: &Seen<'_>, rows: impl FnOnce(&Map<String, Value>) -> Vec<Row>) -> Self {
        let data = seen.view.data.as_ref();
        Self {
            status: Some(seen.answer.status.as_u16()),
            success: data.is_some(),
            words: seen.view.words.clone(),
            rows: data.map(rows).unwrap_or_default(),
        }
    }

    fn without_response() -> Self {
        let words = Words::new(
            "No response came. The vendor's document does not say what the agent sees then.",
            "응답이 없습니다. 이때 상담원에게 무엇이 표시되는지는 OC 문서에 없습니다.",
        );
        Self { status: None, success: false, words, rows: Vec::new() }
    }
}

impl Row {
    /// Returns a row for each result item.
    fn of_items(items: &[ResultItem], data: &Map<String, Value>) -> Vec<Self> {
        let row = |item: &ResultItem| Self {
            name: item.name.clone(),
            value: data.get(&item.variable).map(shown),
        };
        items.iter().map(row).collect()
    }

    /// Returns a row for each member of `data`.
    fn of_all(items: &[ResultItem], data: &Map<String, Value>) -> Vec<Self> {
        let row = |(variable, value): (&String, &Value)| {
            let item = items.iter().find(|item| item.variable == *variable);
            let name = item.map_or(variable, |item| &item.name).clone();
            Self { name, value: Some(shown(value)) }
        };
        data.iter().map(row).collect()
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
