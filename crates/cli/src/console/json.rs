//! What the page sends: JSON, and nothing that a form of another page could send.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::complaint::Complaint;
use crate::lang::Words;

/// A JSON body; where it is none, the page is told in its own words.
pub(super) struct Body<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Complaint;

    async fn from_request(request: Request, state: &S) -> Result<Self, Complaint> {
        match Json::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(unreadable(&rejection)),
        }
    }
}

fn unreadable(rejection: &JsonRejection) -> Complaint {
    let why = rejection.body_text();
    let text =
        Words::new(format!("This can't be read: {why}"), format!("내용을 읽을 수 없습니다: {why}"));
    Complaint::new(rejection.status(), "unreadable", text)
}
