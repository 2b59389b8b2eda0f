//! Every test that `SECURITY.md` names exists.

use super::book::{exists, read, rows, section};

const PAGE: &str = "SECURITY.md";

#[test]
fn every_claim_has_its_test() {
    for row in rows(&section(PAGE, "## Claims and tests")) {
        let mut file = String::new();
        for code in row.codes(2) {
            if code.contains('/') {
                file = path(code);
                assert!(exists(&file), "{PAGE}: expected the file or folder {code}");
            } else if !file.is_empty() {
                assert!(has_test(&file, code), "{PAGE}: expected the test {code} in {file}");
            }
        }
    }
}

/// Paths are below `crates/` unless they start with another folder.
fn path(code: &str) -> String {
    let is_elsewhere = ["tests/", "soak/", ".ci/"].iter().any(|folder| code.starts_with(folder));
    if is_elsewhere { code.to_owned() } else { format!("crates/{code}") }
}

/// A name that ends with an ellipsis stands for all tests that start with it.
fn has_test(file: &str, name: &str) -> bool {
    let source = read(file);
    let start = name.trim_end_matches('…');
    let test = if start == name { format!("fn {name}(") } else { format!("fn {start}") };
    source.contains(&test)
}
