//! Test helpers shared by the packages of this workspace.
//!
//! | item | purpose |
//! |---|---|
//! | [`KEY`], [`NOW`], [`PATH`], [`BODY`], [`signer`] | the request of the vendor's document |
//! | [`Request`] | a request as raw bytes, signed or not |
//! | [`Http1`], [`Reply`] | an HTTP/1 client that sends bytes unchanged |
//! | [`logs`] | the log events of a piece of code |
//! | [`vectors`] | the published test vectors |
//! | [`TempKeyFile`] | a key file that a test can replace |
//! | [`Program`] | a running program and the address that it listens on |
//! | [`example_tests`] | the tests that every example passes |
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

pub mod example;
mod http1;
mod key_file;
pub mod logs;
mod program;
mod request;
pub mod vectors;

use online_contact::{SecurityKey, Signer, Timestamp};

pub use http1::{Http1, Reply, Target};
pub use key_file::TempKeyFile;
pub use program::{Program, command, in_time};
pub use request::{Request, framed};

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
