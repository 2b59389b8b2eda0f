//! `--help` of every subcommand, and the language of the answers.

use crate::support::{bare, command, finish};

const SUBCOMMANDS: [&str; 7] =
    ["sign", "send", "explain", "doctor", "console", "completions", "man"];

#[test]
fn every_subcommand_shows_examples() {
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

/// What is said of a body that is not there tells the language.
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
