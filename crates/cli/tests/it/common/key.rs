//! The sources of the key, and that it is never printed.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use online_contact_test_kit::{ClosedPort, TempKeyFile};
use tempfile::TempDir;

use crate::support::{KEY, MOMENT, PROGRAM, Run, bare, command, finish};

const SIGN: [&str; 6] = ["sign", "--timestamp", MOMENT, "--field", "callNum=1", "--json"];
/// Under the vendor's key, and under the other one.
const SIGNED: &str = "D3xH70rYh2fHAE97XGy/A/TqwTASAZOPp2le84jZF6s=";
const OTHER: &str = "0cc175b9c0f1b6a831c399e2";

fn sign_with(file: &TempKeyFile) -> Run {
    let mut command = bare(&SIGN);
    command.arg("--key-file").arg(file.path());
    finish(command)
}

fn signature(run: &Run) -> String {
    run.json()["headers"]["Authorization"].as_str().unwrap().to_owned()
}

fn with_env(key: &str) -> Run {
    let mut command = bare(&SIGN);
    command.env("OC_SECURITY_KEY", key);
    finish(command)
}

#[test]
fn white_space_around_a_key_is_no_part_of_it() {
    let plain = signature(&with_env(KEY));
    assert_eq!(plain, signature(&with_env(&format!(" {KEY}\r\n"))));
    for text in [
        KEY.to_owned(),
        format!("{KEY}\r\n"),
        format!("\u{feff}# comment\n\n  current : {KEY}\t\nold: {OTHER}\n"),
        format!("current: \u{a0}\u{3000}{KEY}\u{feff}\n"),
        format!("{KEY}\n{OTHER}\n"),
    ] {
        assert_eq!(plain, signature(&sign_with(&TempKeyFile::new(&text))), "{text:?}");
    }
    assert_ne!(plain, signature(&with_env(OTHER)));
}

#[test]
fn the_file_wins_over_the_environment() {
    let file = TempKeyFile::new(format!("mine: {KEY}"));
    let mut command = bare(&SIGN);
    command.arg("--key-file").arg(file.path()).env("OC_SECURITY_KEY", OTHER);
    let run = finish(command);
    assert_eq!(run.json()["key"], "mine");
    assert_eq!(signature(&run), signature(&with_env(KEY)));
}

#[test]
fn an_invalid_key_file_is_reported_without_its_content() {
    let cases: [(&[u8], &str); 7] = [
        (b"", "no security key, expected at least one"),
        (b"# only a comment\n", "no security key, expected at least one"),
        (b"secret-1\nlabel:\n", "line 2: no key after the label"),
        (b": secret-2", "a security key has an empty label"),
        (b"a: secret-3\na: secret-4", "two security keys have the label"),
        (b"secret\xff", "not UTF-8"),
        (&[b'k'; 70_000], "longer than 65536 bytes"),
    ];
    for (text, words) in cases {
        let run = sign_with(&TempKeyFile::new(text));
        assert_eq!((run.status, &*run.stdout), (2, ""), "{run:?}");
        assert!(run.stderr.contains(words), "{words}: {run:?}");
        assert!(!run.stderr.contains("secret"), "{run:?}");
    }
    let mut command = bare(&SIGN);
    command.args(["--key-file", "/no/such/file"]);
    let run = finish(command);
    assert!(run.stderr.contains("cannot read the key file /no/such/file: No such file"), "{run:?}");
}

/// As the core reads it: a colon without a blank is part of the key.
#[test]
fn a_colon_without_a_blank_is_part_of_the_key() {
    assert_eq!(signature(&sign_with(&TempKeyFile::new("a:b\n"))), signature(&with_env("a:b")));
}

#[test]
fn a_text_that_looks_like_more_than_a_key_gets_a_warning() {
    let mut sign = bare(&["sign", "--timestamp", MOMENT, "--body", "/dev/null"]);
    sign.env("OC_SECURITY_KEY", format!("OC_SECURITY_KEY={KEY}"));
    let run = finish(sign);
    assert_eq!(run.status, 0);
    assert!(run.stderr.starts_with("warning: OC_SECURITY_KEY: "), "{run:?}");
    // A program that reads JSON may read both streams as one.
    assert_eq!(with_env(&format!("OC_SECURITY_KEY={KEY}")).stderr, "");
    assert!(!run.all().contains(KEY), "{run:?}");
    assert_eq!(with_env(&format!(" {KEY}\n")).stderr, "");
}

#[test]
fn an_empty_variable_is_reported() {
    for key in ["", " \n"] {
        let run = with_env(key);
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains("OC_SECURITY_KEY is empty"), "{run:?}");
    }
}

/// In a session of its own there is no terminal to ask.
#[test]
fn without_a_terminal_a_missing_key_is_reported() {
    let mut command = Command::new("setsid");
    command.args(["--wait", PROGRAM]).args(SIGN);
    command.env_remove("OC_SECURITY_KEY").env("LC_ALL", "C").stdin(Stdio::null());
    let run = finish(command);
    assert_eq!((run.status, &*run.stdout), (2, ""), "{run:?}");
    assert!(run.stderr.contains("no security key: set OC_SECURITY_KEY"), "{run:?}");
}

/// A program at its prompt in a terminal of its own, which `script` makes.
struct Prompt {
    child: Child,
    dir: TempDir,
}

impl Prompt {
    /// Starts the program, and waits until the terminal no longer shows what is typed.
    fn open() -> Self {
        let dir = TempDir::new().unwrap();
        let terminal = dir.path().join("terminal");
        let call = format!(
            "tty >{0}; stty -a >{0}.before; {1} {2}; echo \"status $?\"; stty -a >{0}.after",
            terminal.display(),
            PROGRAM,
            SIGN.join(" ")
        );
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--echo", "always", "--command", &call, "/dev/null"]);
        command.env_remove("OC_SECURITY_KEY").env("LC_ALL", "C");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        let started = Instant::now();
        while !is_silent(&terminal) {
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "the terminal shows what is typed"
            );
            std::thread::yield_now();
        }
        Self { child, dir }
    }

    /// Types a text. Both before and after the run the terminal must show what is typed.
    fn answer(mut self, text: &str) -> Run {
        let mut stdin = self.child.stdin.take().unwrap();
        stdin.write_all(text.as_bytes()).unwrap();
        let run: Run = self.child.wait_with_output().unwrap().into();
        drop(stdin);
        for moment in ["before", "after"] {
            let state = self.dir.path().join("terminal").with_extension(moment);
            let state = fs::read_to_string(state).unwrap();
            assert!(state.contains(" echo "), "{moment}: {state}");
        }
        run
    }
}

#[test]
fn in_a_terminal_the_key_is_prompted_for_without_echo() {
    let run = Prompt::open().answer(&format!("{KEY}\n"));
    assert!(run.stdout.contains("Security key (not shown): "), "{run:?}");
    assert!(run.stdout.contains(&signature(&with_env(KEY))), "{run:?}");
    assert!(run.stdout.contains("status 0"), "{run:?}");
    assert!(!run.all().contains(KEY), "{run:?}");
}

#[test]
fn ctrl_c_at_the_prompt_restores_the_terminal() {
    let run = Prompt::open().answer("secret\u{3}");
    assert!(run.stdout.contains("status 130"), "{run:?}");
    assert!(!run.all().contains("secret"), "{run:?}");
}

/// Whether the terminal that is named in this file shows nothing of what is typed.
fn is_silent(terminal: &Path) -> bool {
    let Ok(name) = fs::read_to_string(terminal) else { return false };
    let state = Command::new("stty").args(["-a", "-F", name.trim()]).output().unwrap();
    String::from_utf8_lossy(&state.stdout).contains(" -echo ")
}

/// Each of these brings the key near to some output.
#[test]
fn the_key_is_in_no_output() {
    let file = TempKeyFile::new(format!("current: {KEY}\ncurrent: {KEY}\n"));
    let file = file.path();
    let file = file.to_str().unwrap();
    let closed = ClosedPort::new();
    let url = closed.url();
    let time = format!("X-TC-Timestamp: {MOMENT}");
    let authorization = format!("Authorization: {KEY}:{SIGNED}");
    let pieces = ["--header", &time, "--header", &authorization, "--body", "/dev/null"];
    let explain = [&["explain"], &pieces[..]].concat();
    let explain_json = [&["explain", "--json"], &pieces[..]].concat();
    let calls: [&[&str]; 24] = [
        &["--help"],
        &["sign", "--help"],
        &["send", "--help"],
        &["man"],
        &["completions", "bash"],
        &["sign"],
        &["sign", "--json", "--field", "a=b"],
        &["sign", "--format", "curl"],
        &["sign", "--body", "/no/such/file"],
        &["sign", "--key-file", file],
        &["sign", "--no-such-option"],
        &["send", &url],
        &["send", &url, "--json", "--http2"],
        &["send", "nonsense"],
        &["sign", "--key-file", KEY],
        &["explain", "--help"],
        &explain,
        &explain_json,
        &["doctor", "--help"],
        &["doctor", "--list"],
        &["doctor", &url],
        &["doctor", &url, "--key-file", KEY],
        &["console", "--listen", "nowhere"],
        &["console", "--listen", "127.0.0.1:0", "--key-file", KEY],
    ];
    for (call, lang) in calls.iter().flat_map(|call| [(call, "en"), (call, "ko")]) {
        let run = finish(command(&[call, &["--lang", lang][..]].concat()));
        assert!(!run.all().contains(KEY), "{call:?}");
    }
}

#[test]
fn the_example_has_the_signature_that_openssl_gives() {
    assert_eq!(signature(&with_env(KEY)), SIGNED);
}
