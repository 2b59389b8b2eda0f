//! Compressed responses, which the caller has asked for.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};

use crate::captured::CapturedRequest;
use crate::http::{ANSWER_LIMIT, Answer};

/// Decodes a gzip response if the request accepts it, so that its envelope can be checked.
pub(super) fn decoded(mut answer: Answer, request: &CapturedRequest) -> Answer {
    let is_gzip = answer.headers.get(CONTENT_ENCODING).is_some_and(|it| it == "gzip");
    if !is_gzip || answer.truncated || !accepts_gzip(request) {
        return answer;
    }
    let mut body = Vec::new();
    let limit = ANSWER_LIMIT as u64 + 1;
    if MultiGzDecoder::new(&answer.body[..]).take(limit).read_to_end(&mut body).is_err() {
        return answer;
    }
    answer.truncated = body.len() > ANSWER_LIMIT;
    body.truncate(ANSWER_LIMIT);
    answer.headers.remove(CONTENT_ENCODING);
    answer.headers.remove(CONTENT_LENGTH);
    answer.body = body.into();
    answer
}

fn accepts_gzip(request: &CapturedRequest) -> bool {
    let is_gzip = |coding: &str| coding.split(';').next().map(str::trim) == Some("gzip");
    request
        .header("accept-encoding")
        .filter_map(|value| std::str::from_utf8(value).ok())
        .any(|value| value.split(',').any(is_gzip))
}
