//! Options, invalid options, and consent.

use online_contact_test_kit::ClosedPort;
use tempfile::TempDir;

use super::fault::Fault;
use super::server::{QUICK, SKIPPED, examine, probe, run, start, with_result};
use crate::support::{PROGRAM, bare, command, finish, run_with_stdin};

fn rejects(args: &[&str], words: &str) {
    let run = finish(command(&[&["doctor"][..], args].concat()));
    assert_eq!((run.status, &*run.stdout), (2, ""), "{args:?}");
    assert!(run.stderr.contains(words), "{words}: {run:?}");
}

#[test]
fn invalid_options_are_named() {
    const URL: &str = "http://127.0.0.1:9/customer";
    rejects(&[], "no URL: expected the URL of the endpoint");
    rejects(&["customer"], "expected a full URL such as https://crm.example.com/customer");
    rejects(&["ftp://localhost/customer"], "scheme ftp: expected http or https");
    rejects(&["http://me:secret@localhost/"], "user name or password in the URL");
    rejects(&[URL, "--only", "no_such_probe"], "no_such_probe");
    rejects(&[URL, "--scheme", "time_body"], "time_body");
    rejects(&[URL, "--window", "9"], "10..=86400");
    rejects(&[URL, "--body-limit", "0"], "--body-limit");
    rejects(&[URL, "--field", "callNum"], "NAME=VALUE");
    rejects(&[URL, "--field", "a=1", "--body", "file"], "cannot be used with");
    rejects(&[URL, "--field", "a=1", "--field", "a=2"], "the field a is given twice");
    rejects(&[URL, "--body", "/no/such/file"], "can't read the body /no/such/file");
    rejects(&[URL, "--body", "-", "--no-result-body", "-"], "cannot both be read from stdin");
    rejects(&[URL, "--body", "/dev/zero"], "is longer than 64 MiB");
}

/// No host has an address of 192.0.2.0/24: a request would end with a timeout.
#[test]
fn another_machine_needs_consent() {
    rejects(
        &["http://192.0.2.1/customer"],
        "192.0.2.1 is not this machine: pass --yes to send it 306 requests",
    );
    rejects(&["http://[2001:db8::1]/"], "is not this machine");
    // 127.0.0.1 as an IPv6 address is this machine.
    let closed = ClosedPort::new();
    let port = closed.address().port();
    rejects(&[&format!("http://[::ffff:127.0.0.1]:{port}/")], "connection refused");
}

#[test]
fn an_unknown_host_is_named() {
    rejects(&["http://no-such-host.invalid/customer"], "host no-such-host.invalid not found");
}

#[test]
fn a_closed_port_is_named() {
    let closed = ClosedPort::new();
    let port = closed.address().port();
    rejects(&[&closed.url()], "connection refused");
    rejects(&[&format!("http://localhost:{port}/customer")], "connection refused");
}

/// `script` creates a terminal. Enter alone means no.
#[test]
fn in_a_terminal_the_doctor_asks() {
    let call = format!("{PROGRAM} doctor http://192.0.2.1/customer --only clock");
    let mut asked = std::process::Command::new("script");
    asked.args(["--quiet", "--return", "--echo", "never", "--command", &call, "/dev/null"]);
    asked.env("OC_SECURITY_KEY", crate::support::KEY).env("LC_ALL", "C");
    let run = run_with_stdin(asked, b"\n");
    assert_eq!(run.status, 2, "{run:?}");
    assert!(run.stdout.contains("192.0.2.1 is not this machine. Send it 6 requests"), "{run:?}");
    assert!(run.stdout.contains("nothing was sent"), "{run:?}");
}

/// The second run would be rejected if it used timestamps of the first one.
#[tokio::test]
async fn only_some_probes_or_all_but_some() {
    let url = start(Fault::None).await;
    let report = examine(&url, &["--only", "crowd", "replay"]).await.json();
    assert_eq!(with_result(&report, "pass"), ["honest", "replay", "crowd"]);
    let report = examine(&url, &["--skip", "body_slow,body_stalled", "honest"]).await.json();
    assert_eq!(report["summary"]["pass"], 89);
    assert_eq!(with_result(&report, "pass")[0], "honest", "always runs");
}

#[tokio::test]
async fn an_unknown_customer_is_an_advice() {
    let url = start(Fault::None).await;
    let run = examine(&url, &[&QUICK[..], &["--field", "callNum=7"]].concat()).await;
    let report = run.json();
    assert_eq!((run.status, with_result(&report, "fail")), (0, vec![]), "{report:#}");
    assert_eq!(with_result(&report, "advice"), ["honest"]);
    assert_eq!(probe(&report, "body_newline")["expected"], "400 as before");
}

/// Then an accepted request differs from a rejected one by its code only.
#[tokio::test]
async fn a_fault_is_found_without_a_customer_too() {
    let url = start(Fault::NoWindow).await;
    let report = examine(&url, &[&QUICK[..], &["--field", "callNum=7"]].concat()).await;
    let report = report.json();
    let expected =
        ["timestamp_seconds", "timestamp_huge", "window_old_outside", "window_future_outside"];
    assert_eq!(with_result(&report, "fail"), expected);
}

#[tokio::test]
async fn the_body_may_come_from_stdin() {
    let url = start(Fault::None).await;
    let command = command(&["doctor", &url, "--json", "--only", "clock", "--body", "-"]);
    let run = tokio::task::spawn_blocking(|| {
        run_with_stdin(command, br#"{"callNum":"1","nation":"korea"}"#)
    });
    let run = run.await.unwrap();
    assert_eq!(run.status, 0, "{run:?}");
}

#[tokio::test]
async fn a_lookup_that_finds_nothing_can_be_named() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("unknown.json");
    std::fs::write(&file, r#"{"callNum":"1","nation":"korea"}"#).unwrap();
    let url = start(Fault::None).await;
    let only = ["--only", "lookup_no_result"];
    let found = [&only[..], &["--no-result-body", file.to_str().unwrap()]].concat();
    let report = examine(&url, &found).await.json();
    assert_eq!(with_result(&report, "skipped"), ["lookup_no_result"]);
    let report = examine(&url, &[&only[..], &["--no-result-field", "callNum=7"]].concat()).await;
    assert_eq!(with_result(&report.json(), "pass"), ["honest", "lookup_no_result"]);
}

/// The path is signed, the query is not.
#[tokio::test]
async fn the_other_scheme() {
    let url = format!("{}?tenant=1", start(Fault::OtherScheme).await);
    let options = [&QUICK[..], &["--scheme", "uri_body_time"]].concat();
    let report = examine(&url, &options).await.json();
    assert_eq!(with_result(&report, "fail"), [""; 0], "{report:#}");
    assert_eq!(with_result(&report, "skipped"), SKIPPED, "{report:#}");
}

#[tokio::test]
async fn a_wrong_url_is_named() {
    let url = start(Fault::None).await.replace("customer", "customers");
    let run = examine(&url, &["--only", "clock"]).await;
    assert_eq!(run.status, 1);
    let notes = probe(&run.json(), "honest")["notes"].to_string();
    assert!(notes.contains("check the URL"), "{notes}");
}

/// The server accepts the connection and never responds.
#[test]
fn a_silent_server_is_a_failure() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/customer", listener.local_addr().unwrap());
    let run = finish(command(&["doctor", &url, "--json", "--only", "clock", "--timeout", "0.5"]));
    assert_eq!(run.status, 1, "{run:?}");
    let report = run.json();
    assert_eq!(with_result(&report, "fail"), ["honest"]);
    let silence = probe(&report, "honest")["no_response"].as_str().unwrap();
    assert!(silence.contains("no complete response in time"), "{silence}");
}

#[tokio::test]
async fn without_a_key_nothing_is_sent() {
    let url = start(Fault::None).await;
    let mut command = std::process::Command::new("setsid");
    command.args(["--wait", PROGRAM, "doctor", &url]);
    command.env_remove("OC_SECURITY_KEY").env("LC_ALL", "C").stdin(std::process::Stdio::null());
    let run = run(command).await;
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("no security key"), "{run:?}");
    assert_eq!(finish(bare(&["doctor"])).status, 2);
}
