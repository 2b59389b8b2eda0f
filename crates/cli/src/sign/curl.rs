//! A signed request as a command for any POSIX shell.

use std::fmt::Write;
use std::path::Path;

use online_contact::ENVELOPE_CONTENT_TYPE;

use super::request::{RequestArgs, Signed};

/// A longer text does not fit one argument everywhere.
const LONGEST_ARGUMENT: usize = 64 * 1024;

/// Where no URL is known, the shell asks for it.
const UNKNOWN_URL: &str = r#""${URL:?set URL to the address of the endpoint}""#;

/// The command, without a newline at its end. Data make it a POST; braces and brackets in a URL are
/// not for curl to expand.
pub(super) fn command(signed: &Signed, request: &RequestArgs, url: Option<&str>) -> String {
    let (before, data) = match as_argument(&signed.body) {
        Some(argument) => (String::new(), format!("--data-raw {argument}")),
        None => match request.body_file().and_then(file_argument) {
            Some(argument) => (String::new(), format!("--data-binary {argument}")),
            None => {
                (format!("printf '{}' |\n", octal(&signed.body)), "--data-binary @-".to_owned())
            }
        },
    };
    let headers = [
        ("Content-Type", ENVELOPE_CONTENT_TYPE.to_owned()),
        ("X-TC-Timestamp", signed.timestamp.to_string()),
        ("Authorization", signed.authorization.clone()),
    ];
    let headers =
        headers.map(|(name, value)| format!("--header {}", quoted(&format!("{name}: {value}"))));
    let url = url.map_or_else(|| UNKNOWN_URL.to_owned(), quoted);
    format!("{before}curl --globoff \\\n  {} \\\n  {data} \\\n  {url}", headers.join(" \\\n  "))
}

/// A text in single quotes, where nothing has a meaning but the quote itself.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The body as it stands between quotes; `None` where a terminal or a shell would change it.
fn as_argument(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let plain = text.chars().all(|c| c == '\n' || !crate::report::steers(c));
    (plain && body.len() <= LONGEST_ARGUMENT).then(|| quoted(text))
}

/// `@FILE`, where the name itself can stand between quotes.
fn file_argument(path: &Path) -> Option<String> {
    as_argument(format!("@{}", path.to_str()?).as_bytes())
}

/// The operand of `printf`: every byte as three octal digits.
fn octal(bytes: &[u8]) -> String {
    let mut operand = String::with_capacity(bytes.len() * 4);
    for byte in bytes {
        // Writing to a string can't fail.
        let _ = write!(operand, "\\{byte:03o}");
    }
    operand
}
