//! Captures in the formats that people have, with the mistakes that they make: one table, in
//! `data/cases.json`. A case passes if the answer has one of the words of its `want`: the id or the text
//! of a mistake, the reason of the verdict, or the reason why nothing can be known.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use crate::support::{KEY, bare, run_with_stdin};

/// A second after the moment of most captures.
const NOW: &str = "1732400001000";

#[derive(Deserialize)]
struct Case {
    name: String,
    format: String,
    cause: String,
    want: Vec<String>,
    args: Vec<String>,
    capture: Option<String>,
    capture_base64: Option<String>,
}

impl Case {
    fn capture(&self) -> Vec<u8> {
        match (&self.capture, &self.capture_base64) {
            (Some(text), _) => text.clone().into_bytes(),
            (None, Some(base64)) => STANDARD.decode(base64).unwrap(),
            (None, None) => panic!("{} has no capture", self.name),
        }
    }

    /// The words of the answer that name a cause.
    fn answer(&self) -> String {
        let mut args = vec!["explain", "--request", "-", "--json", "--time-limit", "60"];
        let mut key = KEY;
        for arg in &self.args {
            match &**arg {
                // The one case with another key.
                "--key-file" => {}
                "otherkey" => key = "0cc175b9c0f1b6a831c399e2",
                arg => args.push(arg),
            }
        }
        if !args.contains(&"--now") {
            args.extend(["--now", NOW]);
        }
        let mut command = bare(&args);
        command.env("OC_SECURITY_KEY", key);
        let run = run_with_stdin(command, &self.capture());
        if run.status == 2 {
            return run.stderr.to_lowercase();
        }
        let answer = run.json();
        let texts = ["verdict", "gap", "reason", "mistakes", "alternatives", "details"];
        texts.iter().map(|name| without_advice(&answer[*name])).collect::<String>().to_lowercase()
    }
}

fn without_advice(value: &Value) -> String {
    let mut value = value.clone();
    for detail in value.as_array_mut().into_iter().flatten() {
        if let Some(detail) = detail.as_object_mut() {
            detail.remove("advice");
        }
    }
    value.to_string()
}

fn table<T: for<'de> Deserialize<'de>>(name: &str) -> Vec<T> {
    let path = format!("{}/tests/it/explain/data/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn every_case_is_named_or_said_to_be_unknowable() {
    let cases: Vec<Case> = table("cases");
    let mut missed = Vec::new();
    let mut unknowable = 0;
    for case in &cases {
        let answer = case.answer();
        if answer.contains("undecided") || answer.contains("neither") {
            unknowable += 1;
        }
        if !case.want.iter().any(|word| answer.contains(&word.to_lowercase())) {
            missed.push(format!("{} ({}; {}): {answer}", case.name, case.format, case.cause));
        }
    }
    let named = cases.len() - unknowable - missed.len();
    println!(
        "{} cases: {named} named, {unknowable} unknowable, {} missed",
        cases.len(),
        missed.len()
    );
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(cases.len() >= 159 && unknowable <= 3, "{} of {}", unknowable, cases.len());
}

#[derive(Deserialize)]
struct GivenKey {
    name: String,
    key: String,
}

/// The request is right, and the key that was given is not the text of the key.
#[test]
fn every_mistake_in_the_given_key_is_named() {
    let good = table::<Case>("cases").into_iter().find(|case| case.name == "good").unwrap();
    let keys: Vec<GivenKey> = table("keys");
    assert!(keys.len() >= 18);
    for given in &keys {
        let args = ["explain", "--request", "-", "--json", "--now", NOW, "--time-limit", "60"];
        let mut command = bare(&args);
        command.env("OC_SECURITY_KEY", &given.key);
        let run = run_with_stdin(command, &good.capture());
        let answer = run.json();
        let named = answer["mistakes"].to_string().contains("\"key_");
        // A key is cut of invisible characters when it is read.
        assert!(named || answer["verdict"] == "accepted", "{}: {answer:#}", given.name);
        assert!(!run.all().contains(KEY), "{}", given.name);
    }
}

const TIME: &str = "1732400000000";

fn mac(body: &str) -> String {
    let message = format!("{body}{TIME}");
    super::draft::base64(&super::draft::hmac_sha256(KEY.as_bytes(), message.as_bytes()))
}

fn explained(capture: &str, more: &[&str]) -> Value {
    let args = ["explain", "--request", "-", "--json", "--now", NOW, "--time-limit", "60"];
    let mut command = bare(&[&args, more].concat());
    command.env("OC_SECURITY_KEY", KEY);
    run_with_stdin(command, capture.as_bytes()).json()
}

/// `curl -d @file` removes the line ends that were signed.
#[test]
fn a_body_that_is_longer_than_declared_is_not_accepted() {
    let body = "{\n  \"callNum\": \"1\"\n}\n";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), body).unwrap();
    let capture = format!(
        "> POST /customer HTTP/1.1\n> X-TC-Timestamp: {TIME}\n> Authorization: {}\n\
         > Content-Length: 18\n>\n",
        mac(body)
    );
    let answer = explained(&capture, &["--body", file.path().to_str().unwrap()]);
    assert_eq!(answer["verdict"], "rejected");
    assert_eq!(answer["mistakes"], serde_json::json!(["curl_data_line_ends"]), "{answer:#}");
    // Bytes of which nothing makes the declared length.
    let capture = capture.replace("18", "11");
    let answer = explained(&capture, &["--body", file.path().to_str().unwrap()]);
    assert_eq!(answer["verdict"], "undecided");
    assert_eq!(answer["capture"]["body"], "not_as_sent");
}

/// `HTTPie` sorts and indents what it shows.
#[test]
fn a_display_is_no_forgery() {
    let sent = r#"{"nation":"korea","callNum":"1"}"#;
    let shown = "{\n    \"callNum\": \"1\",\n    \"nation\": \"korea\"\n}\n";
    let capture = |mac: &str| {
        format!(
            "POST /customer HTTP/1.1\nX-TC-Timestamp: {TIME}\nAuthorization: {mac}\n\
             Content-Length: 32\n\n{shown}\n\nHTTP/1.1 403 Forbidden\nContent-Length: 2\n\n{{}}\n"
        )
    };
    let answer = explained(&capture(&mac(sent)), &[]);
    assert_eq!(answer["verdict"], "accepted", "{answer:#}");
    assert_eq!(answer["capture"]["body"], "restored");
    let answer = explained(&capture(&mac("something else")), &[]);
    assert_eq!(answer["verdict"], "undecided");
    assert_eq!(answer["gap"], "body");
}

/// The sample of the vendor logs what it computed.
#[test]
fn the_mac_of_the_own_server_is_explained() {
    let body = r#"{"callNum":"1"}"#;
    let capture = format!(
        "POST /customer HTTP/1.1\nX-TC-Timestamp: {TIME}\nAuthorization: {}\nContent-Length: {}\n\n{body}",
        mac(body),
        body.len()
    );
    let answer = explained(&capture, &["--computed", &mac(&format!("{body}\n"))]);
    assert_eq!(answer["verdict"], "accepted");
    assert_eq!(answer["computed"]["signature"], "explained");
    assert_eq!(answer["computed"]["mistakes"], serde_json::json!(["time_delimiter_newline"]));
    let answer = explained(&capture, &["--computed", &mac(body)]);
    assert_eq!(answer["computed"]["is_the_one_sent"], true);
}

/// The vendor's Open API has another recipe, with the organization ID in front.
#[test]
fn the_recipe_of_the_open_api_is_recognized() {
    let body = r#"{"nation":"korea","callNum":"1"}"#;
    let message = format!("AbcdE1fghIj23K4x/customer1&korea{TIME}");
    let signed = super::draft::hmac_sha256(KEY.as_bytes(), message.as_bytes());
    let capture = format!(
        "POST /customer HTTP/1.1\nX-TC-Timestamp: {TIME}\nAuthorization: {}\nContent-Length: 32\n\n{body}",
        super::draft::base64(&signed)
    );
    let answer = explained(&capture, &["--organization-id", "AbcdE1fghIj23K4x"]);
    assert_eq!(answer["mistakes"], serde_json::json!(["open_api_recipe"]), "{answer:#}");
    let answer = explained(&capture, &[]);
    assert!(answer["advice"].to_string().contains("--organization-id"), "{answer:#}");
}
