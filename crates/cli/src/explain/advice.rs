//! Advice: the next steps after a verdict.

use online_contact::Reason;

use super::explanation::{Explanation, Gap, Signature};
use super::key::OLDER;
use crate::lang::Lang;

/// The steps, in the order of doing them.
pub(super) fn advice(explanation: &Explanation, lang: Lang) -> Vec<&'static str> {
    let mut all: Vec<&'static str> = Vec::new();
    match (&explanation.gap, explanation.reason()) {
        (Some(gap), _) => all.push(of_gap(gap, lang)),
        (None, Some(reason)) => all.extend(of_reason(reason, lang)),
        (None, None) if explanation.mistakes.iter().all(|step| step.mistake.id == OLDER.id) => {
            all.push(accepted(lang));
        }
        (None, None) => {}
    }
    for mistake in explanation.mistakes() {
        all.push(mistake.advice.in_lang(lang));
    }
    if explanation.signature == Signature::Unexplained {
        if explanation.gap.is_none() {
            all.extend(questions(lang));
        }
        if explanation.has_service_key {
            all.push(service_key(lang));
        }
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
         key, it verifies a body that was parsed and serialized again, or its clock is off.",
        "요청은 올바릅니다. 이 요청을 거부하는 서버가 있다면 그 서버의 문제입니다. 키가 다르거나, 파싱한 뒤 \
         다시 쓴 본문으로 검증하거나, 시계가 맞지 않는 경우입니다.",
    )
}

/// Names a better capture.
fn of_gap(gap: &Gap, lang: Lang) -> &'static str {
    match gap {
        Gap::Body => lang.pick(
            "Capture the bytes: `curl --trace`, `http --pretty=none --print=HBhb`, tcpdump -A, or the raw \
             body in the application before anything parses it. Then run explain again, or give the \
             sent bytes with --body FILE.",
            "바이트를 그대로 캡처하십시오. `curl --trace`, `http --pretty=none --print=HBhb`, tcpdump -A, 또는 \
             애플리케이션에서 파싱하기 전의 원본 본문이 좋습니다. 그런 다음 explain을 다시 실행하거나 전송된 \
             바이트를 --body FILE로 지정하십시오.",
        ),
        Gap::AuthorizationOmitted => lang.pick(
            "Export the HAR file with sensitive data, use \"Copy as cURL\", or give the header with \
             --header 'Authorization: …' and --header 'X-TC-Timestamp: …' together with --body FILE.",
            "민감한 데이터를 포함해 HAR 파일을 내보내거나 \"cURL로 복사\"를 사용하거나, --header \
             'Authorization: …'과 --header 'X-TC-Timestamp: …'를 --body FILE과 함께 지정하십시오.",
        ),
        Gap::AuthorizationMasked => lang.pick(
            "Switch the masking off for one request, or give the value with --header 'Authorization: …'. \
             A signature alone is valid for five minutes and reveals nothing about the key.",
            "요청 하나에 대해 가리기를 끄거나 --header 'Authorization: …'으로 값을 지정하십시오. 서명은 5분 \
             동안만 유효하고 키를 드러내지 않습니다.",
        ),
    }
}

fn service_key(lang: Lang) -> &'static str {
    lang.pick(
        "The key has 32 hexadecimal digits, as a 서비스 Key of the Open API has. The customer-data lookup \
         has a key of its own: 고객정보관리 → 고객정보연동 → API 설정 → 암호화 키.",
        "키가 Open API의 서비스 Key처럼 16진수 32글자입니다. 고객정보 연동의 키는 따로 있습니다. \
         고객정보관리 → 고객정보연동 → API 설정 → 암호화 키를 확인하십시오.",
    )
}

fn more_time(lang: Lang) -> &'static str {
    lang.pick(
        "Not all combinations were tried: search longer with --time-limit 60.",
        "모든 조합을 시도하지는 못했습니다. --time-limit 60으로 더 오래 찾아볼 수 있습니다.",
    )
}

/// The advice about headers; `None` where the signature decides.
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

/// The next questions where nothing accounts for the signature.
fn questions(lang: Lang) -> [&'static str; 5] {
    [
        lang.pick(
            "Is it the key of this API? Each registered API has its own, and a click on the screen \
             replaces it.",
            "이 API의 키가 맞습니까? 등록된 API마다 키가 따로 있고, 화면에서 한 번 누르면 바뀝니다.",
        ),
        lang.pick(
            "Is the capture what the server receives? Capture after the last proxy; logs cut, mask \
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
        lang.pick(
            "Was it signed for the vendor's Open API (organization ID, URI, sorted values, time, with the \
             서비스 Key)? That is not this recipe; --organization-id ID lets explain recognize it.",
            "Open API의 방식(조직 ID, URI, 정렬한 값, 시간, 서비스 Key)으로 서명하지 않았습니까? 고객정보 연동과는 \
             다른 방식이며, --organization-id ID를 지정하면 explain이 알아볼 수 있습니다.",
        ),
    ]
}
