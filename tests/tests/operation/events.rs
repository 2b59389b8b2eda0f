//! Every event that the code logs is documented, and no other.

use std::collections::BTreeSet;

use crate::book::{files_below, names, read, rows, section};

const PAGE: &str = "docs/operation/observability.md";

#[test]
fn every_event_is_documented_and_exists() {
    let mut there = BTreeSet::new();
    for crate_ in ["core", "tower", "actix", "redis"] {
        for file in files_below(&format!("crates/{crate_}/src")) {
            there.extend(events(&read(&file)));
        }
    }
    let mut documented = names(&rows(&section(PAGE, "## Events")));
    // The same section has a table of fields, whose names are single words.
    documented.retain(|name| name.contains(' '));
    assert_eq!(
        documented, there,
        "make the first table under \"## Events\" in {PAGE} have a row for each event of the code"
    );
}

/// The messages of a source file: what stands last in an event, or is given to a function that logs.
fn events(source: &str) -> BTreeSet<String> {
    let of_macros = source
        .split("target: \"online_contact\"")
        .skip(1)
        .filter_map(|rest| rest.split(';').next())
        .filter_map(|event| event.rsplit('"').nth(1));
    let of_functions = ["log_as(\"", "log(head,"]
        .into_iter()
        .flat_map(|call| source.split(call).skip(1).map(move |rest| (call, rest)))
        .filter_map(|(call, rest)| rest.split('"').nth(usize::from(!call.ends_with('"'))));
    of_macros
        .chain(of_functions)
        .filter(|message| *message != "{what}")
        // Backticks in a message can't stand between backticks.
        .map(|message| message.replace('`', ""))
        .collect()
}
