//! HTTP/1.1, HTTP/2, TLS, and what goes wrong on the way.

use crate::honest::{Authority, Honest, Speaks};
use crate::scripted::Scripted;
use crate::support::{Nobody, Run, run};

fn send(url: &str, more: &[&str]) -> Run {
    run(&[&["send", url, "--field", "callNum=1", "--json"], more].concat())
}

#[track_caller]
fn rejected(url: &str, more: &[&str], words: &str) {
    let run = send(url, more);
    assert_eq!((run.status, &*run.stdout), (2, ""), "{run:?}");
    assert!(run.stderr.contains(words), "{words}: {run:?}");
}

#[test]
fn http2_without_tls() {
    let server = Honest::new(Speaks::Http2, None);
    let run = send(&format!("http://{}/customer", server.address), &["--http2"]);
    assert_eq!(run.json()["answer"]["version"], "HTTP/2.0");
    assert_eq!(run.json()["outcome"], "good");
}

#[test]
fn tls_with_an_authority_of_ones_own() {
    let authority = Authority::of(&["localhost"]);
    let cacert = authority.file();
    let cacert = ["--cacert", cacert.to_str().unwrap()];
    for (speaks, flags, version) in
        [(Speaks::Http1, &[][..], "HTTP/1.1"), (Speaks::Http2, &["--http2"], "HTTP/2.0")]
    {
        let server = Honest::new(speaks, Some(&authority));
        let url = format!("https://localhost:{}/customer", server.address.port());
        let run = send(&url, &[&cacert, flags].concat());
        assert_eq!(run.json()["answer"]["version"], version);
        assert_eq!(run.status, 0, "{run:?}");
    }
}

#[test]
fn a_certificate_that_does_not_fit_is_told() {
    let authority = Authority::of(&["crm.example.com"]);
    let server = Honest::new(Speaks::Http1, Some(&authority));
    let url = format!("https://localhost:{}/customer", server.address.port());
    rejected(&url, &[], "certificate is not trusted: give its CA with --cacert");
    let stranger = Authority::of(&["localhost"]);
    let cacert = stranger.file();
    rejected(&url, &["--cacert", cacert.to_str().unwrap()], "certificate is not trusted");
    let cacert = authority.file();
    rejected(&url, &["--cacert", cacert.to_str().unwrap()], "certificate is for another name");
}

#[test]
fn versions_that_do_not_meet_are_told() {
    let authority = Authority::of(&["localhost"]);
    let cacert = authority.file();
    let cacert = cacert.to_str().unwrap();
    let server = Honest::new(Speaks::Http1, Some(&authority));
    let url = format!("https://localhost:{}/customer", server.address.port());
    rejected(&url, &["--cacert", cacert, "--http2"], "no answer came over HTTP/2");
    let plain = Honest::new(Speaks::Http1, None);
    rejected(&format!("https://localhost:{}/", plain.address.port()), &[], "TLS failed");
    rejected(&format!("http://{}/", plain.address), &["--http2"], "no answer came over HTTP/2");
}

#[test]
fn nobody_there_is_told() {
    let nobody = Nobody::new();
    let url = nobody.url();
    rejected(&url, &[], "connection refused: is the server running, and is the port right?");
    rejected(&url, &["--lang", "ko"], "연결이 거부되었습니다");
    rejected("http://no-such-host.invalid/", &[], "no such host");
}

#[test]
fn silence_ends() {
    let server = Scripted::silent();
    let run = send(&server.url, &["--timeout", "0.5"]);
    // The server was there: the fault is its own.
    assert_eq!(run.status, 1, "{run:?}");
    assert!(run.json()["failure"].as_str().unwrap().contains("no whole answer in time"), "{run:?}");
}

#[test]
fn the_environment_names_no_proxy() {
    let server = Honest::new(Speaks::Http1, None);
    let url = format!("http://{}/customer", server.address);
    let mut command = crate::support::command(&["send", &url, "--field", "a=b"]);
    for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY"] {
        command.env(name, "http://127.0.0.1:1");
    }
    assert_eq!(crate::support::finish(command).status, 0);
}
