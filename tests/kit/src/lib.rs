//! Test helpers shared by the packages of this workspace.
//!
//! | item | purpose |
//! |---|---|
//! | [`KEY`], [`NOW`], [`PATH`], [`BODY`], [`signer`] | the request of the vendor's document |
//! | [`Request`] | a request as raw bytes, signed or not |
//! | [`Http1`], [`Reply`] | an HTTP/1 client that sends bytes unchanged |
//! | [`rotation`] | keys that are replaced while requests are in flight |
//! | [`script`] | request bodies that follow a script |
//! | [`Stuck`], [`Unavailable`] | key sources and replay guards that fail |
//! | [`hold_budget`] | a request that holds bytes of the body budget |
//! | [`Never`], [`AtOnce`], [`SharedClock`] | timers and a clock |
//! | [`logs`] | the log events of a piece of code |
//! | [`vectors`] | the published test vectors |
//! | [`TempKeyFile`] | a key file that a test can replace |
//! | [`Program`], [`command`] | a running program and the address that it listens on |
//! | [`require`] | the programs without which tests are skipped |
//! | [`Redis`] | a Redis server |
//! | `SelfSigned` | a certificate, with the feature `tls` |
//! | [`ClosedPort`] | an address without a listener |
//! | [`example_tests`] | the tests that every example passes |
//!
//! Sockets, programs and files are behind the feature `net`, which is a default. The fuzz targets do without.
//!
//! Published crates name this one as a path dev-dependency without a version, which `cargo package`
//! leaves out. Helpers panic when something goes wrong, except those that return [`Result`].

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "only tests call this, and a test fails by panicking"
)]

#[cfg(feature = "net")]
mod closed_port;
mod doubles;
#[cfg(feature = "net")]
pub mod example;
#[cfg(feature = "net")]
mod http1;
#[cfg(feature = "net")]
mod key_file;
pub mod logs;
#[cfg(feature = "net")]
mod program;
#[cfg(feature = "net")]
mod redis;
mod request;
pub mod rotation;
pub mod script;
#[cfg(feature = "tls")]
mod tls;
pub mod vectors;

use online_contact::{SecurityKey, Signer, Timestamp};

#[cfg(feature = "net")]
pub use closed_port::ClosedPort;
pub use doubles::{AtOnce, Never, SharedClock, Stuck, Unavailable, hold_budget};
#[cfg(feature = "net")]
pub use http1::{Http1, Reply, Target};
#[cfg(feature = "net")]
pub use key_file::TempKeyFile;
#[cfg(feature = "net")]
pub use program::{Program, command, in_time, require};
#[cfg(feature = "net")]
pub use redis::Redis;
pub use request::{Request, framed};
#[cfg(feature = "tls")]
pub use tls::SelfSigned;

/// The security key of the vendor's sample code.
pub const KEY: &str = "bf7769e5321448de88838cdb";

/// The time at which tests with a fixed clock take place.
pub const NOW: Timestamp = Timestamp::from_millis(1_732_400_000_000);

/// The path of the vendor's document.
pub const PATH: &str = "/customer";

/// The body of the vendor's document.
pub const BODY: &str = r#"{"callNum":"1","nation":"korea"}"#;

/// Any failure of a step, in words.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The result of a step.
pub type Result<T> = std::result::Result<T, Error>;

/// Returns the security key with this text.
#[must_use]
pub fn key(text: &str) -> SecurityKey {
    SecurityKey::new(text).expect("a valid key")
}

/// Returns a signer for [`KEY`].
#[must_use]
pub fn signer() -> Signer {
    Signer::new(&key(KEY))
}
