//! Remarks on the capture and the key that hold whatever the verdict is.

use crate::captured::CapturedRequest;
use crate::key::KeyText;
use crate::lang::Words;

/// Collects the remarks, in both languages.
pub(super) fn notes(request: &CapturedRequest, keys: &[KeyText]) -> Vec<Words> {
    let mut notes = request.source.remarks.clone();
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
    if is_open_api(request) {
        notes.push(Words::fixed(
            "This looks like a request to the vendor's Open API (organization ID, URI, sorted values and \
             time, with the 서비스 Key). That recipe is not the one of the customer-data lookup.",
            "Open API 요청으로 보입니다(조직 ID, URI, 정렬한 값, 시간, 서비스 Key). 고객정보 연동과는 다른 \
             방식입니다.",
        ));
    }
    notes
}

/// The Open API's paths and headers.
fn is_open_api(request: &CapturedRequest) -> bool {
    let path = request.target.as_deref().is_some_and(|target| target.contains("/openapi/"));
    path || ["oucode", "oc-client-ip"].iter().any(|name| request.header(name).next().is_some())
}

/// The line end of a key file is not a blank: every file has one.
fn has_blanks(key: &KeyText) -> bool {
    let text = key.bytes();
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    text.last().is_some_and(u8::is_ascii_whitespace)
}
