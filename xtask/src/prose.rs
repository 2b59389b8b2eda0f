use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Outcome, verdict, workspace::Workspace};

const QUESTION_WORDS: &[&str] = &[
    "what", "whatever", "whose", "who", "whom", "whoever", "where", "how", "why", "when", "which",
];

const READMES: &[&str] = &["README.md", "README.ko.md"];

/// `xtask/prose.toml`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Rules {
    /// The maximum length of a README.
    readme_lines: usize,
    /// Phrases to avoid, with the replacement.
    phrases: BTreeMap<String, String>,
    allowed: Allowed,
}

#[derive(Debug, Deserialize)]
struct Allowed {
    phrases: Vec<String>,
    paths: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, paths: &[String]) -> Outcome {
    let rules: Rules = toml::from_str(&workspace.read("xtask/prose.toml")?)?;
    let mut problems = Vec::new();
    for file in workspace.files.iter().filter(|file| is_text(file)) {
        let starts_path = |path: &String| file.starts_with(path.as_str());
        let selected = paths.is_empty() || paths.iter().any(starts_path);
        if !selected || rules.allowed.paths.iter().any(starts_path) {
            continue;
        }
        let text = workspace.read(file)?;
        let mut found = avoided_phrases(&rules, &text);
        if file.ends_with(".rs") {
            found.extend(question_summaries(&text));
        }
        problems.extend(found.into_iter().map(|(line, words)| format!("{file}:{line}: {words}")));
    }
    for file in READMES {
        let (lines, limit) = (workspace.read(file)?.lines().count(), rules.readme_lines);
        if lines > limit {
            problems.push(format!("{file}: {lines} lines, expected up to {limit}"));
        }
    }
    verdict(&problems)
}

fn is_text(file: &str) -> bool {
    let extensions = [".rs", ".md", ".toml", ".yaml", ".yml", ".html", ".js", ".proto"];
    file.starts_with(".ci/") || extensions.iter().any(|extension| file.ends_with(extension))
}

/// The first line of each documentation comment that starts with a question word, with its number.
fn question_summaries(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut marker_before = "";
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_start();
        let marker = ["///", "//!"].into_iter().find(|marker| line.starts_with(marker));
        let marker = marker.filter(|_| !line.starts_with("////")).unwrap_or_default();
        if !marker.is_empty() && marker != marker_before {
            let summary = line.get(marker.len()..).unwrap_or_default().trim_start();
            let word = summary.split(|c: char| !c.is_ascii_alphabetic()).next();
            if word.is_some_and(|word| QUESTION_WORDS.contains(&word.to_lowercase().as_str())) {
                found.push((number, format!("\"{summary}\": begin with a verb or a noun")));
            }
        }
        marker_before = marker;
    }
    found
}

fn avoided_phrases(rules: &Rules, text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let mut line = line.to_lowercase().replace('_', " ");
        for allowed in &rules.allowed.phrases {
            line = line.replace(allowed.as_str(), "");
        }
        for (phrase, replacement) in &rules.phrases {
            if line.match_indices(phrase.as_str()).any(|(at, _)| stands_alone(&line, at, phrase)) {
                found.push((number, format!("\"{phrase}\": write {replacement}")));
            }
        }
    }
    found
}

/// Returns whether the phrase at this place neither begins nor ends inside a word.
fn stands_alone(line: &str, at: usize, phrase: &str) -> bool {
    let before = line.get(..at).unwrap_or_default();
    let after = line.get(at + phrase.len()..).unwrap_or_default();
    !(before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_summaries_that_start_with_a_question_word() {
        let text = "//! What it is.\n\n/// Returns it.\n/// What follows is no summary.\nfn a() {}\n\
            /// `whoever`\n/// ```\nfn b() {}\n    /// Where's it?\nfn c() {}\n//// What\n";
        let lines: Vec<_> = question_summaries(text).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [1, 9]);
    }

    #[test]
    fn finds_phrases_as_whole_words() {
        let rules = Rules {
            readme_lines: 0,
            phrases: BTreeMap::from([("refused".into(), String::new())]),
            allowed: Allowed { phrases: vec!["connection refused".into()], paths: Vec::new() },
        };
        let text = "Refused\nunrefused\nfn is_refused_by()\nConnection refused";
        let lines: Vec<_> =
            avoided_phrases(&rules, text).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [1, 3]);
    }
}
