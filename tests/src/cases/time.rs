//! Bodies that take their time. Only here the runtime's clock is paused: it jumps to the next timer
//! whenever all tasks wait, so a minute passes at once. The client always has a timer of its own, so
//! no jump is further than its pause between two pieces, however late the kernel carries them.

use std::time::Duration;

use online_contact_test_kit::framed;
use tokio::time::{pause, resume, sleep};

use crate::http2::{Http2, read_body};
use crate::{Case, Error, Expect, Http1, Need, Request, Result};

/// The pause of the client in front of each byte. The whole body may take 10 s.
const PAUSE: Duration = Duration::from_secs(1);
const IN_TIME: usize = 8;
const TOO_LONG: usize = 30;

pub(super) fn cases() -> Result<Vec<Case>> {
    let quick = Request::signed(vec![b'x'; IN_TIME]);
    let slow = Request::signed(vec![b'x'; TOO_LONG]);
    let (accepted, timeout) = (Expect::accepted(&quick)?, Expect::rejected("body_timeout")?);
    let declared = |request: &Request| request.head(&[&request.length_line()]);
    let chunked = |request: &Request| request.head(&["Transfer-Encoding: chunked"]);
    let pieces = |request: &Request| request.body.iter().map(|byte| vec![*byte]).collect();
    let chunks = |request: &Request| {
        let chunks = request.body.chunks(1).map(framed);
        chunks.chain([b"0\r\n\r\n".to_vec()]).collect()
    };
    Ok(vec![
        drips("a byte a second, 8 in all", declared(&quick), pieces(&quick), accepted.clone()),
        drips("a byte a second, 30 in all", declared(&slow), pieces(&slow), timeout.clone()),
        drips("a chunk a second, 8 in all", chunked(&quick), chunks(&quick), accepted.clone()),
        drips("a chunk a second, 30 in all", chunked(&slow), chunks(&slow), timeout.clone()),
        drips(
            "nothing of the body for 30 s",
            declared(&slow),
            vec![Vec::new(); TOO_LONG],
            timeout.clone(),
        ),
        drips_frames("a frame a second, 8 in all (HTTP/2)", quick, accepted),
        drips_frames("a frame a second, 30 in all (HTTP/2)", slow.clone(), timeout),
        drips_frames(
            "a frame a second, 30 in all (gRPC)",
            slow.with("Content-Type", "application/grpc"),
            Expect::grpc_rejected("body_timeout")?,
        )
        .needs(Need::Grpc),
    ])
}

/// Sends a head at once and a piece a second, until all is sent or the answer is there.
fn drips(name: &str, head: Vec<u8>, pieces: Vec<Vec<u8>>, expect: Expect) -> Case {
    let case = Case::new(name, [expect], async move |target| {
        let mut client = target.http1().await?;
        client.send(&head).await?;
        pause();
        let dripping = drip(&mut client, &pieces).await;
        resume();
        dripping?;
        Ok(vec![client.reply().await?])
    });
    case.needs(Need::PausedTime)
}

async fn drip(client: &mut Http1, pieces: &[Vec<u8>]) -> Result<()> {
    for piece in pieces {
        tokio::select! {
            biased;
            answered = client.answered() => return answered,
            () = sleep(PAUSE) => {}
        }
        client.send(piece).await?;
    }
    Ok(())
}

fn drips_frames(name: &str, request: Request, expect: Expect) -> Case {
    let case = Case::new(name, [expect], async move |target| {
        let mut exchange = Http2::connect(target).await?.begin(&request).await?;
        pause();
        let mut early = None;
        for byte in &request.body {
            tokio::select! {
                biased;
                answer = exchange.answered() => { early = Some(answer); break; }
                () = sleep(PAUSE) => {}
            }
            exchange.send(&[*byte]).await?;
        }
        resume();
        if let Some(answer) = early {
            return Ok(vec![read_body(answer?).await?]);
        }
        exchange.finish(b"", &[]).await?;
        Ok::<_, Error>(vec![exchange.reply().await?])
    });
    case.needs(Need::Http2).needs(Need::PausedTime)
}
