//! What the application answers, over real sockets.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use actix_web::{App, HttpServer};
use example_actix_lookup::routes;
use example_shared::CustomerDirectory;
use online_contact::Verifier;

async fn start(verifier: Verifier, directory: CustomerDirectory) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let server =
        HttpServer::new(move || App::new().configure(routes(verifier.clone(), directory.clone())))
            .workers(1)
            .disable_signals()
            .listen(listener)?
            .run();
    tokio::spawn(server);
    Ok(address)
}

example_shared::lookup_tests!(start);
