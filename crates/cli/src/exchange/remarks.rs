//! Contradictions between the verdict of the protocol and the response of a server.

use http::StatusCode;
use online_contact::Reason;

use super::{Exchange, is_lookup};
use crate::agent::AgentView;
use crate::lang::Words;
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
pub(crate) fn remark(exchange: &Exchange) -> Option<Remark> {
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
            let named = AgentView::of(answer).rejection();
            let rejects = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
            if named.is_none() && !rejects.contains(&answer.status) {
                return None;
            }
            let why = named.map_or_else(|| answer.status.to_string(), |it| it.to_string());
            let advice = named.map_or(UNNAMED, remedy);
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

/// Returns the advice for a server that has rejected a valid request.
#[rustfmt::skip]
pub(crate) fn remedy(reason: Reason) -> Words {
    let (en, ko) = match reason {
        Reason::HeaderDuplicated => (
            "The server got X-TC-Timestamp or Authorization twice. Each was sent once: does a proxy add one?",
            "X-TC-Timestamp나 Authorization이 두 번 들어왔다고 합니다. 한 번만 보냈으므로 프록시가 덧붙이는지 확인해 주십시오."),
        Reason::TimestampMissing => (
            "The server got no X-TC-Timestamp. It was sent: does a proxy remove it?",
            "X-TC-Timestamp가 없다고 합니다. 보냈으므로 프록시가 지우는지 확인해 주십시오."),
        Reason::TimestampNotNumeric => (
            "The server cannot read X-TC-Timestamp. It was sent as decimal milliseconds: does a proxy change it?",
            "X-TC-Timestamp를 읽지 못합니다. 보낸 값은 밀리초를 나타내는 숫자입니다."),
        Reason::TimestampExpired => (
            "The server reads a time more than five minutes ago: compare the clocks. Does it read the time as seconds?",
            "요청이 5분보다 오래되었다고 합니다. 두 시계를 비교하고, 시각을 초로 읽는지 확인해 주십시오."),
        Reason::TimestampInFuture => (
            "The server reads a time more than five minutes ahead: compare the clocks. Does it read the time as seconds?",
            "요청 시각이 5분보다 앞서 있다고 합니다. 두 시계를 비교하고, 시각을 초로 읽는지 확인해 주십시오."),
        Reason::AuthorizationMissing => (
            "The server got no Authorization. It was sent: does a proxy remove it?",
            "Authorization이 없다고 합니다. 보냈으므로 프록시가 지우는지 확인해 주십시오."),
        Reason::AuthorizationMalformed => (
            "The server cannot read Authorization. It was sent as base64 of 32 bytes: does a proxy change it?",
            "Authorization을 읽지 못합니다. 보낸 값은 32바이트의 base64이므로 프록시가 바꾸는지 확인해 주십시오."),
        Reason::KeySourceUnavailable => (
            "The server cannot look up the key: see its log.",
            "서버가 키를 가져오지 못하고 있습니다. 서버 로그를 확인해 주십시오."),
        Reason::BodyTooLarge => (
            "The body is longer than the limit of the server: raise the limit, or shorten the lookup items.",
            "본문이 서버의 제한보다 깁니다. 제한을 늘리거나 조회 항목의 길이를 줄여 주십시오."),
        Reason::Overloaded => (
            "The body budget of the server is full: try again, or raise the budget.",
            "서버의 본문 버퍼 한도가 찼습니다. 다시 시도하거나 한도를 늘려 주십시오."),
        Reason::BodyTimeout => (
            "The body did not arrive in time: is a proxy slow?",
            "본문이 제시간에 도착하지 않았습니다. 중간 프록시가 느린지 확인해 주십시오."),
        Reason::BodyUnreadable => (
            "The body did not arrive completely: does a proxy close the connection?",
            "본문이 온전히 도착하지 않았습니다. 프록시가 연결을 끊는지 확인해 주십시오."),
        Reason::SignatureMismatch => (
            "The signature does not match on the server. Are key and scheme the same? Does something change the body in front of the verification?",
            "서버 쪽에서 서명이 일치하지 않습니다. 키와 서명 대상이 같은지, 검증 전에 본문이 바뀌는지 확인해 주십시오."),
        Reason::Replayed => (
            "The server got the same request before. Each lookup is signed again: does a proxy send it twice, or does the server verify it twice?",
            "같은 요청을 이미 받았다고 합니다. 조회할 때마다 새로 서명하므로 프록시가 두 번 보내거나 서버가 두 번 검증하는지 확인해 주십시오."),
        Reason::ReplayGuardUnavailable => (
            "The replay guard of the server is not available: see its log.",
            "서버의 재전송 방지 장치가 응답하지 않습니다. 서버 로그를 확인해 주십시오."),
        _ => ("The server rejects the request.", "서버가 요청을 거부했습니다."),
    };
    Words::new(en, ko)
}
