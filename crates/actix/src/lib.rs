//! One `.wrap()` that lets only verified requests of NHN Cloud's Online Contact through to actix-web
//! handlers.
//!
//! ```
//! use actix_web::{App, web};
//! use online_contact::{Success, Failure, Lookup, SecurityKey, Verified, Verifier};
//! use online_contact_actix::OnlineContact;
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
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let key = SecurityKey::new("bf7769e5321448de88838cdb")?; // SecurityKey::from_env("OC_SECURITY_KEY")?
//!     let verifier = Verifier::builder().key(key).build()?;
//!
//!     // For `HttpServer::new`: one verifier for all workers.
//!     let app = move || {
//!         let customer = web::resource("/customer")
//!             .wrap(OnlineContact::new(verifier.clone()))
//!             .route(web::post().to(lookup));
//!         App::new().service(customer)
//!     };
//!     app();
//!     Ok(())
//! }
//! ```
//!
//! # What happens to a request
//!
//! Its headers are checked before a byte of its body is read; the body is read within the
//! [limit](online_contact::VerifierBuilder::body_limit) and
//! [one deadline](online_contact::VerifierBuilder::body_timeout), hashed as it comes, and put back so
//! that `Bytes`, `String`, `Json`, `Form`, `Payload` and multipart handlers work as if nothing had
//! happened. The handler of a verified request finds [`Verified`](online_contact::Verified) as an
//! extractor. Any other request is answered with Online Contact's error envelope; the
//! [`Rejection`](online_contact::Rejection) is in the response's extensions and one `tracing` event
//! tells the reason. All settings are the [`Verifier`](online_contact::Verifier)'s, and all verdicts
//! are the same as those of [online-contact-tower](https://docs.rs/online-contact-tower).
//!
//! # What leaves
//!
//! [`Envelope`] keeps all answers to what Online Contact can read, whatever handlers and actix-web
//! do by reflex.
//!
//! # What actix-web decides
//!
//! - A rejected body that is still on its way is read and thrown away by actix-web itself, for
//!   `HttpServer::client_disconnect_timeout` (1 s unless set otherwise; 0 turns it off), and the
//!   connection is closed behind the answer. One that has arrived keeps the connection alive.
//! - `Expect: 100-continue` is answered before any middleware runs.
//! - Trailers are dropped, verified or not.
//! - `Bytes` and its like stop at actix-web's own `PayloadConfig`, 256 KiB unless set otherwise, below the
//!   verifier's 1 MiB. [`Lookup`](online_contact::Lookup) does not.
//!
//! Middleware that changes the body belongs inside `Verify`: what is signed is what was sent. In
//! actix-web the `.wrap()` that is called last is the outermost.
//!
//! # Features
//!
//! | feature | default | gives |
//! |---|---|---|
//! | `metrics` | no | the [metrics of the core](online_contact#metrics) |
//!
//! # The other crates
//!
//! | crate | is |
//! |---|---|
//! | [online-contact](https://docs.rs/online-contact) | the core: keys, sources of keys, replay guards, answers, and verification without a framework |
//! | [online-contact-tower](https://docs.rs/online-contact-tower) | one layer for axum, tonic, hyper and every tower service |
//! | [online-contact-redis](https://docs.rs/online-contact-redis) | a replay guard that several machines share |
//! | [online-contact-cli](https://docs.rs/online-contact-cli) | the command `online-contact`: signs, sends, explains, examines |

#![cfg_attr(docsrs, feature(doc_cfg))]

mod envelope;
mod online_contact;
mod payload;
mod timer;
mod verify;

pub use envelope::{Envelope, EnvelopeMiddleware};
pub use online_contact::OnlineContact;
pub use verify::{Verify, VerifyMiddleware};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
