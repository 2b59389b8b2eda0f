//! Contradictions between the verdict of the protocol and the response of a server.

use http::StatusCode;

use super::reasons;
use super::record::{Exchange, is_lookup};
use crate::agent::AgentView;
use crate::lang::{Lang, Words};
use crate::verdict::Verdict;

/// A contradiction.
#[derive(Debug)]
pub(crate) struct Remark {
    /// Stable, for scripts.
    pub(crate) id: &'static str,
    pub(crate) text: Words,
}

/// The advice on a rejection without a reason.
const UNNAMED: Words = Words::fixed(
    "Compare the key, the scheme and the clock. Does something change the request in front of the \
     verification?",
    "키, 서명 대상, 시계를 비교하고 검증 전에 요청이 바뀌는지 확인해 주십시오.",
);

/// Compares the verdict with the response.
pub(crate) fn of(exchange: &Exchange) -> Option<Remark> {
    // Another route may be open to everyone.
    let answer = exchange.response.as_ref().ok().filter(|_| is_lookup(&exchange.request))?;
    match exchange.verdict.as_ref()? {
        Verdict::Rejected(rejection) if answer.status.is_success() => {
            let reason = rejection.reason();
            let status = answer.status.as_u16();
            let text = Words::new(
                format!(
                    "The server responded {status} to a request that must be rejected ({reason})."
                ),
                format!("거부해야 하는 요청({reason})에 서버가 {status}(으)로 응답했습니다."),
            );
            Some(Remark { id: "invalid_request_answered", text })
        }
        Verdict::Accepted(_) => {
            let named = AgentView::of(answer, Lang::En).rejection();
            let rejects = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
            if named.is_none() && !rejects.contains(&answer.status) {
                return None;
            }
            let why = named.map_or_else(|| answer.status.to_string(), |it| it.to_string());
            let advice = named.map_or(UNNAMED, reasons::remedy);
            let text = Words::of(|lang| {
                let title = lang.pick(
                    "The server rejected a valid request",
                    "서버가 올바른 요청을 거부했습니다",
                );
                format!("{title}: {why}. {}", advice.in_lang(lang))
            });
            Some(Remark { id: "valid_request_rejected", text })
        }
        Verdict::Rejected(_) => None,
    }
}
