//! What the application answers, over real sockets.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use example_axum_lookup::app;
use example_shared::CustomerDirectory;
use example_shared::testing::lookups::{self, Server};
use online_contact::{SecurityKey, Verifier};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

async fn start(verifier: Verifier, directory: CustomerDirectory) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, app(verifier, directory)).into_future());
    Ok(address)
}

example_shared::lookup_tests!(start);

#[tokio::test]
async fn a_panicking_handler_is_a_server_error() {
    let server = Server::start_panicking(start).await;
    lookups::a_panicking_handler_is_a_server_error(&server).await;
}

/// The description lies outside of both layers: nobody signs for it, and it is no envelope.
#[tokio::test]
async fn describes_itself_to_everybody() {
    let directory = CustomerDirectory::in_memory().await.unwrap();
    let verifier = Verifier::builder().key(SecurityKey::new("a key").unwrap()).build().unwrap();
    let address = start(verifier, directory).await.unwrap();

    let mut client = TcpStream::connect(address).await.unwrap();
    let request = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    client.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();

    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    for part in [r#""openapi":"3.1.0""#, r#""/customer""#, r#""callNum""#, r#""userName""#] {
        assert!(answer.contains(part), "{part} is missing: {answer}");
    }
}
