//! The front page in Korean shows the same code as the one in English.

use crate::book::read;

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
