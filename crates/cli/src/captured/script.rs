//! A call of `fetch`, as browsers copy it, and the command of PowerShell.

use serde_json::{Deserializer, Value};

use super::{Capture, CapturedRequest, Recognized, json};

/// Reads `fetch("https://…", {…})`. The second argument that browsers copy is JSON.
pub(super) fn read_fetch(capture: &Capture<'_>) -> Recognized {
    let (_, call) = capture.text.split_once("fetch(")?;
    let mut url = Deserializer::from_str(call.trim_start()).into_iter::<String>();
    let address = url.next()?.ok()?;
    let options = call.trim_start().get(url.byte_offset()..)?.trim_start().strip_prefix(',')?;
    let options = Deserializer::from_str(options).into_iter::<Value>().next()?.ok()?;
    let mut request = json::request_of(&options)?;
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
    let argument = |name: &str| text.split_once(name).and_then(|(_, rest)| string(rest));
    let mut request = CapturedRequest {
        method: argument("-Method ").map(|(method, _)| method),
        body: argument("-Body ").map(|(body, _)| body.into_bytes()),
        ..CapturedRequest::default()
    };
    let (_, headers) = text.split_once("-Headers @{")?;
    let mut rest = headers;
    while let Some((name, after)) = string(rest) {
        let (value, after) = string(after.trim_start().strip_prefix('=')?)?;
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
fn string(text: &str) -> Option<(String, &str)> {
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
