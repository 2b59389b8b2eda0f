//! A replay guard for [online-contact](online_contact) that several machines share: each request of NHN Cloud's
//! Online Contact passes once, whichever of them it comes to.
//!
//! ```no_run
//! use online_contact::{SecurityKey, Verifier};
//! use online_contact_redis::RedisReplayGuard;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let guard = RedisReplayGuard::lazy(std::env::var("OC_REPLAY")?)?; // redis://:password@redis:6379/0
//! let verifier = Verifier::builder()
//!     .key(SecurityKey::from_env("OC_SECURITY_KEY")?)
//!     .replay_guard(guard)
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! [`lazy`](RedisReplayGuard::lazy) connects at the first request, so a server can start while Redis
//! restarts; [`connect`](RedisReplayGuard::connect) wants Redis to be up.
//! [`builder`](RedisReplayGuard::builder) has the settings.
//!
//! # What happens to a request
//!
//! Once its signature has matched, one `SET key value NX PXAT until` claims it: Redis sets the key for
//! the first who asks and for nobody else, and forgets it when the request would be rejected for its age
//! anyway. The key is the prefix and the signature in base64, the value is random. All requests of a
//! process share one connection, which is made anew when it breaks.
//!
//! An answer can get lost after Redis has acted. The claim is then sent once more, on another
//! connection; if Redis says that the key exists, the value tells whether it is this claim's own, so
//! that an honest request is not rejected as a replay of itself.
//!
//! # When Redis fails
//!
//! | Redis | the request |
//! |---|---|
//! | is down, or does not answer in time | is rejected as `replay_guard_unavailable` |
//! | is restarting (`LOADING`), full (`OOM`), read-only (`READONLY`), wants another password | the same |
//! | is back | passes; the first one makes the connection |
//! | lost its memory | passes, also if it passed before |
//!
//! A claim takes at most the [connect timeout](RedisReplayGuardBuilder::connect_timeout) and twice the
//! [command timeout](RedisReplayGuardBuilder::command_timeout), 2 s by default. The verifier's
//! [`replay_guard_timeout`](online_contact::VerifierBuilder::replay_guard_timeout), 3 s, has to be longer. The log
//! has the cause.
//! With [`dangerously_pass_without_replay_guard`] requests pass instead of being rejected.
//!
//! A request that was rejected like this may have been written down all the same. If its very bytes are
//! sent again they are rejected as a replay; signed anew they pass.
//!
//! # What Redis must be like
//!
//! - Redis 6.2 or newer, or Valkey. The guard's user needs no more than
//!   `~online-contact:replay:* +set +get +pttl`.
//! - `maxmemory-policy noeviction`. Each other policy makes room by forgetting, and a request that was
//!   forgotten can be replayed. With `noeviction` a full Redis rejects requests, which shows.
//! - About 230 bytes for each request of the last six minutes: 10 requests a second make 900 kB.
//! - Without persistence a restart forgets all, and what came in the last minutes can be replayed.
//!   `appendonly yes` keeps that to what came in the last second (`appendfsync everysec`).
//! - Replicas copy after the answer. A failover, in a cluster too, can lose the last claims, and these
//!   requests can be replayed on the new master. No setting of the guard changes that.
//!
//! `until` is a moment on the clock of Redis. The core adds a minute for clocks that differ. If that of
//! Redis is further ahead it would forget too early; the guard asks for the time left with each claim
//! and rejects the request, with an error that says how far the clocks are apart. A clock of Redis that
//! is behind only costs memory.
//!
//! # TLS, clusters, sentinels
//!
//! - `rediss://` trusts the certificates that the system trusts. For those of an authority of your own
//!   set `SSL_CERT_FILE` or `SSL_CERT_DIR`. Certificates of clients are not offered. If the process has
//!   no cipher suites ([`CryptoProvider`]) yet, those of `ring` become its default.
//! - [`RedisReplayGuard::cluster_builder`] takes the URLs of some nodes of a cluster. A prefix with
//!   `{…}` would put all entries on one of them.
//! - [`RedisReplayGuard::sentinel_builder`] asks sentinels for the master, and asks again when the
//!   connection breaks, does not answer in time, or leads to a replica. After a failover the first
//!   requests may be rejected.
//!
//! # Features
//!
//! | feature | default | gives |
//! |---|---|---|
//! | `tls-rustls` | no | `rediss://` |
//! | `cluster` | no | `RedisReplayGuard::cluster_builder` |
//! | `sentinel` | no | `RedisReplayGuard::sentinel_builder` |
//!
//! # The other crates
//!
//! | crate | is |
//! |---|---|
//! | [online-contact](https://docs.rs/online-contact) | the core: keys, sources of keys, replay guards, answers, and verification without a framework |
//! | [online-contact-tower](https://docs.rs/online-contact-tower) | one layer for axum, tonic, hyper and every tower service |
//! | [online-contact-actix](https://docs.rs/online-contact-actix) | one `.wrap()` for actix-web |
//! | [online-contact-cli](https://docs.rs/online-contact-cli) | the command `online-contact`: signs, sends, explains, examines |
//!
//! [`dangerously_pass_without_replay_guard`]: online_contact::VerifierBuilder::dangerously_pass_without_replay_guard
//! [`CryptoProvider`]: https://docs.rs/rustls/0.23/rustls/crypto/struct.CryptoProvider.html

#![cfg_attr(docsrs, feature(doc_cfg))]

mod address;
mod builder;
mod entry;
mod error;
mod guard;
mod link;
mod source;

pub use builder::RedisReplayGuardBuilder;
pub use error::{ConfigError, ConnectError, GuardError};
pub use guard::RedisReplayGuard;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
