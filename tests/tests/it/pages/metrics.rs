//! The metrics that are documented are those that the code has, and the dashboard and the alerts ask
//! for no others.

use std::collections::{BTreeMap, BTreeSet};

use super::book::{Row, difference, files_below, names, read, rows, section};

const PAGE: &str = "docs/operation/observability.md";
const ASKING: [&str; 3] = [
    "docs/operation/monitoring/grafana-dashboard.json",
    "docs/operation/monitoring/alerts.yaml",
    "docs/operation/monitoring/alerts.test.yaml",
];

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
fn types_and_labels_are_those_of_the_code() {
    const SOURCE: &str = "crates/core/src/metrics.rs";

    let source = read(SOURCE);
    let mut there = BTreeMap::new();
    for kind in ["counter", "gauge", "histogram"] {
        for call in source.split(&format!("{kind}!(")).skip(1) {
            let arguments = call.split(").").next().unwrap();
            let name = arguments.trim_start().trim_start_matches('"');
            let name = name.split(['"', ',', ')']).next().unwrap();
            let name = constant(&source, name).unwrap_or(name);
            let labels = arguments.split("\" =>").filter_map(|before| before.rsplit('"').next());
            let labels = BTreeSet::from_iter(labels.take(arguments.matches("\" =>").count()));
            there
                .entry(name.to_owned())
                .or_insert_with(|| (kind, BTreeSet::new()))
                .1
                .extend(labels);
        }
    }
    let table = rows(&section(PAGE, "## Metrics"));
    let told = table.iter().filter(|row| row.name().starts_with("online_contact_"));
    let told: BTreeMap<_, _> =
        told.map(|row| (row.name().to_owned(), (row.cell(1), row.codes(2).collect()))).collect();
    assert_eq!(told, there, "make the table under \"## Metrics\" in {PAGE} say what {SOURCE} has");
}

#[test]
fn every_label_has_a_row() {
    let table = rows(&section(PAGE, "## Metrics"));
    let used: BTreeSet<_> = table.iter().flat_map(|row| row.codes(2)).collect();
    let of_labels = table.iter().filter(|row| !row.name().starts_with("online_contact_"));
    assert_eq!(of_labels.map(Row::name).collect::<BTreeSet<_>>(), used, "{PAGE}");
}

/// Returns the value of `const NAME: &str = "…";`.
fn constant<'a>(source: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = source.split_once(&format!("const {name}: &str = \""))?;
    value.split('"').next()
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
    let alerts = read("docs/operation/monitoring/alerts.yaml");
    let names_there = alerts.lines().filter_map(|line| line.split("- alert: ").nth(1));
    let there: BTreeSet<_> = names_there.map(str::to_owned).collect();
    assert_eq!(names(&table), there, "make the table in {PAGE} have a row for each alert");
}

#[test]
fn every_alert_is_seen_to_fire() {
    let tests = read("docs/operation/monitoring/alerts.test.yaml");
    let checks = tests.split("alertname: ").skip(1);
    let firing = checks
        .filter(|check| check.lines().nth(1).is_some_and(|line| line.trim() == "exp_alerts:"));
    let fired: BTreeSet<_> =
        firing.filter_map(|check| check.lines().next()).map(str::to_owned).collect();
    let alerts = names(&rows(&section(PAGE, "## Dashboard and alerts")));
    assert_eq!(fired, alerts, "let each alert fire in docs/operation/monitoring/alerts.test.yaml");
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
