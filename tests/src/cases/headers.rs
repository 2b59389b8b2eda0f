//! Headers that vectors in JSON can't hold, or that frameworks like to tidy up.

use super::{BODY, http1, http2};
use crate::{Case, Expect, Need, Request, Result};

const TIMESTAMP: &str = "X-TC-Timestamp";
const AUTHORIZATION: &str = "Authorization";

pub(super) fn cases() -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for (name, request, reason) in duplicated()?.into_iter().chain(high_bytes()?) {
        let expect = match reason {
            "accepted" => Expect::accepted(&request)?,
            reason => Expect::rejected(reason)?,
        };
        let is_empty = |(header, value): &(String, Vec<u8>)| {
            header.eq_ignore_ascii_case(AUTHORIZATION) && value.is_empty()
        };
        let has_empty = request.headers.iter().any(is_empty);
        let http1 = http1(name.clone(), request.whole(), expect.clone());
        let http2 = http2(format!("{name} (HTTP/2)"), request, expect);
        for case in [http1, http2] {
            cases.push(if has_empty { case.needs(Need::EmptyAuthorization) } else { case });
        }
    }
    Ok(cases)
}

type Row = (String, Request, &'static str);

fn duplicated() -> Result<Vec<Row>> {
    let good = Request::signed(BODY);
    let reason = "header_duplicated";
    let mut rows = Vec::new();
    for (name, wrong) in
        [(TIMESTAMP, "1732300000000"), (AUTHORIZATION, "Bearer x"), (AUTHORIZATION, "")]
    {
        let text = format!("a good and a wrong {name} {wrong:?}");
        rows.push((text, good.clone().header(name, wrong), reason));
        let text = format!("a wrong {name} {wrong:?} and a good one");
        rows.push((text, good.clone().header_first(name, wrong), reason));
    }
    let bad = good.clone().without(TIMESTAMP).header(AUTHORIZATION, "");
    rows.push(("two of one header before the other one's absence".to_owned(), bad, reason));
    Ok(rows)
}

fn high_bytes() -> Result<Vec<Row>> {
    let good = Request::signed(BODY);
    let fullwidth = "１７３２４００００００００".as_bytes();
    let rows = [
        (
            "bytes above 0x7f in the timestamp",
            good.clone().with(TIMESTAMP, *b"173240000000\xff"),
            "timestamp_not_numeric",
        ),
        (
            "fullwidth digits in the timestamp",
            good.clone().with(TIMESTAMP, fullwidth),
            "timestamp_not_numeric",
        ),
        (
            "44 bytes above 0x7f as the signature",
            good.clone().with(AUTHORIZATION, [0xe9; 44]),
            "authorization_malformed",
        ),
        (
            "bytes above 0x7f after the signature",
            append(&good, b"\x80\xff"),
            "authorization_malformed",
        ),
        (
            "bytes above 0x7f in another header",
            good.clone().header("X-Agent", *b"\xea\xb3\xa0\xff"),
            "accepted",
        ),
    ];
    let rows = rows.into_iter().chain([(
        "another scheme with a comma",
        good.clone().with(AUTHORIZATION, *b"Digest username=\"a\", realm=\"b\""),
        "authorization_malformed",
    )]);
    Ok(rows.map(|(name, request, reason)| (name.to_owned(), request, reason)).collect())
}

fn append(request: &Request, bytes: &[u8]) -> Request {
    let mut request = request.clone();
    for (name, value) in &mut request.headers {
        if name.eq_ignore_ascii_case(AUTHORIZATION) {
            value.extend_from_slice(bytes);
        }
    }
    request
}
