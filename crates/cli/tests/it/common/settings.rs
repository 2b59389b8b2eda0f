//! The settings file.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use online_contact_test_kit::ClosedPort;
use tempfile::TempDir;

use crate::support::{KEY, MOMENT, Run, bare, command, finish};

struct SettingsFile {
    dir: TempDir,
    path: PathBuf,
}

impl SettingsFile {
    fn new(text: &str) -> Self {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("oc.toml");
        fs::write(&path, text).unwrap();
        Self { dir, path }
    }

    fn run_with(&self, mut command: Command) -> Run {
        command.arg("--config").arg(&self.path);
        finish(command)
    }

    /// Signs without a key in the environment.
    fn sign(&self, args: &[&str]) -> Run {
        self.run_with(bare(&[&["sign", "--timestamp", MOMENT, "--json"], args].concat()))
    }
}

const SETTINGS: &str = r#"
key-file = "keys"
scheme = "uri_body_time"

[sign]
uri = "/customer"
field = ["callNum=1", "nation=korea"]
"#;

fn with_keys() -> SettingsFile {
    let file = SettingsFile::new(SETTINGS);
    fs::write(file.dir.path().join("keys"), format!("mine: {KEY}\n")).unwrap();
    file
}

#[test]
fn settings_apply_where_the_command_line_is_silent() {
    let run = with_keys().sign(&[]);
    let json = run.json();
    assert_eq!(json["key"], "mine", "a path is relative to the file: {run:?}");
    assert_eq!(json["scheme"], "uri_body_time");
    assert_eq!(json["uri"], "/customer");
    assert_eq!(json["body"], r#"{"callNum":"1","nation":"korea"}"#);
}

#[test]
fn the_command_line_wins() {
    let json = with_keys().sign(&["--scheme", "body_time", "--field", "callNum=2"]).json();
    assert_eq!(json["scheme"], "body_time");
    assert_eq!(json["body"], r#"{"callNum":"2"}"#);
}

/// `--body` and `--field` conflict on one command line.
#[test]
fn an_option_wins_over_a_setting_that_it_conflicts_with() {
    let json = with_keys().sign(&["--body", "/dev/null"]).json();
    assert_eq!(json["body_bytes"], 0);
}

#[test]
fn the_environment_wins_over_the_file() {
    let file = with_keys();
    let sign = ["sign", "--timestamp", MOMENT, "--json"];
    assert_eq!(file.run_with(command(&sign)).json()["key"], "OC_SECURITY_KEY");
    let keys = file.dir.path().join("keys");
    let sign = [&sign[..], &["--key-file", keys.to_str().unwrap()]].concat();
    assert_eq!(file.run_with(command(&sign)).json()["key"], "mine");
}

#[test]
fn the_environment_can_name_the_file() {
    let file = with_keys();
    let mut command = bare(&["sign", "--json"]);
    command.env("OC_CONFIG", &file.path);
    assert_eq!(finish(command).json()["key"], "mine");
}

#[test]
fn the_url_and_the_language_can_be_set() {
    let closed = ClosedPort::new();
    let file = SettingsFile::new(&format!("url = \"{}\"\nlang = \"ko\"\n", closed.url()));
    for subcommand in ["send", "doctor"] {
        let run = file.run_with(command(&[subcommand]));
        assert_eq!(run.status, 2);
        assert!(run.stderr.contains("연결이 거부되었습니다"), "{run:?}");
    }
}

#[test]
fn an_invalid_file_is_named() {
    for (text, expected) in [
        ("windw = 1", "unknown setting windw: expected the name of an option"),
        ("config = \"a\"", "unknown setting config"),
        ("[doctr]\nwindow = 10", "unknown setting doctr"),
        ("[sign]\nwindow = 10", "unknown setting sign.window"),
        ("window = 9", "invalid value '9' for '--window <SECONDS>'"),
        ("\nwin dow", "line 2: "),
    ] {
        let file = SettingsFile::new(text);
        let run = file.run_with(command(&["doctor", "http://127.0.0.1:1/"]));
        assert_eq!((run.status, &*run.stdout), (2, ""), "{text}");
        assert!(
            run.stderr.contains(&format!("settings file {}: {expected}", file.path.display())),
            "{run:?}"
        );
    }
    let run = finish(bare(&["sign", "--config", "/no/such/file"]));
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("the settings file /no/such/file"), "{run:?}");
}
