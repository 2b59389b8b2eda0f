//! Every event that the code logs is documented, and no other.

use std::collections::{BTreeMap, BTreeSet};

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

#[test]
fn every_field_is_documented_and_exists() {
    let mut there: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for crate_ in ["core", "tower", "actix", "redis"] {
        for file in files_below(&format!("crates/{crate_}/src")) {
            for (event, fields) in fields(&read(&file)) {
                there.entry(event).or_default().extend(fields);
            }
        }
    }
    let table = rows(&section(PAGE, "## Events"));
    let (events, of_fields): (Vec<_>, Vec<_>) =
        table.iter().partition(|row| row.name().contains(' '));
    let all: BTreeSet<_> = there.values().flatten().map(String::as_str).collect();
    assert_eq!(
        of_fields.iter().map(|row| row.name()).collect::<BTreeSet<_>>(),
        all,
        "make the second table under \"## Events\" in {PAGE} have a row for each field of the code"
    );
    for (event, fields) in there.iter().filter(|(event, _)| *event != "{what}") {
        let row = events.iter().find(|row| row.name() == event);
        let told: BTreeSet<_> =
            row.expect("the other test asks for it").codes(3).map(str::to_owned).collect();
        assert_eq!(told, *fields, "{PAGE}: name the fields of `{event}` in its row");
    }
}

/// The fields of each event, by its message.
fn fields(source: &str) -> Vec<(String, BTreeSet<String>)> {
    let events = source.split("target: \"online_contact\"").skip(1);
    let events = events.filter_map(|rest| rest.split(");").next());
    events
        .map(|event| {
            let message = event.rsplit('"').nth(1).unwrap_or_default().to_owned();
            let named = event.split(',').filter_map(|part| part.split_once(" = "));
            (message, named.map(|(name, _)| name.trim().to_owned()).collect())
        })
        .collect()
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
