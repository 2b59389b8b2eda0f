//! Completions and manual pages.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::support::{bare, finish};

#[test]
fn there_are_completions_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = finish(bare(&["completions", shell]));
        assert_eq!((run.status, &*run.stderr), (0, ""));
        assert!(run.stdout.contains("uri_body_time"), "{shell}");
        let json = finish(bare(&["completions", shell, "--json"])).json();
        assert_eq!(json["script"], run.stdout);
    }
}

#[test]
fn sh_can_read_those_for_bash() {
    let script = finish(bare(&["completions", "bash"])).stdout;
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    assert!(bash.wait().unwrap().success());
}

#[test]
fn every_subcommand_has_a_page() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("man").join("man1");
    let run = finish(bare(&["man", "--out", out.to_str().unwrap()]));
    assert_eq!((run.status, run.all()), (0, String::new()));
    let mut pages: Vec<_> =
        fs::read_dir(&out).unwrap().map(|page| page.unwrap().file_name()).collect();
    pages.sort();
    let of = |name: &str| format!("online-contact{name}.1");
    let names = [
        "-completions",
        "-console",
        "-doctor",
        "-explain",
        "-listen",
        "-man",
        "-send",
        "-sign",
        "",
    ];
    assert_eq!(pages, names.map(of).map(std::ffi::OsString::from));
    let page = fs::read_to_string(out.join("online-contact-sign.1")).unwrap();
    assert!(page.contains(".TH online-contact-sign 1"), "{page}");
    assert!(page.contains("Examples:"), "{page}");
}

#[test]
fn the_page_of_the_command_goes_to_stdout() {
    let run = finish(bare(&["man"]));
    assert!(run.stdout.contains(".SH SUBCOMMANDS"), "{run:?}");
    let json = finish(bare(&["man", "--json"])).json();
    assert_eq!(json["pages"].as_array().unwrap().len(), 9);
}

#[test]
fn a_folder_that_cannot_be_created_is_reported() {
    let run = finish(bare(&["man", "--out", "/dev/null/man"]));
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("cannot write the manual pages to /dev/null/man"), "{run:?}");
}
