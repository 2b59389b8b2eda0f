//! The Korean pages have the code blocks of the English ones, which are compiled.

use super::book::read;

const PAGES: [(&str, &str); 8] = [
    ("README.md", "README.ko.md"),
    ("docs/first-request.md", "docs/ko/first-request.md"),
    ("docs/gateway.md", "docs/ko/gateway.md"),
    ("docs/guide.md", "docs/ko/guide.md"),
    ("docs/operation/deployment.md", "docs/ko/deployment.md"),
    ("docs/operation/replay.md", "docs/ko/replay.md"),
    ("docs/operation/rotation.md", "docs/ko/rotation.md"),
    ("docs/operation/troubleshooting.md", "docs/ko/troubleshooting.md"),
];

#[test]
fn code_blocks_are_the_same_in_both_languages() {
    for (english, korean) in PAGES {
        assert_eq!(code_blocks(korean), code_blocks(english), "{korean} differs from {english}");
    }
}

/// Diagrams and samples of output have words in them, so each language has its own.
fn code_blocks(page: &str) -> Vec<String> {
    let text = read(page);
    let fenced = text.split("```").skip(1).step_by(2);
    let code = fenced.filter(|block| !block.starts_with("mermaid") && !block.starts_with("text\n"));
    // Inline code between backticks has no line break after its language.
    code.filter(|block| block.contains('\n')).map(str::to_owned).collect()
}
