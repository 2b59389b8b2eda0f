//! The routes of the example: `POST /customer`, for Online Contact only.

use actix_web::guard;
use actix_web::web::{self, PayloadConfig, ServiceConfig};
use bytes::Bytes;
use example_shared::{Customer, CustomerDirectory, Query, lookup, no_route};
use online_contact::{Data, Failure, Verified, Verifier};
use online_contact_actix::Verify;

/// The whole application, for `App::configure`.
pub fn routes(verifier: Verifier, directory: CustomerDirectory) -> impl FnOnce(&mut ServiceConfig) {
    move |config| {
        config
            .app_data(web::Data::new(directory))
            // What the verifier lets through is short enough. By itself `Bytes` stops at 256 KiB,
            // with an answer that Online Contact can't read.
            .app_data(PayloadConfig::new(usize::MAX))
            .service(
                // As a guard of the resource: one on a route would answer other methods with 405.
                web::resource("/customer")
                    .guard(guard::Post())
                    // Only what this verifier lets through reaches the handler.
                    .wrap(Verify::new(verifier))
                    .to(customer),
            )
            .default_service(web::to(async || no_route()));
    }
}

/// `Verified` is the proof that Online Contact asks. A route without the middleware can't make one.
async fn customer(
    verified: Verified,
    directory: web::Data<CustomerDirectory>,
    body: Bytes,
) -> Result<Data<Customer>, Failure> {
    tracing::info!(key = verified.key_label(), age_ms = verified.timestamp_age_ms(), "lookup");
    let query = Query::from_json(&body)?;
    lookup(&directory, &query).await
}
