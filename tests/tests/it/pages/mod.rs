//! The pages in `docs/` agree with the code and with their translations.

mod book;
mod claims;
mod events;
mod korean;
mod metrics;
mod reasons;
