//! The operations that are measured.

pub mod actix;
pub mod axum;
pub mod core;
pub mod frames;
