//! One tower [`Layer`](tower_layer::Layer) that lets only verified requests of NHN Cloud's Online
//! Contact through, for axum, tonic, hyper and everything else that speaks tower.
//!
#![cfg_attr(feature = "axum", doc = "```")]
#![cfg_attr(not(feature = "axum"), doc = "```ignore")]
//! use axum::{Router, routing::post};
//! use online_contact::{Success, Failure, Lookup, SecurityKey, Verified, Verifier};
//! use online_contact_tower::OnlineContactLayer;
//!
//! #[derive(serde::Deserialize)]
//! #[serde(rename_all = "camelCase")]
//! struct Query {
//!     call_num: String,
//! }
//!
//! #[derive(serde::Serialize)]
//! #[serde(rename_all = "camelCase")]
//! struct Customer {
//!     user_name: String,
//! }
//!
//! async fn lookup(who: Verified, Lookup(query): Lookup<Query>) -> Result<Success<Customer>, Failure> {
//!     println!("signed with {}", who.key_label());
//!     match query.call_num.as_str() {
//!         "1" => Ok(Success(Customer { user_name: "test".to_owned() })),
//!         _ => Err(Failure::no_result(911, "Not existing user.")),
//!     }
//! }
//!
//! fn app() -> Result<Router, Box<dyn std::error::Error>> {
//!     let key = SecurityKey::new("bf7769e5321448de88838cdb")?; // SecurityKey::from_env("OC_SECURITY_KEY")?
//!     let verifier = Verifier::builder().key(key).build()?;
//!     // Who comes in, and what goes out: `VerifyLayer` within `EnvelopeLayer`.
//!     Ok(Router::new().route("/customer", post(lookup)).layer(OnlineContactLayer::new(verifier)))
//! }
//! ```
//!
//! With the feature `axum`, as here, handlers take [`Lookup`](online_contact::Lookup) and
//! [`Verified`](online_contact::Verified) and answer [`Success`](online_contact::Success) or
//! [`Failure`](online_contact::Failure). Where some routes are for others than Online Contact, put
//! [`EnvelopeLayer`] around [`VerifyLayer`] around its routes only.
//!
//! # What happens to a request
//!
//! 1. Its headers are checked before a byte of its body is read. A declared length over the limit is
//!    rejected at once.
//! 2. The body is read within [one deadline](online_contact::VerifierBuilder::body_timeout); each
//!    frame is hashed and kept, and the reading stops as soon as the
//!    [limit](online_contact::VerifierBuilder::body_limit) is exceeded.
//! 3. Only a verified request asks the inner service for room. It carries a [`BufferedBody`] with the
//!    bytes and trailers that came, and [`Verified`](online_contact::Verified) in its extensions.
//!    Nothing else of it is touched.
//! 4. Any other is answered with Online Contact's error envelope, or where the request's content
//!    type is `application/grpc…` with a gRPC status. The
//!    [`Rejection`](online_contact::Rejection) is in the response's extensions, and one `tracing`
//!    event tells the reason. Over HTTP/1 the rest of the body, unless it was too slow, is then
//!    read and thrown away within [a limit](online_contact::VerifierBuilder::drain_limit), so that a client that sends before
//!    it reads gets the answer and not a reset connection.
//!
//! Trailers are handed on but not signed. A request that streams is buffered to its end first, so a
//! bidirectional gRPC stream can't work behind this layer.
//!
//! # Where it goes
//!
//! `Router::layer`, `route_layer`, `MethodRouter::layer`, `ServiceBuilder`,
//! `tonic::transport::Server::layer`, or around a hyper service. In
//! [`Scheme::UriBodyTime`](online_contact::Scheme::UriBodyTime) a router that strips a prefix hides
//! the path that was signed: turn on the feature `axum` for axum's nested routers, or put the layer
//! outside. The request's body type must be `Unpin`, as those of axum, tonic and hyper are.
//!
//! Layers that change the body (decompression, a JSON rewriter) or the URI (a normaliser of paths) belong
//! inside: what is signed is what was sent.
//!
//! Whatever is waited for has a deadline by tokio's clock, so the server runs in a tokio runtime that has its
//! clock on, as `#[tokio::main]` and `enable_all` have it.
//!
//! # What leaves
//!
//! [`EnvelopeLayer`] keeps all answers to what Online Contact can read, whatever handlers and
//! frameworks do by reflex; [`OnlineContactLayer`] is it and the [`VerifyLayer`] in one.
//!
//! # The sending side
//!
//! [`SignLayer`] signs what a tower client sends: hyper, reqwest, a tonic channel.
//!
//! # Features
//!
//! | feature | default | gives |
//! |---|---|---|
//! | `axum` | no | the whole path under nested routers; axum's traits for `Success`, `Failure`, `Lookup` and `Verified` |
//! | `metrics` | no | the [metrics of the core](online_contact#metrics) |
//!
//! # The other crates
//!
//! | crate | is |
//! |---|---|
//! | [online-contact](https://docs.rs/online-contact) | the core: keys, sources of keys, replay guards, answers, and verification without a framework |
//! | [online-contact-actix](https://docs.rs/online-contact-actix) | one `.wrap()` for actix-web |
//! | [online-contact-redis](https://docs.rs/online-contact-redis) | a replay guard that several machines share |
//! | [online-contact-cli](https://docs.rs/online-contact-cli) | the command `online-contact`: signs, sends, explains, examines |

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

#[cfg(all(doctest, feature = "axum"))]
#[doc = include_str!("../README.md")]
struct Readme;
