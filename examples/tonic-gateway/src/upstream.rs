//! The gateway's way to the backend.

use std::time::Duration;

use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};

use crate::proto::customer_directory_client::CustomerDirectoryClient;
use crate::proto::{Customer, LookupRequest};

/// The backend, as the gateway sees it. Clones share one connection.
#[derive(Clone, Debug)]
pub struct Upstream {
    client: CustomerDirectoryClient<Channel>,
    timeout: Duration,
}

impl Upstream {
    /// The backend at this address, like `http://127.0.0.1:50051`. Each call gets `timeout` from
    /// beginning to end, the time to connect included.
    ///
    /// It connects with the first call, and again where the connection is lost: the gateway may start
    /// before its backend.
    ///
    /// # Errors
    ///
    /// If the address is none.
    pub fn new(address: String, timeout: Duration) -> Result<Self, tonic::transport::Error> {
        let channel = Endpoint::from_shared(address)?.connect_lazy();
        Ok(Self { client: CustomerDirectoryClient::new(channel), timeout })
    }

    /// Asks the backend.
    ///
    /// # Errors
    ///
    /// The backend's status, `UNAVAILABLE` if it can't be reached, `DEADLINE_EXCEEDED` if it takes
    /// too long.
    pub async fn lookup(&self, question: LookupRequest) -> Result<Customer, Status> {
        let mut request = Request::new(question);
        // Lets the backend give up as well, and those that it asks in turn.
        request.set_timeout(self.timeout);
        let mut client = self.client.clone();
        tokio::select! {
            // The deadline first: tonic has one for the header too, and calls that CANCELLED.
            biased;
            () = tokio::time::sleep(self.timeout) => Err(Status::deadline_exceeded(format!(
                "the backend did not answer within {:?}",
                self.timeout
            ))),
            answer = client.lookup(request) => answer.map(Response::into_inner),
        }
    }
}
