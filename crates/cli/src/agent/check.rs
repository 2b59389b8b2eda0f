//! The checks of a response: its head, its body, and its envelope.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, StatusCode};
use online_contact::Status;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::http::{ANSWER_LIMIT, Answer};
use crate::input::BYTE_ORDER_MARK;
use crate::lang::Words;

/// A fault of an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Breach {
    /// Stable, for scripts.
    pub(crate) id: &'static str,
    pub(crate) level: Level,
    pub(crate) message: Words,
}

/// The severity of a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Online Contact may fail to read the response.
    Error,
    /// Online Contact can read it, but the vendor's document differs or the agent is misled.
    Advice,
}

impl Level {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Advice => "advice",
        }
    }
}

/// The faults found so far.
#[derive(Default)]
struct Breaches(Vec<Breach>);

type Data = Map<String, Value>;
/// Code, message and detail.
type ErrorObject = (String, String, Option<String>);
type Text = Cow<'static, str>;

impl Breaches {
    fn error(&mut self, id: &'static str, en: impl Into<Text>, ko: impl Into<Text>) {
        self.0.push(Breach { id, level: Level::Error, message: Words::new(en, ko) });
    }

    fn advice(&mut self, id: &'static str, en: impl Into<Text>, ko: impl Into<Text>) {
        self.0.push(Breach { id, level: Level::Advice, message: Words::new(en, ko) });
    }
}

/// The faults of a response, and the parts of its envelope.
pub(super) struct Checked {
    pub(super) breaches: Vec<Breach>,
    pub(super) data: Option<Data>,
    pub(super) error: Option<ErrorObject>,
}

pub(super) fn check(answer: &Answer) -> Checked {
    let mut breaches = Breaches::default();
    if answer.leaks.key {
        leaks_key(&mut breaches);
    }
    if answer.leaks.signature {
        leaks_signature(&mut breaches);
    }
    check_head(answer, &mut breaches);
    let (data, error) = match read_document(answer, &mut breaches) {
        Some(document) => check_envelope(answer.status, &document, &mut breaches),
        None => (None, None),
    };
    Checked { breaches: breaches.0, data, error }
}

fn leaks_key(breaches: &mut Breaches) {
    breaches.error(
        "key_in_answer",
        "the response contains the security key: everyone who sees the response or a log of it can \
         sign. Remove it and issue a new key. It is shown as [security key]",
        "응답에 암호화 키가 들어 있습니다. 응답이나 그 로그를 보는 사람은 누구나 서명할 수 있습니다. 응답에서 \
         빼고 키를 다시 발급하십시오. 여기서는 [security key]로 표시합니다",
    );
}

fn leaks_signature(breaches: &mut Breaches) {
    breaches.error(
        "signature_in_answer",
        "the response contains the expected signature: everyone who sends a request can read the right \
         signature for it. Remove it. It is shown as [signature]",
        "응답에 올바른 서명이 들어 있습니다. 누구나 요청을 보내고 그 요청의 올바른 서명을 읽을 수 있습니다. \
         응답에서 빼십시오. 여기서는 [signature]로 표시합니다",
    );
}

/// A response that takes longer is reported. The vendor names no limit.
const PATIENCE: Duration = Duration::from_secs(5);

fn check_head(answer: &Answer, breaches: &mut Breaches) {
    check_status(answer.status.as_u16(), breaches);
    check_content_type(&answer.headers, breaches);
    check_content_encoding(&answer.headers, breaches);
    check_time(answer.elapsed, breaches);
}

/// Returns whether the body has a content coding, so that it cannot be read as it is.
fn is_encoded(headers: &HeaderMap) -> bool {
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

/// The maximum length of an error object, as in the core's `EnvelopePolicy`.
const FAILURE_LIMIT: usize = 64 * 1024;

/// Returns the object. `None` if the body is not one, which is reported.
fn read_document(answer: &Answer, breaches: &mut Breaches) -> Option<Map<String, Value>> {
    if is_encoded(&answer.headers) {
        return None;
    }
    check_length(answer, breaches)?;
    let body = answer.body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&answer.body);
    if body.len() < answer.body.len() {
        breaches.error(
            "byte_order_mark",
            "the body begins with a byte order mark, which JSON does not allow",
            "본문이 BOM으로 시작합니다. JSON에는 BOM을 넣을 수 없습니다",
        );
    }
    let text = as_utf8(body, breaches)?;
    let value = as_json(text, breaches)?;
    let Value::Object(object) = value else {
        breaches.error(
            "not_an_object",
            format!("the body is {}: expected a JSON object", kind(&value)),
            format!("본문이 JSON 객체가 아니라 {}입니다", kind_ko(&value)),
        );
        return None;
    };
    if let Some(key) = duplicate_key(text) {
        breaches.error(
            "duplicate_key",
            format!("the key {key:?} occurs twice in one object: readers take either value"),
            format!("한 객체에 키 {key:?}이(가) 두 번 있습니다. 어느 값이 읽힐지 알 수 없습니다"),
        );
    }
    Some(object)
}

fn check_length(answer: &Answer, breaches: &mut Breaches) -> Option<()> {
    let length = answer.body.len();
    if answer.truncated {
        breaches.error(
            "too_long",
            format!("the body is longer than {ANSWER_LIMIT} bytes; no more of it was read"),
            format!("본문이 {ANSWER_LIMIT}바이트보다 깁니다. 그 뒤는 읽지 않았습니다"),
        );
        return None;
    }
    if length > FAILURE_LIMIT && answer.status.as_u16() != Status::Success.as_u16() {
        breaches.error(
            "too_long",
            format!(
                "the body of a failure has {length} bytes: expected an error object of at most {FAILURE_LIMIT} bytes"
            ),
            format!("실패 응답의 본문이 {length}바이트입니다. error 객체만 보내야 합니다"),
        );
    }
    if answer.body.trim_ascii().is_empty() {
        breaches.error(
            "body_empty",
            "the body is empty: expected a JSON object with data or error",
            "본문이 비어 있습니다. data 또는 error가 있는 JSON 객체여야 합니다",
        );
        return None;
    }
    Some(())
}

fn as_utf8<'a>(body: &'a [u8], breaches: &mut Breaches) -> Option<&'a str> {
    let error = match std::str::from_utf8(body) {
        Ok(text) => return Some(text),
        Err(error) => error,
    };
    let at = error.valid_up_to() + 1;
    breaches.error(
        "not_utf8",
        format!("the body is not UTF-8: byte {at} is invalid; is it EUC-KR?"),
        format!(
            "본문이 UTF-8이 아닙니다({at}번째 바이트). EUC-KR로 보내고 있지 않은지 확인해 주십시오"
        ),
    );
    None
}

fn as_json(text: &str, breaches: &mut Breaches) -> Option<Value> {
    match serde_json::from_str(text) {
        Ok(value) => Some(value),
        Err(error) => {
            breaches.error(
                "not_json",
                format!("the body is not JSON: {error}"),
                format!("본문이 JSON이 아닙니다: {error}"),
            );
            None
        }
    }
}

/// Returns the type of a value, with its article.
const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

const fn kind_ko(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "참/거짓 값",
        Value::Number(_) => "숫자",
        Value::String(_) => "문자열",
        Value::Array(_) => "배열",
        Value::Object(_) => "객체",
    }
}

/// Returns the first key that occurs twice in one object, at any depth.
fn duplicate_key(json: &str) -> Option<String> {
    serde_json::from_str::<Keys>(json).ok()?.0
}

/// A JSON document reduced to the first key that occurs twice in one object.
struct Keys(Option<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeysVisitor)
    }
}

struct KeysVisitor;

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let (mut seen, mut duplicate) = (HashSet::new(), None);
        while let Some(key) = map.next_key::<String>()? {
            if !seen.insert(key.clone()) {
                duplicate.get_or_insert(key);
            }
            let Keys(within) = map.next_value()?;
            duplicate = duplicate.or(within);
        }
        Ok(Keys(duplicate))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Keys, A::Error> {
        let mut duplicate = None;
        while let Some(Keys(within)) = seq.next_element()? {
            duplicate = duplicate.or(within);
        }
        Ok(Keys(duplicate))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Keys, E> {
        Ok(Keys(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Keys, E> {
        Ok(Keys(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Keys, E> {
        Ok(Keys(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Keys, E> {
        Ok(Keys(None))
    }

    fn visit_str<E>(self, _: &str) -> Result<Keys, E> {
        Ok(Keys(None))
    }

    fn visit_unit<E>(self) -> Result<Keys, E> {
        Ok(Keys(None))
    }
}

fn check_envelope(
    status: StatusCode,
    document: &Map<String, Value>,
    breaches: &mut Breaches,
) -> (Option<Data>, Option<ErrorObject>) {
    let success = status == StatusCode::OK;
    let (data, error) = (document.get("data"), document.get("error"));
    match (data, error) {
        (Some(_), Some(_)) => breaches.error(
            "data_and_error",
            "both data and error are present: expected data with status 200, error with any other",
            "data와 error가 함께 있습니다. 200이면 data만, 그 밖에는 error만 보내야 합니다",
        ),
        (None, Some(_)) if success => breaches.error(
            "success_with_error",
            "status 200 has error: the agent reads that the lookup succeeded",
            "상태 200에 error가 있습니다. 상담원에게는 조회 성공으로 표시됩니다",
        ),
        (Some(_), None) if !success => breaches.error(
            "failure_with_data",
            "a status other than 200 has data: expected error",
            "200이 아닌 상태에 data가 있습니다. error를 보내야 합니다",
        ),
        (None, None) => missing(success, breaches),
        _ => {}
    }
    let error = error.filter(|_| !success).and_then(|error| check_error(error, breaches));
    if status == StatusCode::NOT_FOUND && error.is_some() {
        advise_on_404(breaches);
    }
    (data.filter(|_| success).and_then(|data| check_data(data, breaches)), error)
}

fn missing(success: bool, breaches: &mut Breaches) {
    if success {
        breaches.error(
            "data_missing",
            "data is missing: expected {\"data\": {…}} with status 200",
            "data가 없습니다. 상태 200에는 {\"data\": {…}}가 있어야 합니다",
        );
    } else {
        breaches.error(
            "error_missing",
            "error is missing: expected {\"error\": {\"code\", \"message\", \"detail\"}}",
            "error가 없습니다. {\"error\": {\"code\", \"message\", \"detail\"}}이 있어야 합니다",
        );
    }
}

fn advise_on_404(breaches: &mut Breaches) {
    breaches.advice(
        "no_result_as_404",
        "the agent reads a 404 as an error of the server: if nothing was found, send 400",
        "404는 상담원에게 서버 에러로 표시됩니다. 조회 결과가 없다는 뜻이면 400을 보내야 합니다",
    );
}

fn check_data(data: &Value, breaches: &mut Breaches) -> Option<Data> {
    let Value::Object(data) = data else {
        breaches.error(
            "data_not_object",
            format!("data is {}: expected an object with the result items", kind(data)),
            format!("data가 {}입니다. 결과 항목이 담긴 객체여야 합니다", kind_ko(data)),
        );
        return None;
    };
    if data.is_empty() {
        breaches.advice(
            "data_empty",
            "data is empty: the agent reads that the lookup succeeded and sees nothing; send 400 if there is no result",
            "data가 비어 있습니다. 조회 성공이지만 아무것도 보이지 않습니다. 결과가 없으면 400을 보내십시오",
        );
    }
    for (name, value) in data {
        check_item(name, value, breaches);
    }
    Some(data.clone())
}

fn check_item(name: &str, value: &Value, breaches: &mut Breaches) {
    match value {
        Value::Null | Value::String(_) => {}
        Value::Array(_) | Value::Object(_) => breaches.error(
            "value_nested",
            format!("data.{name} is {}: expected a string", kind(value)),
            format!(
                "data.{name}이(가) {}입니다. 결과 항목은 문자열 하나여야 합니다",
                kind_ko(value)
            ),
        ),
        Value::Bool(_) | Value::Number(_) => breaches.advice(
            "value_not_string",
            format!("data.{name} is {}: the vendor's document has a string", kind(value)),
            format!("data.{name}이(가) {}입니다. OC 문서의 타입은 String입니다", kind_ko(value)),
        ),
    }
}

fn check_error(error: &Value, breaches: &mut Breaches) -> Option<ErrorObject> {
    let Value::Object(error) = error else {
        breaches.error(
            "error_not_object",
            format!("error is {}: expected an object", kind(error)),
            format!("error가 {}입니다. 객체여야 합니다", kind_ko(error)),
        );
        return None;
    };
    // The vendor's table has a string and the vendor's example a number.
    let code =
        check_member(error, "code", |value| value.is_string() || value.is_number(), breaches);
    let message = check_member(error, "message", Value::is_string, breaches);
    let detail = check_member(error, "detail", |v| v.is_string() || v.is_null(), breaches);
    Some((shown(code).unwrap_or_default(), shown(message).unwrap_or_default(), shown(detail)))
}

/// The members of `error`, the ids of their faults, and the expected types.
const MEMBERS: [(&str, &str, &str, &str, &str); 3] = [
    ("code", "error_code_missing", "error_code_type", "a string or a number", "문자열이나 숫자"),
    ("message", "error_message_missing", "error_message_type", "a string", "문자열"),
    ("detail", "error_detail_missing", "error_detail_type", "a string or null", "문자열이나 null"),
];

fn check_member<'a>(
    error: &'a Map<String, Value>,
    name: &str,
    fits: impl Fn(&Value) -> bool,
    breaches: &mut Breaches,
) -> Option<&'a Value> {
    let (_, missing, wrong, en, ko) = MEMBERS.into_iter().find(|member| member.0 == name)?;
    match error.get(name) {
        None => breaches.error(
            missing,
            format!("error.{name} is missing: expected {en}"),
            format!("error.{name}이(가) 없습니다. {ko}이어야 합니다"),
        ),
        Some(value) if !fits(value) => breaches.error(
            wrong,
            format!("error.{name} is {}: expected {en}", kind(value)),
            format!("error.{name}이(가) {}입니다. {ko}이어야 합니다", kind_ko(value)),
        ),
        Some(_) => {}
    }
    error.get(name)
}

/// Returns the text that the agent reads; `None` for `null`.
fn shown(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
