//! Verifies the signed requests of NHN Cloud's Online Contact (OC), and answers in its envelope.
//!
//! While an agent talks to a customer, OC sends a signed POST to a URL that the company registered
//! and shows the agent the answer. This crate decides whether such a request may pass. It knows no
//! framework, no runtime, and no I/O but for a file of keys, behind a feature: whoever has a request's head and
//! body can ask it.
//!
//! | you have | take |
//! |---|---|
//! | axum, tonic, hyper, any tower service | [online-contact-tower](https://docs.rs/online-contact-tower): one layer |
//! | actix-web | [online-contact-actix](https://docs.rs/online-contact-actix): one `.wrap()` |
//! | several machines behind one URL | [online-contact-redis](https://docs.rs/online-contact-redis): a replay guard that they share |
//! | a server in any language, to try out | [online-contact-cli](https://docs.rs/online-contact-cli): the command `online-contact` |
//! | something else, or the bytes in your hand | this crate |
//!
//! With one of the first two, your handler takes [`Lookup`] and [`Verified`] and answers [`Success`] or [`Failure`]
//! from this crate, and all you build of it is a [`Verifier`]. Without them:
//!
//! ```
//! use online_contact::{RequestHead, SecurityKey, Signer, SystemClock, Clock, Verifier};
//!
//! let key = SecurityKey::new("bf7769e5321448de88838cdb")?;
//! let body = br#"{"callNum":"1","nation":"korea"}"#;
//!
//! // What Online Contact does:
//! let signed = Signer::new(&key).sign("/customer", body, SystemClock.now());
//! let [(_, timestamp), (_, authorization)] = signed.headers();
//!
//! // What your server does:
//! let verifier = Verifier::builder().key(key).build()?;
//! let head = RequestHead::new("/customer")
//!     .timestamp(timestamp.as_bytes())
//!     .authorization(authorization.as_bytes());
//! match verifier.verify_bytes(&head, body) {
//!     Ok(verified) => println!("signed with {}", verified.key_label()),
//!     Err(rejection) => println!("{}: {rejection}", rejection.status()),
//! }
//! # verifier.verify_bytes(&head, body)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Verifier::verify`] takes a body that is a stream, and a [`Timer`] of your runtime: an adapter to another
//! framework is one `await`, a stream of the body and a timer.
//!
//! # What is checked, and what is not
//!
//! The timestamp must be a canonical number within five minutes of the present, the signature the
//! canonical base64 of an HMAC-SHA256 over the body and the timestamp; [`Reason`] lists every check
//! in order. The signature covers neither the method nor the host and, in the default [`Scheme`], not
//! the path: a captured request works on another route with the same key while it is fresh. Use
//! different keys for different routes.
//!
//! # Features
//!
//! | feature | default | gives |
//! |---|---|---|
//! | `bytes` | no | [`BodyBuffer`], which keeps a body's pieces while they are verified |
//! | `http` | no | [`RequestHead::from_http`], and `http::Response<Bytes>` from [`Success`] and [`Failure`]; turns on `bytes` |
//! | `axum` | no | for axum: [`Success`], [`StringData`] and [`Failure`] as responses, [`Lookup`] and [`Verified`] as extractors; turns on `http` |
//! | `actix` | no | the same for actix-web; turns on `bytes` |
//! | `key-file` | no | [`KeyFile`]: keys in a file that may change while the server runs |
//! | `cache` | no | [`CachedKeySource`]: remembers what a slow [`KeySource`] said |
//! | `metrics` | no | the [metrics](#metrics) below |
//! | `openapi` | no | [`openapi`], which describes the endpoint from the handler's types |
//!
//! # Metrics
//!
//! With the feature `metrics` this is recorded into the facade of the crate `metrics`; the exporter is
//! yours. Without an exporter it costs next to nothing, without the feature nothing.
//!
//! | metric | type | labels | is |
//! |---|---|---|---|
//! | `online_contact_requests_total` | counter | `outcome`, `reason`, `key` | requests with a verdict |
//! | `online_contact_timestamp_age_seconds` | histogram | `outcome` | the age of the timestamp, negative if it lay ahead; not recorded where none could be read |
//! | `online_contact_body_bytes` | histogram | | the length of bodies whose signature matched |
//! | `online_contact_buffered_bytes` | gauge | | bytes of bodies that wait for their verdict, in all budgets |
//! | `online_contact_buffer_limit_bytes` | gauge | | the limit of the [budget](BufferBudget) that took bytes last |
//! | `online_contact_responses_replaced_total` | counter | `status` | answers that [`EnvelopePolicy::judge`] replaced, by the status that left |
//! | `online_contact_key_changes_total` | counter | `result` | `replaced` by [`Verifier::replace_keys`], or `failed` for a [`KeyFile`]; a fault of it counts once |
//!
//! `outcome` is `accepted`, `rejected` (counted by [`Verifier::reject`]) or `passed_without_replay_guard`;
//! `reason` is the [`Reason`] of a rejection and empty otherwise; `key` is the label of the key that
//! matched, and empty where none did. No label has what a stranger chooses. `key` has as many values as
//! your rings have labels: let the tenants of a [`KeySource`] share a few.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "bytes")]
mod buffer;
mod build_error;
mod builder;
mod config;
mod envelope;
mod frameworks;
mod keys;
mod later;
mod log;
mod lookup;
#[cfg_attr(not(feature = "metrics"), path = "no_metrics.rs")]
mod metrics;
#[cfg(feature = "openapi")]
pub mod openapi;
mod rejection;
mod replay;
mod signer;
mod verifier;
mod verify;

#[cfg(feature = "bytes")]
pub use buffer::{BodyBuffer, Recorded};
pub use build_error::BuildError;
pub use builder::VerifierBuilder;
pub use envelope::failure::{Code, Failure};
pub use envelope::policy::{EnvelopePolicy, EnvelopeVerdict};
pub use envelope::response_head::ResponseHead;
pub use envelope::status::{ENVELOPE_CONTENT_TYPE, Status};
pub use envelope::strings::StringData;
pub use envelope::success::Success;
#[cfg(feature = "cache")]
pub use keys::cache::CachedKeySource;
#[cfg(feature = "key-file")]
pub use keys::file::{KeyFile, KeyFileError, KeyFileWatch};
pub use keys::source::{KeyFuture, KeyRequest, KeySource};
pub use keys::text::KeyWarning;
pub use keys::{KeyError, KeyRing, KeyRingError, SecurityKey};
pub use lookup::Lookup;
pub use rejection::Rejection;
pub use rejection::format::RejectionFormat;
pub use rejection::grpc::{GrpcCode, is_grpc, is_grpc_web};
pub use rejection::reason::Reason;
pub use replay::memory::MemoryReplayGuard;
pub use replay::{ClaimFuture, ReplayClaim, ReplayError, ReplayGuard};
pub use signer::{SignedHeaders, Signer, Signing};
pub use verifier::{ReplaceKeysError, Verifier};
pub use verify::budget::BufferBudget;
pub use verify::head::RequestHead;
pub use verify::signature::{
    AUTHORIZATION_HEADER, ParseSchemeError, ParseSignatureError, Scheme, Signature,
    TIMESTAMP_HEADER,
};
pub use verify::timer::Timer;
pub use verify::timestamp::{Clock, ParseTimestampError, SystemClock, Timestamp};
pub use verify::verified::Verified;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
