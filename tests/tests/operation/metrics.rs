//! The metrics that are documented are those that the code has, and the dashboard and the alerts ask
//! for no others.

use std::collections::BTreeSet;

use crate::book::{difference, files_below, names, read, rows, section};

const PAGE: &str = "docs/operation/observability.md";
const ASKING: [&str; 3] =
    ["deploy/grafana-dashboard.json", "deploy/alerts.yaml", "deploy/alerts.test.yaml"];

#[test]
fn every_metric_is_documented_and_exists() {
    let mut there = BTreeSet::new();
    for crate_ in ["core", "tower", "actix", "redis"] {
        for file in files_below(&format!("crates/{crate_}/src")) {
            there.extend(metrics(&read(&file), '"'));
        }
    }
    assert_eq!(
        documented(),
        there,
        "make the table under \"## Metrics\" in {PAGE} have a row for each metric of the code"
    );
}

#[test]
fn dashboard_and_alerts_ask_for_what_there_is() {
    let documented = documented();
    for file in ASKING {
        let text = read(file);
        let asked: BTreeSet<_> = ['"', '(', ' ', '\n']
            .into_iter()
            .flat_map(|before| metrics(&text, before))
            .map(|name| name.trim_end_matches("_bucket").to_owned())
            .collect();
        assert!(!asked.is_empty(), "{file} asks for no metric");
        let unknown = difference(&asked, &documented);
        assert!(
            unknown.is_empty(),
            "{file} asks for {unknown:?}: add it to the table in {PAGE}, or ask for another"
        );
    }
}

#[test]
fn every_alert_is_documented() {
    let table = rows(&section(PAGE, "## Dashboard and alerts"));
    let alerts = read("deploy/alerts.yaml");
    let names_there = alerts.lines().filter_map(|line| line.split("- alert: ").nth(1));
    let there: BTreeSet<_> = names_there.map(str::to_owned).collect();
    assert_eq!(names(&table), there, "make the table in {PAGE} have a row for each alert");
}

fn documented() -> BTreeSet<String> {
    let mut names = names(&rows(&section(PAGE, "## Metrics")));
    names.retain(|name| name.starts_with("online_contact_"));
    names
}

/// All names of metrics that stand behind this character.
fn metrics(text: &str, before: char) -> BTreeSet<String> {
    let start = format!("{before}online_contact_");
    let rests = text.split(start.as_str()).skip(1);
    rests
        .map(|rest| rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect())
        .map(|rest: String| format!("online_contact_{rest}"))
        .collect()
}
