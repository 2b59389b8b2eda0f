//! What each rejection means for somebody who builds the server, in both languages.

use online_contact::Reason;

use crate::lang::Words;

#[rustfmt::skip]
pub(super) fn remedy(reason: Reason) -> Words {
    let (en, ko) = match reason {
        Reason::HeaderDuplicated => (
            "It sees X-TC-Timestamp or Authorization twice. They left once: does a proxy add one?",
            "X-TC-Timestamp나 Authorization이 두 번 들어왔다고 합니다. 한 번만 보냈으므로 프록시가 덧붙이는지 확인해 주십시오."),
        Reason::TimestampMissing => (
            "It sees no X-TC-Timestamp. It was sent: does a proxy take it out?",
            "X-TC-Timestamp가 없다고 합니다. 보냈으므로 프록시가 지우는지 확인해 주십시오."),
        Reason::TimestampNotNumeric => (
            "It can't read X-TC-Timestamp, which is milliseconds in digits as it was sent.",
            "X-TC-Timestamp를 읽지 못합니다. 보낸 값은 밀리초를 나타내는 숫자입니다."),
        Reason::TimestampExpired => (
            "It takes the request for more than five minutes old: compare the clocks. Does it read the time as seconds?",
            "요청이 5분보다 오래되었다고 합니다. 두 시계를 비교하고, 시각을 초로 읽는지 확인해 주십시오."),
        Reason::TimestampInFuture => (
            "It takes the request for one from more than five minutes ahead: compare the clocks. Does it read the time as seconds?",
            "요청 시각이 5분보다 앞서 있다고 합니다. 두 시계를 비교하고, 시각을 초로 읽는지 확인해 주십시오."),
        Reason::AuthorizationMissing => (
            "It sees no Authorization. It was sent: does a proxy take it out?",
            "Authorization이 없다고 합니다. 보냈으므로 프록시가 지우는지 확인해 주십시오."),
        Reason::AuthorizationMalformed => (
            "It can't read Authorization, which left as base64 of 32 bytes: does a proxy change it?",
            "Authorization을 읽지 못합니다. 보낸 값은 32바이트의 base64이므로 프록시가 바꾸는지 확인해 주십시오."),
        Reason::KeySourceUnavailable => (
            "It can't look up the key at present: see its log.",
            "서버가 키를 가져오지 못하고 있습니다. 서버 로그를 확인해 주십시오."),
        Reason::BodyTooLarge => (
            "The body is longer than it accepts: raise its limit, or shorten the lookup items.",
            "본문이 서버의 제한보다 깁니다. 제한을 늘리거나 조회 항목의 길이를 줄여 주십시오."),
        Reason::Overloaded => (
            "It has no room for more requests at present.",
            "서버가 지금 더 많은 요청을 받을 수 없습니다."),
        Reason::BodyTimeout => (
            "The body did not arrive in time: is a proxy in between slow?",
            "본문이 제시간에 도착하지 않았습니다. 중간 프록시가 느린지 확인해 주십시오."),
        Reason::BodyUnreadable => (
            "The body did not arrive whole: does a proxy cut the connection?",
            "본문이 온전히 도착하지 않았습니다. 프록시가 연결을 끊는지 확인해 주십시오."),
        Reason::SignatureMismatch => (
            "The signature does not match on its side. Is the key the same, and the scheme? Does something change the body before it is verified?",
            "서버 쪽에서 서명이 일치하지 않습니다. 키와 서명 대상이 같은지, 검증 전에 본문이 바뀌는지 확인해 주십시오."),
        Reason::Replayed => (
            "It saw this very request before. Each lookup here is signed anew: does a proxy send it twice?",
            "같은 요청을 이미 받았다고 합니다. 이 콘솔은 조회할 때마다 새로 서명하므로 프록시가 두 번 보내는지 확인해 주십시오."),
        Reason::ReplayGuardUnavailable => (
            "Its replay guard can't answer at present: see its log.",
            "서버의 재전송 방지 장치가 응답하지 않습니다. 서버 로그를 확인해 주십시오."),
        _ => ("It rejects the request.", "서버가 요청을 거부했습니다."),
    };
    Words::new(en, ko)
}
