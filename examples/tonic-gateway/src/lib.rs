//! What a company with gRPC backends runs: the gateway between Online Contact and its services.
//!
//! ```text
//! Online Contact ── JSON, signed ──▶ ┌─────────┐
//!                                    │ gateway │ ── gRPC ──▶ backend ──▶ customers
//! signed gRPC callers ─────────────▶ └─────────┘
//! ```
//!
//! | module | holds |
//! |---|---|
//! | [`gateway`] | the routes: one port, one `VerifyLayer`, JSON and gRPC behind it |
//! | [`upstream`] | the gateway's way to the backend, with its deadline |
//! | [`status`] | what each gRPC status code means to Online Contact |
//! | [`backend`] | the company's service, which knows nothing of Online Contact |
//! | [`signed`] | a gRPC client that signs its calls |
//! | [`demo`] | two gRPC calls with which the gateway shows itself at work |

pub mod backend;
pub mod demo;
pub mod gateway;
pub mod signed;
pub mod status;
pub mod upstream;

/// `proto/customer.proto` in Rust, as the build script generates it.
#[allow(missing_docs, unused_qualifications, clippy::all, clippy::pedantic)]
pub mod proto {
    tonic::include_proto!("customer.v1");
}
