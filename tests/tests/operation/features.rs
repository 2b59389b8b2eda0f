//! Every cargo feature of every published crate has a row, with its right default.

use std::collections::BTreeMap;

use crate::book::{CONFIGURATION, files_below, read, rows, section};

const HEADING: &str = "## Cargo features";

#[test]
fn every_feature_has_a_row_and_every_row_a_feature() {
    let mut documented = BTreeMap::new();
    for row in rows(&section(CONFIGURATION, HEADING)) {
        let default = row.cell(2).to_owned();
        documented.insert((row.code(1).to_owned(), row.name().to_owned()), default);
    }
    let there = features();
    for ((package, feature), default) in &there {
        let told = documented.remove(&(package.clone(), feature.clone()));
        assert_eq!(
            told.as_deref(),
            Some(default.as_str()),
            "{package} has the feature `{feature}`, default {default}: give it such a row in the \
             table under \"{HEADING}\" in {CONFIGURATION}"
        );
    }
    let made_up: Vec<_> = documented.keys().collect();
    assert!(
        made_up.is_empty(),
        "no crate has such a feature: take {made_up:?} out of \"{HEADING}\" in {CONFIGURATION}"
    );
}

/// By crate and name, whether it is on by default.
fn features() -> BTreeMap<(String, String), String> {
    let manifests = files_below("crates");
    let mut all = BTreeMap::new();
    for path in manifests.iter().filter(|path| is_manifest(path)) {
        let manifest = read(path);
        if manifest.contains("publish = false") {
            continue;
        }
        let package = value(&manifest, "name").trim_matches('"').to_owned();
        let table = manifest.split("[features]\n").nth(1).unwrap_or_default();
        let table = table.split("\n[").next().unwrap();
        let default = value(table, "default");
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let Some((feature, _)) = line.split_once(" = ") else { continue };
            if feature != "default" {
                let on = if default.contains(&format!("\"{feature}\"")) { "yes" } else { "no" };
                all.insert((package.clone(), feature.to_owned()), on.to_owned());
            }
        }
    }
    assert!(!all.is_empty(), "no features found below crates/: mend this test");
    all
}

/// `crates/NAME/Cargo.toml`, and nothing deeper.
fn is_manifest(path: &str) -> bool {
    path.ends_with("/Cargo.toml") && path.split('/').count() == 3
}

fn value<'a>(toml: &'a str, key: &str) -> &'a str {
    let values = toml.lines().filter_map(|line| line.split_once(" = "));
    values.filter(|(found, _)| *found == key).map(|(_, value)| value).next().unwrap_or_default()
}
