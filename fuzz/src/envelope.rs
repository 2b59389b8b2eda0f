//! A response: under the policy, the adapter sends 200 with `data`, or one of four statuses with an error object.
//!
//! Fields of the input: `status`, `content-type`, `encoded`, `lenient`, `length` (the declared length: `none` or
//! a number; without it, the length of the body). The body is the body of the response.

use online_contact::{
    ENVELOPE_CONTENT_TYPE, EnvelopePolicy, EnvelopeVerdict, ResponseHead, Status,
};
use serde_json::Value;

use crate::input::Input;

/// A response that an adapter sends.
struct Sent {
    status: u16,
    content_type: Option<Vec<u8>>,
    body: Vec<u8>,
}

/// Runs one input.
///
/// # Panics
///
/// If the response breaks the envelope.
pub fn run(data: &[u8]) {
    let input = Input::read(data);
    let status = input.number("status").unwrap_or(200);
    let content_type = input.all("content-type").next();
    let lenient = input.text("lenient").is_some();
    let encoded = input.text("encoded").is_some();
    let length = match input.text("length") {
        Some("none") => None,
        Some(text) => text.parse().ok(),
        None => Some(input.body.len() as u64),
    };
    let policy = EnvelopePolicy::default().strict(!lenient);
    let head = ResponseHead::new(status).content_type(content_type).content_encoding(encoded.then_some(&b"gzip"[..])).length(length);

    let is_long = |bytes: u64| bytes > EnvelopePolicy::READ_LIMIT;
    let reads = policy.reads(&head);
    let body = Some(input.body).filter(|body| reads && !is_long(body.len() as u64));
    let sent = match policy.judge(&head, body) {
        EnvelopeVerdict::Pass => {
            let is_unread = !reads && (encoded || length.is_none_or(is_long));
            if is_grpc(content_type) || status == 200 && (is_unread || lenient) {
                return;
            }
            let content_type = content_type.map(<[u8]>::to_vec);
            Sent { status, content_type, body: input.body.to_vec() }
        }
        EnvelopeVerdict::Amend(status) => Sent::new(status, input.body.to_vec()),
        EnvelopeVerdict::Replace(failure) => Sent::new(failure.status(), failure.to_json()),
    };
    if let Err(fault) = sent.check() {
        panic!("{fault}: {} {}", sent.status, String::from_utf8_lossy(&sent.body));
    }
}

impl Sent {
    fn new(status: Status, body: Vec<u8>) -> Self {
        let content_type = Some(ENVELOPE_CONTENT_TYPE.as_bytes().to_vec());
        Self { status: status.as_u16(), content_type, body }
    }

    fn check(&self) -> Result<(), String> {
        if !self.content_type.as_deref().is_some_and(is_json_in_utf8) {
            return Err(format!(
                "content type {:?}",
                self.content_type.as_deref().map(String::from_utf8_lossy)
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

/// Returns whether the JSON is valid but more than `Value` can represent.
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

/// Returns whether the type is `application/json` in UTF-8.
fn is_json_in_utf8(content_type: &[u8]) -> bool {
    let text = String::from_utf8_lossy(content_type).to_lowercase();
    let mut parts = text.split(';').map(str::trim);
    parts.next() == Some("application/json")
        && parts
            .filter_map(|part| part.strip_prefix("charset="))
            .all(|set| matches!(set.trim_matches('"'), "utf-8" | "utf8"))
}
