//! The routes of the example: `POST /customer`, for Online Contact only.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::{App, Error, web};
use example_shared::{Customer, CustomerDirectory, Query, lookup};
use online_contact::{Failure, Lookup, Success, Verified, Verifier};
use online_contact_actix::{Envelope, Verify};

/// The whole application.
pub fn app(
    verifier: Verifier,
    directory: CustomerDirectory,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(web::Data::new(directory))
        .service(
            web::resource("/customer")
                // Only what this verifier lets through reaches the handler.
                .wrap(Verify::new(verifier))
                .route(web::post().to(customer)),
        )
        // Whatever leaves can be read by Online Contact: also a panic, a wrong path or method.
        .wrap(Envelope::new())
}

/// `Verified` is the proof that Online Contact asks. A route without the middleware can't make one.
async fn customer(
    verified: Verified,
    directory: web::Data<CustomerDirectory>,
    Lookup(query): Lookup<Query>,
) -> Result<Success<Customer>, Failure> {
    tracing::info!(key = verified.key_label(), age_ms = verified.timestamp_age_ms(), "lookup");
    lookup(&directory, &query).await
}
