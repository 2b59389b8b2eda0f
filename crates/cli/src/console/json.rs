//! JSON bodies from the page. A form of another page cannot send them.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::complaint::Complaint;
use crate::lang::Words;

/// A JSON body. A rejection is in the words of the page.
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
    let text = Words::new(
        format!("cannot read the request: {why}"),
        format!("내용을 읽을 수 없습니다: {why}"),
    );
    Complaint::new(rejection.status(), "unreadable", text)
}
