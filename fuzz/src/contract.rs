//! An answer: whatever the application says, what leaves is 200 with `data` or one of four statuses
//! with an error object.
//!
//! Fields of the input: `status`, `content-type`, `encoded`, `lenient`, `length` (the declared one:
//! `none`, or any number; that of the body without it). The body is the answer's.

use online_contact::{ENVELOPE_CONTENT_TYPE, EnvelopePolicy, EnvelopeVerdict, ResponseHead};
use serde_json::Value;

use crate::input::Input;

/// What an adapter sends.
struct Answer<'a> {
    status: u16,
    content_type: Option<&'a [u8]>,
    body: Vec<u8>,
}

/// Runs one input.
///
/// # Panics
///
/// If what leaves does not keep the contract.
pub fn run(data: &[u8]) {
    let input = Input::read(data);
    let answer = Answer {
        status: input.number("status").unwrap_or(200),
        content_type: input.all("content-type").next(),
        body: input.body.to_vec(),
    };
    let lenient = input.text("lenient").is_some();
    let encoded = input.text("encoded").is_some();
    let length = match input.text("length") {
        Some("none") => None,
        Some(text) => text.parse().ok(),
        None => Some(input.body.len() as u64),
    };
    let contract = EnvelopePolicy::default().strict(!lenient);
    let head = ResponseHead::new(answer.status).content_type(answer.content_type).encoded(encoded);

    // gRPC has its own contract; a success that streams, is long or compressed passes unread.
    let Some(limit) = contract.wants_body(&head, length) else {
        let unread = encoded || length.is_none_or(|length| length > 64 * 1024);
        assert!(is_grpc(answer.content_type) || answer.status == 200 && unread);
        return;
    };
    let body = Some(input.body).filter(|body| body.len() as u64 <= limit);
    let passes = matches!(contract.judge(&head, body), EnvelopeVerdict::Pass);
    if lenient && answer.status == 200 && passes {
        return;
    }
    let sent = sent(answer, contract.judge(&head, body));
    if let Err(fault) = sent.keeps_contract() {
        panic!("{fault}: {} {}", sent.status, String::from_utf8_lossy(&sent.body));
    }
}

/// The verdict carried out, as the adapters do it.
fn sent(answer: Answer<'_>, verdict: EnvelopeVerdict) -> Answer<'_> {
    let content_type = Some(ENVELOPE_CONTENT_TYPE.as_bytes());
    match verdict {
        EnvelopeVerdict::Pass => answer,
        EnvelopeVerdict::Amend(status) => {
            Answer { status: status.as_u16(), content_type, ..answer }
        }
        EnvelopeVerdict::Replace(failure) => {
            Answer { status: failure.status().as_u16(), content_type, body: failure.to_json() }
        }
    }
}

impl Answer<'_> {
    fn keeps_contract(&self) -> Result<(), String> {
        if !self.content_type.is_some_and(is_json_in_utf8) {
            return Err(format!(
                "content type {:?}",
                self.content_type.map(String::from_utf8_lossy)
            ));
        }
        let text = std::str::from_utf8(&self.body).map_err(|error| error.to_string())?;
        let json = match serde_json::from_str::<Value>(text) {
            Ok(json) => json,
            Err(error) if self.status == 200 && is_beyond_value(&error) => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        let keeps = match self.status {
            200 => json.is_object() && json.get("data").is_some(),
            400 | 403 | 404 | 500 => is_error_object(&json["error"]),
            _ => false,
        };
        keeps.then_some(()).ok_or_else(|| "the envelope".to_owned())
    }
}

fn is_error_object(error: &Value) -> bool {
    let is = |name, kinds: &[fn(&Value) -> bool]| {
        error.get(name).is_some_and(|value| kinds.iter().any(|is_kind| is_kind(value)))
    };
    is("code", &[Value::is_string, Value::is_number])
        && is("message", &[Value::is_string])
        && is("detail", &[Value::is_string, Value::is_null])
}

/// JSON by its grammar, but more than `Value` holds. A result is the application's own affair.
fn is_beyond_value(error: &serde_json::Error) -> bool {
    let text = error.to_string();
    ["number out of range", "recursion limit", "surrogate", "hex escape", "unicode code point"]
        .iter()
        .any(|beyond| text.contains(beyond))
}

fn is_grpc(content_type: Option<&[u8]>) -> bool {
    let text = String::from_utf8_lossy(content_type.unwrap_or_default()).to_lowercase();
    text.starts_with("application/grpc")
}

/// `application/json`, with no character set or the right one.
fn is_json_in_utf8(content_type: &[u8]) -> bool {
    let text = String::from_utf8_lossy(content_type).to_lowercase();
    let mut parts = text.split(';').map(str::trim);
    parts.next() == Some("application/json")
        && parts
            .filter_map(|part| part.strip_prefix("charset="))
            .all(|set| matches!(set.trim_matches('"'), "utf-8" | "utf8"))
}
