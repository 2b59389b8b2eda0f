//! Rows 8, 10, 14 and 15: a key source, a body budget and a replay guard.

use online_contact::BufferBudget;

use super::{BODY, grpc, http1, http2};
use crate::{Case, Expect, Guard, Http2, Keys, Need, Request, Result, Settings};

pub(super) fn cases() -> Result<Vec<Case>> {
    Ok([key_source()?, budget()?, replay_guard()?, guard_unavailable()?].concat())
}

/// The same request over HTTP/1.1, over HTTP/2 and, with the frame of a message, as a gRPC call.
fn over_each_protocol(
    name: &str,
    settings: &Settings,
    body: &[u8],
    reason: &str,
) -> Result<Vec<Case>> {
    let request = Request::signed(body);
    let rejected = Expect::rejected(reason)?;
    let cases = vec![
        http1(name, request.whole(), rejected.clone()),
        http1(format!("{name}, in chunks"), request.chunked(1000), rejected.clone()),
        http2(format!("{name} (HTTP/2)"), request, rejected),
        grpc::call(format!("{name} (gRPC)"), grpc::signed(body)?, Expect::grpc_rejected(reason)?),
    ];
    Ok(cases.into_iter().map(|case| case.under(settings.clone())).collect())
}

/// Row 8 comes before the first byte of the body.
fn key_source() -> Result<Vec<Case>> {
    let good = Request::signed(BODY);
    let known = Settings { keys: Keys::Source, ..Settings::default() };
    let unavailable = Settings { keys: Keys::Unavailable, ..Settings::default() };
    let mut cases = over_each_protocol(
        "a key source that is unavailable",
        &unavailable,
        BODY,
        "key_source_unavailable",
    )?;
    let long = Settings { body_limit: Some(10), ..unavailable.clone() };
    let reason = "key_source_unavailable";
    cases.extend([
        http1(
            "a key source that is unavailable, before the limit",
            good.whole(),
            Expect::rejected(reason)?,
        )
        .under(long),
        http1(
            "a key source that is unavailable, after the headers",
            good.clone().without("Authorization").whole(),
            Expect::rejected("authorization_missing")?,
        )
        .under(unavailable),
        http1("a tenant that the key source knows", good.whole(), Expect::accepted(&good)?)
            .under(known.clone()),
        http2(
            "a tenant that the key source knows (HTTP/2)",
            good.clone(),
            Expect::accepted(&good)?,
        )
        .under(known.clone()),
        http1(
            "a tenant that the key source does not know",
            Request::signed(BODY).to("/other").whole(),
            Expect::rejected("signature_mismatch")?,
        )
        .under(known),
    ]);
    Ok(cases)
}

/// The bytes that the body budget has in these cases.
const BUDGET: usize = 1000;

/// A limit over the budget, as far as the verifier can be built.
const LIMIT: u64 = 10_000;

/// Row 10: each body has some bytes outside of the budget.
fn budget() -> Result<Vec<Case>> {
    let budget = Some(BUDGET as u64);
    let settings = Settings { budget, body_limit: Some(LIMIT), ..Settings::default() };
    let most = BUDGET + usize::try_from(BufferBudget::FREE_PER_BODY)?;
    let full = Request::signed(vec![b'x'; most]);
    let over = vec![b'x'; most + 1];
    let mut cases = over_each_protocol("a body over the budget", &settings, &over, "overloaded")?;
    let accepted = Expect::accepted(&full)?;
    cases.extend([
        http1("a body as long as the budget", full.whole(), accepted.clone())
            .under(settings.clone()),
        http2("a body as long as the budget (HTTP/2)", full.clone(), accepted.clone())
            .under(settings.clone()),
        http1(
            "a body over the limit and over the budget",
            Request::signed(over.clone()).whole(),
            Expect::rejected("body_too_large")?,
        )
        .under(Settings { body_limit: Some(most as u64), ..settings.clone() }),
    ]);
    // The verdict releases the budget.
    let tampered = Request::tampered(vec![b'x'; most - 1]);
    let expect = [
        Expect::rejected("signature_mismatch")?,
        Expect::rejected("overloaded")?,
        accepted.clone(),
        accepted,
    ];
    let requests = [tampered.whole(), Request::signed(over).whole(), full.whole(), full.whole()];
    let released = Case::new("the budget after each verdict", expect, async move |target| {
        let mut replies = Vec::new();
        for request in &requests {
            replies.push(target.http1().await?.exchange(request).await?);
        }
        Ok(replies)
    });
    cases.push(released.under(settings));
    Ok(cases)
}

/// Row 14 comes after row 13: what is rejected is not claimed.
fn replay_guard() -> Result<Vec<Case>> {
    let settings = Settings { guard: Some(Guard::Memory), ..Settings::default() };
    let (good, tampered) = (Request::signed(BODY), Request::tampered(BODY));
    let expect = [
        Expect::rejected("signature_mismatch")?,
        Expect::accepted(&good)?,
        Expect::rejected("signature_mismatch")?,
        Expect::rejected("replayed")?,
    ];
    let requests = [tampered.whole(), good.whole(), tampered.whole(), good.whole()];
    let connections = Case::new("a request sent twice", expect, async move |target| {
        let mut replies = Vec::new();
        for request in &requests {
            replies.push(target.http1().await?.exchange(request).await?);
        }
        Ok(replies)
    });
    let accepted_once = [Expect::accepted(&good)?, Expect::rejected("replayed")?];
    let repeated = good.clone();
    let streams =
        Case::new("a request sent twice (HTTP/2)", accepted_once.clone(), async move |target| {
            let mut client = Http2::connect(target).await?;
            Ok(vec![client.exchange(&repeated).await?, client.exchange(&repeated).await?])
        });
    let other_path =
        Case::new("a request sent again to another path", accepted_once, async move |target| {
            let mut client = target.http1().await?;
            let first = client.exchange(&good.whole()).await?;
            Ok(vec![first, client.exchange(&good.clone().to("/other").whole()).await?])
        });
    let call = grpc::signed(b"again")?.with("Content-Type", "application/grpc");
    let expect = [Expect::grpc_echo(b"again")?, Expect::grpc_rejected("replayed")?];
    let calls = Case::new("a call sent twice (gRPC)", expect, async move |target| {
        let call = call.clone().header("te", "trailers");
        let mut client = Http2::connect(target).await?;
        Ok(vec![client.exchange(&call).await?, client.exchange(&call).await?])
    });
    let cases = [
        connections,
        streams.needs(Need::Http2),
        other_path,
        calls.needs(Need::Http2).needs(Need::Grpc),
    ];
    Ok(cases.into_iter().map(|case| case.under(settings.clone())).collect())
}

/// Row 15: no request passes that the guard cannot check, and only such a request.
fn guard_unavailable() -> Result<Vec<Case>> {
    let settings = Settings { guard: Some(Guard::Unavailable), ..Settings::default() };
    let mut cases = over_each_protocol(
        "a replay guard that is unavailable",
        &settings,
        BODY,
        "replay_guard_unavailable",
    )?;
    cases.push(
        http1(
            "a replay guard that is unavailable, after the signature",
            Request::tampered(BODY).whole(),
            Expect::rejected("signature_mismatch")?,
        )
        .under(settings),
    );
    Ok(cases)
}
