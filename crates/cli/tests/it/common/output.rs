//! Color, and readers that go away.

use std::process::{Command, Stdio};

use crate::support::{PROGRAM, Run, bare, command, finish, run};

#[test]
fn a_pipe_gets_no_color() {
    for args in [&["sign", "--body", "/no/such"][..], &["sign", "--no-such"], &["--help"]] {
        assert!(!run(args).all().contains('\u{1b}'), "{args:?}");
    }
}

/// `script` makes a terminal.
fn in_a_terminal(args: &str, no_color: Option<&str>) -> Run {
    let call = format!("{PROGRAM} {args}");
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &call, "/dev/null"]).stdin(Stdio::null());
    script.env("OC_SECURITY_KEY", "k").env("LC_ALL", "C").env("TERM", "xterm-256color");
    script.env_remove("NO_COLOR").env_remove("CI");
    if let Some(value) = no_color {
        script.env("NO_COLOR", value);
    }
    finish(script)
}

#[test]
fn a_terminal_gets_color_unless_no_color_is_set() {
    let call = "sign --body /no/such";
    assert!(in_a_terminal(call, None).stdout.contains("\u{1b}["));
    assert!(!in_a_terminal(call, Some("1")).stdout.contains('\u{1b}'));
    assert!(!in_a_terminal("sign --json --field a=b", None).stdout.contains('\u{1b}'));
}

#[test]
fn a_reader_that_has_gone_is_no_panic() {
    let calls: [&[&str]; 5] = [
        &["sign", "--field", "a=b"],
        &["sign", "--field", "a=b", "--json"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
    ];
    for call in calls {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = command(call);
        command.stdout(writer).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        drop(command);
        let run: Run = child.wait_with_output().unwrap().into();
        assert_eq!(run.status, 0, "{call:?}: {run:?}");
        assert!(!run.stderr.contains("panicked"), "{call:?}: {run:?}");
    }
}

#[test]
fn stderr_that_has_gone_is_no_panic() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = bare(&["sign", "--body", "/no/such"]);
    command.env("OC_SECURITY_KEY", "k").stderr(writer);
    assert_eq!(command.status().unwrap().code(), Some(2));
}
