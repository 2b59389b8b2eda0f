//! The reason why the console rejects a request of the page, also one that is not readable.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::lang::Words;

/// A reason, and the inputs of the page that it is about.
#[derive(Debug)]
pub(super) struct ApiError(Box<Inner>);

#[derive(Debug, Serialize)]
struct Inner {
    #[serde(skip)]
    status: StatusCode,
    /// Stable, for scripts.
    id: &'static str,
    text: Words,
    places: Vec<Fault>,
    /// The origin that the user must confirm.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

/// An input of the page, and its problem.
#[derive(Debug, Serialize)]
pub(super) struct Fault {
    /// The name of the input in the page: `url`, `lookup.0.variable`, `values.callNum`.
    at: String,
    text: Words,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, id: &'static str, text: Words) -> Self {
        Self(Box::new(Inner { status, id, text, places: Vec::new(), origin: None }))
    }

    /// Reports inputs that cannot be used.
    pub(super) fn invalid(places: Vec<Fault>) -> Self {
        let text = Words::new(
            "Nothing was sent or saved: see the marked inputs.",
            "보내거나 저장하지 않았습니다. 표시된 입력란을 확인해 주십시오.",
        );
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", text);
        error.0.places = places;
        error
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
        let mut error = Self::new(StatusCode::CONFLICT, "unconfirmed", text);
        error.0.origin = Some(origin);
        error
    }
}

impl Fault {
    pub(super) fn new(at: impl Into<String>, text: Words) -> Self {
        Self { at: at.into(), text }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.0.status, Json(serde_json::json!({ "problem": *self.0 }))).into_response()
    }
}

/// A JSON body. A rejection is in the words of the page.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        match Json::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(unreadable(&rejection)),
        }
    }
}

fn unreadable(rejection: &JsonRejection) -> ApiError {
    let why = rejection.body_text();
    let text = Words::new(
        format!("cannot read the request: {why}"),
        format!("내용을 읽을 수 없습니다: {why}"),
    );
    ApiError::new(rejection.status(), "unreadable", text)
}
