//! The ways in which a body can come.

use super::{BODY, http1, http2};
use crate::{Case, Error, Expect, Http2, Need, Request, Result};

pub(super) fn cases() -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    cases.extend(framings()?);
    cases.extend(trailers()?);
    cases.extend(byte_by_byte()?);
    cases.extend(continues()?);
    cases.extend(old_http()?);
    Ok(cases)
}

fn framings() -> Result<Vec<Case>> {
    let request = Request::signed(BODY);
    let tampered = Request::tampered(BODY);
    let empty = Request::signed("");
    let accepted = Expect::accepted(&request)?;
    let large = Request::signed(vec![b'x'; 300_000]);
    let mismatch = Expect::rejected("signature_mismatch")?;
    Ok(vec![
        http1("chunked", request.chunked(7), accepted.clone()),
        http1("chunked, byte by byte", request.chunked(1), accepted),
        http1("chunked, tampered", tampered.chunked(7), mismatch),
        http1(
            "chunked, 300 000 bytes in 4 000 chunks",
            large.chunked(75),
            Expect::accepted(&large)?,
        ),
        http1("chunked, empty", empty.chunked(1), Expect::accepted(&empty)?),
        http1("no body and no length", empty.head(&[]), Expect::accepted(&empty)?)
            .needs(Need::EmptyRequest),
        http2("300 000 bytes (HTTP/2)", large.clone(), Expect::accepted(&large)?),
    ])
}

fn trailers() -> Result<Vec<Case>> {
    let request = Request::signed(BODY);
    let seen = request.clone().trailer("x-trailer", "behind the body");
    let unseen = request.clone().trailer("x-other", "behind the body");
    let tampered = Request::tampered(BODY).trailer("x-trailer", "behind the body");
    let echo = Expect::echo(BODY, b"behind the body")?;
    let mismatch = Expect::rejected("signature_mismatch")?;
    Ok(vec![
        http1(
            "chunked with a trailer: the body passes",
            unseen.chunked(9),
            Expect::accepted(&request)?,
        ),
        http1("chunked with a trailer: it reaches the handler", seen.chunked(9), echo.clone())
            .needs(Need::Trailers),
        http1("chunked with a trailer, tampered", tampered.chunked(9), mismatch.clone()),
        http2("a trailer: the body passes (HTTP/2)", unseen, Expect::accepted(&request)?),
        http2("a trailer: it reaches the handler (HTTP/2)", seen, echo).needs(Need::Trailers),
        http2("a trailer, tampered (HTTP/2)", tampered, mismatch),
    ])
}

fn byte_by_byte() -> Result<Vec<Case>> {
    let slowly = |name: &str, request: Request, expect: Expect| {
        Case::new(name, [expect], async move |target| {
            let mut client = target.http1().await?;
            for byte in request.whole() {
                client.send(&[byte]).await?;
                tokio::task::yield_now().await;
            }
            Ok(vec![client.reply().await?])
        })
    };
    let slowly_2 = |name: &str, request: Request, expect: Expect| {
        let case = Case::new(name, [expect], async move |target| {
            let mut exchange = Http2::connect(target).await?.begin(&request).await?;
            for byte in &request.body {
                exchange.send(&[*byte]).await?;
                tokio::task::yield_now().await;
            }
            exchange.finish(b"", &request.trailers).await?;
            Ok(vec![exchange.reply().await?])
        });
        case.needs(Need::Http2)
    };
    let (good, bad) = (Request::signed(BODY), Request::tampered(BODY));
    let (accepted, mismatch) = (Expect::accepted(&good)?, Expect::rejected("signature_mismatch")?);
    Ok(vec![
        slowly("one byte per write", good.clone(), accepted.clone()),
        slowly("one byte per write, tampered", bad.clone(), mismatch.clone()),
        slowly_2("one byte per frame (HTTP/2)", good, accepted),
        slowly_2("one byte per frame, tampered (HTTP/2)", bad, mismatch),
    ])
}

const CONTINUE: &str = "Expect: 100-continue";

fn continues() -> Result<Vec<Case>> {
    let waits = |name: &str, request: Request, expect: Expect| {
        Case::new(name, [expect], async move |target| {
            let mut client = target.http1().await?;
            client.send(&request.head(&[CONTINUE, &request.length_line()])).await?;
            client.expect_continue().await?;
            Ok(vec![client.exchange(&request.body).await?])
        })
    };
    let good = Request::signed(BODY);
    let late = good.clone().with("X-TC-Timestamp", "1732399699999");
    let expired = Expect::rejected("timestamp_expired")?;
    let head = late.head(&[CONTINUE, &late.length_line()]);
    let unasked = Case::new(
        "100-continue: rejected by its headers, and no leave is given",
        [expired.clone()],
        async move |target| {
            let mut client = target.http1().await?;
            let reply = client.exchange(&head).await?;
            if reply.continues > 0 {
                return Err(Error::from("100 Continue came before the rejection"));
            }
            client.half_close().await?;
            client.ended().await?;
            Ok(vec![reply])
        },
    );
    let head = late.head(&[CONTINUE, &late.length_line()]);
    Ok(vec![
        waits("100-continue: waits for leave", good.clone(), Expect::accepted(&good)?),
        waits(
            "100-continue: waits for leave, tampered",
            Request::tampered(BODY),
            Expect::rejected("signature_mismatch")?,
        ),
        http1("100-continue: rejected by its headers", head, expired).needs(Need::HeadersFirst),
        unasked.needs(Need::ContinueOnDemand),
    ])
}

fn old_http() -> Result<Vec<Case>> {
    let old = |name: &str, request: &Request, expect: Expect| {
        let mut bytes = request.head_as("HTTP/1.0", &[&request.length_line()]);
        bytes.extend_from_slice(&request.body);
        Case::new(name, [expect], async move |target| {
            let mut client = target.http1().await?;
            let reply = client.exchange(&bytes).await?;
            client.ended().await?;
            Ok(vec![reply])
        })
    };
    let good = Request::signed(BODY);
    let bare = good.clone().without("Authorization");
    let mismatch = Expect::rejected("signature_mismatch")?;
    Ok(vec![
        old("HTTP/1.0", &good, Expect::accepted(&good)?),
        old("HTTP/1.0, tampered", &Request::tampered(BODY), mismatch),
        old("HTTP/1.0, unsigned", &bare, Expect::rejected("authorization_missing")?),
    ])
}
