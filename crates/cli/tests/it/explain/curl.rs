//! The output of `curl -v`.

use online_contact_cli::captured::CapturedRequest;

use super::captures::{BODY, SIGNATURE, assert_accepted, explain, head};
use crate::support::MOMENT;

#[test]
fn curl_prints_all_but_the_body() {
    let log = format!(
        "* Host crm.example.com:443 was resolved.\n* SSL connection using TLSv1.3\n\
         * [HTTP/2] [1] [:path: /customer]\n> POST /customer?a=b HTTP/2\n> Host: crm.example.com\n\
         > X-TC-Timestamp: {MOMENT}\n> Authorization: {SIGNATURE}\n> Content-Length: 32\n> \n\
         }} [32 bytes data]\n* upload completely sent off: 32 bytes\n< HTTP/2 403 \n< date: x\n< \n"
    );
    let run = explain(log.as_bytes(), &[]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("--body"), "{run:?}");
    let body = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(body.path(), BODY).unwrap();
    let path = body.path().to_str().unwrap();
    assert_accepted(&log, &["--body", path]);
    assert_accepted(log.replace('\n', "\r\n"), &["--body", path]);
    let request = CapturedRequest::parse(log.as_bytes(), None).unwrap();
    assert_eq!(request.target.as_deref(), Some("/customer?a=b"));
    assert_eq!(request.scheme.as_deref(), Some("https"));
    assert_eq!(request.body, None);
}

/// Of a shell with `2>log`: curl draws its progress, and says what it did not need.
#[test]
fn curl_may_begin_with_a_note_or_with_its_progress() {
    let meter = "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n\
        \x20                                Dload  Upload   Total   Spent    Left  Speed\n\
        \r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0*   Trying 127.0.0.1:8080...\n";
    let request = format!(
        "* Connected to 127.0.0.1 (127.0.0.1) port 8080 (#0)\n> POST /customer?a=b HTTP/1.1\r\n\
         > Host: 127.0.0.1:8080\r\n> X-TC-Timestamp: {MOMENT}\r\n> Authorization: {SIGNATURE}\r\n\
         > Content-Length: 0\r\n> \r\n}} [7 bytes data]\n< HTTP/1.0 403 Forbidden\r\n< \r\n\
         \r100     7    0     0  100     7      0   6597 --:--:-- --:--:-- --:--:--  7000\n"
    );
    let note = "Note: Unnecessary use of -X or --request, POST is already inferred.\n";
    for before in ["", note, meter, &[note, meter].concat()] {
        let log = [before, &request].concat();
        let request = CapturedRequest::parse(log.as_bytes(), None).unwrap();
        assert_eq!(request.target.as_deref(), Some("/customer?a=b"), "{before}");
        assert_eq!(request.header("x-tc-timestamp").next(), Some(MOMENT.as_bytes()));
    }
    // A body may hold such a line too.
    let quoting = format!("{}\r\n> POST /other HTTP/1.1\n> \n", head());
    let request = CapturedRequest::parse(quoting.as_bytes(), None).unwrap();
    assert_eq!(request.target.as_deref(), Some("/customer"));
}

#[test]
fn curl_after_a_redirect_has_two_requests() {
    let log = format!(
        "> POST /old HTTP/1.1\n> Host: a\n> \n< HTTP/1.1 307 Elsewhere\n< \n\
         > POST /new HTTP/1.1\n> X-TC-Timestamp: {MOMENT}\n> Authorization: {SIGNATURE}\n> \n"
    );
    let request = CapturedRequest::parse(log.as_bytes(), None).unwrap();
    assert_eq!(request.target.as_deref(), Some("/new"));
}
