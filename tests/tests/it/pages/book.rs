//! Reads the pages of the project and their tables.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Reads a file of the project, by its path from the root.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns whether there is a file or folder of the project, by its path from the root.
pub(crate) fn exists(path: &str) -> bool {
    root().join(path).exists()
}

/// Returns the files below a folder of the project, by their paths from the root.
pub(crate) fn files_below(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Returns the text under a heading, up to the next heading of the second level.
pub(crate) fn section(page: &str, heading: &str) -> String {
    let text = read(page);
    let lines = text.lines().skip_while(|line| *line != heading);
    let section: Vec<_> = lines.skip(1).take_while(|line| !line.starts_with("## ")).collect();
    assert!(!section.is_empty(), "{page}: expected the heading \"{heading}\" with text");
    section.join("\n")
}

/// A row of a table with trimmed cells.
pub(crate) struct Row(Vec<String>);

impl Row {
    pub(crate) fn cell(&self, index: usize) -> &str {
        self.0.get(index).map_or("", String::as_str)
    }

    /// Returns the first code span of the first cell, or an empty text.
    pub(crate) fn name(&self) -> &str {
        self.code(0)
    }

    pub(crate) fn code(&self, index: usize) -> &str {
        self.codes(index).next().unwrap_or_default()
    }

    /// Returns all code spans of a cell.
    pub(crate) fn codes(&self, index: usize) -> impl Iterator<Item = &str> {
        self.cell(index).split('`').skip(1).step_by(2)
    }
}

/// Returns the rows of all tables in a text, without heads and rules.
pub(crate) fn rows(text: &str) -> Vec<Row> {
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let is_rule = |line: &&str| line.starts_with("|--");
    lines
        .iter()
        .enumerate()
        .filter(|(at, line)| {
            line.starts_with('|') && !is_rule(line) && !lines.get(at + 1).is_some_and(is_rule)
        })
        .map(|(_, line)| {
            let inner = line.trim_matches('|').replace("\\|", "\u{1}");
            Row(inner.split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect())
        })
        .collect()
}

/// Returns the names in the first column.
pub(crate) fn names(rows: &[Row]) -> BTreeSet<String> {
    rows.iter().map(Row::name).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Returns the names in the first set and not in the second.
pub(crate) fn difference(first: &BTreeSet<String>, second: &BTreeSet<String>) -> Vec<String> {
    first.difference(second).cloned().collect()
}
