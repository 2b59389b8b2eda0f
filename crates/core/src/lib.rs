#![doc = include_str!("../README.md")]
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
pub use keys::file::{KeyFile, KeyFileError, KeyFileWatch, KeyLine};
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
