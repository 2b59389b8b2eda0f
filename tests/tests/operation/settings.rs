//! Every setting has a row, and every row a setting.

use std::collections::BTreeSet;

use crate::book::{CONFIGURATION, difference, names, read, rows, section};

/// A builder: all of its public functions are settings.
struct Builder {
    heading: &'static str,
    source: &'static str,
    block: &'static str,
}

const BUILDERS: [Builder; 2] = [
    Builder {
        heading: "## Verifier",
        source: "crates/core/src/builder.rs",
        block: "impl VerifierBuilder {",
    },
    Builder {
        heading: "## Redis replay guard",
        source: "crates/redis/src/builder.rs",
        block: "impl RedisReplayGuardBuilder {",
    },
];

/// Another table: where the public functions are that its rows name, and those that set nothing.
struct Other {
    heading: &'static str,
    sources: &'static [&'static str],
    no_settings: &'static [&'static str],
}

const OTHERS: [Other; 5] = [
    Other {
        heading: "## Memory replay guard",
        sources: &["crates/core/src/replay/memory.rs"],
        no_settings: &["is_empty", "len"],
    },
    Other {
        heading: "## Key file",
        sources: &["crates/core/src/key_file.rs"],
        no_settings: &["check", "path", "read"],
    },
    Other {
        heading: "## Key source and cache",
        sources: &["crates/core/src/cache.rs"],
        no_settings: &[],
    },
    Other {
        heading: "## Buffer budget",
        sources: &["crates/core/src/budget.rs"],
        no_settings: &["limit", "used"],
    },
    Other {
        heading: "## Layers and middleware",
        sources: &[
            "crates/tower/src/layer.rs",
            "crates/tower/src/sign.rs",
            "crates/tower/src/contract/layer.rs",
            "crates/actix/src/contract.rs",
            "crates/actix/src/middleware.rs",
        ],
        no_settings: &[],
    },
];

#[test]
fn every_setting_of_a_builder_has_a_row() {
    for Builder { heading, source, block } in BUILDERS {
        let missing = difference(&settings(source, block), &documented(heading));
        assert!(
            missing.is_empty(),
            "{source} has {missing:?}: add rows to the table under \"{heading}\" in {CONFIGURATION}"
        );
    }
}

#[test]
fn no_row_names_a_setting_that_does_not_exist() {
    for Builder { heading, source, block } in BUILDERS {
        let made_up = difference(&documented(heading), &settings(source, block));
        assert!(
            made_up.is_empty(),
            "{source} has no {made_up:?}: take it out of \"{heading}\" in {CONFIGURATION}"
        );
    }
}

#[test]
fn every_other_table_has_the_settings_that_there_are() {
    for Other { heading, sources, no_settings } in OTHERS {
        let mut there: BTreeSet<_> =
            sources.iter().flat_map(|source| public_functions(&read(source))).collect();
        for name in no_settings {
            assert!(there.remove(*name), "none of {sources:?} has {name}: mend this test");
        }
        assert_eq!(
            documented(heading),
            there,
            "make the table under \"{heading}\" in {CONFIGURATION} have a row for each setting of \
             {sources:?}, or say in this test that it is none"
        );
    }
}

#[test]
fn every_variable_of_the_examples_has_a_row() {
    const SOURCE: &str = "examples/shared/src/settings.rs";
    const HEADING: &str = "## Environment of the examples";

    let source = read(SOURCE);
    let constants = source.lines().filter_map(|line| line.split(": &str = \"").nth(1));
    let mut there: BTreeSet<_> = constants
        .filter_map(|value| value.split('"').next())
        .filter(|value| value.starts_with("OC_"))
        .map(str::to_owned)
        .collect();
    there.insert("RUST_LOG".to_owned());
    assert!(there.len() > 1, "{SOURCE} names no variable in a constant any more: mend this test");
    assert_eq!(
        documented(HEADING),
        there,
        "make the table under \"{HEADING}\" in {CONFIGURATION} have a row for each variable of {SOURCE}"
    );
}

/// Settings are spelled in lower case; tables of other things, such as URLs, stand there too.
fn documented(heading: &str) -> BTreeSet<String> {
    let mut names = names(&rows(&section(CONFIGURATION, heading)));
    names.retain(|name| name.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '_'));
    names
}

fn settings(source: &str, block: &str) -> BTreeSet<String> {
    let text = read(source);
    let start = text.find(block).unwrap_or_else(|| {
        panic!("{source} has no \"{block}\" any more: name the builder in this test")
    });
    let end = text[start..].find("\n}").unwrap() + start;
    public_functions(&text[start..end])
}

fn public_functions(source: &str) -> BTreeSet<String> {
    let heads = source.lines().map(str::trim).filter_map(|line| line.strip_prefix("pub "));
    heads
        .filter_map(|head| head.split_once("fn ").map(|(_, rest)| rest))
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}
