//! HTTP/1.1, HTTP/2, TLS, and what goes wrong on the way.

use crate::honest::{Authority, Honest, Speaks};
use crate::scripted::Scripted;
use crate::support::{Run, run};
use online_contact_test_kit::ClosedPort;

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
fn http_2_works_without_tls() {
    let server = Honest::new(Speaks::Http2, None);
    let run = send(&format!("http://{}/customer", server.address), &["--http2"]);
    assert_eq!(run.json()["response"]["version"], "HTTP/2.0");
    assert_eq!(run.json()["outcome"], "good");
}

#[test]
fn a_certificate_of_another_authority_is_accepted_with_cacert() {
    let authority = Authority::of(&["localhost"]);
    let cacert = authority.file();
    let cacert = ["--cacert", cacert.to_str().unwrap()];
    for (speaks, flags, version) in
        [(Speaks::Http1, &[][..], "HTTP/1.1"), (Speaks::Http2, &["--http2"], "HTTP/2.0")]
    {
        let server = Honest::new(speaks, Some(&authority));
        let url = format!("https://localhost:{}/customer", server.address.port());
        let run = send(&url, &[&cacert, flags].concat());
        assert_eq!(run.json()["response"]["version"], version);
        assert_eq!(run.status, 0, "{run:?}");
    }
}

#[test]
fn a_certificate_that_does_not_fit_is_reported() {
    let authority = Authority::of(&["crm.example.com"]);
    let server = Honest::new(Speaks::Http1, Some(&authority));
    let url = format!("https://localhost:{}/customer", server.address.port());
    rejected(&url, &[], "certificate is not trusted: pass its CA with --cacert");
    let other = Authority::of(&["localhost"]);
    let cacert = other.file();
    rejected(&url, &["--cacert", cacert.to_str().unwrap()], "certificate is not trusted");
    let cacert = authority.file();
    rejected(&url, &["--cacert", cacert.to_str().unwrap()], "certificate is for another name");
}

#[test]
fn versions_that_do_not_meet_are_reported() {
    let authority = Authority::of(&["localhost"]);
    let cacert = authority.file();
    let cacert = cacert.to_str().unwrap();
    let server = Honest::new(Speaks::Http1, Some(&authority));
    let url = format!("https://localhost:{}/customer", server.address.port());
    rejected(&url, &["--cacert", cacert, "--http2"], "no response over HTTP/2");
    let plain = Honest::new(Speaks::Http1, None);
    rejected(&format!("http://{}/", plain.address), &["--http2"], "no response over HTTP/2");
}

#[test]
fn a_url_with_the_wrong_protocol_is_named() {
    let plain = Honest::new(Speaks::Http1, None);
    let url = format!("https://localhost:{}/", plain.address.port());
    rejected(&url, &[], "the server speaks HTTP without TLS on this port: use http://");
    let authority = Authority::of(&["localhost"]);
    let tls = Honest::new(Speaks::Http1, Some(&authority));
    let url = format!("http://localhost:{}/", tls.address.port());
    rejected(&url, &[], "the server speaks TLS on this port: use https://");
    for expects_tls in [
        "400 The plain HTTP request was sent to HTTPS port",
        "Client sent an HTTP request to an HTTPS server.",
    ] {
        let length = expects_tls.len();
        let answer =
            format!("HTTP/1.1 400 Bad Request\r\ncontent-length: {length}\r\n\r\n{expects_tls}");
        rejected(&Scripted::new(answer).url, &[], "the server speaks TLS on this port");
    }
}

#[test]
fn a_server_of_another_protocol_is_named() {
    let ssh = Scripted::greeting("SSH-2.0-OpenSSH_9.6p1\r\n");
    rejected(&ssh.url, &[], "the server speaks SSH on this port");
    rejected(&ssh.url.replace("http:", "https:"), &[], "the server speaks SSH on this port");
    let mail = Scripted::greeting("220 mail.example.com ESMTP\r\n");
    rejected(&mail.url, &["--lang", "ko"], "SMTP나 FTP");
}

/// `openssl req -x509` makes such a certificate.
#[test]
fn a_certificate_of_an_authority_is_named() {
    let authority = Authority::as_server("localhost");
    let server = Honest::new(Speaks::Http1, Some(&authority));
    let url = format!("https://localhost:{}/customer", server.address.port());
    let cacert = authority.file();
    for more in [&[][..], &["--cacert", cacert.to_str().unwrap()]] {
        rejected(&url, more, "certificate is a CA certificate");
    }
}

#[test]
fn a_closed_port_and_an_unknown_host_are_reported() {
    let closed = ClosedPort::new();
    let url = closed.url();
    rejected(&url, &[], "connection refused: check that the server is running");
    rejected(&url, &["--lang", "ko"], "연결이 거부되었습니다");
    rejected("http://no-such-host.invalid/", &[], "host not found");
}

#[test]
fn a_silent_server_is_reported() {
    let server = Scripted::silent();
    let run = send(&server.url, &["--timeout", "0.5"]);
    // The server was there: the fault is its own.
    assert_eq!(run.status, 1, "{run:?}");
    assert!(
        run.json()["failure"].as_str().unwrap().contains("no complete response in time"),
        "{run:?}"
    );
}

#[test]
fn proxies_of_the_environment_are_ignored() {
    let server = Honest::new(Speaks::Http1, None);
    let url = format!("http://{}/customer", server.address);
    let mut command = crate::support::command(&["send", &url, "--field", "a=b"]);
    for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY"] {
        command.env(name, "http://127.0.0.1:1");
    }
    assert_eq!(crate::support::finish(command).status, 0);
}
