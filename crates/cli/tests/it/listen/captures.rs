//! `--save`, and what reads the captures.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::client::{post, request, signed, signed_with};
use super::listener::Listener;
use crate::console::program::Console;
use crate::console::request::problem;
use crate::support::{KEY, command, run};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    files
}

/// Saves an accepted and a rejected request, in this order.
fn saved(folder: &Path) -> (Listener, Vec<PathBuf>) {
    let mut listener = Listener::spawn(&["--json", "--save", folder.to_str().unwrap()]);
    post(listener.address, &signed(r#"{"callNum":"1","name":"홍길동"}"#));
    listener.next();
    post(listener.address, &signed_with(&KEY.to_ascii_uppercase(), "{}"));
    listener.next();
    let files = files(folder);
    (listener, files)
}

#[test]
fn explain_reads_what_listen_saves() {
    let folder = tempfile::tempdir().unwrap();
    let (_listener, files) = saved(folder.path());
    let name = |index: usize| files[index].file_name().unwrap().to_str().unwrap().to_owned();
    assert!(name(0).ends_with("-0001-accepted.har") && name(1).ends_with("-0002-rejected.har"));
    let accepted = run(&["explain", "--json", "--request", files[0].to_str().unwrap()]);
    assert_eq!((accepted.status, &accepted.json()["verdict"]), (0, &"accepted".into()));
    let rejected = run(&["explain", "--json", "--request", files[1].to_str().unwrap()]);
    assert_eq!(rejected.json()["mistakes"][0], "key_upper_case");
}

#[test]
fn send_replays_what_listen_saves() {
    let folder = tempfile::tempdir().unwrap();
    let (mut listener, files) = saved(folder.path());
    let url = format!("http://{}/customer", listener.address);
    let rejected = files[1].to_str().unwrap();

    let again = run(&["send", &url, "--json", "--replay", rejected]);
    assert_eq!((again.status, &again.json()["request"]["body"]), (0, &"{}".into()), "{again:?}");
    assert_eq!(listener.next()["verdict"], "accepted");

    let as_is = run(&["send", &url, "--json", "--replay", rejected, "--as-is"]);
    assert_eq!(as_is.json()["rejected"], "signature_mismatch");
    assert_eq!(listener.next()["reason"], "signature_mismatch");

    let captured: Value = serde_json::from_slice(&fs::read(&files[0]).unwrap()).unwrap();
    let captured = &captured["log"]["entries"][0]["request"]["headers"];
    let accepted = files[0].to_str().unwrap();
    let as_is = run(&["send", &url, "--json", "--replay", accepted, "--as-is"]).json();
    assert_eq!(as_is["outcome"], "good");
    for name in ["x-tc-timestamp", "authorization"] {
        let original = captured.as_array().unwrap().iter().find(|it| it["name"] == name).unwrap();
        let sent = as_is["request"]["headers"].as_array().unwrap();
        assert!(sent.iter().any(|it| it[0] == name && it[1] == original["value"]), "{as_is}");
    }
}

#[test]
fn the_console_lists_what_listen_saves() {
    let folder = tempfile::tempdir().unwrap();
    let (_listener, _) = saved(folder.path());
    fs::write(folder.path().join("notes.txt"), "no capture").unwrap();
    let console = Console::start(&["--captures", folder.path().to_str().unwrap()]);
    let list = console.request("GET", "/api/exchanges").send().json();
    let exchanges = list["exchanges"].as_array().unwrap();
    let verdicts: Vec<_> = exchanges.iter().map(|it| it["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["rejected", "accepted"]);
    let view = console.request("GET", "/api/exchanges/2").send().json();
    assert_eq!(
        view["findings"][0]["text"]["en"].as_str().unwrap().lines().next(),
        Some("The request is rejected: signature_mismatch")
    );
    assert!(view["request"]["curl"].as_str().unwrap().starts_with("curl --globoff"));
    assert_eq!(problem(&console.request("GET", "/api/exchanges/7").send()), "gone");
}

#[test]
fn the_key_is_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut listener = Listener::spawn(&["--json", "--save", folder.path().to_str().unwrap()]);
    // As from an integrator who sends the key itself.
    let body = format!("{{\"note\":\"the key is {KEY}\"}}");
    let leaky = format!("Authorization: {KEY}\r\nX-TC-Timestamp: 1\r\nX-Key: {KEY}\r\n");
    post(listener.address, &request(&leaky, &body));
    let line = listener.next();
    assert!(!line.to_string().contains(KEY), "{line}");
    for file in files(folder.path()) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains(KEY) && text.contains("[security key]"), "{text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }
}

#[test]
fn bytes_that_are_not_text_stay_what_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let mut listener = Listener::spawn(&["--json", "--save", folder.path().to_str().unwrap()]);
    let url = format!("http://{}/customer", listener.address);
    let body = folder.path().join("body");
    fs::write(&body, b"\xb0\xa1\0\xff").unwrap();
    let sent = command(&["send", &url, "--body", body.to_str().unwrap()]).output().unwrap();
    assert_eq!(sent.status.code(), Some(0));
    assert_eq!(listener.next()["verdict"], "accepted");
    let file = files(folder.path()).into_iter().find(|it| it.extension().is_some()).unwrap();
    let explained = run(&["explain", "--json", "--request", file.to_str().unwrap()]);
    assert_eq!(explained.json()["verdict"], "accepted");
}
