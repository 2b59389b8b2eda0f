//! A request as a `curl` command for any POSIX shell.

use std::fmt::Write;
use std::path::Path;

/// The longest body that fits one argument on every system.
const LONGEST_ARGUMENT: usize = 64 * 1024;

/// The URL, if none is known: the shell reports that it must be set.
const UNKNOWN_URL: &str = r#""${URL:?set URL to the address of the endpoint}""#;

/// Returns the command that posts this body, without a newline at its end.
///
/// Data make it a POST. Braces and brackets in a URL are not for curl to expand.
pub(crate) fn command(
    headers: &[(&str, String)],
    body: &[u8],
    body_file: Option<&Path>,
    url: Option<&str>,
) -> String {
    let (before, data) = match as_argument(body) {
        Some(argument) => (String::new(), format!("--data-raw {argument}")),
        None => match body_file.and_then(file_argument) {
            Some(argument) => (String::new(), format!("--data-binary {argument}")),
            None => (format!("printf '{}' |\n", octal(body)), "--data-binary @-".to_owned()),
        },
    };
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| format!("--header {}", quoted(&format!("{name}: {value}"))))
        .collect();
    let url = url.map_or_else(|| UNKNOWN_URL.to_owned(), quoted);
    format!("{before}curl --globoff \\\n  {} \\\n  {data} \\\n  {url}", headers.join(" \\\n  "))
}

/// Returns a text in single quotes, in which only the quote itself has a meaning.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Returns a body between quotes; `None` if a terminal or a shell would change it.
fn as_argument(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let plain = text.chars().all(|c| c == '\n' || !crate::report::steers(c));
    (plain && body.len() <= LONGEST_ARGUMENT).then(|| quoted(text))
}

/// Returns `@FILE`, if the name itself can be quoted.
fn file_argument(path: &Path) -> Option<String> {
    as_argument(format!("@{}", path.to_str()?).as_bytes())
}

/// Returns the operand of `printf`: every byte as three octal digits.
fn octal(bytes: &[u8]) -> String {
    let mut operand = String::with_capacity(bytes.len() * 4);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(operand, "\\{byte:03o}");
    }
    operand
}
