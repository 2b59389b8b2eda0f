//! The company's service: it answers from the customer database and knows nothing of Online Contact.

use std::future::Future;

use example_shared::CustomerDirectory as Database;
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

use crate::proto::customer_directory_server::{CustomerDirectory, CustomerDirectoryServer};
use crate::proto::{Customer, LookupRequest};

/// Serves such a service until `stop` is done, and the calls under way with it.
///
/// # Errors
///
/// Whatever the transport reports.
pub async fn serve(
    listener: TcpListener,
    service: impl CustomerDirectory,
    stop: impl Future<Output = ()>,
) -> Result<(), tonic::transport::Error> {
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    Server::builder()
        .add_service(CustomerDirectoryServer::new(service))
        .serve_with_incoming_shutdown(incoming, stop)
        .await
}

/// The service on the customer database.
#[derive(Clone, Debug)]
pub struct Directory(pub Database);

#[tonic::async_trait]
impl CustomerDirectory for Directory {
    async fn lookup(&self, request: Request<LookupRequest>) -> Result<Response<Customer>, Status> {
        let LookupRequest { call_num, nation } = request.into_inner();
        if call_num.is_empty() {
            return Err(Status::invalid_argument("call_num is empty: expected a number"));
        }
        let found = self.0.find(&call_num, nation.as_deref()).await;
        // The gateway is a colleague, so it may read what broke. It tells its log and nobody else.
        let customer = found
            .map_err(|error| Status::internal(error.to_string()))?
            .ok_or_else(|| Status::not_found(format!("there is no customer {call_num:?}")))?;
        Ok(Response::new(Customer { user_name: customer.user_name, id: customer.id }))
    }
}
