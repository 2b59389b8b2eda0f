//! The lookup itself: what is asked, and what is answered.

use online_contact::openapi::utoipa::{self, ToSchema};
use online_contact::{Failure, Success};
use serde::Deserialize;

use crate::{Customer, CustomerDirectory};

/// What Online Contact asks: the lookup items of the API's settings, here those of the vendor's
/// document.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Query {
    /// The customer's number.
    pub call_num: String,
    /// Where the customer is registered, if the agent knows.
    pub nation: Option<String>,
}

/// Looks the customer up.
///
/// # Errors
///
/// A failure with status 400 if there is no such customer (404 would tell the agent that the server
/// has an error), and one with status 500 if the database fails. What the database said goes to the
/// log and not to the caller.
pub async fn lookup(
    directory: &CustomerDirectory,
    query: &Query,
) -> Result<Success<Customer>, Failure> {
    directory
        .find(&query.call_num, query.nation.as_deref())
        .await
        .map_err(|error| {
            Failure::server_error("50010", "The customer database can't be reached.")
                .with_source(error)
        })?
        .map(Success)
        .ok_or_else(|| Failure::no_result(911, "Not existing user."))
}
