//! Every event that the code logs is documented, and no other.

use std::collections::BTreeSet;

use super::book::{files_below, names, read, rows, section};

const PAGE: &str = "docs/operation/observability.md";

/// Functions that log the message they are given.
const LOGGING: [&str; 2] = ["log_as(", "log(head,"];

#[test]
fn every_event_is_documented_and_exists() {
    let mut logged: BTreeSet<_> = events().into_iter().map(|event| event.message).collect();
    for source in sources() {
        for function in LOGGING {
            let calls = source.split(function).skip(1).map(arguments);
            logged.extend(calls.filter_map(|call| last_text(call).map(plain)));
        }
    }
    let mut documented = names(&rows(&section(PAGE, "## Events")));
    // The section also has a table of fields, whose names are single words.
    documented.retain(|name| name.contains(' '));
    assert_eq!(documented, logged, "{PAGE}: expected a row under \"## Events\" for each event");
}

#[test]
fn every_field_is_documented_and_exists() {
    let table = rows(&section(PAGE, "## Events"));
    let (of_events, of_fields): (Vec<_>, Vec<_>) =
        table.iter().partition(|row| row.name().contains(' '));
    let events = all_events();
    let logged: BTreeSet<_> = events.iter().flat_map(|event| &event.fields).cloned().collect();
    let documented = of_fields.iter().map(|row| row.name().to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(documented, logged, "{PAGE}: expected a row under \"## Events\" for each field");

    for event in events.iter().filter(|event| !event.message.starts_with('{')) {
        let row = of_events.iter().find(|row| row.name() == event.message);
        let row = row.unwrap_or_else(|| panic!("{PAGE}: expected a row for {}", event.message));
        let documented: BTreeSet<_> = row.codes(3).map(str::to_owned).collect();
        assert_eq!(documented, event.fields, "{PAGE}: fields of `{}`", event.message);
    }
}

struct Event {
    message: String,
    fields: BTreeSet<String>,
}

/// Returns the events with a message of their own.
fn events() -> Vec<Event> {
    let mut events = all_events();
    events.retain(|event| !event.message.starts_with('{'));
    events
}

fn all_events() -> Vec<Event> {
    let mut events = Vec::new();
    for source in sources() {
        for rest in source.split("target: \"online_contact\",").skip(1) {
            let event = arguments(rest);
            let message = plain(last_text(event).expect("an event ends with its message"));
            let parts = event.split(',').map(str::trim);
            let fields = parts.filter_map(|part| {
                let name = part.split_once(" = ").map_or(part, |(name, _)| name);
                let is_name =
                    !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                is_name.then(|| name.to_owned())
            });
            let fields = fields.collect();
            events.push(Event { message, fields });
        }
    }
    events
}

fn sources() -> impl Iterator<Item = String> {
    ["core", "tower", "actix", "redis"]
        .into_iter()
        .flat_map(|name| files_below(&format!("crates/{name}/src")))
        .map(|file| read(&file))
}

/// Returns the text up to the parenthesis that closes a call.
fn arguments(rest: &str) -> &str {
    let (mut depth, mut is_text) = (1, false);
    for (at, c) in rest.char_indices() {
        match c {
            '"' => is_text = !is_text,
            '(' if !is_text => depth += 1,
            ')' if !is_text => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &rest[..at];
        }
    }
    rest
}

fn last_text(call: &str) -> Option<&str> {
    call.rsplit('"').nth(1)
}

/// A code span cannot contain backticks.
fn plain(message: &str) -> String {
    message.replace('`', "")
}
