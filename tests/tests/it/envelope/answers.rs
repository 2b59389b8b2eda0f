//! Responses of handlers, and the expected responses of the server.

use serde_json::{Value, json};

pub(crate) const JSON: &str = "application/json";
const ERROR: &[u8] = br#"{"error":{"code":911,"message":"Not existing user.","detail":null}}"#;

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: Option<&'static str>, body: &[u8]) -> Self {
        Self { status, content_type, body: body.to_vec() }
    }
}

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) answer: Answer,
    pub(crate) status: u16,
    pub(crate) leaves: Leaves,
}

/// The body that leaves.
pub(crate) enum Leaves {
    /// The very bytes of the answer.
    Untouched,
    /// Another error object.
    Substitute,
    /// This error object, made of what the answer's had.
    Repaired(Value),
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = statuses();
    cases.extend(substituted());
    cases.extend(repaired());
    cases.extend(taken_or_not());
    cases.extend(successes());
    cases
}

/// Every status there is for a failure: with nothing, with a page, and with an error object.
fn statuses() -> Vec<Case> {
    let kinds: [(&str, Option<&'static str>, &[u8]); 3] = [
        ("nothing", None, b""),
        ("a page", Some("text/html"), b"<h1>Sorry</h1>"),
        ("an error object", Some(JSON), ERROR),
    ];
    let mut cases = Vec::new();
    for status in 400..=599 {
        for (kind, content_type, body) in kinds {
            cases.push(Case {
                name: format!("{status} with {kind}"),
                answer: Answer::new(status, content_type, body),
                status: nearest(status),
                leaves: if body == ERROR { Leaves::Untouched } else { Leaves::Substitute },
            });
        }
    }
    cases
}

fn nearest(status: u16) -> u16 {
    match status {
        401 | 403 => 403,
        404 | 405 => 404,
        // The agent must not read "no result" when the server was slow or busy.
        408 | 429 => 500,
        400..=499 => 400,
        _ => 500,
    }
}

/// Bodies of a 400 that are no error object.
fn substituted() -> impl Iterator<Item = Case> {
    let bodies: [(&str, &[u8]); 14] = [
        ("truncated JSON", br#"{"error":{"code":911,"message":"Not exi"#),
        ("an error that is a text", br#"{"error":"Not existing user."}"#),
        ("an error that is null", br#"{"error":null}"#),
        ("an empty error object", br#"{"error":{}}"#),
        ("no code", br#"{"error":{"message":"m","detail":null}}"#),
        ("no message", br#"{"error":{"code":1,"detail":null}}"#),
        ("a code of another type", br#"{"error":{"code":true,"message":"m","detail":null}}"#),
        ("a message of another type", br#"{"error":{"code":1,"message":2,"detail":null}}"#),
        ("data and no error", br#"{"data":{}}"#),
        ("an array", br#"[{"error":{"code":1,"message":"m","detail":null}}]"#),
        ("a lone string", br#""Not existing user.""#),
        ("null", b"null"),
        (
            "bytes that are not UTF-8",
            b"{\"error\":{\"code\":1,\"message\":\"\xff\",\"detail\":null}}",
        ),
        ("something behind the object", br#"{"error":{"code":1,"message":"m","detail":null}} x"#),
    ];
    let case = |(name, body)| of_400(name, JSON, body, Leaves::Substitute);
    bodies.into_iter().map(case)
}

/// Bodies of a 400 that are not quite an error object.
fn repaired() -> [Case; 2] {
    [
        of_400(
            "no detail",
            JSON,
            br#"{"error":{"code":"911","message":"m"}}"#,
            Leaves::Repaired(json!({"code": "911", "message": "m", "detail": null})),
        ),
        of_400(
            "a detail of another type",
            JSON,
            br#"{"error":{"code":911,"message":"m","detail":{"field":"callNum"}}}"#,
            Leaves::Repaired(
                json!({"code": 911, "message": "m", "detail": "{\"field\":\"callNum\"}"}),
            ),
        ),
    ]
}

/// Responses without a JSON content type.
fn taken_or_not() -> [Case; 2] {
    [
        of_400("an error object as text", "text/plain", ERROR, Leaves::Untouched),
        of_400("a page of 100 KiB", "text/html", &vec![b'x'; 100 * 1024], Leaves::Substitute),
    ]
}

fn of_400(name: &str, content_type: &'static str, body: &[u8], leaves: Leaves) -> Case {
    Case {
        name: format!("400 with {name}"),
        answer: Answer::new(400, Some(content_type), body),
        status: 400,
        leaves,
    }
}

/// Status, content type and body of an answer, and the status that replaces it, if one does.
type Row<'a> = (u16, Option<&'static str>, &'a [u8], Option<u16>);

/// Successes, held to the contract strictly.
fn successes() -> Vec<Case> {
    let data: &[u8] = br#"{"data":{"userName":"test"}}"#;
    let long = format!(r#"{{"data":{{"memo":"{}"}}}}"#, "x".repeat(100 * 1024));
    let table: [Row<'_>; 25] = [
        (200, Some(JSON), data, None),
        (200, Some("application/json; charset=utf-8"), data, None),
        (200, Some("text/plain"), data, None),
        (200, None, data, None),
        (200, Some("application/jsonx"), data, None),
        (200, Some("application/json; charset=euc-kr"), data, None),
        (200, Some(JSON), b"{\"data\":{\"userName\":\"\xff\"}}", Some(500)),
        (200, Some(JSON), br#" {"data":null}"#, None),
        (200, Some(JSON), long.as_bytes(), None),
        (201, Some(JSON), data, None),
        (202, Some(JSON), data, None),
        (206, Some(JSON), data, None),
        (200, Some(JSON), b"", Some(500)),
        (200, Some("text/html"), b"<h1>Welcome</h1>", Some(500)),
        (200, Some(JSON), b"{}", Some(500)),
        (200, Some(JSON), br#"{"userName":"test"}"#, Some(500)),
        (200, Some(JSON), br#"[{"data":{}}]"#, Some(500)),
        (200, Some(JSON), br#"{"data":{"userName":"te"#, Some(500)),
        (200, Some(JSON), ERROR, Some(500)),
        (201, Some(JSON), b"", Some(500)),
        (204, None, b"", Some(500)),
        (301, None, b"", Some(500)),
        (302, Some("text/html"), b"<a href=/login>Log in</a>", Some(500)),
        (304, None, b"", Some(500)),
        (307, None, b"", Some(500)),
    ];
    let start = |body: &[u8]| String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
    let case = |(status, content_type, body, replaced): Row<'_>| Case {
        name: format!("{status} {content_type:?} {}", start(body)),
        answer: Answer::new(status, content_type, body),
        status: replaced.unwrap_or(200),
        leaves: if replaced.is_some() { Leaves::Substitute } else { Leaves::Untouched },
    };
    table.into_iter().map(case).collect()
}
