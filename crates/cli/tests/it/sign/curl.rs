//! The curl command, given to a real `sh` with a `curl` that writes down what it is called with.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::support::{KEY, MOMENT, bare, command, finish, run, run_with_stdin};

/// Writes down the body as curl would send it, the headers and the URL.
const CURL: &str = r#"#!/bin/sh
before=
for argument; do
    case "$before $argument" in
        '--data-binary @-') cat >"$OUT/body" ;;
        '--data-binary @'*) cat "${argument#@}" >"$OUT/body" ;;
        '--data-raw '*) printf '%s' "$argument" >"$OUT/body" ;;
    esac
    if [ "$before" = --header ]; then printf '%s\n' "$argument" >>"$OUT/headers"; fi
    before=$argument
done
printf '%s' "$before" >"$OUT/url"
"#;

struct Pasted {
    body: Vec<u8>,
    headers: String,
    url: String,
}

fn paste(script: &str, url: Option<&str>) -> Pasted {
    let dir = TempDir::new().unwrap();
    let curl = dir.path().join("curl");
    fs::write(&curl, CURL).unwrap();
    fs::set_permissions(&curl, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", dir.path().display(), std::env::var("PATH").unwrap());
    // In a file: what is pasted has no limit of length, an argument has.
    let file = dir.path().join("script");
    fs::write(&file, script).unwrap();
    let mut sh = Command::new("sh");
    sh.arg(&file).env("PATH", path).env("OUT", dir.path()).env_remove("URL");
    if let Some(url) = url {
        sh.env("URL", url);
    }
    let output = sh.output().unwrap();
    assert!(output.status.success(), "{output:?}\n{script}");
    let read = |name: &str| fs::read(dir.path().join(name)).unwrap();
    let text = |name: &str| String::from_utf8(read(name)).unwrap();
    Pasted { body: read("body"), headers: text("headers"), url: text("url") }
}

const SIGN: [&str; 6] = ["sign", "--format", "curl", "--timestamp", MOMENT, "--uri"];
const URL: &str = "https://crm.example.com/customer?it's=$HOME";

fn with_stdin(body: &[u8]) -> Pasted {
    let mut args = SIGN.to_vec();
    args.extend([URL, "--body", "-"]);
    let run = run_with_stdin(command(&args), body);
    assert_eq!(run.status, 0, "{run:?}");
    paste(&run.stdout, None)
}

#[test]
fn every_body_arrives_as_it_was_signed() {
    let long = "긴 본문 ".repeat(30_000);
    let bodies: [&[u8]; 12] = [
        b"",
        br#"{"callNum":"1"}"#,
        b"it's '' \"quoted\" `id` $(id) $HOME \\ \\n !! # ; | & * ~",
        b"@/etc/passwd",
        b"@-",
        b"-",
        b"two\nlines\n",
        b"\r\n\t",
        "한글 \u{1f600}".as_bytes(),
        b"\x00\x01\xff\x1b[31m%s%d\\101",
        &(0..=255).collect::<Vec<u8>>(),
        long.as_bytes(),
    ];
    for body in bodies {
        let pasted = with_stdin(body);
        assert!(pasted.body == body, "{:?}", String::from_utf8_lossy(body));
        // The quote is encoded in a query; the rest is the shell's to leave alone.
        assert_eq!(pasted.url, "https://crm.example.com/customer?it%27s=$HOME");
    }
}

#[test]
fn the_headers_are_those_of_sign() {
    let mut args = SIGN.to_vec();
    args.extend([URL, "--field", "callNum=1", "--field", "nation=korea"]);
    let pasted = paste(&run(&args).stdout, None);
    assert_eq!(
        pasted.headers,
        "Content-Type: application/json; charset=utf-8\n\
         X-TC-Timestamp: 1732400000000\n\
         Authorization: YK794opanGunsQh1lMwhpRffPEoOjL5avO4aBN0pZBs=\n"
    );
    assert_eq!(pasted.body, br#"{"callNum":"1","nation":"korea"}"#);
}

/// Data make it a POST, and what curl would expand in a URL stays as it is.
#[test]
fn a_url_with_braces_and_brackets_is_left_alone() {
    let mut args = SIGN.to_vec();
    args.extend(["http://[::1]:8080/{a}/[1-2]", "--field", "a=b"]);
    let script = run(&args).stdout;
    assert!(script.starts_with("curl --globoff "), "{script}");
    assert!(!script.contains("--request"), "{script}");
    assert_eq!(paste(&script, None).url, "http://[::1]:8080/%7Ba%7D/[1-2]");
    let asked = run(&["sign", "--format", "curl", "--field", "a=b"]).stdout;
    assert_eq!(paste(&asked, Some("http://a/{b,c}")).url, "http://a/{b,c}");
}

#[test]
fn without_a_url_the_shell_asks_for_it() {
    let run = run(&["sign", "--format", "curl", "--field", "a=b"]);
    assert_eq!(paste(&run.stdout, Some("http://127.0.0.1/x y")).url, "http://127.0.0.1/x y");
    let rejected = Command::new("sh").args(["-c", &run.stdout]).env_remove("URL").output().unwrap();
    assert!(!rejected.status.success());
    assert!(String::from_utf8_lossy(&rejected.stderr).contains("set URL to the address"));
}

#[test]
fn a_binary_file_is_named_and_not_spelled() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("it's a body");
    fs::write(&file, b"\x00\xff").unwrap();
    let run = sign_file(&file);
    assert!(run.contains("--data-binary '@"), "{run}");
    assert_eq!(paste(&run, None).body, b"\x00\xff");
}

#[test]
fn a_key_never_stands_in_the_command() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("body");
    fs::write(&file, b"{}").unwrap();
    assert!(!sign_file(&file).contains(KEY));
}

fn sign_file(file: &Path) -> String {
    let mut args = SIGN.to_vec();
    args.extend([URL, "--body", file.to_str().unwrap()]);
    let mut command = bare(&args);
    command.env("OC_SECURITY_KEY", KEY);
    finish(command).stdout
}
