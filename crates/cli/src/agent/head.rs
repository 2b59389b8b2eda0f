//! The status, the headers and the time.

use std::time::Duration;

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName};
use online_contact::Status;

use super::breach::Breaches;
use crate::http::Answer;

/// A response that takes longer is reported. The vendor names no limit.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn check(answer: &Answer, breaches: &mut Breaches) {
    check_status(answer.status.as_u16(), breaches);
    check_content_type(&answer.headers, breaches);
    check_content_encoding(&answer.headers, breaches);
    check_time(answer.elapsed, breaches);
}

/// Returns whether the body has a content coding, so that it cannot be read as it is.
pub(super) fn is_encoded(headers: &HeaderMap) -> bool {
    let encodings = headers.get_all(CONTENT_ENCODING);
    encodings.iter().any(|value| !value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity"))
}

fn check_status(code: u16, breaches: &mut Breaches) {
    if Status::from_u16(code).is_none() {
        breaches.error(
            "status_unknown",
            format!("status {code} is unknown to OC: expected 200, 400, 403, 404 or 500"),
            format!(
                "상태 {code}은(는) OC가 모르는 값입니다. 200, 400, 403, 404, 500 중 하나여야 합니다"
            ),
        );
    }
}

fn check_content_type(headers: &HeaderMap, breaches: &mut Breaches) {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let Some(value) = values.next() else {
        return breaches.error(
            "content_type_missing",
            "Content-Type is missing: expected application/json; charset=utf-8",
            "Content-Type이 없습니다. application/json; charset=utf-8이어야 합니다",
        );
    };
    if values.next().is_some() {
        return breaches.error(
            "content_type_duplicated",
            "Content-Type occurs more than once: expected one",
            "Content-Type 헤더가 여러 개입니다. 하나여야 합니다",
        );
    }
    check_media_type(value.as_bytes(), breaches);
}

fn check_media_type(value: &[u8], breaches: &mut Breaches) {
    let shown = String::from_utf8_lossy(value);
    let mut parts = value.split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
    if !parts.next().unwrap_or_default().eq_ignore_ascii_case(b"application/json") {
        return breaches.error(
            "content_type",
            format!("Content-Type is {shown:?}: expected application/json; charset=utf-8"),
            format!("Content-Type이 {shown:?}입니다. application/json; charset=utf-8이어야 합니다"),
        );
    }
    let parameters = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>();
    match parameters.as_slice() {
        [one] if one.eq_ignore_ascii_case(b"charset=utf-8") => {}
        [one] if one.eq_ignore_ascii_case(b"charset=\"utf-8\"") => {}
        [] => breaches.advice(
            "charset_missing",
            "Content-Type names no charset: expected application/json; charset=utf-8",
            "Content-Type에 charset이 없습니다. application/json; charset=utf-8을 권합니다",
        ),
        _ => breaches.error(
            "charset",
            format!("Content-Type is {shown:?}: expected the charset utf-8"),
            format!("Content-Type이 {shown:?}입니다. charset은 utf-8이어야 합니다"),
        ),
    }
}

fn check_content_encoding(headers: &HeaderMap, breaches: &mut Breaches) {
    if is_encoded(headers) {
        let shown = all_values(headers, &CONTENT_ENCODING);
        breaches.error(
            "content_encoding",
            format!("the body is encoded ({shown:?}) although the request did not ask for it: send it without a coding"),
            format!(
                "요청하지 않았는데 본문이 {shown:?}(으)로 인코딩되어 있습니다. 그대로 보내야 합니다"
            ),
        );
    }
}

fn all_values(headers: &HeaderMap, name: &HeaderName) -> String {
    let values =
        headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
    values.collect::<Vec<_>>().join(", ")
}

fn check_time(elapsed: Duration, breaches: &mut Breaches) {
    if elapsed > PATIENCE {
        let seconds = elapsed.as_secs();
        breaches.advice(
            "slow",
            format!("the response took {seconds} s; the vendor names no limit, but an agent is waiting"),
            format!("응답에 {seconds}초가 걸렸습니다. OC 문서에 제한은 없지만 상담원이 기다리고 있습니다"),
        );
    }
}
