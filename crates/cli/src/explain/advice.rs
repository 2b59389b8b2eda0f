//! What to do about a rejection, and what is odd about a capture.

use online_contact::Reason;

use super::explanation::{Explanation, Signature};
use crate::captured::CapturedRequest;
use crate::key::KeyText;
use crate::lang::{Lang, Words};

/// What to do, in the order of doing it.
pub(super) fn advice(explanation: &Explanation, lang: Lang) -> Vec<&'static str> {
    let mut all: Vec<&'static str> = Vec::new();
    if let Some(reason) = explanation.reason() {
        all.extend(of_reason(reason, lang));
    } else {
        all.push(accepted(lang));
    }
    for mistake in explanation.mistakes() {
        all.push(mistake.advice.in_lang(lang));
    }
    if explanation.signature == Signature::Unexplained {
        all.extend(questions(lang));
        if !explanation.tally.complete {
            all.push(more_time(lang));
        }
    }
    let mut seen = Vec::new();
    all.retain(|words| {
        !seen.contains(words) && {
            seen.push(*words);
            true
        }
    });
    all
}

fn accepted(lang: Lang) -> &'static str {
    lang.pick(
        "The request is right. If a server rejects it, the fault is in that server: it has another \
         key, it verifies a body that was parsed and written anew, or its clock is off.",
        "요청은 올바릅니다. 이 요청을 거절하는 서버가 있다면 그 서버의 문제입니다. 키가 다르거나, 파싱한 뒤 \
         다시 쓴 본문으로 검증하거나, 시계가 맞지 않는 경우입니다.",
    )
}

fn more_time(lang: Lang) -> &'static str {
    lang.pick(
        "Not all combinations were tried: search longer with --time-limit 60.",
        "모든 조합을 시도하지는 못했습니다. --time-limit 60으로 더 오래 찾아볼 수 있습니다.",
    )
}

/// What to do about the headers; `None` where the signature decides.
fn of_reason(reason: Reason, lang: Lang) -> Option<&'static str> {
    Some(match reason {
        Reason::HeaderDuplicated => lang.pick(
            "Send X-TC-Timestamp and Authorization once each. A proxy or a client library may add a \
             second Authorization of its own.",
            "X-TC-Timestamp와 Authorization을 각각 한 번만 보내십시오. 프록시나 클라이언트 라이브러리가 \
             Authorization을 하나 더 붙일 수 있습니다.",
        ),
        Reason::AuthorizationMissing => lang.pick(
            "Send Authorization. If the sender does, a proxy or a redirect on the way drops it.",
            "Authorization을 보내십시오. 보내고 있다면 중간의 프록시나 리다이렉트가 지운 것입니다.",
        ),
        Reason::AuthorizationMalformed => lang.pick(
            "Authorization must be the padded standard base64 of 32 bytes: 44 characters, no prefix.",
            "Authorization은 32바이트의 표준 base64여야 합니다. 패딩을 포함해 44글자이고 접두어가 없습니다.",
        ),
        Reason::BodyTooLarge => lang.pick(
            "The body is longer than the limit (1 MiB unless set): raise the server's body limit or \
             send less.",
            "본문이 제한(기본 1 MiB)보다 깁니다. 서버의 본문 제한을 늘리거나 더 짧게 보내십시오.",
        ),
        _ => return of_timestamp(reason, lang),
    })
}

fn of_timestamp(reason: Reason, lang: Lang) -> Option<&'static str> {
    Some(match reason {
        Reason::TimestampMissing => lang.pick(
            "Send X-TC-Timestamp. If the sender does, a proxy on the way drops it.",
            "X-TC-Timestamp를 보내십시오. 보내고 있다면 중간의 프록시가 지운 것입니다.",
        ),
        Reason::TimestampNotNumeric => lang.pick(
            "Write X-TC-Timestamp in decimal digits only: milliseconds since 1970 in UTC, without \
             sign, leading zero, point or unit.",
            "X-TC-Timestamp는 10진수 숫자로만 적으십시오. UTC 기준 1970년부터의 밀리초이며 부호, 앞의 0, \
             소수점, 단위가 없어야 합니다.",
        ),
        Reason::TimestampExpired => lang.pick(
            "The request is older than the window. For an old capture this is as it should be \
             (--now sets the moment); for a fresh one, compare both clocks (NTP).",
            "요청이 허용 시간보다 오래되었습니다. 오래된 캡처라면 당연한 결과이고(--now로 기준 시각을 지정할 수 \
             있습니다) 방금 보낸 요청이라면 양쪽 시계(NTP)를 확인하십시오.",
        ),
        Reason::TimestampInFuture => lang.pick(
            "The request is dated further ahead than the window: compare both clocks (NTP).",
            "요청의 시각이 허용 시간보다 앞서 있습니다. 양쪽 시계(NTP)를 확인하십시오.",
        ),
        _ => return None,
    })
}

/// What to ask next where nothing accounts for the signature.
fn questions(lang: Lang) -> [&'static str; 4] {
    [
        lang.pick(
            "Is it the key of this API? Each registered API has its own, and a click on the screen \
             replaces it.",
            "이 API의 키가 맞습니까? 등록된 API마다 키가 따로 있고, 화면에서 한 번 누르면 바뀝니다.",
        ),
        lang.pick(
            "Is the capture what the server receives? Capture behind the last proxy; logs cut, mask \
             and re-encode bodies.",
            "캡처가 서버가 받은 그대로입니까? 마지막 프록시 뒤에서 캡처하십시오. 로그는 본문을 자르거나 가리거나 \
             다시 인코딩합니다.",
        ),
        lang.pick(
            "Does a proxy, gateway or firewall (WAF) change the body or the path on the way?",
            "중간의 프록시, 게이트웨이, 방화벽(WAF)이 본문이나 경로를 바꾸지 않습니까?",
        ),
        lang.pick(
            "Do both sides use the same scheme? Try --scheme uri_body_time with the original path, \
             and --prefix with what a proxy strips.",
            "양쪽의 서명 방식이 같습니까? 원래 경로로 --scheme uri_body_time을, 프록시가 경로를 바꾼다면 \
             --prefix를 지정해 보십시오.",
        ),
    ]
}

/// What is odd about the capture or the key, in both languages.
pub(super) fn notes(request: &CapturedRequest, keys: &[KeyText]) -> Vec<Words> {
    let mut notes = Vec::new();
    let found = request.body.as_ref().map_or(0, Vec::len);
    if let Some(declared) = request.declared_length().filter(|&length| length > found as u64) {
        notes.push(Words::new(
            format!("The body has {found} bytes, but Content-Length says {declared}: the capture is cut short, or its line ends were changed."),
            format!("본문은 {found}바이트인데 Content-Length는 {declared}입니다. 캡처가 잘렸거나 줄 끝이 바뀌었습니다."),
        ));
    }
    let surplus = request.surplus.len();
    if !request.surplus.trim_ascii().is_empty() {
        notes.push(Words::new(
            format!(
                "{surplus} bytes follow the body beyond its Content-Length: they were left out."
            ),
            format!("Content-Length를 넘는 {surplus}바이트는 본문에서 제외했습니다."),
        ));
    }
    for key in keys.iter().filter(|key| has_blanks(key)) {
        let label = key.label();
        notes.push(Words::new(
            format!("The key {label} was given with white space around it, which was cut off; a program that does not cut it signs otherwise."),
            format!("키 {label}의 앞뒤 공백을 잘라 냈습니다. 잘라 내지 않는 프로그램은 다르게 서명합니다."),
        ));
    }
    notes
}

/// The line end of a key file is no blank: every file has one.
fn has_blanks(key: &KeyText) -> bool {
    let text = key.bytes();
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.last().is_some_and(u8::is_ascii_whitespace)
}
