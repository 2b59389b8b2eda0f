//! `--help` of every subcommand, and the language of the answers.

use crate::support::{bare, command, finish};

const SUBCOMMANDS: [&str; 7] =
    ["sign", "send", "explain", "doctor", "console", "completions", "man"];

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
fn a_wrong_use_is_told_in_korean_too() {
    for (args, words) in [
        (&["--lang", "ko"][..], "명령이 필요합니다"),
        (&["sing", "--lang=ko"], "'sing' 명령을 알 수 없습니다. 'sign'을(를) 찾으십니까?"),
        (&["sign", "--no-such", "--lang", "ko"], "'--no-such' 인수를 알 수 없습니다"),
        (&["sign", "--field", "x", "--lang", "ko"], "이름=값의 형식이어야 합니다"),
        (&["sign", "--timestamp", "x", "--lang", "ko"], "1970년부터의 밀리초"),
        (&["sign", "--format", "xml", "--lang", "ko"], "[가능한 값: headers, curl, json]"),
        (&["sign", "--format", "--lang", "ko"], "'--format <FORMAT>'에 값이 필요합니다"),
        (&["send", "--lang", "ko"], "다음 인수가 필요합니다: <URL>"),
        (&["send", "ftp://a", "--lang", "ko"], "스킴이 ftp입니다"),
        (&["send", "http://a", "--header", "x", "--lang", "ko"], "'이름: 값'의 형식이어야 합니다"),
        (&["doctor", "http://a", "--window", "9", "--lang", "ko"], "10..=86400 범위여야 합니다"),
        (&["sign", "--field", "a=b", "--body", "c", "--lang", "ko"], "함께 쓸 수 없습니다"),
        (&["sign", "--uri", "a", "--uri", "b", "--lang", "ko"], "한 번만 쓸 수 있습니다"),
        (&["sign", "--no\u{1b}[31m", "--lang", "ko"], "\\u{1b}"),
    ] {
        let run = finish(bare(args));
        assert_eq!((run.status, &*run.stdout), (2, ""), "{args:?}");
        assert!(run.stderr.starts_with("오류: ") && run.stderr.contains(words), "{run:?}");
        assert!(!run.stderr.contains('\u{1b}'), "{run:?}");
    }
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
