//! The forms of captures, good and bad.

use online_contact_cli::captured::{CaptureError, CapturedRequest, LONGEST};
use serde_json::json;

use crate::support::{MOMENT, Run, command, run, run_with_stdin};

/// Signs the body of the documents at the moment of the examples.
pub(crate) const SIGNATURE: &str = "YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=";
pub(crate) const BODY: &str = r#"{"callNum":"1","nation":"korea"}"#;

pub(crate) fn explain(capture: &[u8], more: &[&str]) -> Run {
    let args = [&["explain", "--request", "-", "--json", "--now", MOMENT], more].concat();
    run_with_stdin(command(&args), capture)
}

pub(crate) fn assert_accepted(capture: impl AsRef<[u8]>, more: &[&str]) {
    let run = explain(capture.as_ref(), more);
    assert_eq!(run.status, 0, "{run:?}");
    assert_eq!(run.json()["verdict"], "accepted");
}

pub(crate) fn head() -> String {
    format!(
        "POST /customer HTTP/1.1\r\nhost: a\r\nX-TC-Timestamp: {MOMENT}\r\nAuthorization: {SIGNATURE}\r\n"
    )
}

#[test]
fn raw_http_is_read_with_either_line_end() {
    let crlf = format!("{}Content-Length: 32\r\n\r\n{BODY}", head());
    assert_accepted(&crlf, &[]);
    assert_accepted(crlf.replace("\r\n", "\n"), &[]);
    // With what an editor adds before and behind it.
    assert_accepted(format!("\u{feff}\n\n{crlf}\n"), &[]);
    // Without a length the body goes to the end of the file.
    assert_accepted(format!("{}\r\n{BODY}", head()), &[]);
}

#[test]
fn chunks_are_put_together() {
    let chunks = "A;name=value\r\n{\"callNum\"\r\n00016\r\n:\"1\",\"nation\":\"korea\"}\r\n0\r\nTrailer: x\r\n\r\n";
    let coded = format!("{}Transfer-Encoding: gzip, chunked\r\n\r\n", head());
    assert_accepted(format!("{coded}{chunks}"), &[]);
    assert_accepted(format!("{coded}{chunks}").replace("\r\n", "\n"), &[]);
    // Many logs have the header, and the body without its coding.
    assert_accepted(format!("{coded}{BODY}"), &[]);
}

#[test]
fn broken_chunks_are_named() {
    let coded = format!("{}Transfer-Encoding: chunked\r\n\r\n", head());
    for (chunks, expected) in [
        ("5\r\nab", "a chunk as long as its size says"),
        ("2\r\nabc\r\n0\r\n", "a line end after a chunk"),
        ("2\r\nab\r\nzz\r\n", "the size of a chunk in hexadecimal"),
        ("2\r\nab\r\n", "the size of a chunk in hexadecimal"),
        ("ffffffffffffffff\r\nab", "a chunk as long as its size says"),
    ] {
        let error =
            CapturedRequest::parse(format!("{coded}{chunks}").as_bytes(), None).unwrap_err();
        assert!(error.to_string().contains(expected), "{chunks:?}: {error}");
    }
}

fn signed_headers() -> serde_json::Value {
    json!([
        { "name": ":path", "value": "/customer" },
        { "name": "x-tc-timestamp", "value": MOMENT },
        { "name": "authorization", "value": SIGNATURE },
    ])
}

fn entry(
    method: &str,
    url: &str,
    headers: &serde_json::Value,
    data: &serde_json::Value,
) -> serde_json::Value {
    json!({
        "startedDateTime": "2024-11-23T22:13:20.000Z", "time": 12.5,
        "request": {
            "method": method, "url": url, "httpVersion": "h2", "cookies": [], "queryString": [],
            "headers": headers, "headersSize": -1, "bodySize": 32, "postData": data,
        },
        "response": { "status": 403 }, "cache": {}, "timings": {},
    })
}

fn har(entries: &[serde_json::Value]) -> Vec<u8> {
    let creator = json!({ "name": "WebInspector", "version": "537.36" });
    json!({ "log": { "version": "1.2", "creator": creator, "pages": [], "entries": entries } })
        .to_string()
        .into_bytes()
}

#[test]
fn har_of_chrome_and_of_firefox_is_read() {
    let url = "https://crm.example.com/customer?x=%20#part";
    let other = entry("GET", "https://crm.example.com/", &json!([]), &json!(null));
    let unsigned = entry("POST", url, &json!([]), &json!({ "mimeType": "text/plain", "text": "" }));
    let chrome = json!({ "mimeType": "application/json", "text": BODY });
    let chrome = entry("POST", url, &signed_headers(), &chrome);
    let capture = har(&[other.clone(), unsigned, chrome]);
    assert_accepted(&capture, &[]);
    assert_accepted(&capture, &["--entry", "3"]);
    let request = CapturedRequest::parse(&capture, None).unwrap();
    assert_eq!(request.target.as_deref(), Some("/customer?x=%20"));
    let names: Vec<_> = request.headers.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["x-tc-timestamp", "authorization", "host"], "pseudo-headers are none");
    assert_eq!(request.header("host").next(), Some(&b"crm.example.com"[..]));
    let firefox = json!({ "mimeType": "application/json", "params": [], "text": BODY });
    assert_accepted(har(&[entry("POST", url, &signed_headers(), &firefox)]), &[]);
    // A proxy that keeps the bytes.
    let coded = json!({ "mimeType": "", "encoding": "base64",
        "text": "eyJjYWxsTnVtIjoiMSIsIm5hdGlvbiI6\nImtvcmVhIn0=" });
    assert_accepted(har(&[entry("POST", url, &signed_headers(), &coded)]), &[]);
}

/// HTTP/2 has no `Host`: its authority, or the URL, says what a full URL begins with.
#[test]
fn har_of_http2_has_a_host() {
    let mac = |message: String| {
        super::draft::base64(&super::draft::hmac_sha256(
            crate::support::KEY.as_bytes(),
            message.as_bytes(),
        ))
    };
    let signed = mac(format!("https://crm.example.com/customer{BODY}{MOMENT}"));
    let mut headers = signed_headers();
    headers[2]["value"] = signed.into();
    let data = json!({ "mimeType": "application/json", "text": BODY });
    let url = "https://user@crm.example.com/customer";
    for authority in [None, Some(json!({ "name": ":authority", "value": "crm.example.com" }))] {
        headers.as_array_mut().unwrap().extend(authority);
        let capture = har(&[entry("POST", url, &headers, &data)]);
        let answer = explain(&capture, &["--scheme", "uri_body_time"]).json();
        assert_eq!(answer["mistakes"], json!(["uri_full_url"]), "{answer:#}");
    }
}

#[test]
fn har_that_does_not_fit_says_why() {
    let post = |data| entry("POST", "https://a/", &signed_headers(), &data);
    let get = entry("GET", "https://a/", &json!([]), &json!(null));
    let parse = |capture: &[u8], entry| CapturedRequest::parse(capture, entry).unwrap_err();
    assert!(matches!(parse(b"{\"log\":{}}", None), CaptureError::Har(_)));
    assert!(matches!(parse(b"{\"log\":", None), CaptureError::Har(_)));
    assert_eq!(parse(&har(&[get.clone(), get.clone()]), None), CaptureError::NoSignedEntry(2));
    assert_eq!(parse(&har(&[]), None), CaptureError::NoSignedEntry(0));
    assert_eq!(parse(&har(std::slice::from_ref(&get)), Some(2)), CaptureError::NoSuchEntry(2, 1));
    assert_eq!(parse(&har(&[get]), Some(0)), CaptureError::NoSuchEntry(0, 1));
    let coded = post(json!({ "text": "?", "encoding": "base64" }));
    assert_eq!(parse(&har(&[coded]), None), CaptureError::HarBase64);
    assert_eq!(parse(b"POST / HTTP/1.1\n\n", Some(1)), CaptureError::EntryOfNoHar);
    let run = explain(&har(&[post(json!({ "mimeType": "x", "params": [] }))]), &[]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("--body"), "{run:?}");
}

#[test]
fn what_is_no_request_is_rejected_with_what_was_expected() {
    let many = format!("POST / HTTP/1.1\n{}\n", "a: b\n".repeat(300));
    for (capture, expected) in [
        ("", CaptureError::Empty),
        (" \r\n\t", CaptureError::Empty),
        ("HTTP/1.1 403 Forbidden\r\n\r\n", CaptureError::IsAResponse),
        ("hello", CaptureError::NotARequest),
        ("hello world", CaptureError::NotARequest),
        ("POST /customer\r\n\r\n", CaptureError::NotARequest),
        ("<html> of HTTP/1.1", CaptureError::NotARequest),
        ("* nothing was sent\n", CaptureError::NotARequest),
        ("POST / HTTP/1.1\r\nno colon\r\n\r\n", CaptureError::Headers),
        ("POST / HTTP/1.1\r\na: b\r\n folded\r\n\r\n", CaptureError::Headers),
        ("POST / HTTP/1.1\r\nb l: c\r\n\r\n", CaptureError::Headers),
        (&many, CaptureError::TooManyHeaders),
    ] {
        assert_eq!(CapturedRequest::parse(capture.as_bytes(), None), Err(expected), "{capture:?}");
        assert_eq!(explain(capture.as_bytes(), &[]).status, 2);
    }
    let bytes = CapturedRequest::parse(b"POST /\xff HTTP/1.1\n\n", None);
    assert_eq!(bytes, Err(CaptureError::NotARequest));
    let long = vec![b' '; LONGEST + 1];
    assert_eq!(CapturedRequest::parse(&long, None), Err(CaptureError::TooLong));
}

#[test]
fn a_body_that_is_shorter_or_longer_than_declared_is_noted() {
    let short = format!("{}Content-Length: 40\r\n\r\n{BODY}", head());
    let answer = explain(short.as_bytes(), &[]).json();
    assert_eq!(answer["verdict"], "undecided");
    assert_eq!(answer["gap"], "body");
    assert_eq!(answer["capture"]["declared_bytes"], 40);
    // The length counts characters, which programs take for bytes.
    let long = format!("{}Content-Length: 30\r\n\r\n{BODY}", head());
    let answer = explain(long.as_bytes(), &[]).json();
    assert_eq!(answer["mistakes"], json!(["body_past_content_length"]), "{answer:#}");
    assert!(answer["notes"][0].as_str().unwrap().contains('2'), "{answer:#}");
}

#[test]
fn pieces_make_a_request() {
    let body = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(body.path(), BODY).unwrap();
    let time = format!("X-TC-Timestamp:   {MOMENT} ");
    let authorization = format!("authorization:{SIGNATURE}");
    let path = body.path().to_str().unwrap();
    let args = |body| {
        ["explain", "--header", &time, "-H", &authorization, "--body", body, "--now", MOMENT]
            .map(str::to_owned)
    };
    assert_eq!(run(&args(path).each_ref().map(String::as_str)).status, 0);
    let stdin = args("-");
    let stdin = command(&stdin.each_ref().map(String::as_str));
    assert_eq!(run_with_stdin(stdin, BODY.as_bytes()).status, 0);
}

#[test]
fn pieces_that_do_not_fit_are_rejected() {
    for (args, expected) in [
        (&["explain"][..], "--request"),
        (&["explain", "--header", "no colon", "--body", "/dev/null"], "Name: value"),
        (&["explain", "--header", "a: b"], "--body"),
        (&["explain", "--header", "a: b", "--request", "-"], "cannot be used with"),
        (&["explain", "--request", "-", "--body", "-"], "stdin"),
        (&["explain", "--header", "a: b", "--entry", "1"], "cannot be used with"),
        (&["explain", "--request", "/no/such/file"], "/no/such/file"),
        (&["explain", "--header", "a: b", "--body", "/dev/null", "--scheme", "x"], "body_time"),
        (
            &["explain", "--header", "a: b", "--body", "/dev/null", "--scheme", "uri_body_time"],
            "--uri",
        ),
        (&["explain", "--header", "a: b", "--body", "/dev/null", "--window", "0"], "window"),
        (
            &["explain", "--header", "a: b", "--body", "/dev/null", "--time-limit=-1"],
            "--time-limit",
        ),
    ] {
        let capture = format!("{}\r\n", head());
        let run = run_with_stdin(command(args), capture.as_bytes());
        assert_eq!(run.status, 2, "{args:?}: {run:?}");
        assert!(run.stderr.contains(expected), "{args:?}: {run:?}");
        assert_eq!(run.stdout, "");
    }
}

/// A request on paper: what HTTP would change on the way is kept in a HAR file.
#[test]
fn blanks_around_a_timestamp_are_named() {
    let mut headers = signed_headers();
    headers[1]["value"] = format!(" {MOMENT}").into();
    let data = json!({ "mimeType": "", "text": BODY });
    let answer = explain(&har(&[entry("POST", "/customer", &headers, &data)]), &[]).json();
    assert_eq!(answer["reason"], "timestamp_not_numeric");
    assert_eq!(answer["mistakes"], json!(["time_white_space"]), "{answer:#}");
}
