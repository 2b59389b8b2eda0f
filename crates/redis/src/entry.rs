//! What a claim is in Redis: one key that nobody overwrites and that Redis forgets by itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use online_contact::ReplayClaim;
use redis::{Cmd, Pipeline, RedisError, RedisResult};

use crate::error::Fault;
use crate::source::Connection;

pub(crate) struct Entry {
    key: String,
    /// Tells this claim from every other claim of the same request.
    value: [u8; 16],
    until_ms: i64,
    /// How long it is to live, by this machine's clock.
    life_ms: i64,
}

impl Entry {
    pub(crate) fn new(prefix: &str, claim: &ReplayClaim) -> Result<Self, Fault> {
        let mut value = [0; 16];
        getrandom::fill(&mut value).map_err(|_| Fault::NoRandomness)?;
        let until_ms = claim.expires_at().as_millis();
        Ok(Self {
            key: format!("{prefix}{}", URL_SAFE_NO_PAD.encode(claim.id())),
            value,
            until_ms,
            life_ms: until_ms.saturating_sub(claim.claimed_at().as_millis()),
        })
    }

    /// Whether the request is this claim's. `sent_before` says that an earlier try may have reached
    /// Redis although its answer was lost: then the entry that is there may be our own.
    pub(crate) async fn claim(
        &self,
        connection: &mut Connection,
        sent_before: bool,
    ) -> Result<bool, Fault> {
        let (was_set, left_ms) = self.set_if_absent(connection).await?;
        if was_set {
            self.check_clock(left_ms)?;
            return Ok(true);
        }
        // Nobody overwrites an entry, so this needs no atomicity with the command before it.
        Ok((sent_before || connection.retries_unseen()) && self.is_kept(connection).await?)
    }

    /// Whether the entry was set, and how many milliseconds Redis will keep the one that is there.
    async fn set_if_absent(&self, connection: &mut Connection) -> RedisResult<(bool, i64)> {
        let (set, left_ms): (Option<String>, i64) = match connection {
            Connection::Node(node) => Pipeline::new()
                .add_command(self.set())
                .add_command(self.time_left())
                .query_async(node)
                .await
                .map_err(without_position)?,
            // In a cluster commands are redirected to the right node, pipelines are not.
            #[cfg(feature = "cluster")]
            Connection::Cluster(_) => {
                (connection.query(&self.set()).await?, connection.query(&self.time_left()).await?)
            }
        };
        Ok((set.is_some(), left_ms))
    }

    /// Redis answers `OK` to an end that lies in its past, and keeps nothing.
    fn check_clock(&self, left_ms: i64) -> Result<(), Fault> {
        let ahead_ms = self.life_ms.saturating_sub(left_ms);
        let allowed_ms = ReplayClaim::CLOCK_SKEW.as_millis();
        if left_ms <= 0 || u128::try_from(ahead_ms).is_ok_and(|ahead| ahead > allowed_ms) {
            return Err(Fault::ClockAhead(ahead_ms));
        }
        Ok(())
    }

    async fn is_kept(&self, connection: &mut Connection) -> RedisResult<bool> {
        let mut get = redis::cmd("GET");
        get.arg(&self.key);
        let kept: Option<Vec<u8>> = connection.query(&get).await?;
        Ok(kept.is_some_and(|value| value == self.value))
    }

    fn set(&self) -> Cmd {
        let mut set = redis::cmd("SET");
        set.arg(&self.key).arg(self.value.as_slice()).arg("NX").arg("PXAT").arg(self.until_ms);
        set
    }

    fn time_left(&self) -> Cmd {
        let mut left = redis::cmd("PTTL");
        left.arg(&self.key);
        left
    }
}

/// The first error inside a pipeline, so that it reads and is judged like that of a lone command.
fn without_position(error: RedisError) -> RedisError {
    let first = error.clone().into_server_errors().and_then(|errors| errors.first().cloned());
    first.map_or(error, |(_, error)| error.into())
}
