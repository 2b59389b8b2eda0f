//! What the application answers, over real sockets.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use actix_web::HttpServer;
use example_actix_lookup::app;
use example_shared::CustomerDirectory;
use example_shared::testing::lookups::{self, Server};
use online_contact::Verifier;

async fn start(verifier: Verifier, directory: CustomerDirectory) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let server = HttpServer::new(move || app(verifier.clone(), directory.clone()))
        .workers(1)
        .disable_signals()
        .listen(listener)?
        .run();
    tokio::spawn(server);
    Ok(address)
}

example_shared::lookup_tests!(start);

#[tokio::test]
async fn a_panicking_handler_is_a_server_error() {
    let server = Server::start_panicking(start).await;
    lookups::a_panicking_handler_is_a_server_error(&server).await;
}
