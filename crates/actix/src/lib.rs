#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod envelope;
mod online_contact;
mod payload;
mod timer;
mod verify;

pub use envelope::{Envelope, EnvelopeMiddleware};
pub use online_contact::OnlineContact;
pub use verify::{Verify, VerifyMiddleware};
