//! The reason why the console rejects a request of the page.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;

use crate::lang::Words;

/// A reason, and the inputs of the page that it is about.
#[derive(Debug)]
pub(super) struct Complaint(Box<Inner>);

#[derive(Debug, Serialize)]
struct Inner {
    #[serde(skip)]
    status: StatusCode,
    /// Stable, for scripts.
    id: &'static str,
    text: Words,
    places: Vec<Place>,
    /// The origin that the user must confirm.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

/// An input of the page, and its problem.
#[derive(Debug, Serialize)]
pub(super) struct Place {
    /// The name of the input in the page: `url`, `lookup.0.variable`, `values.callNum`.
    at: String,
    text: Words,
}

impl Complaint {
    pub(super) fn new(status: StatusCode, id: &'static str, text: Words) -> Self {
        Self(Box::new(Inner { status, id, text, places: Vec::new(), origin: None }))
    }

    /// Reports inputs that cannot be used.
    pub(super) fn invalid(places: Vec<Place>) -> Self {
        let text = Words::new(
            "Nothing was sent or saved: see the marked inputs.",
            "보내거나 저장하지 않았습니다. 표시된 입력란을 확인해 주십시오.",
        );
        let mut complaint = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", text);
        complaint.0.places = places;
        complaint
    }

    pub(super) fn broken() -> Self {
        let text = Words::new("The console failed.", "콘솔에 오류가 발생했습니다.");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", text)
    }

    /// Reports that a received request is not in memory.
    pub(super) fn gone() -> Self {
        let text = Words::new(
            "This request is no longer in memory: only the latest ones are kept.",
            "이 요청은 더 이상 메모리에 없습니다. 최근 요청만 보관합니다.",
        );
        Self::new(StatusCode::NOT_FOUND, "gone", text)
    }

    /// Reports that the user must confirm this origin first.
    pub(super) fn unconfirmed(origin: String) -> Self {
        let text = Words::new(
            format!("{origin} is not on this machine: confirm it first."),
            format!("{origin}은(는) 현재 컴퓨터의 주소가 아닙니다. 먼저 확인해 주십시오."),
        );
        let mut complaint = Self::new(StatusCode::CONFLICT, "unconfirmed", text);
        complaint.0.origin = Some(origin);
        complaint
    }
}

impl Place {
    pub(super) fn new(at: impl Into<String>, text: Words) -> Self {
        Self { at: at.into(), text }
    }
}

impl IntoResponse for Complaint {
    fn into_response(self) -> Response {
        (self.0.status, Json(serde_json::json!({ "problem": *self.0 }))).into_response()
    }
}
