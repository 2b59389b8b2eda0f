//! `-v`, `--save`, `--replay`, and the capture after a rejection.

use std::fs;

use crate::honest::{Honest, Speaks};
use crate::scripted::{JSON, Received, Scripted, response};
use crate::support::{KEY, MOMENT, command, finish, run};

#[test]
fn verbose_shows_the_request_as_it_is_sent() {
    let server = Scripted::new(response("200 OK", JSON, r#"{"data":{"a":"1"}}"#));
    let shown =
        run(&["send", &server.url, "-v", "--field", "callNum=1", "--header", "X-Tenant: b"]);
    let sent = format!("{}\n", server.request().text().replace("\r\n", "\n"));
    assert!(shown.stdout.starts_with(&sent), "{sent}{shown:?}");
    assert!(shown.stdout.contains("signed with the key OC_SECURITY_KEY: 15 bytes of body + "));
    assert!(!shown.all().contains(KEY));
}

#[test]
fn a_rejection_is_saved_for_explain() {
    let server = Honest::new(Speaks::Http1, None);
    let url = format!("http://{}/customer", server.address);
    let folder = tempfile::tempdir().unwrap();
    let mut old = command(&["send", &url, "--timestamp", MOMENT, "--field", "callNum=1"]);
    old.env("TMPDIR", folder.path());
    let old = finish(old);
    let hint = "online-contact explain --request ";
    let file = old.stdout.split_once(hint).expect("a hint").1.trim_end();
    assert!(file.starts_with(folder.path().to_str().unwrap()), "{old:?}");
    let explained = run(&["explain", "--json", "--request", file, "--now", MOMENT]);
    assert_eq!(explained.json()["verdict"], "accepted");

    let mut good = command(&["send", &url, "--json", "--field", "callNum=1"]);
    good.env("TMPDIR", folder.path());
    assert_eq!(finish(good).json()["capture"], serde_json::Value::Null);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_takes_every_exchange() {
    let server = Scripted::new(response("200 OK", JSON, r#"{"data":{"a":"1"}}"#));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder");
    let saved = run(&["send", &server.url, "--json", "--save", path.to_str().unwrap()]).json();
    let har = fs::read_to_string(saved["capture"].as_str().unwrap()).unwrap();
    let har: serde_json::Value = serde_json::from_str(&har).unwrap();
    let entry = &har["log"]["entries"][0];
    assert_eq!(entry["request"]["url"], server.url);
    assert_eq!(entry["response"]["content"]["text"], r#"{"data":{"a":"1"}}"#);
}

#[test]
fn any_capture_can_be_replayed() {
    let server = Scripted::new(response("200 OK", JSON, r#"{"data":{"a":"1"}}"#));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("raw.txt");
    let raw = "PUT /x HTTP/1.1\r\nHost: old\r\nX-TC-Timestamp: 1\r\nAuthorization: old\r\n\
               Connection: close\r\nContent-Length: 2\r\n\r\n{}";
    fs::write(&file, raw).unwrap();
    let replay = ["send", &server.url, "--replay", file.to_str().unwrap()];

    assert_eq!(run(&replay).status, 0);
    let Received { head, body } = server.request();
    assert!(head.starts_with("POST /customer HTTP/1.1\r\n") && !head.contains("old"), "{head}");
    assert_eq!(body, b"{}");

    // Nothing is signed, so no key is needed.
    let mut as_is = command(&[&replay[..], &["--as-is"]].concat());
    as_is.env_remove("OC_SECURITY_KEY");
    assert_eq!(finish(as_is).status, 0);
    let head = server.request().head;
    assert!(head.starts_with("PUT /customer HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("x-tc-timestamp: 1\r\nauthorization: old"), "{head}");
    assert!(!head.contains("host: old") && !head.contains("connection"), "{head}");
}

#[test]
fn a_capture_without_a_body_and_a_wrong_use_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("curl.txt");
    fs::write(&file, "> POST / HTTP/1.1\n> X-TC-Timestamp: 1\n>\n").unwrap();
    let path = file.to_str().unwrap();
    for (args, words) in [
        (&["--replay", path][..], "the capture has no body"),
        (&["--replay", "/no/such"], "/no/such"),
        (&["--replay", path, "--field", "a=b"], "cannot be used with"),
        (&["--as-is"], "--replay"),
        (&["--save", "/dev/null/x"], "cannot save captures in the folder /dev/null/x"),
    ] {
        let run = run(&[&["send", "http://127.0.0.1:1/"], args].concat());
        assert_eq!((run.status, &*run.stdout), (2, ""), "{run:?}");
        assert!(run.stderr.contains(words), "{words}: {run:?}");
    }
}
