//! `online-contact listen`, through the built program and real sockets.

mod captures;
mod client;
mod forward;
mod listener;
mod page;
mod verdicts;

use online_contact_test_kit::ClosedPort;

use self::listener::Listener;
use crate::support::{bare, command, finish};

#[test]
fn prints_a_summary_on_ctrl_c_and_exits_with_0() {
    let mut listener = Listener::spawn(&["--json"]);
    client::post(listener.address, &client::signed("{\"callNum\":\"1\"}"));
    client::post(listener.address, &client::signed_with("another key", "{}"));
    client::post(listener.address, b"GET /.env HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    for _ in 0..3 {
        listener.next();
    }
    let run = listener.interrupt();
    let summary = &run.json()["summary"];
    assert_eq!(summary["requests"], 3);
    assert_eq!((&summary["accepted"], &summary["rejected"]), (&1.into(), &2.into()));
    let reasons = serde_json::json!({ "signature_mismatch": 1, "timestamp_missing": 1 });
    assert_eq!(summary["reasons"], reasons);
    assert_eq!(run.status, 0);
}

#[test]
fn prints_lines_for_people_in_both_languages() {
    for (lang, words) in [
        (
            "en",
            ["listening on http://", "accepted (key OC_SECURITY_KEY)", "1 accepted, 0 rejected"],
        ),
        ("ko", ["listening on http://", "통과 (키 OC_SECURITY_KEY)", "통과 1개, 거부 0개"]),
    ] {
        let mut listener = Listener::spawn(&["--lang", lang]);
        client::post(listener.address, &client::signed("{\"callNum\":\"1\"}"));
        let line = listener.line_with("/customer");
        assert!(line.contains(words[1]) && line.contains("#1  POST /customer"), "{line}");
        assert!(listener.first_line().contains(words[0]), "{lang}");
        let rest = listener.interrupt().stdout;
        assert!(rest.contains(words[2]), "{rest}");
    }
}

#[test]
fn rejects_wrong_use() {
    let closed = ClosedPort::new();
    let own = closed.address().port();
    // Another address of this machine, because the port is taken on the usual one.
    let listen = format!("127.0.0.2:{own}");
    let itself = format!("http://localhost:{own}/");
    for (args, words) in [
        (&["listen", "--listen", "nowhere"][..], "expected an IP address and a port"),
        (&["listen", "--listen", &listen, "--forward", &itself], "the requests would loop"),
        (&["listen", "--save", "/dev/null/x"], "cannot save captures in the folder /dev/null/x"),
        (&["listen", "--open"], "--console"),
        (&["listen", "--body-limit", "16777217"], "16777216"),
    ] {
        let run = finish(command(args));
        assert_eq!((run.status, &*run.stdout), (2, ""), "{run:?}");
        assert!(run.stderr.contains(words), "{words}: {run:?}");
    }
    let run = finish(bare(&["listen", "--listen", "127.0.0.1:0"]));
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("no security key"), "{run:?}");
}

#[test]
fn warns_of_an_address_that_other_machines_can_reach() {
    let listener = Listener::start(command(&["listen", "--listen", "0.0.0.0:0", "--json"]));
    let stderr = listener.interrupt().stderr;
    assert!(stderr.contains("other machines can reach this address"), "{stderr}");
}
