//! The layer in a hyper server, byte by byte.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use online_contact::{Reason, Rejection, Verifier};
use online_contact_test_kit::{Http1, Request as RawRequest};
use online_contact_tower::{BufferedBody, VerifyLayer};
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tower::{ServiceBuilder, service_fn};

use crate::support::{BODY, NOW, builder, signer, verifier};

/// The end of a request in the server.
#[derive(Debug, PartialEq)]
enum Event {
    Handled,
    Rejected(Reason),
}

#[derive(Clone, Copy, PartialEq)]
enum Protocol {
    Http1,
    Http2,
}

/// Serves one connection. Its buffers take `buffer` bytes.
fn serve(
    verifier: Verifier,
    protocol: Protocol,
    buffer: usize,
) -> (DuplexStream, UnboundedReceiver<Event>) {
    let (client, server) = duplex(buffer);
    let (events, received) = unbounded_channel();
    let handled = events.clone();
    let handler = service_fn(move |request: Request<BufferedBody>| {
        let _ = handled.send(Event::Handled);
        let body = Full::new(request.into_body().into_bytes());
        std::future::ready(Ok::<_, Infallible>(Response::new(body)))
    });
    let service = ServiceBuilder::new()
        .map_response(move |response: Response<_>| {
            if let Some(rejection) = response.extensions().get::<Rejection>() {
                let _ = events.send(Event::Rejected(rejection.reason()));
            }
            response
        })
        .layer(VerifyLayer::new(verifier))
        .service(handler);
    let service = TowerToHyperService::new(service);
    let io = TokioIo::new(server);
    tokio::spawn(async move {
        // An error is the client's early end.
        let _ = match protocol {
            Protocol::Http1 => http1::Builder::new().serve_connection(io, service).await,
            Protocol::Http2 => {
                http2::Builder::new(TokioExecutor::new()).serve_connection(io, service).await
            }
        };
    });
    (client, received)
}

fn http1(verifier: Verifier) -> (Http1<DuplexStream>, UnboundedReceiver<Event>) {
    let (client, events) = serve(verifier, Protocol::Http1, 64 * 1024);
    (Http1::over(client), events)
}

fn unsigned() -> RawRequest {
    RawRequest::unsigned("")
}

fn honest() -> RawRequest {
    RawRequest::signed(BODY)
}

#[tokio::test(start_paused = true)]
async fn a_rejected_expectation_closes_the_connection_at_once() {
    for drain_limit in [0, 16 << 20] {
        let (mut client, _) = http1(builder().drain_limit(drain_limit).build().unwrap());
        let started = tokio::time::Instant::now();
        let head = unsigned().head(&["Expect: 100-continue", "Content-Length: 5000"]);
        let reply = client.exchange(&head).await.unwrap();
        assert_eq!((reply.status, reply.header("connection")), (400, Some("close")));
        client.ended().await.unwrap();
        assert_eq!(started.elapsed(), Duration::ZERO);
    }
}

#[tokio::test]
async fn a_verified_expectation_is_continued() {
    let (mut client, _) = http1(verifier());
    let request = honest();
    client.send(&request.head(&["Expect: 100-continue", &request.length_line()])).await.unwrap();
    client.expect_continue().await.unwrap();
    assert_eq!(client.exchange(BODY).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_client_that_sends_before_it_reads_gets_the_rejection() {
    let (client, _) = serve(verifier(), Protocol::Http1, 1024);
    let mut client = Http1::over(client);
    client.send(&unsigned().head(&["Content-Length: 1000000"])).await.unwrap();
    let reply = client.exchange(&[b'x'; 1_000_000]).await.unwrap();
    assert_eq!((reply.status, reply.header("connection")), (400, Some("close")));
    client.ended().await.unwrap();
}

#[tokio::test]
async fn row_09_a_body_declared_over_the_drain_limit_is_not_waited_for() {
    let (mut client, _) = http1(verifier());
    let reply = client.exchange(&unsigned().head(&["Content-Length: 99999999999"])).await.unwrap();
    assert_eq!(reply.status, 400);
    client.ended().await.unwrap();
}

#[tokio::test]
async fn row_13_a_rejected_body_that_was_read_whole_keeps_the_connection() {
    let (mut client, _) = http1(verifier());
    for (body, status) in [(&b"{}"[..], 403), (BODY, 200), (b"[]", 403)] {
        let mut request = honest();
        request.body = body.to_vec();
        let reply = client.exchange(&request.whole()).await.unwrap();
        assert_eq!((reply.status, reply.header("connection")), (status, None));
    }
}

#[tokio::test]
async fn row_12_a_body_that_breaks_off_over_http_1_is_unreadable() {
    let (mut client, mut events) = http1(verifier());
    let head = honest().head(&["Content-Length: 1000"]);
    client.send(&[&head, BODY].concat()).await.unwrap();
    client.half_close().await.unwrap();
    assert_eq!(events.recv().await, Some(Event::Rejected(Reason::BodyUnreadable)));
}

/// A reset without an error looks to hyper like the end of the body.
#[tokio::test]
async fn row_12_a_reset_in_mid_body_over_http_2_is_unreadable() {
    for reason in [h2::Reason::NO_ERROR, h2::Reason::CANCEL, h2::Reason::INTERNAL_ERROR] {
        let (client, mut events) = serve(verifier(), Protocol::Http2, 64 * 1024);
        let (mut send, connection) = h2::client::handshake(client).await.unwrap();
        tokio::spawn(connection);
        // The signature is over the part that is sent, so that the part passes if it is taken for the whole.
        let mut request = Request::post("http://oc.example/").body(()).unwrap();
        signer().sign("/", BODY, NOW).set(request.headers_mut());
        request.headers_mut().insert("content-length", 1000.into());
        let (_response, mut body) = send.send_request(request, false).unwrap();
        body.send_data(Bytes::from_static(BODY), false).unwrap();
        body.send_reset(reason);
        assert_eq!(events.recv().await, Some(Event::Rejected(Reason::BodyUnreadable)), "{reason}");
    }
}

/// The window of the connection is returned for bodies that nothing reads: otherwise the honest request
/// would wait for room until its deadline.
#[tokio::test(start_paused = true)]
async fn unread_uploads_over_http_2_do_not_block_an_honest_request() {
    let body = Bytes::from(vec![b'x'; 60_000]);
    let (client, mut events) = serve(verifier(), Protocol::Http2, 64 * 1024);
    let (mut send, connection) = h2::client::handshake(client).await.unwrap();
    tokio::spawn(connection);
    // Six times the window of a connection in hyper, which is 1 MiB.
    for _ in 0..100 {
        send = send.ready().await.unwrap();
        let unsigned = Request::post("http://oc.example/").body(()).unwrap();
        let (response, mut upload) = send.send_request(unsigned, false).unwrap();
        upload.send_data(body.clone(), false).unwrap();
        assert_eq!(response.await.unwrap().status(), 400);
        assert_eq!(events.recv().await, Some(Event::Rejected(Reason::TimestampMissing)));
    }
    let mut honest = Request::post("http://oc.example/").body(()).unwrap();
    signer().sign("/", &body, NOW).set(honest.headers_mut());
    send = send.ready().await.unwrap();
    let (response, mut upload) = send.send_request(honest, false).unwrap();
    upload.send_data(body, true).unwrap();
    assert_eq!(response.await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_client_cannot_choose_a_rejection_with_status_200() {
    for (content_type, protocol, status) in [
        ("application/grpc", Protocol::Http1, 400),
        ("application/grpc-nonsense", Protocol::Http1, 400),
        ("application/grpc-nonsense", Protocol::Http2, 400),
        ("application/grpc-web", Protocol::Http2, 400),
        ("application/grpc+proto", Protocol::Http2, 200),
    ] {
        let (client, _events) = serve(verifier(), protocol, 64 * 1024);
        if protocol == Protocol::Http2 {
            let (mut send, connection) = h2::client::handshake(client).await.unwrap();
            tokio::spawn(connection);
            let request =
                Request::post("http://oc.example/").header("content-type", content_type).body(());
            let (response, _) = send.send_request(request.unwrap(), true).unwrap();
            assert_eq!(response.await.unwrap().status(), status, "{content_type}");
        } else {
            let request = unsigned().with("Content-Type", content_type).whole();
            assert_eq!(Http1::over(client).exchange(&request).await.unwrap().status, status);
        }
    }
}

#[tokio::test]
async fn transfer_encoding_overrides_content_length() {
    let (mut client, mut events) = http1(verifier());
    let head =
        RawRequest::signed("{}").head(&["Content-Length: 99999999", "Transfer-Encoding: chunked"]);
    client.send(&[&head, &b"2\r\n{}\r\n0\r\n\r\n"[..]].concat()).await.unwrap();
    assert_eq!(events.recv().await, Some(Event::Handled));
}
