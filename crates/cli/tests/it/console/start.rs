//! The start and the end of the console.

use super::program::Console;
use super::target::Server;
use crate::support::{KEY, bare, command, finish};

#[test]
fn other_machines_must_not_reach_it() {
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:7878", "10.0.0.1:0"] {
        let run = finish(command(&["console", "--listen", listen]));
        assert_eq!((run.status, &*run.stdout), (2, ""), "{run:?}");
        let expected = format!("online-contact: {listen}: other machines could reach this address");
        assert!(run.stderr.starts_with(&expected), "{run:?}");
    }
    let run = finish(command(&["--lang", "ko", "console", "--listen", "0.0.0.0:7878"]));
    assert!(run.stderr.contains("루프백 주소만 쓸 수 있습니다"), "{run:?}");
}

#[test]
fn what_can_not_be_is_named() {
    let run = finish(command(&["console", "--listen", "localhost"]));
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("expected an IP address and a port"), "{run:?}");

    let console = Console::start(&[]);
    let taken = console.address.to_string();
    let run = finish(command(&["console", "--listen", &taken]));
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains(&format!("cannot listen on {taken}")), "{run:?}");

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), r#"{"url":"x","key":"y"}"#).unwrap();
    let path = file.path().to_str().unwrap();
    let run = finish(command(&["console", "--settings", path]));
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains(path) && run.stderr.contains("unknown field `key`"), "{run:?}");
}

#[test]
fn every_run_has_a_token_of_its_own() {
    let [one, other] = [Console::start(&[]), Console::without_key()];
    assert_eq!(one.token.len(), 64);
    assert_ne!(one.token, other.token);
    assert_eq!(one.url, format!("http://{}/?token={}", one.address, one.token));
}

#[test]
fn the_language_is_that_of_the_command_line() {
    for (lang, mark) in [("ko", "<html lang=\"ko\">"), ("en", "<html lang=\"en\">")] {
        let args = ["--json", "--lang", lang, "console", "--listen", "127.0.0.1:0"];
        let console = Console::spawn(bare(&args));
        assert!(console.request("GET", "/").send().text().contains(mark));
    }
}

#[test]
fn the_sixth_version_of_ip_will_do() {
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        return;
    }
    let console = Console::spawn(command(&["--json", "console", "--listen", "[::1]:0"]));
    assert_eq!(console.request("GET", "/api/state").send().status, 200);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it() {
    let console = Console::start(&[]);
    // An idle connection, as browsers keep them, must not hold it up.
    let _idle = std::net::TcpStream::connect(console.address).unwrap();
    assert_eq!(console.request("GET", "/api/state").send().status, 200);
    assert_eq!(console.interrupt().status, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn the_browser_is_opened_at_the_page() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let opener = folder.path().join("xdg-open");
    let told = folder.path().join("told");
    // A pipe, so that reading from it waits for the opener.
    assert!(std::process::Command::new("mkfifo").arg(&told).status().unwrap().success());
    std::fs::write(&opener, format!("#!/bin/sh\necho \"$1\" > '{}'\n", told.display())).unwrap();
    std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).unwrap();

    let mut command = command(&["--json", "console", "--listen", "127.0.0.1:0", "--open"]);
    command.env("PATH", folder.path());
    let console = Console::spawn(command);
    assert_eq!(std::fs::read_to_string(&told).unwrap().trim_end(), console.url);
}

#[test]
fn the_key_is_nowhere_in_what_is_printed() {
    for form in [&["--json"][..], &[]] {
        let args = [form, &["console", "--listen", "127.0.0.1:0"]].concat();
        let console = Console::spawn(command(&args));
        let first_line = console.first_line().to_owned();
        assert!(first_line.contains(&console.url) && !first_line.contains(KEY), "{first_line}");
        let server = Server::start();
        for path in ["/customer", "/leak", "/plain"] {
            assert!(!console.look_up(&server.url(path), "1").all().contains(KEY), "{path}");
        }
        let run = console.interrupt();
        assert_eq!(run.status, 0);
        assert!(!run.all().contains(KEY), "{run:?}");
    }
}
