use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::envelope::failure::{Code, Failure};
use crate::envelope::status::Status;

/// Returns whether a body is a JSON object with `data`.
pub(super) fn is_data_envelope(json: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Envelope {
        #[serde(rename = "data")]
        _data: IgnoredAny,
    }

    // Serde accepts an array for the struct as well, and does not check ignored strings for UTF-8.
    std::str::from_utf8(json).is_ok_and(|json| {
        json.trim_ascii_start().starts_with('{') && serde_json::from_str::<Envelope>(json).is_ok()
    })
}

/// An error object, and whether all of its members were there and of the right type.
pub(super) struct ErrorObject {
    pub(super) failure: Failure,
    pub(super) complete: bool,
}

impl ErrorObject {
    pub(super) fn read(json: &[u8], status: Status) -> Option<Self> {
        let mut envelope: Value = serde_json::from_slice(json).ok()?;
        let error = envelope.get_mut("error")?.as_object_mut()?;
        let code = match error.get("code")? {
            Value::String(text) => Code::from(text.clone()),
            Value::Number(number) => {
                number.as_i64().map_or_else(|| number.to_string().into(), Code::from)
            }
            _ => return None,
        };
        let Value::String(message) = error.remove("message")? else {
            return None;
        };
        let failure = Failure::new(status, code, message);
        Some(match error.remove("detail") {
            Some(Value::Null) => Self { failure, complete: true },
            Some(Value::String(detail)) => {
                Self { failure: failure.with_detail(detail), complete: true }
            }
            Some(other) => {
                Self { failure: failure.with_detail(other.to_string()), complete: false }
            }
            None => Self { failure, complete: false },
        })
    }
}
