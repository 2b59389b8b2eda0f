//! `{"data": {…}}` with 200, `{"error": {"code", "message", "detail"}}` with anything else.

use http::StatusCode;
use serde_json::{Map, Value};

use super::breach::Breaches;
use super::document::{kind, kind_ko};

type Data = Map<String, Value>;
type ErrorObject = (String, String, Option<String>);

pub(super) fn check(
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
    Some((text(code).unwrap_or_default(), text(message).unwrap_or_default(), text(detail)))
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
fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
