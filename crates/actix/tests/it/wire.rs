//! The middleware in an actix-web server, byte by byte.

use std::net::SocketAddr;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt, web};
use futures_util::future::join_all;
use online_contact::{MemoryReplayGuard, Verifier};
use online_contact_actix::OnlineContact;
use online_contact_test_kit::{Request, Target};

use crate::support::{builder, verifier};

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

#[actix_web::test]
async fn transfer_encoding_overrides_content_length() {
    let (address, server) = serve();
    let mut client = Target::from(address).http1().await.unwrap();
    let head =
        Request::signed("{}").head(&["Content-Length: 99999999", "Transfer-Encoding: chunked"]);
    client.send(&head).await.unwrap();
    let reply = client.exchange(b"2\r\n{}\r\n0\r\n\r\n").await.unwrap();
    // actix-web may reject such a request by itself. It must not pass with another body.
    assert!(reply.status == 400 || reply.body == b"{}", "{reply:?}");
    server.stop(false).await;
}

#[actix_web::test]
async fn row_13_a_rejected_body_that_was_read_whole_keeps_the_connection() {
    let (address, server) = serve();
    let mut client = Target::from(address).http1().await.unwrap();
    let head = Request::signed("{}").head(&["Content-Length: 2"]);
    for (body, status) in [("[]", 403), ("{}", 200), ("[]", 403)] {
        let reply = client.exchange(&[&head, body.as_bytes()].concat()).await.unwrap();
        assert_eq!((reply.status, reply.header("connection")), (status, None));
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn a_rejection_closes_the_connection_if_the_body_has_not_arrived() {
    let (address, server) = serve();
    // actix-web continues every expectation by itself, before any middleware.
    for expect in [&["Content-Length: 5000"][..], &["Expect: 100-continue", "Content-Length: 5000"]]
    {
        let mut client = Target::from(address).http1().await.unwrap();
        let reply = client.exchange(&Request::unsigned("").head(expect)).await.unwrap();
        assert_eq!((reply.status, reply.header("connection")), (400, Some("close")));
    }
    server.stop(false).await;
}

#[actix_web::test]
async fn row_12_a_body_that_breaks_off_is_unreadable() {
    let (address, server) = serve();
    let mut client = Target::from(address).http1().await.unwrap();
    let head = Request::signed("{}").head(&["Content-Length: 5000"]);
    client.send(&[&head, &b"{}"[..]].concat()).await.unwrap();
    client.half_close().await.unwrap();
    assert_eq!(client.reply().await.unwrap().detail(), "body_unreadable");
    server.stop(false).await;
}

/// The workers share the guard of the verifier, which was built outside of their closure.
#[actix_web::test]
async fn row_14_of_a_hundred_copies_to_four_workers_one_passes() {
    let verifier = builder().replay_guard(MemoryReplayGuard::default()).build().unwrap();
    let (address, server) = serve_with(verifier, 4);
    let request = Request::signed("{}");
    let copies = (0..100).map(|_| Target::from(address).exchange(&request));
    let replies: Vec<_> = join_all(copies).await.into_iter().map(Result::unwrap).collect();
    let passed = replies.iter().filter(|reply| reply.status == 200).count();
    let replayed = replies.iter().filter(|reply| reply.text().contains("\"replayed\"")).count();
    assert_eq!((passed, replayed), (1, 99));
    server.stop(false).await;
}
