//! A lookup as the page shows it: the panel, the request and the response.

use http::Version;
use online_contact::Scheme;
use serde::Serialize;
use serde_json::{Map, Value};

use super::findings::{self, Finding};
use super::lookup::Sent;
use super::settings::{ResultItem, Settings};
use crate::agent::AgentView;
use crate::http::Answer;
use crate::key::KeyText;
use crate::lang::Lang;
use crate::lang::Words;

/// All that the page shows of a lookup.
#[derive(Debug, Serialize)]
pub(super) struct View {
    request: RequestView,
    /// `null` if none came; then there is a failure.
    response: Option<ResponseView>,
    failure: Option<Words>,
    panel: Panel,
    findings: Vec<Finding>,
}

impl View {
    pub(super) fn new(
        sent: &Sent,
        answer: Result<Answer, Words>,
        settings: &Settings,
        ring: &[KeyText],
    ) -> Self {
        let request = RequestView::new(sent);
        match answer {
            Ok(answer) => Self {
                request,
                response: Some(ResponseView::new(&answer)),
                failure: None,
                panel: Panel::new(&answer, &settings.result),
                findings: findings::of(sent, &answer, settings, ring),
            },
            Err(failure) => Self {
                request,
                response: None,
                failure: Some(failure),
                panel: Panel::without_answer(),
                findings: Vec::new(),
            },
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestView {
    target: String,
    version: &'static str,
    headers: Vec<(String, String)>,
    body: String,
    body_bytes: usize,
    timestamp: String,
    /// What is signed before the timestamp.
    signed_before: String,
}

impl RequestView {
    fn new(sent: &Sent) -> Self {
        let path = sent.url.path();
        let query = sent.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        // JSON that this process wrote.
        let body = String::from_utf8_lossy(&sent.body).into_owned();
        let signed_before = match sent.scheme {
            Scheme::UriBodyTime => format!("{path}{body}"),
            _ => body.clone(),
        };
        let name =
            |name: &str| if sent.http2 && name == "host" { ":authority" } else { name }.to_owned();
        Self {
            target: format!("{path}{query}"),
            version: if sent.http2 { "HTTP/2" } else { "HTTP/1.1" },
            headers: sent.headers.iter().map(|(n, value)| (name(n), value.clone())).collect(),
            body_bytes: sent.body.len(),
            timestamp: sent.signed.timestamp().to_string(),
            body,
            signed_before,
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
    /// Whether the text shows something else than the bytes.
    lossy: bool,
    truncated: bool,
    elapsed_ms: u64,
}

impl ResponseView {
    fn new(answer: &Answer) -> Self {
        let headers = answer.headers.iter().map(|(name, value)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        Self {
            version: version(answer.version),
            status: answer.status.as_u16(),
            reason: answer.status.canonical_reason().unwrap_or_default(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(&answer.body).into_owned(),
            body_bytes: answer.body.len(),
            lossy: std::str::from_utf8(&answer.body).is_err(),
            truncated: answer.truncated,
            elapsed_ms: u64::try_from(answer.elapsed.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2",
        _ => "HTTP/1.1",
    }
}

/// What the agent sees.
#[derive(Debug, Serialize)]
struct Panel {
    /// `null` if no answer came.
    status: Option<u16>,
    success: bool,
    words: Words,
    rows: Vec<Row>,
}

/// A result item, and what the answer has for it.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    value: Option<String>,
}

impl Panel {
    fn new(answer: &Answer, items: &[ResultItem]) -> Self {
        let data = AgentView::of(answer, Lang::En).data;
        Self {
            status: Some(answer.status.as_u16()),
            success: data.is_some(),
            words: Words::of(|lang| AgentView::of(answer, lang).words),
            rows: data
                .map(|data| items.iter().map(|item| Row::new(item, &data)).collect())
                .unwrap_or_default(),
        }
    }

    fn without_answer() -> Self {
        let words = Words::new(
            "No answer came. The vendor's document does not say what the agent sees then.",
            "응답이 없습니다. 이때 상담원에게 무엇이 표시되는지는 OC 문서에 없습니다.",
        );
        Self { status: None, success: false, words, rows: Vec::new() }
    }
}

impl Row {
    fn new(item: &ResultItem, data: &Map<String, Value>) -> Self {
        let value = data.get(&item.variable).map(|value| match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        });
        Self { name: item.name.clone(), value }
    }
}
