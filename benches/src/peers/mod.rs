//! What a user would pick instead, each written with the care that its documentation asks for.

pub mod actix_hand;
pub mod axum_hand;
pub mod bare;
pub mod request_signature;
pub mod webhooks;
