//! `--help` of every subcommand, and the language of the answers.

use crate::support::{bare, command, finish};

const SUBCOMMANDS: [&str; 8] =
    ["sign", "send", "explain", "doctor", "listen", "console", "completions", "man"];

#[test]
fn every_subcommand_shows_examples() {
    let help = finish(bare(&["--help"])).stdout;
    assert!(help.contains("\nExamples:\n") && help.contains("\nExit status:\n"), "{help}");
    for subcommand in SUBCOMMANDS {
        let run = finish(bare(&[subcommand, "--help"]));
        assert_eq!(run.status, 0);
        assert!(run.stdout.contains("\nExamples:\n"), "{run:?}");
        assert!(run.stdout.contains(&format!("online-contact {subcommand}")), "{run:?}");
        let widest = run.stdout.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(100), "{subcommand}: {widest:?}");
    }
}

#[test]
fn the_file_is_said_to_win() {
    for subcommand in ["sign", "send"] {
        let help = finish(bare(&[subcommand, "--help"])).stdout;
        assert!(help.contains("It wins over `OC_SECURITY_KEY`"), "{help}");
    }
}

#[test]
fn help_is_good_and_a_wrong_use_could_not_run() {
    assert_eq!(finish(bare(&["--help"])).status, 0);
    assert_eq!(finish(bare(&["--version"])).status, 0);
    assert_eq!(finish(bare(&[])).status, 2);
    assert_eq!(finish(bare(&["no-such"])).status, 2);
}

#[test]
fn help_is_korean_by_the_locale_or_by_lang() {
    for subcommand in SUBCOMMANDS {
        let asked = finish(bare(&[subcommand, "--help", "--lang", "ko"]));
        let mut by_locale = bare(&[subcommand, "--help"]);
        by_locale.env("LC_ALL", "ko_KR.UTF-8");
        assert_eq!((asked.status, &asked.stdout), (0, &finish(by_locale).stdout));
        assert!(asked.stdout.contains("\n사용법: online-contact "), "{asked:?}");
        assert!(asked.stdout.contains("\n예:\n"), "{asked:?}");
        let mut english = bare(&["--lang=en", subcommand, "--help"]);
        english.env("LC_ALL", "ko_KR.UTF-8");
        assert!(finish(english).stdout.contains("\nUsage: "), "{subcommand}");
    }
    let all = finish(bare(&["--help", "--lang", "ko"])).stdout;
    assert!(all.contains("명령:\n  sign ") && all.contains("종료 상태:\n"), "{all}");
    // What tools read stays as it is.
    let man = finish(bare(&["man", "--lang", "ko"])).stdout;
    assert_eq!(man, finish(bare(&["man"])).stdout);
}

#[test]
fn the_version_in_json() {
    let run = finish(bare(&["--version", "--json"]));
    assert_eq!((run.status, &*run.stderr), (0, ""));
    let expected =
        serde_json::json!({ "name": "online-contact", "version": env!("CARGO_PKG_VERSION") });
    assert_eq!(run.json(), expected);
    assert_eq!(finish(bare(&["--json", "--version"])).stdout, run.stdout);
}

/// The error about a missing body shows the language.
fn is_korean(variables: &[(&str, &str)], args: &[&str]) -> bool {
    let mut command = command(&[&["sign", "--body", "/no/such/file"], args].concat());
    command.envs(variables.iter().copied());
    let run = finish(command);
    assert_eq!(run.status, 2);
    run.stderr.contains("읽을 수 없습니다")
}

#[test]
fn the_locale_chooses_the_language_and_lang_overrules_it() {
    assert!(!is_korean(&[], &[]));
    assert!(!is_korean(&[("LANG", "C.UTF-8")], &[]));
    assert!(!is_korean(&[("LANG", "en_US.UTF-8")], &[]));
    assert!(!is_korean(&[("LANG", "kok_IN.UTF-8")], &[]));
    assert!(is_korean(&[("LANG", "ko_KR.UTF-8")], &[]));
    assert!(is_korean(&[("LANG", "ko")], &[]));
    assert!(is_korean(&[("LC_ALL", ""), ("LANG", "ko_KR.UTF-8")], &[]));
    assert!(is_korean(&[("LC_ALL", "ko_KR.UTF-8"), ("LANG", "en_US.UTF-8")], &[]));
    assert!(is_korean(&[("LC_MESSAGES", "ko_KR.UTF-8"), ("LANG", "en_US.UTF-8")], &[]));
    assert!(!is_korean(&[("LC_ALL", "C"), ("LANG", "ko_KR.UTF-8")], &[]));
    assert!(!is_korean(&[("LANG", "ko_KR.UTF-8")], &["--lang", "en"]));
    assert!(is_korean(&[], &["--lang", "ko"]));
}
