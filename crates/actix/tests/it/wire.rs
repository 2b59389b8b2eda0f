//! The middleware in an actix-web server, byte by byte.

use std::net::SocketAddr;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt, web};
use futures_util::future::join_all;
use online_contact::{MemoryReplayGuard, Verifier};
use online_contact_actix::OnlineContact;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{NOW, builder, signer, verifier};

fn serve() -> (SocketAddr, ServerHandle) {
    serve_with(verifier(), 1)
}

fn serve_with(verifier: Verifier, workers: usize) -> (SocketAddr, ServerHandle) {
    let app = move || {
        let echo = web::resource("/customer")
            .wrap(OnlineContact::new(verifier.clone()))
            .route(web::post().to(|body: String| async move { body }));
        App::new().service(echo)
    };
    let server = HttpServer::new(app).workers(workers).disable_signals();
    let server = server.bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    rt::spawn(server);
    (address, handle)
}

/// Returns the head of a signed request, up to its last header.
fn head(body: &[u8]) -> String {
    let start = "POST /customer HTTP/1.1\r\nhost: oc.example\r\n".to_owned();
    let signed = signer().sign("/customer", body, NOW).into_iter();
    signed.fold(start, |head, (name, value)| format!("{head}{name}: {value}\r\n"))
}

/// Reads up to the end of one response with a content length, after any interim response.
async fn response(client: &mut TcpStream) -> String {
    let mut text = Vec::new();
    loop {
        let read = client.read_buf(&mut text).await.unwrap();
        let response = String::from_utf8_lossy(&text);
        let response = response.trim_start_matches("HTTP/1.1 100 Continue\r\n\r\n");
        let end = response.split_once("\r\n\r\n").and_then(|(head, body)| {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
            Some(body.len() >= length.parse::<usize>().unwrap())
        });
        if end == Some(true) {
            return response.to_owned();
        }
        assert!(read > 0, "the connection was closed after {response:?}");
    }
}

#[actix_web::test]
async fn transfer_encoding_overrides_content_length() {
    let (address, server) = serve();
    let mut client = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "{}content-length: 99999999\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n",
        head(b"{}")
    );
    client.write_all(request.as_bytes()).await.unwrap();
    let response = response(&mut client).await;
    // actix-web may reject such a request by itself. It must not pass with another body.
    assert!(
        response.ends_with("\r\n\r\n{}") || response.starts_with("HTTP/1.1 400 "),
        "{response}"
    );
    server.stop(false).await;
}

#[actix_web::test]
async fn row_13_a_rejected_body_that_was_read_whole_keeps_the_connection() {
    let (address, server) = serve();
    let mut client = TcpStream::connect(address).await.unwrap();
    for (body, status) in [("[]", 403), ("{}", 200), ("[]", 403)] {
        let request = format!("{}content-length: 2\r\n\r\n{body}", head(b"{}"));
        client.write_all(request.as_bytes()).await.unwrap();
        let response = response(&mut client).await;
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{response}");
        assert!(!response.contains("connection: close"), "{response}");
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn a_rejection_closes_the_connection_if_the_body_has_not_arrived() {
    let (address, server) = serve();
    // actix-web continues every expectation by itself, before any middleware.
    for expect in ["", "expect: 100-continue\r\n"] {
        let mut client = TcpStream::connect(address).await.unwrap();
        let request =
            format!("POST /customer HTTP/1.1\r\nhost: a\r\n{expect}content-length: 5000\r\n\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        let response = response(&mut client).await;
        assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
        assert!(response.contains("\r\nconnection: close\r\n"), "{response}");
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn row_12_a_body_that_breaks_off_is_unreadable() {
    let (address, server) = serve();
    let mut client = TcpStream::connect(address).await.unwrap();
    let request = format!("{}content-length: 5000\r\n\r\n{{}}", head(b"{}"));
    client.write_all(request.as_bytes()).await.unwrap();
    client.shutdown().await.unwrap();
    let mut response = String::new();
    client.read_to_string(&mut response).await.unwrap();
    assert!(response.contains("body_unreadable"), "{response}");
    server.stop(false).await;
}

/// The workers share the guard of the verifier, which was built outside of their closure.
#[actix_web::test]
async fn row_14_of_a_hundred_copies_to_four_workers_one_passes() {
    let verifier = builder().replay_guard(MemoryReplayGuard::default()).build().unwrap();
    let (address, server) = serve_with(verifier, 4);
    let request = format!("{}content-length: 2\r\n\r\n{{}}", head(b"{}"));
    let copies = (0..100).map(|_| async {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(request.as_bytes()).await.unwrap();
        response(&mut client).await
    });
    let responses = join_all(copies).await;
    let passed = responses.iter().filter(|text| text.starts_with("HTTP/1.1 200 ")).count();
    let replayed = responses.iter().filter(|text| text.contains("\"replayed\"")).count();
    assert_eq!((passed, replayed), (1, 99));
    server.stop(false).await;
}
