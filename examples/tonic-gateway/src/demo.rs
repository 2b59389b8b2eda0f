//! The gateway shows that it serves signed gRPC callers, and nobody else.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use example_shared::demo::reachable;
use online_contact::{SecurityKey, Signer};
use tonic::transport::Endpoint;
use tonic::{Response, Status};

use crate::proto::customer_directory_client::CustomerDirectoryClient;
use crate::proto::{Customer, LookupRequest};
use crate::signed;

/// Makes a signed and an unsigned call, and prints for each what came back.
///
/// # Errors
///
/// If stdout can't be written. A call that fails is no error but printed as such.
pub async fn run(gateway: SocketAddr, key: &SecurityKey) -> io::Result<()> {
    let channel = Endpoint::from_shared(format!("http://{}", reachable(gateway)))
        .map_err(io::Error::other)?
        .connect_lazy();
    let question = LookupRequest { call_num: "1".to_owned(), nation: Some("korea".to_owned()) };

    let mut signed = signed::client(channel.clone(), Signer::new(key));
    let signed = signed.lookup(question.clone()).await;
    let unsigned = CustomerDirectoryClient::new(channel).lookup(question).await;

    let text = format!(
        "\nTwo gRPC calls to itself, as another service of the company would make them:\n\n\
         1. customer.v1.CustomerDirectory/Lookup, signed\n{}\n\
         2. the same, not signed\n{}",
        answered(signed),
        answered(unsigned),
    );
    io::stdout().write_all(text.as_bytes())
}

fn answered(answer: Result<Response<Customer>, Status>) -> String {
    match answer {
        Ok(answer) => {
            let Customer { user_name, id } = answer.into_inner();
            format!("   answered    OK user_name: {user_name:?}, id: {id:?}\n")
        }
        Err(status) => {
            let code = status.code();
            let message = status.message();
            let envelope = envelope(&status).unwrap_or_default();
            format!("   answered    {code:?}: {message}\n   with        oc-error-bin: {envelope}\n")
        }
    }
}

/// Online Contact's error envelope, which a rejected gRPC call carries in its metadata.
#[must_use]
pub fn envelope(rejected: &Status) -> Option<String> {
    let bytes = rejected.metadata().get_bin("oc-error-bin")?.to_bytes().ok()?;
    String::from_utf8(bytes.into()).ok()
}
