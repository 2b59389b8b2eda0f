//! The responses of `listen` itself, in the envelope.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use http::{Response, StatusCode, Version};
use online_contact::{ENVELOPE_CONTENT_TYPE, Failure, StringData};
use serde_json::{Map, Value};

use crate::captured::CapturedRequest;
use crate::http::Answer;
use crate::secrets::Leaks;
use crate::verdict::Verdict;

/// A status and an envelope.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    status: StatusCode,
    body: Bytes,
}

impl Reply {
    /// Responds as a server of the protocol: with the fields of the request, or with the rejection.
    pub(super) fn to(verdict: Option<&Verdict>, request: &CapturedRequest) -> Self {
        match verdict {
            Some(Verdict::Accepted(_)) => {
                let body = request.body.as_deref().unwrap_or_default();
                match serde_json::from_slice::<Map<String, Value>>(body) {
                    Ok(fields) => Self::echo(fields),
                    Err(_) => {
                        Self::from(Failure::no_result("400", "The body is not a JSON object."))
                    }
                }
            }
            Some(Verdict::Rejected(rejection)) => Self::from(rejection.to_failure()),
            None => Self::from(Failure::server_error("500", "The request could not be verified.")),
        }
    }

    fn echo(mut fields: Map<String, Value>) -> Self {
        // A result item is one text.
        for value in fields.values_mut().filter(|value| value.is_array() || value.is_object()) {
            *value = value.to_string().into();
        }
        match StringData(fields).to_json() {
            Ok(json) => Self { status: StatusCode::OK, body: json.into() },
            Err(_) => Self::from(Failure::server_error("500", "The fields cannot be returned.")),
        }
    }

    pub(super) fn to_response(&self) -> Response<Bytes> {
        let mut response = Response::new(self.body.clone());
        *response.status_mut() = self.status;
        let media_type = HeaderValue::from_static(ENVELOPE_CONTENT_TYPE);
        response.headers_mut().insert(CONTENT_TYPE, media_type);
        response
    }

    /// Returns the response as a client would record it.
    pub(super) fn to_answer(&self, elapsed: Duration) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(ENVELOPE_CONTENT_TYPE));
        headers.insert("content-length", self.body.len().into());
        Answer {
            status: self.status,
            version: Version::HTTP_11,
            headers,
            body: self.body.clone(),
            elapsed,
            arrived: SystemTime::now(),
            truncated: false,
            leaks: Leaks::default(),
        }
    }
}

impl From<Failure> for Reply {
    fn from(failure: Failure) -> Self {
        let status = StatusCode::from_u16(failure.status().as_u16());
        Self {
            status: status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            body: failure.to_json().into(),
        }
    }
}
