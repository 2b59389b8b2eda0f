//! What a user would pick instead, each written with the care that its documentation asks for.

pub mod actix_hand;
pub mod axum_hand;
pub mod bare;
#[cfg(feature = "comparison")]
pub mod request_signature;
#[cfg(feature = "comparison")]
pub mod webhooks;
