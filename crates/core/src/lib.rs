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
//! match verifier.verify(&head, body) {
//!     Ok(verified) => println!("signed with {}", verified.key_label()),
//!     Err(rejection) => println!("{}: {rejection}", rejection.status()),
//! }
//! # verifier.verify(&head, body)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A body that comes in pieces is hashed piece by piece: [`Verifier::begin`] takes the head,
//! [`Verification::update`] each piece, [`Verification::finish`] gives the verdict. Nothing is
//! allocated on that way with up to four keys. For an adapter to another framework there is
//! [`Verifier::poll_start`], which polls the body itself, and what it hands out where somebody is waited for.
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

#[cfg(feature = "actix")]
mod actix;
mod at_once;
#[cfg(feature = "axum")]
mod axum;
mod budget;
#[cfg(feature = "bytes")]
mod buffer;
mod build_error;
mod builder;
#[cfg(feature = "cache")]
mod cache;
mod chain;
mod contract;
mod failure;
mod grpc;
mod head;
#[cfg(feature = "http")]
mod http;
mod key;
#[cfg(feature = "key-file")]
mod key_file;
mod lookup;
mod mac;
#[cfg_attr(not(feature = "metrics"), path = "no_metrics.rs")]
mod metrics;
#[cfg(feature = "openapi")]
pub mod openapi;
mod reason;
mod rejection;
mod replay;
mod reply;
mod settings;
mod signer;
mod signing;
mod source;
mod start;
mod strings;
mod timestamp;
mod verification;
mod verified;
mod verifier;

pub use budget::BufferBudget;
#[cfg(feature = "bytes")]
pub use buffer::BodyBuffer;
pub use build_error::BuildError;
pub use builder::VerifierBuilder;
#[cfg(feature = "cache")]
pub use cache::CachedKeySource;
pub use contract::{EnvelopePolicy, EnvelopeVerdict, ResponseHead};
pub use failure::{Code, Failure};
pub use grpc::{GrpcCode, is_grpc};
pub use head::RequestHead;
pub use key::{KeyError, KeyRing, KeyRingError, SecurityKey};
#[cfg(feature = "key-file")]
pub use key_file::{KeyFile, KeyFileError, KeyFileWatch};
pub use lookup::Lookup;
pub use reason::Reason;
pub use rejection::Rejection;
pub use replay::{Claimed, MemoryReplayGuard, ReplayClaim, ReplayError, ReplayGuard};
pub use reply::{ENVELOPE_CONTENT_TYPE, Status, Success};
pub use signer::{SignedHeaders, Signer, Signing};
pub use signing::{
    AUTHORIZATION_HEADER, ParseSchemeError, ParseSignatureError, Scheme, Signature,
    TIMESTAMP_HEADER,
};
pub use source::{KeyFuture, KeyRequest, KeySource};
pub use start::{Start, Started};
pub use strings::StringData;
pub use timestamp::{Clock, ParseTimestampError, SystemClock, Timestamp};
pub use verification::Verification;
pub use verified::{Conclusion, Unanswered, Verified};
pub use verifier::{ReplaceKeysError, Verifier};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
