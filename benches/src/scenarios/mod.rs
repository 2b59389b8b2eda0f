//! What is measured, each beside what it is measured against.

pub mod actix;
pub mod axum;
pub mod core;
pub mod frames;
