//! Bad input: what was wrong and what was expected, exit status 2.

use std::fs;

use tempfile::TempDir;

use crate::support::run;

#[track_caller]
fn rejected(args: &[&str], words: &str) {
    let run = run(args);
    assert_eq!((run.status, &*run.stdout), (2, ""), "{run:?}");
    assert!(run.stderr.contains(words), "{words}: {run:?}");
}

const URL: &str = "http://127.0.0.1:1/";

#[test]
fn invalid_urls_are_named() {
    rejected(&["send"], "<URL>");
    rejected(
        &["send", "/customer"],
        "expected a full URL such as https://crm.example.com/customer",
    );
    rejected(&["send", "ftp://host/"], "scheme ftp: expected http or https");
    rejected(&["send", "http://"], "empty host");
    rejected(&["send", "http://user:password@host/"], "user name or password in the URL");
}

#[test]
fn invalid_headers_are_named() {
    for header in ["X", "X Y: 1", ": 1", "X: a\nb"] {
        rejected(&["send", URL, "--header", header], "expected 'NAME: VALUE'");
    }
}

#[test]
fn invalid_timeouts_are_named() {
    for timeout in ["0", "-1", "x", "NaN", "inf", "4000"] {
        let argument = format!("--timeout={timeout}");
        rejected(&["send", URL, &argument], "expected seconds, from 0.001 to 3600");
    }
}

#[test]
fn invalid_certificates_are_named() {
    rejected(&["send", URL, "--cacert", "/no/such"], "can't read the certificates /no/such");
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("ca.pem");
    let path = file.to_str().unwrap();
    let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (text, words) in
        [("", "no certificate in"), ("text", "no certificate in"), (garbage, "--cacert")]
    {
        fs::write(&file, text).unwrap();
        rejected(&["send", URL, "--cacert", path], words);
    }
}
