//! Bodies that are too long, and lengths that lie.

use super::{BODY, http1, http2};
use crate::{Case, Error, Expect, Http2, Need, Request, Result};

const LIMIT: usize = 1000;
const MIB: usize = 1024 * 1024;

pub(super) fn cases() -> Result<Vec<Case>> {
    let mut cases = limits()?;
    cases.extend(far_too_large()?);
    cases.extend(lies()?);
    Ok(cases)
}

fn limits() -> Result<Vec<Case>> {
    let full = Request::signed(vec![b'x'; LIMIT]);
    let over = Request::signed(vec![b'x'; LIMIT + 1]);
    let (accepted, rejected) = (Expect::accepted(&full)?, Expect::rejected("body_too_large")?);
    let head = over.head(&[&over.length_line()]);
    // The frames of HTTP/2 need no declared length; a client may still declare one.
    let declared = over.clone().header("content-length", over.body.len().to_string());
    let unsent = over.clone().with("Content-Length", (1_u64 << 63).to_string()).head(&[]);
    let mut cases = vec![
        http1("as long as the limit, declared", full.whole(), accepted.clone()),
        http1("as long as the limit, undeclared", full.chunked(64), accepted.clone()),
        http2("as long as the limit (HTTP/2)", full, accepted),
        http1("one byte over the limit, declared", over.whole(), rejected.clone()),
        http1("one byte over the limit, undeclared", over.chunked(64), rejected.clone()),
        http1("one byte over the limit, declared and not sent", head, rejected.clone())
            .needs(Need::HeadersFirst),
        http1("a length of 2^63, declared and not sent", unsent, rejected.clone())
            .needs(Need::HeadersFirst),
        http2("one byte over the limit, declared (HTTP/2)", declared, rejected.clone()),
        http2("one byte over the limit, undeclared (HTTP/2)", over, rejected),
    ];
    for case in &mut cases {
        case.settings.body_limit = Some(LIMIT as u64);
    }
    let mebibyte = Request::signed(vec![b'x'; MIB]);
    cases.push(http1(
        "1 MiB under the default limit",
        mebibyte.whole(),
        Expect::accepted(&mebibyte)?,
    ));
    Ok(cases)
}

/// The client writes all of it before it reads: it must get the answer and no reset.
fn far_too_large() -> Result<Vec<Case>> {
    let request = Request::signed(vec![b'x'; 5 * MIB]);
    let rejected = Expect::rejected("body_too_large")?;
    let expired = request.clone().with("X-TC-Timestamp", "1732399699999");
    Ok(vec![
        http1("5 MiB, written before the answer is read", request.whole(), rejected.clone()),
        http1(
            "5 MiB in chunks, written before the answer is read",
            request.chunked(65_536),
            rejected.clone(),
        ),
        http1(
            "5 MiB and an expired timestamp, written before the answer is read",
            expired.whole(),
            Expect::rejected("timestamp_expired")?,
        )
        .needs(Need::HeadersFirst),
        http2("5 MiB (HTTP/2)", request, rejected),
    ])
}

fn lies() -> Result<Vec<Case>> {
    let mut cases = too_small()?;
    cases.extend(too_large()?);
    Ok(cases)
}

/// The bytes after the declared length are not a request: none of them may be handled.
fn too_small() -> Result<Vec<Case>> {
    let part = BODY.get(..10).unwrap_or_default();
    let lie = |name: &str, signed: Request, expect: Expect| {
        let mut bytes = signed.head(&["Content-Length: 10"]);
        bytes.extend_from_slice(BODY);
        Case::new(name, [expect], async move |target| {
            let mut client = target.http1().await?;
            let reply = client.exchange(&bytes).await?;
            client.half_close().await?;
            nothing_more_passed(&client.rest().await.unwrap_or_default())?;
            Ok(vec![reply])
        })
    };
    Ok(vec![
        lie(
            "a Content-Length too small",
            Request::signed(BODY),
            Expect::rejected("signature_mismatch")?,
        ),
        lie(
            "a Content-Length too small, what it covers is signed",
            Request::signed(part),
            Expect::echo(part, b"")?,
        ),
    ])
}

fn nothing_more_passed(rest: &[u8]) -> Result<()> {
    let text = String::from_utf8_lossy(rest);
    if text.contains("\"data\"") {
        return Err(Error::from(format!("what lay behind the body was handled: {text}")));
    }
    Ok(())
}

/// The part that arrives is signed, so that a server that takes it for the whole accepts it.
fn too_large() -> Result<Vec<Case>> {
    let request = Request::signed(BODY);
    let unreadable = Expect::rejected("body_unreadable")?;
    let cut = |name: &str, bytes: Vec<u8>, expect: Expect| {
        Case::new(name, [expect], async move |target| {
            let mut client = target.http1().await?;
            client.send(&bytes).await?;
            client.half_close().await?;
            Ok(vec![client.reply().await?])
        })
        .needs(Need::HalfClose)
    };
    let declared = |length: usize| {
        [request.head(&[&format!("Content-Length: {length}")]), request.body.clone()].concat()
    };
    let mut endless = request.chunked(7);
    endless.truncate(endless.len() - b"0\r\n\r\n".len());
    let mut garbage = endless.clone();
    garbage.extend_from_slice(b"no size\r\n");
    let nothing = Request::signed("").head(&["Content-Length: 5"]);
    Ok(vec![
        cut(
            "a Content-Length too large, then the end",
            declared(BODY.len() + 1),
            unreadable.clone(),
        ),
        cut("a Content-Length and then the end", nothing, unreadable.clone()),
        cut("chunked without the last chunk, then the end", endless, unreadable.clone()),
        http1("chunked, then garbage for a size", garbage.clone(), unreadable)
            .needs(Need::InvalidChunks),
        nothing_passed("chunked, then garbage for a size: nothing is handled", garbage)?,
        reset_stream()?,
    ])
}

/// The bytes are not handled, and the next client is served.
fn nothing_passed(name: &str, bytes: Vec<u8>) -> Result<Case> {
    let next = Request::signed(BODY);
    let expect = [Expect::accepted(&next)?];
    Ok(Case::new(name, expect, async move |target| {
        let mut broken = target.http1().await?;
        broken.send(&bytes).await?;
        nothing_more_passed(&broken.rest().await.unwrap_or_default())?;
        Ok(vec![target.http1().await?.exchange(&next.whole()).await?])
    }))
}

/// HTTP/2 has no half-closed body: a broken-off stream takes no answer, and the next one passes.
fn reset_stream() -> Result<Case> {
    let request = Request::signed(BODY);
    let accepted = Expect::accepted(&request)?;
    let name = "a stream broken off in mid-body, then an honest one (HTTP/2)";
    let case = Case::new(name, [accepted], async move |target| {
        let mut client = Http2::connect(target).await?;
        let mut broken = client.begin(&request).await?;
        broken.send(&request.body).await?;
        tokio::task::yield_now().await;
        broken.reset();
        Ok(vec![client.exchange(&request).await?])
    });
    Ok(case.needs(Need::Http2))
}
