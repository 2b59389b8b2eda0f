//! The alternatives that a user would take, each with the care that its documentation asks for.
//!
//! | peer | what it does not check |
//! |---|---|
//! | `axum_by_hand`, `actix_by_hand` | a canonical timestamp and signature, replays |
//! | `webhook-verify`, in GitHub's scheme | time, size, deadline, equal duplicates of a header, replays |
//! | `tower-github-webhook` | time, size, deadline, body errors, duplicate headers, replays |
//! | `RequestSignature` of `actix-web-lab` | size, deadline, duplicate headers, replays |
//! | `standardwebhooks` | size, deadline, duplicate headers; it verifies bytes in memory |
//!
//! `rustango` has an HMAC middleware too, but its feature `hmac-auth` brings the framework's admin, templates
//! and database.

pub mod actix_by_hand;
pub mod axum_by_hand;
pub mod bare;
pub mod request_signature;
pub mod standard_webhooks;
