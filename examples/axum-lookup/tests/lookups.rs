//! What the application answers, over real sockets.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use example_axum_lookup::app;
use example_shared::CustomerDirectory;
use online_contact::Verifier;
use tokio::net::TcpListener;

async fn start(verifier: Verifier, directory: CustomerDirectory) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(axum::serve(listener, app(verifier, directory)).into_future());
    Ok(address)
}

example_shared::lookup_tests!(start);
