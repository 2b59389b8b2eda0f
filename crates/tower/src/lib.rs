#![cfg_attr(feature = "axum", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "axum"),
    doc = "Tower layers that verify the signed requests of NHN Cloud Online Contact (OC).\n\n\
           With the feature `axum`, as on docs.rs, this page has an example for axum."
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod drain;
mod envelope;
mod frames;
mod future;
mod layer;
mod rejection;
mod service;
mod sign;
mod timer;

pub use body::{BufferedBody, ResponseBody};
pub use envelope::{Envelope, EnvelopeBody, EnvelopeFuture, EnvelopeLayer, OnlineContactLayer};
pub use future::ResponseFuture;
pub use layer::VerifyLayer;
pub use service::Verify;
pub use sign::{Sign, SignFuture, SignLayer};
