//! A claim in Redis: one key that is never overwritten and that expires.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use online_contact::ReplayClaim;
use redis::{Cmd, Pipeline, RedisError, RedisResult};

use crate::error::Fault;
use crate::source::Connection;

pub(crate) struct Entry {
    key: String,
    /// Distinguishes this claim from every other claim of the same request.
    value: [u8; 16],
    until_ms: i64,
    /// The time until the entry expires, by the clock of this machine.
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

    /// Returns whether the request was claimed by this claim. With `sent_before`, an earlier try may
    /// have reached Redis although its response was lost: the existing entry may be from this claim.
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
        // Entries are never overwritten, so this command and the one in front need not be atomic.
        Ok((sent_before || connection.retries_unseen()) && self.is_kept(connection).await?)
    }

    /// Returns whether the entry was set, and the milliseconds until the existing entry expires.
    async fn set_if_absent(&self, connection: &mut Connection) -> RedisResult<(bool, i64)> {
        let (set, left_ms): (Option<String>, i64) = match connection {
            Connection::Node(node) => Pipeline::new()
                .add_command(self.set())
                .add_command(self.time_left())
                .query_async(node)
                .await
                .map_err(without_position)?,
            // A cluster redirects commands to the right node, but not pipelines.
            #[cfg(feature = "cluster")]
            Connection::Cluster(_) => {
                (connection.query(&self.set()).await?, connection.query(&self.time_left()).await?)
            }
        };
        Ok((set.is_some(), left_ms))
    }

    /// Checks the clock of Redis, which returns `OK` and stores nothing if the expiry is in its past.
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

/// Returns the first error inside a pipeline, without its position.
fn without_position(error: RedisError) -> RedisError {
    let first = error.clone().into_server_errors().and_then(|errors| errors.first().cloned());
    first.map_or(error, |(_, error)| error.into())
}
