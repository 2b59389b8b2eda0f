//! Exchanges from a folder of captures.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use jiff::Timestamp;

use super::har;
use super::list::{Exchanges, MOST};
use super::record::{Exchange, response_without_keys, without_keys};
use crate::captured::CapturedRequest;
use crate::context::Context;
use crate::input;
use crate::key::KeyText;
use crate::lang::Words;
use crate::outcome::Problem;
use crate::secrets::Secrets;
use crate::verdict::{BodyEnd, Rules, judge, moment, verifier};

/// Adds the captures of a folder to a list: the last ones by their names. A file that is not a capture
/// is noted.
pub(crate) fn folder(
    path: &Path,
    keys: &[KeyText],
    rules: Rules,
    list: &Exchanges,
    cx: &Context,
) -> Result<(), Problem> {
    let files = files(path).map_err(|error| {
        let shown = path.display();
        let en = format!("cannot read the folder {shown}");
        let ko = format!("{shown} 폴더를 읽을 수 없습니다");
        Problem::new(cx.lang.pick(en, ko)).source(error)
    })?;
    let secrets = Secrets::of(keys);
    let mut added = 0;
    for (index, file) in files.iter().enumerate().rev() {
        if added == MOST {
            break;
        }
        match read(file, cx) {
            Ok(exchange) => {
                let verifier = verifier(keys, rules, moment(exchange.arrived), cx.lang).ok();
                let verdict = verifier.and_then(|it| judge(&it, &exchange.request, BodyEnd::Whole));
                list.add(Exchange {
                    number: index as u64 + 1,
                    verdict,
                    request: without_keys(exchange.request, &secrets),
                    response: exchange.response.map(|it| response_without_keys(it, &secrets)),
                    ..exchange
                });
                added += 1;
            }
            Err(error) => cx.note(cx.lang.pick("skipped ", "건너뜀: "), &error),
        }
    }
    Ok(())
}

/// Returns the regular files, in the order of their names.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

fn read(file: &Path, cx: &Context) -> Result<Exchange, String> {
    let shown = file.display();
    let what = Words::fixed("the capture", "캡처");
    let bytes = input::read(file, &what, cx.lang).map_err(|problem| problem.to_string())?;
    let request = CapturedRequest::parse(&bytes, None)
        .map_err(|error| format!("{shown}: {}", error.in_lang(cx.lang)))?;
    let rest = har::rest(&bytes);
    let modified =
        || file.metadata().and_then(|it| it.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let (arrived, version, response) =
        rest.map_or((None, None, None), |rest| (rest.arrived, rest.version, rest.response));
    // A capture without a time is judged by the time in its header.
    let signed_at = || Timestamp::from_millisecond(request.signed_at()?.as_millis()).ok();
    let arrived = arrived
        .or_else(signed_at)
        .or_else(|| Timestamp::try_from(modified()).ok())
        .unwrap_or_default();
    Ok(Exchange {
        number: 0,
        file: file.file_name().map(|name| name.to_string_lossy().into_owned()),
        arrived,
        version: version.unwrap_or_else(|| "HTTP/1.1".to_owned()),
        body_length: request.body.as_ref().map_or(0, Vec::len) as u64,
        request,
        verdict: None,
        explanation: None,
        response: response.ok_or_else(no_response),
    })
}

fn no_response() -> Words {
    Words::fixed("The capture has no response.", "캡처에 응답이 없습니다.")
}
