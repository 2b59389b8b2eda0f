//! The input of several subcommands: files up to a limit, and the body of a request.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::context::Problem;
use crate::lang::{Lang, Words};

/// No capture and no body is longer than this.
pub const LONGEST: usize = 64 * 1024 * 1024;

/// The bytes that some editors begin a text with.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a file, or stdin if it is named `-`. The error names `what` was expected.
pub(crate) fn read(path: &Path, what: &Words) -> Result<Vec<u8>, Problem> {
    let (shown, en, ko) = (path.display(), what.in_lang(Lang::En), what.in_lang(Lang::Ko));
    let bytes = read_bounded(path).map_err(|error| {
        Problem::new(
            format!("can't read {en} {shown}"),
            format!("{ko} {shown}을(를) 읽을 수 없습니다"),
        )
        .source(error)
    })?;
    if bytes.len() > LONGEST {
        return Err(Problem::new(
            format!("{en} {shown} is longer than 64 MiB"),
            format!("{ko} {shown}이(가) 64 MiB보다 깁니다"),
        ));
    }
    Ok(bytes)
}

fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let longest = LONGEST as u64 + 1;
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(longest).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(longest).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The body in a file, or one made of fields; `None` without both.
pub(crate) fn body(
    file: Option<&Path>,
    fields: &[(String, String)],
) -> Result<Option<Bytes>, Problem> {
    match file {
        Some(path) => read(path, &Words::fixed("the body", "본문")).map(|body| Some(body.into())),
        None if fields.is_empty() => Ok(None),
        None => json_of(fields).map(Some),
    }
}

/// As Online Contact builds it: one object of strings in the order given, without white space.
fn json_of(fields: &[(String, String)]) -> Result<Bytes, Problem> {
    let mut object = Map::new();
    for (name, value) in fields {
        if object.insert(name.clone(), Value::String(value.clone())).is_some() {
            let en = format!("the field {name} is given twice: a JSON object has each name once");
            let ko = format!("{name} 필드를 두 번 지정했습니다. 이름은 한 번만 쓸 수 있습니다");
            return Err(Problem::new(en, ko));
        }
    }
    Ok(Bytes::from(Value::Object(object).to_string()))
}
