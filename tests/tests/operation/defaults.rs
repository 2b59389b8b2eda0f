//! The defaults that the reference tells are those that a verifier and a guard have.

use std::time::Duration;

use online_contact::{
    BufferBudget, Claimed, Clock as _, MemoryReplayGuard, Reason, Rejection, ReplayClaim,
    ReplayError, ReplayGuard, RequestHead, Scheme, SecurityKey, Signer, SystemClock, Timestamp,
    Verified, Verifier, VerifierBuilder,
};
use online_contact_redis::RedisReplayGuard;

use crate::book::{CONFIGURATION, row};

const VERIFIER: &str = "## Verifier";
const NOW: Timestamp = Timestamp::from_millis(1_732_400_000_000);

#[test]
fn what_a_verifier_tells_of_itself() {
    let verifier = keyed().build().unwrap();
    same(VERIFIER, "body_limit", verifier.body_limit());
    same(VERIFIER, "drain_limit", verifier.drain_limit());
    same(VERIFIER, "body_timeout", millis(verifier.body_timeout()));
    same(VERIFIER, "key_source_timeout", millis(verifier.key_source_timeout()));
    same(VERIFIER, "buffer_budget", BufferBudget::process_wide().limit());
    same("## Buffer budget", "process_wide", BufferBudget::process_wide().limit());
    assert!(format!("{verifier:?}").contains(&default(VERIFIER, "clock")), "{verifier:?}");
}

#[test]
fn the_window() {
    let window = Duration::from_millis(amount(&default(VERIFIER, "window")));
    let over = window + Duration::from_millis(1);
    let told = format!("{CONFIGURATION} tells a window of {window:?}");
    for moment in [NOW.saturating_sub(window), NOW.saturating_add(window)] {
        assert!(verdict(keyed(), moment).is_ok(), "{told}: the code's is narrower");
    }
    let rejected = |moment| match verdict(keyed(), moment) {
        Ok(_) => panic!("{told}: the code's is wider"),
        Err(rejection) => rejection.reason(),
    };
    assert_eq!(rejected(NOW.saturating_sub(over)), Reason::TimestampExpired);
    assert_eq!(rejected(NOW.saturating_add(over)), Reason::TimestampInFuture);
    // The same is the most that `window` takes.
    assert!(keyed().window(window).build().is_ok());
    assert!(keyed().window(over).build().is_err());
}

#[test]
fn the_scheme() {
    assert_eq!(default(VERIFIER, "scheme"), format!("Scheme::{:?}", Scheme::default()));
}

#[test]
fn what_is_off() {
    for setting in ["key", "labeled_key", "key_ring", "key_source", "replay_guard"] {
        assert_eq!(default(VERIFIER, setting), "none", "{setting}");
    }
    assert!(Verifier::builder().build().is_err(), "there is a key by default");
    let verifier = keyed().clock(NOW).build().unwrap();
    assert!(verify(&verifier, NOW).is_ok());
    assert!(verify(&verifier, NOW).is_ok(), "there is a replay guard by default");
}

#[test]
fn what_is_false() {
    for setting in ["conceal_reasons", "dangerously_pass_without_replay_guard"] {
        assert_eq!(default(VERIFIER, setting), "false", "{setting}");
    }
    let failure = keyed().build().unwrap().reject(&Reason::TimestampMissing.into());
    assert_eq!(failure.detail(), Some("timestamp_missing"), "reasons are concealed by default");
    let rejected = verdict(keyed().replay_guard(Away), NOW).unwrap_err();
    assert_eq!(rejected.reason(), Reason::ReplayGuardUnavailable);
}

#[test]
fn the_guard_in_memory() {
    let told = amount(&default("## Memory replay guard", "with_capacity"));
    let guard = format!("{:?}", MemoryReplayGuard::default());
    assert!(guard.contains(&format!("capacity: {told},")), "{guard}");
}

#[test]
fn the_guard_on_redis() {
    const REDIS: &str = "## Redis replay guard";

    let guard = format!("{:?}", RedisReplayGuard::builder("redis://localhost"));
    let prefix = default(REDIS, "prefix");
    assert!(guard.contains(&format!("prefix: {prefix:?}")), "{guard}");
    for setting in ["connect_timeout", "command_timeout"] {
        let told = Duration::from_millis(amount(&default(REDIS, setting)));
        assert!(guard.contains(&format!("{setting}: {told:?}")), "{setting} is {told:?}: {guard}");
    }
}

#[test]
fn the_system_has_a_clock() {
    let verifier = Verifier::builder().key(key()).build().unwrap();
    assert!(verify(&verifier, SystemClock.now()).is_ok());
}

/// A guard that can't answer.
#[derive(Debug)]
struct Away;

impl ReplayGuard for Away {
    fn claim(&self, _: ReplayClaim) -> Claimed {
        Claimed::Now(Err(ReplayError::Unavailable("away".into())))
    }
}

fn key() -> SecurityKey {
    SecurityKey::new("bf7769e5321448de88838cdb").unwrap()
}

/// The defaults, and the one thing that has none.
fn keyed() -> VerifierBuilder {
    Verifier::builder().key(key())
}

fn verdict(builder: VerifierBuilder, signed_at: Timestamp) -> Result<Verified, Rejection> {
    verify(&builder.clock(NOW).build().unwrap(), signed_at)
}

fn verify(verifier: &Verifier, signed_at: Timestamp) -> Result<Verified, Rejection> {
    let signed = Signer::new(&key()).sign("/customer", b"{}", signed_at);
    let [(_, timestamp), (_, authorization)] = signed.headers();
    let head = RequestHead::new("/customer")
        .timestamp(timestamp.as_bytes())
        .authorization(authorization.as_bytes());
    verifier.verify(&head, b"{}")
}

/// The default that the reference tells: without backticks.
fn default(heading: &str, setting: &str) -> String {
    row(heading, setting).cell(1).replace('`', "")
}

fn same(heading: &str, setting: &str, real: u64) {
    let told = default(heading, setting);
    assert_eq!(
        amount(&told),
        real,
        "{CONFIGURATION} tells {told} for `{setting}`: write what the code has"
    );
}

/// In bytes or milliseconds.
fn amount(text: &str) -> u64 {
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    let factor = match unit {
        "MiB" => 1024 * 1024,
        "minutes" => 60_000,
        "s" => 1_000,
        "ms" | "bytes" | "requests" => 1,
        _ => panic!("{text:?} in {CONFIGURATION}: expected a number and MiB, minutes, s or ms"),
    };
    number.replace(',', "").parse::<u64>().unwrap() * factor
}

fn millis(duration: Duration) -> u64 {
    duration.as_millis().try_into().unwrap()
}
