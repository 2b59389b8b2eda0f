//! Rejected requests of every kind, at a chosen rate.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use online_contact::{Clock as _, SystemClock};
use online_contact_test_kit::rotation::LabeledKey;
use online_contact_test_kit::{BODY, Http1, Request};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::Tally;
use crate::Result;
use crate::keys::STANDING;
use crate::wire::{self, Answer};

const AUTHORIZATION: &str = "authorization";
const TIMESTAMP: &str = "x-tc-timestamp";
const SIX_MINUTES: Duration = Duration::from_secs(360);

/// A request and its expected rejection.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    pub(crate) reason: &'static str,
    status: u16,
    bytes: Arc<[u8]>,
    /// `true` if the connection stays usable.
    keeps_alive: bool,
}

/// The outcome of a kind.
pub(crate) struct Flood {
    pub(crate) reason: &'static str,
    pub(crate) tally: Tally,
    pub(crate) per_second: u64,
}

/// Returns every kind of rejection except `body_timeout`, signed now.
pub(crate) fn kinds(attacker: &LabeledKey) -> Vec<Kind> {
    let standing = LabeledKey::new(STANDING);
    let good = wire::signed(&standing.signer, BODY.as_bytes());
    let now = SystemClock.now();
    let old = wire::signed_at(&standing.signer, BODY.as_bytes(), now.saturating_sub(SIX_MINUTES));
    let early = wire::signed_at(&standing.signer, BODY.as_bytes(), now.saturating_add(SIX_MINUTES));
    let unsigned = good.clone().without(AUTHORIZATION);
    let undated = good.clone().without(TIMESTAMP);
    let many = |reason, status, request: Request| Kind {
        reason,
        status,
        bytes: request.whole().into(),
        // A rejection before the body is read closes the connection.
        keeps_alive: matches!(
            reason,
            "signature_mismatch" | "replayed" | "replay_guard_unavailable"
        ),
    };
    let one = |reason, bytes: Vec<u8>| Kind {
        reason,
        status: 400,
        bytes: bytes.into(),
        keeps_alive: false,
    };
    // Longer than the 8 KiB of each body that need no budget.
    let mut long = good.clone().to("/full");
    long.body = vec![b'x'; 9 * 1024];
    let overloaded =
        Kind { reason: "overloaded", status: 500, bytes: long.whole().into(), keeps_alive: false };
    let broken = [good.head(&["Transfer-Encoding: chunked"]), b"no size\r\n".to_vec()].concat();
    vec![
        many("header_duplicated", 400, good.clone().header(AUTHORIZATION, "x")),
        many("timestamp_missing", 400, undated.clone()),
        many("timestamp_not_numeric", 400, undated.header(TIMESTAMP, "+1")),
        many("timestamp_expired", 400, old),
        many("timestamp_in_future", 400, early),
        many("authorization_missing", 403, unsigned.clone()),
        many("authorization_malformed", 403, unsigned.header(AUTHORIZATION, "Bearer x")),
        many("key_source_unavailable", 500, good.clone().to("/keys-down")),
        one("body_too_large", good.head(&["Content-Length: 1099511627776"])),
        overloaded,
        one("body_unreadable", broken),
        many("signature_mismatch", 403, wire::signed(&attacker.signer, BODY.as_bytes())),
        many("replayed", 403, good.clone()),
        many("replay_guard_unavailable", 500, good.to("/guard-down")),
    ]
}

/// Sends the request whose copies are `replayed`.
pub(crate) async fn pass_once(server: SocketAddr, kinds: &[Kind]) -> Result<()> {
    let Some(kind) = kinds.iter().find(|kind| kind.reason == "replayed") else {
        return Ok(());
    };
    let mut connection = wire::open(server).await?;
    connection.send(&kind.bytes).await?;
    match wire::answer(&mut connection).await? {
        Answer::Passed(_) => Ok(()),
        answer => Err(format!("the request to replay got {answer:?}").into()),
    }
}

/// A rate and a number of connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) connections: u32,
    pub(crate) per_second: u32,
    pub(crate) duration: Duration,
}

const TICKS_PER_SECOND: u32 = 100;

impl Kind {
    /// Sends the kind at this rate, or as fast as possible.
    pub(crate) async fn flood(self, server: SocketAddr, pace: Pace) -> Result<Flood> {
        let at_once = pace.per_second.div_ceil(TICKS_PER_SECOND * pace.connections);
        let tick = Duration::from_secs(1) * pace.connections * at_once / pace.per_second;
        let began = Instant::now();
        let mut senders = JoinSet::new();
        for _ in 0..pace.connections {
            let kind = self.clone();
            senders.spawn(async move { kind.send(server, at_once, tick, pace.duration).await });
        }
        let mut tally = Tally::default();
        while let Some(sent) = senders.join_next().await {
            tally.add(&sent?);
        }
        let micros = u64::try_from(began.elapsed().as_micros())?.max(1);
        let per_second = (tally.right + tally.wrong) as u64 * 1_000_000 / micros;
        Ok(Flood { reason: self.reason, tally, per_second })
    }

    async fn send(self, server: SocketAddr, at_once: u32, tick: Duration, time: Duration) -> Tally {
        let mut ticks = interval(tick);
        // Missed ticks are not repeated.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (began, mut tally, mut connection) = (Instant::now(), Tally::default(), None);
        while began.elapsed() < time {
            ticks.tick().await;
            if self.keeps_alive {
                self.burst(server, &mut connection, at_once, &mut tally).await;
                continue;
            }
            for _ in 0..at_once {
                tally.count(&self.alone(server).await, self.status, self.reason);
            }
        }
        tally
    }

    /// Sends several requests in one write, on a kept connection.
    async fn burst(
        &self,
        server: SocketAddr,
        connection: &mut Option<Http1>,
        count: u32,
        tally: &mut Tally,
    ) {
        let open = match connection.take() {
            Some(open) => Ok(open),
            None => wire::open(server).await,
        };
        let sent = match open {
            Ok(mut open) => {
                let requests = self.bytes.repeat(usize::try_from(count).unwrap_or(1));
                open.send(&requests).await.map(|()| open)
            }
            Err(error) => Err(error),
        };
        let mut open = match sent {
            Ok(open) => open,
            Err(error) => return tally.count(&Err(error), self.status, self.reason),
        };
        for _ in 0..count {
            let answer = wire::answer(&mut open).await;
            tally.count(&answer, self.status, self.reason);
            if answer.is_err() {
                return;
            }
        }
        *connection = Some(open);
    }

    /// Sends one request on its own connection.
    async fn alone(&self, server: SocketAddr) -> Result<Answer> {
        let mut connection = wire::open(server).await?;
        connection.send(&self.bytes).await?;
        let answer = wire::answer(&mut connection).await;
        connection.reset()?;
        answer
    }
}
