//! Commands that send a request: a `curl` command, as browsers copy it for bash or for Windows' cmd, and as
//! `sign --format curl` prints it; a call of `fetch`; and a command of PowerShell. The quoting of a POSIX
//! shell is undone by the crate `shlex`.

use std::borrow::Cow;

use serde_json::{Deserializer, Value};

use super::logs;
use super::request::{Capture, CapturedRequest, Recognized};
use crate::text::number;

pub(super) fn read_curl(capture: &Capture<'_>) -> Recognized {
    let start = command_start(&capture.text)?;
    let text = capture.text.get(start..)?;
    // A file may have been saved on Windows; the body inside of the quotes has line ends of its own.
    let text = text.trim_end().replace("\\\r\n", "\\\n");
    let words = if is_cmd(&text) {
        shlex::split(&without_carets(&text))?
    } else {
        shlex::split(&plain_quotes(&text))?
    };
    let mut command = Command::default();
    command.read(words.into_iter().skip(1).take_while(|word| !is_operator(word)));
    let mut request = command.request;
    if request.headers.is_empty() && request.target.is_none() {
        return None;
    }
    if let Some(bytes) = command.data {
        request.body = Some(bytes);
    } else if let Some(printed) = printed(capture.text.get(..start)?) {
        request.body = Some(printed);
    }
    if command.from_file {
        request.body = None;
        request.source.remark(
            "The command takes the body from a file; `-d @file` and `--data @file` remove its line ends, \
             `--data-binary @file` does not.",
            "본문을 파일에서 읽는 명령입니다. `-d @file`과 `--data @file`은 줄바꿈을 지우고 \
             `--data-binary @file`은 지우지 않습니다.",
        );
    }
    let method = if request.body.is_some() || command.from_file { "POST" } else { "GET" };
    request.method.get_or_insert_with(|| method.to_owned());
    request.source.remark(
        "Taken from a command, not from the wire: what was sent is what the command says.",
        "전송된 바이트가 아니라 명령에서 읽었습니다. 명령에 적힌 대로 전송되었다고 봅니다.",
    );
    Some(Ok(request))
}

/// The place of `curl` at the start of a line, after a prompt or after a pipe.
fn command_start(text: &str) -> Option<usize> {
    text.match_indices("curl").map(|(at, _)| at).find(|&at| {
        let (before, after) = text.split_at(at);
        let line = before.rsplit('\n').next().unwrap_or_default().trim_end();
        let is_first = line.is_empty() || line.ends_with(['$', '%', '#', '>', '|', '`']);
        let after = after.strip_prefix("curl").unwrap_or_default();
        let after = after.strip_prefix(".exe").unwrap_or(after);
        is_first && after.starts_with([' ', '\t', '\\', '^'])
    })
}

fn is_operator(word: &str) -> bool {
    matches!(word, "|" | ";" | "&&" | "||" | "&" | ">" | "2>")
}

/// Browsers quote for cmd with carets.
fn is_cmd(text: &str) -> bool {
    text.contains("^\"") || text.lines().next().is_some_and(|line| line.trim_end().ends_with('^'))
}

/// The command without the carets of cmd, as a POSIX shell reads it. `"` and `\` mean the same in both
/// inside of quotes, but cmd has no `$` and no backquote.
fn without_carets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '^' => match letters.next() {
                // The end of a line is joined with the next one. Two in a row are one in the text.
                Some('\r') => {
                    letters.next_if_eq(&'\n');
                    newline(&mut out, &mut letters);
                }
                Some('\n') => newline(&mut out, &mut letters),
                Some(escaped @ ('$' | '`')) => out.extend(['\\', escaped]),
                Some(escaped) => out.push(escaped),
                None => {}
            },
            '$' | '`' => out.extend(['\\', letter]),
            other => out.push(other),
        }
    }
    out
}

fn newline(out: &mut String, letters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    letters.next_if_eq(&'\r');
    if letters.next_if_eq(&'\n').is_some() {
        out.push('\n');
    }
}

/// The command with each `$'…'` of bash as plain single quotes.
fn plain_quotes(text: &str) -> Cow<'_, str> {
    if !text.contains("$'") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, quoted)) = rest.split_once("$'") {
        out.push_str(before);
        let (inside, after) = ansi_quoted(quoted);
        out.push('\'');
        out.push_str(&inside.replace('\'', "'\\''"));
        out.push('\'');
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The text of `$'…'` with its escapes undone, and what follows the closing quote.
fn ansi_quoted(text: &str) -> (String, &str) {
    let mut bytes = Vec::new();
    let mut rest = text;
    loop {
        let mut letters = rest.chars();
        let Some(letter) = letters.next() else { break };
        rest = letters.as_str();
        match letter {
            '\'' => break,
            '\\' => {
                let escape = letters.next();
                rest = letters.as_str();
                match escape {
                    Some('n') => bytes.push(b'\n'),
                    Some('r') => bytes.push(b'\r'),
                    Some('t') => bytes.push(b'\t'),
                    Some(kind @ ('x' | 'u' | 'U')) => rest = code(&mut bytes, kind, rest),
                    Some(other) => {
                        bytes.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                    None => {}
                }
            }
            other => bytes.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    (String::from_utf8_lossy(&bytes).into_owned(), rest)
}

/// `\x41`, `\u0041` or `\U00000041`.
fn code<'a>(bytes: &mut Vec<u8>, kind: char, rest: &'a str) -> &'a str {
    let most = match kind {
        'x' => 2,
        'u' => 4,
        _ => 8,
    };
    let length = rest.bytes().take(most).take_while(u8::is_ascii_hexdigit).count();
    let (digits, rest) = rest.split_at(length);
    match (kind, u32::from_str_radix(digits, 16)) {
        ('x', Ok(byte)) => bytes.extend(u8::try_from(byte)),
        (_, Ok(code)) => {
            let letter = char::from_u32(code).unwrap_or('\u{fffd}');
            bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
        }
        _ => {}
    }
    rest
}

/// The bytes that `printf '\173…' |` in front of the command prints.
fn printed(before: &str) -> Option<Vec<u8>> {
    let operand = before.rsplit_once("printf '")?.1.split('\'').next()?;
    let mut bytes = Vec::new();
    for digits in operand.split('\\').skip(1) {
        bytes.push(number(digits.get(..3)?, 8)?.try_into().ok()?);
    }
    operand.starts_with('\\').then_some(bytes)
}

/// The request that the arguments make.
#[derive(Default)]
struct Command {
    request: CapturedRequest,
    data: Option<Vec<u8>>,
    from_file: bool,
}

impl Command {
    fn read(&mut self, words: impl Iterator<Item = String>) {
        let mut words = words;
        while let Some(word) = words.next() {
            let (name, value) = split_option(&word);
            if !takes_value(name) {
                if !name.starts_with('-') {
                    self.request.set_url(&word);
                }
                continue;
            }
            let Some(value) = value.map(str::to_owned).or_else(|| words.next()) else { return };
            self.option(name, &value);
        }
    }

    fn option(&mut self, name: &str, value: &str) {
        match name {
            "-H" | "--header" => {
                if let Some((name, value)) = value.split_once(':') {
                    self.request.add_header(name, value);
                }
            }
            "-X" | "--request" => self.request.method = Some(value.to_owned()),
            "--url" => self.request.set_url(value),
            "-A" | "--user-agent" => self.request.add_header("user-agent", value),
            "-b" | "--cookie" => self.request.add_header("cookie", value),
            "--data-raw" => self.add_data(value),
            "--json" | "-d" | "--data" | "--data-ascii" | "--data-binary" => {
                if value.starts_with('@') {
                    self.from_file = value != "@-";
                } else {
                    self.add_data(value);
                }
                if name == "--json" {
                    self.request.add_header("content-type", "application/json");
                }
            }
            _ => {}
        }
    }

    /// Several are joined as fields of a form.
    fn add_data(&mut self, value: &str) {
        match &mut self.data {
            Some(data) => data.extend_from_slice(&[b"&", value.as_bytes()].concat()),
            None => self.data = Some(value.into()),
        }
    }
}

/// `--name=value` is none of curl's, but `-Hvalue` is.
fn split_option(word: &str) -> (&str, Option<&str>) {
    let is_short = word.starts_with('-') && !word.starts_with("--");
    match word.split_at_checked(2) {
        Some((name, value)) if is_short && !value.is_empty() && takes_value(name) => {
            (name, Some(value))
        }
        _ => (word, None),
    }
}

fn takes_value(name: &str) -> bool {
    const NAMES: [&str; 34] = [
        "-H",
        "--header",
        "-X",
        "--request",
        "--url",
        "-A",
        "--user-agent",
        "-b",
        "--cookie",
        "-d",
        "--data",
        "--data-raw",
        "--data-ascii",
        "--data-binary",
        "--data-urlencode",
        "--json",
        "-o",
        "--output",
        "-u",
        "--user",
        "-e",
        "--referer",
        "-m",
        "--max-time",
        "--connect-timeout",
        "--cacert",
        "--cert",
        "--key",
        "-x",
        "--proxy",
        "--resolve",
        "-w",
        "--write-out",
        "--retry",
    ];
    NAMES.contains(&name)
}

/// Reads `fetch("https://…", {…})`. The second argument that browsers copy is JSON.
pub(super) fn read_fetch(capture: &Capture<'_>) -> Recognized {
    let (_, call) = capture.text.split_once("fetch(")?;
    let mut url = Deserializer::from_str(call.trim_start()).into_iter::<String>();
    let address = url.next()?.ok()?;
    let options = call.trim_start().get(url.byte_offset()..)?.trim_start().strip_prefix(',')?;
    let options = Deserializer::from_str(options).into_iter::<Value>().next()?.ok()?;
    let mut request = logs::request_of(&options)?;
    request.set_url(&address);
    let method = if request.body.is_some() { "POST" } else { "GET" };
    request.method.get_or_insert_with(|| method.to_owned());
    Some(Ok(request))
}

/// Reads `Invoke-WebRequest -Uri "…" -Headers @{…} -Body "…"`.
pub(super) fn read_powershell(capture: &Capture<'_>) -> Recognized {
    let text = &*capture.text;
    if !text.contains("Invoke-WebRequest") && !text.contains("Invoke-RestMethod") {
        return None;
    }
    let argument = |name: &str| text.split_once(name).and_then(|(_, rest)| powershell_string(rest));
    let mut request = CapturedRequest {
        method: argument("-Method ").map(|(method, _)| method),
        body: argument("-Body ").map(|(body, _)| body.into_bytes()),
        ..CapturedRequest::default()
    };
    let (_, headers) = text.split_once("-Headers @{")?;
    let mut rest = headers;
    while let Some((name, after)) = powershell_string(rest) {
        let (value, after) = powershell_string(after.trim_start().strip_prefix('=')?)?;
        request.add_header(&name, &value);
        rest = after.trim_start().trim_start_matches([';', '\n', '\r']);
    }
    if let Some((content_type, _)) = argument("-ContentType ") {
        request.add_header("content-type", &content_type);
    }
    request.set_url(&argument("-Uri ")?.0);
    Some(Ok(request))
}

/// A string of PowerShell and what follows it. A backquote escapes.
fn powershell_string(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let Some(inner) = text.strip_prefix('"') else {
        let end = text.find([' ', '\r', '\n', '`', '}'])?;
        let (word, rest) = text.split_at(end);
        return (!word.is_empty()).then(|| (word.to_owned(), rest));
    };
    let mut out = String::new();
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return Some((out, letters.as_str())),
            '`' => match letters.next()? {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                other => out.push(other),
            },
            other => out.push(other),
        }
    }
    None
}
