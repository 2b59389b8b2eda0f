//! Several requests: after each other, at once, and after clients that went away.

use tokio::task::JoinSet;

use super::{BODY, http1};
use crate::{Case, Expect, Http2, Need, Reply, Request, Result, Settings, Target};

pub(super) fn cases() -> Result<Vec<Case>> {
    let mut cases = after_a_rejection()?;
    cases.extend(after_a_client_gone()?);
    cases.push(at_once_on_connections()?);
    cases.push(at_once_on_streams()?);
    cases.extend(not_ready()?);
    Ok(cases)
}

/// A rejected request whose body was read leaves the connection open. If its body was not read, the
/// server may close the connection, and must not take the body for a further request.
fn after_a_rejection() -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    let (tampered, good) = (Request::tampered(BODY), Request::signed(BODY));
    let mismatch = Expect::rejected("signature_mismatch")?;
    let expect = [mismatch.clone(), Expect::accepted(&good)?];
    let (first, second) = (tampered.whole(), good.whole());
    let both = [first.clone(), second.clone()].concat();
    cases.push(Case::new("keep-alive after a mismatch", expect.clone(), async move |target| {
        let mut client = target.http1().await?;
        Ok(vec![client.exchange(&first).await?, client.exchange(&second).await?])
    }));
    cases.push(Case::new("pipelined after a mismatch", expect, async move |target| {
        let mut client = target.http1().await?;
        client.send(&both).await?;
        Ok(vec![client.reply().await?, client.reply().await?])
    }));
    for (what, rejected, reason) in unread() {
        let expect = Expect::rejected(reason)?;
        let (first, second) = (rejected.whole(), tampered.whole());
        let both = [first.clone(), second.clone()].concat();
        let further = mismatch.clone();
        let name = format!("a further request after {what}");
        cases.push(Case::new(name, [expect.clone()], async move |target| {
            let mut client = target.http1().await?;
            let reply = client.exchange(&first).await?;
            closed_or(&further, client.exchange(&second).await)?;
            Ok(vec![reply])
        }));
        let further = mismatch.clone();
        let name = format!("a further request, pipelined after {what}");
        cases.push(Case::new(name, [expect.clone()], async move |target| {
            let mut client = target.http1().await?;
            client.send(&both).await?;
            let reply = client.reply().await?;
            closed_or(&further, client.reply().await)?;
            Ok(vec![reply])
        }));
        cases.push(http1(format!("the response to {what}"), rejected.whole(), expect));
    }
    Ok(cases)
}

fn closed_or(expect: &Expect, reply: Result<Reply>) -> Result<()> {
    match reply {
        Ok(reply) => expect.check(&reply),
        Err(error) if error.to_string().starts_with("waited") => Err(error),
        Err(_) => Ok(()),
    }
}

/// Returns requests that are rejected in front of their bodies.
fn unread() -> Vec<(&'static str, Request, &'static str)> {
    let expired = |body: Vec<u8>| Request::signed(body).with("X-TC-Timestamp", "1732399699999");
    vec![
        ("an expired request", expired(BODY.to_vec()), "timestamp_expired"),
        ("an expired request of 500 000 bytes", expired(vec![b'x'; 500_000]), "timestamp_expired"),
        ("a request of 2 MB", Request::signed(vec![b'x'; 2_000_000]), "body_too_large"),
    ]
}

/// The part of the body that arrived is signed, so that a server that takes it for the whole is found.
fn after_a_client_gone() -> Result<Vec<Case>> {
    let request = Request::signed(BODY);
    let part = [request.head(&["Content-Length: 1000"]), BODY.to_vec()].concat();
    let gone = |name: &str, reset: bool| -> Result<Case> {
        let (part, next) = (part.clone(), request.whole());
        let expect = [Expect::accepted(&request)?];
        Ok(Case::new(name, expect, async move |target| {
            let mut client = target.http1().await?;
            client.send(&part).await?;
            tokio::task::yield_now().await;
            if reset {
                client.reset()?;
            } else {
                drop(client);
            }
            Ok(vec![target.http1().await?.exchange(&next).await?])
        }))
    };
    Ok(vec![
        gone("a client gone in mid-body, then an honest one", false)?,
        gone("a client gone in mid-body with a reset, then an honest one", true)?,
    ])
}

/// 64 requests of four kinds.
fn mixed() -> Result<Vec<(Request, Expect)>> {
    let mut requests = Vec::new();
    for number in 0..64 {
        let body = format!("{{\"callNum\":\"{number}\"}}");
        let good = Request::signed(body.clone());
        requests.push(match number % 4 {
            0 => (good.clone(), Expect::accepted(&good)?),
            1 => (Request::tampered(body), Expect::rejected("signature_mismatch")?),
            2 => (good.without("Authorization"), Expect::rejected("authorization_missing")?),
            _ => (
                good.with("X-TC-Timestamp", "1732400300001"),
                Expect::rejected("timestamp_in_future")?,
            ),
        });
    }
    Ok(requests)
}

fn at_once_on_connections() -> Result<Case> {
    let (requests, expect): (Vec<_>, Vec<_>) = mixed()?.into_iter().unzip();
    Ok(Case::new("64 requests at once", expect, async move |target: Target| {
        at_once(
            requests.iter().cloned().map(|request| async move {
                target.http1().await?.exchange(&request.whole()).await
            }),
        )
        .await
    }))
}

fn at_once_on_streams() -> Result<Case> {
    let (requests, expect): (Vec<_>, Vec<_>) = mixed()?.into_iter().unzip();
    let case = Case::new(
        "64 requests at once on one connection (HTTP/2)",
        expect,
        async move |target: Target| {
            let client = Http2::connect(target).await?;
            at_once(requests.iter().cloned().map(|request| {
                let mut client = client.clone();
                async move { client.exchange(&request).await }
            }))
            .await
        },
    );
    Ok(case.needs(Need::Http2))
}

async fn at_once<F>(requests: impl Iterator<Item = F>) -> Result<Vec<Reply>>
where
    F: Future<Output = Result<Reply>> + 'static,
{
    let mut tasks = JoinSet::new();
    for (number, request) in requests.enumerate() {
        tasks.spawn_local(async move { (number, request.await) });
    }
    let mut replies = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (number, reply) = done?;
        replies.push((number, reply?));
    }
    replies.sort_by_key(|(number, _)| *number);
    Ok(replies.into_iter().map(|(_, reply)| reply).collect())
}

/// An unverified request must neither wait for the application nor hold a slot of it.
fn not_ready() -> Result<Vec<Case>> {
    let room_for = |slots| Settings { slots, ..Settings::default() };
    let bare = Request::signed(BODY).without("Authorization");
    let good = Request::signed(BODY);
    let expect =
        [Expect::rejected("signature_mismatch")?, Expect::rejected("authorization_missing")?];
    let rejected =
        Case::new("rejections while the service is not ready", expect, async move |target| {
            let mut client = target.http1().await?;
            let mismatch = client.exchange(&Request::tampered(BODY).whole()).await?;
            Ok(vec![mismatch, client.exchange(&bare.whole()).await?])
        });
    let expect = [Expect::accepted(&good)?, Expect::accepted(&good)?];
    let single =
        Case::new("a body on its way holds no slot of the service", expect, async move |target| {
            let mut slow = target.http1().await?;
            slow.send(&good.head(&[&good.length_line()])).await?;
            let quick = target.http1().await?.exchange(&good.whole()).await?;
            Ok(vec![quick, slow.exchange(&good.body).await?])
        });
    Ok(vec![
        rejected.needs(Need::Readiness).under(room_for(0)),
        single.needs(Need::Readiness).under(room_for(1)),
    ])
}
