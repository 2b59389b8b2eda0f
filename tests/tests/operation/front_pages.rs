//! The front page in Korean shows the same code as the one in English, and the tables of both say what
//! the reference says.

use std::collections::BTreeSet;

use crate::book::{CONFIGURATION, Row, read, row, rows, section, table};

/// A front page: the heads of its tables, and how it writes a default of the reference.
struct Page {
    file: &'static str,
    environment: &'static str,
    default: fn(&str) -> String,
}

const PAGES: [Page; 2] = [
    Page { file: "README.md", environment: "environment of the examples", default: str::to_owned },
    Page {
        file: "README.ko.md",
        environment: "예제의 환경 변수",
        default: |text| text.replace("none", "없음").replace(" minutes", "분").replace(" s", "초"),
    },
];

#[test]
fn every_setting_of_the_verifier_is_on_both_pages() {
    for page in &PAGES {
        let table = table(page.file, "`Verifier::builder()`");
        let mut told = all_names(&table);
        // They stand in the rows of others.
        told.extend(["build", "dangerously_wide_window"]);
        let reference = rows(&section(CONFIGURATION, "## Verifier"));
        assert_eq!(told, all_names(&reference), "{}", page.file);
        // The default of that one is told in words.
        for name in table.iter().flat_map(|row| row.codes(0)).filter(|n| *n != "render_rejections")
        {
            same_default(page, &table, "## Verifier", name);
        }
    }
}

#[test]
fn every_variable_is_on_both_pages() {
    for page in &PAGES {
        let table = table(page.file, page.environment);
        let reference = rows(&section(CONFIGURATION, "## Environment of the examples"));
        assert_eq!(all_names(&table), all_names(&reference), "{}", page.file);
        for name in ["OC_KEY_FILE", "OC_REPLAY", "OC_BODY_TIMEOUT", "RUST_LOG"] {
            same_default(page, &table, "## Environment of the examples", name);
        }
    }
}

#[test]
fn every_feature_is_on_both_pages() {
    let reference = rows(&section(CONFIGURATION, "## Cargo features"));
    let pair = |row: &Row| format!("{} of {}", row.name(), row.code(1));
    let reference: BTreeSet<_> =
        reference.iter().filter(|row| !row.code(1).is_empty()).map(pair).collect();
    for page in &PAGES {
        let mut told = BTreeSet::new();
        for row in table(page.file, "cargo feature") {
            for feature in row.codes(0) {
                for package in row.codes(1) {
                    let package = package.replace("online-contact", "");
                    told.insert(format!("{feature} of online-contact{package}"));
                }
            }
        }
        assert_eq!(told, reference, "{}", page.file);
    }
}

fn same_default(page: &Page, table: &[Row], heading: &str, name: &str) {
    let file = page.file;
    let expected = (page.default)(row(heading, name).cell(1));
    let told = table.iter().find(|row| row.codes(0).any(|code| code == name)).unwrap().cell(1);
    assert!(told.contains(&expected), "{file}: the default of `{name}` is {expected}, not {told}");
}

fn all_names(rows: &[Row]) -> BTreeSet<&str> {
    rows.iter().flat_map(|row| row.codes(0)).filter(|name| !name.is_empty()).collect()
}

#[test]
fn the_korean_page_has_every_code_block() {
    let korean = code_blocks("README.ko.md");
    for block in code_blocks("README.md") {
        assert!(
            korean.contains(&block),
            "README.ko.md: add this block as README.md has it\n{block}"
        );
    }
}

#[test]
fn the_korean_page_has_no_other_code() {
    let english = code_blocks("README.md");
    for block in code_blocks("README.ko.md") {
        assert!(english.contains(&block), "README.ko.md: README.md has no such block\n{block}");
    }
}

/// Diagrams have words in them, and so each page has its own.
fn code_blocks(page: &str) -> Vec<String> {
    let text = read(page);
    let fenced = text.split("\n```").skip(1).step_by(2);
    let code = fenced.filter(|block| !block.starts_with("mermaid") && !block.starts_with("text"));
    code.map(str::to_owned).collect()
}
