//! What happens at the edge of a setting: the reference quotes the error, word for word.

use std::error::Error;
use std::time::Duration;

use online_contact::{BufferBudget, KeyRing, SecurityKey, Verifier, VerifierBuilder};
use online_contact_redis::{RedisReplayGuard, RedisReplayGuardBuilder};

use crate::book::{CONFIGURATION, row};

#[test]
fn of_the_verifier() {
    let ring = || KeyRing::new([("ring", key())]).unwrap();
    rejected("key", Verifier::builder());
    rejected("key_ring", keyed().key_ring(ring()));
    rejected("key_source_timeout", keyed().key_source_timeout(Duration::ZERO));
    rejected("buffer_budget", keyed().buffer_budget(BufferBudget::new(1_000)));
    rejected("window", keyed().window(Duration::ZERO));
    rejected("body_limit", keyed().body_limit(0));
    rejected("body_timeout", keyed().body_timeout(Duration::ZERO));
    // What the reference says may be 0 may be 0.
    assert!(keyed().drain_limit(0).build().is_ok());
}

#[test]
fn of_the_guard_on_redis() {
    unmade("connect_timeout", redis().connect_timeout(Duration::ZERO));
    unmade("command_timeout", redis().command_timeout(Duration::ZERO));
}

fn rejected(setting: &str, builder: VerifierBuilder) {
    quoted("## Verifier", setting, &builder.build().unwrap_err());
}

fn unmade(setting: &str, builder: RedisReplayGuardBuilder) {
    quoted("## Redis replay guard", setting, &builder.lazy().unwrap_err());
}

fn quoted(heading: &str, setting: &str, error: &(dyn Error + 'static)) {
    let errors = std::iter::successors(Some(error), |&error| error.source());
    let error = errors.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    let row = row(heading, setting);
    assert!(
        row.cell(3).contains(&format!("`{error}`")),
        "{CONFIGURATION}: quote the error of `{setting}` in its last cell: `{error}`"
    );
}

fn keyed() -> VerifierBuilder {
    Verifier::builder().key(key())
}

fn key() -> SecurityKey {
    SecurityKey::new("bf7769e5321448de88838cdb").unwrap()
}

fn redis() -> RedisReplayGuardBuilder {
    RedisReplayGuard::builder("redis://localhost")
}
