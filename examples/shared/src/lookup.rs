//! The lookup itself: what is asked, and what is answered.

use online_contact::openapi::utoipa::{self, ToSchema};
use online_contact::{Data, Failure, Lookup};
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

impl Query {
    /// Reads the body of a request, where [`Lookup`] is no extractor.
    ///
    /// # Errors
    ///
    /// A failure with status 400 that says what is wrong with the body.
    pub fn from_json(body: &[u8]) -> Result<Self, Failure> {
        Lookup::from_json(body).map(|Lookup(query)| query)
    }
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
) -> Result<Data<Customer>, Failure> {
    directory
        .find(&query.call_num, query.nation.as_deref())
        .await
        .map_err(|error| {
            Failure::server_error("50010", "The customer database can't be reached.")
                .with_source(error)
        })?
        .map(Data)
        .ok_or_else(|| Failure::no_result(911, "Not existing user."))
}

/// The answer to every other path and method. Online Contact knows no 405.
#[must_use]
pub fn no_route() -> Failure {
    Failure::no_route("40400", "There is nothing here.")
        .with_detail("This server answers POST /customer.")
}
