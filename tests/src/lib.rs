//! One table of cases, held against every adapter over real sockets.
//!
//! A [`Case`] is what a client does and what it must get back; an [`Adapter`] is a framework with
//! this project's verifier in front of one handler that echoes what it was given. [`run`] starts the
//! adapter on a socket of its own, plays the case against it, and compares.
//!
//! | where | what |
//! |---|---|
//! | [`adapters`] | the frameworks; a new one is a file and a line there |
//! | [`cases`] | the table |
//! | [`Http1`], [`Http2`] | raw bytes and frames: nothing corrects a request |
//! | [`Expect`] | the answers, written out to the letter |
//! | [`Matrix`] | what was run, as a table |
//!
//! Nothing sleeps. The verifier's clock stands still at the moment that a case names. The runtime's
//! clock is the real one, for a clock that jumps whenever all tasks are idle would make every other
//! case depend on how fast the kernel carries bytes; only the cases about time pause it.

#![allow(missing_debug_implementations)] // a test harness

pub mod adapters;
mod app;
mod case;
pub mod cases;
pub mod envoy;
mod expect;
mod http2;
mod matrix;
#[cfg(doctest)]
mod pages;
mod rejections;
mod run;
mod settings;

pub use adapters::{Adapter, Need};
pub use app::{App, Echo};
pub use case::Case;
pub use expect::Expect;
pub use http2::{Exchange, Http2};
pub use matrix::{Cell, Matrix};
pub use online_contact_test_kit::{Error, Http1, KEY, NOW, Reply, Request, Result, Target};
pub use rejections::{REJECTIONS, Rejection};
pub use run::{Runner, run};
pub use settings::{Guard, Keys, Settings};
