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
use online_contact_tower::{BufferedBody, VerifyLayer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
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

fn http1(verifier: Verifier) -> (DuplexStream, UnboundedReceiver<Event>) {
    serve(verifier, Protocol::Http1, 64 * 1024)
}

/// Returns the head of a signed HTTP/1 request, up to its last header.
fn head(body: &[u8]) -> String {
    let signed = signer().sign("/", body, NOW).into_iter();
    let start = "POST / HTTP/1.1\r\nhost: oc.example\r\n".to_owned();
    signed.fold(start, |head, (name, value)| format!("{head}{name}: {value}\r\n"))
}

/// Reads up to the end of one response with a content length.
async fn response(client: &mut DuplexStream) -> String {
    let mut text = Vec::new();
    loop {
        let read = client.read_buf(&mut text).await.unwrap();
        let response = String::from_utf8_lossy(&text);
        let end = response.split_once("\r\n\r\n").and_then(|(head, body)| {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
            Some(body.len() >= length.parse::<usize>().unwrap())
        });
        if end == Some(true) {
            return response.into_owned();
        }
        assert!(read > 0, "the connection was closed after {response:?}");
    }
}

/// Asserts that the server closes the connection.
async fn assert_closed(client: &mut DuplexStream) {
    assert_eq!(client.read_buf(&mut Vec::new()).await.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_expectation_closes_the_connection_at_once() {
    for drain_limit in [0, 16 << 20] {
        let (mut client, _) = http1(builder().drain_limit(drain_limit).build().unwrap());
        let started = tokio::time::Instant::now();
        let request =
            "POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5000\r\n\r\n";
        client.write_all(request.as_bytes()).await.unwrap();
        let response = response(&mut client).await;
        assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
        assert!(response.contains("\r\nconnection: close\r\n"), "{response}");
        assert_closed(&mut client).await;
        assert_eq!(started.elapsed(), Duration::ZERO);
    }
}

#[tokio::test]
async fn a_verified_expectation_is_continued() {
    let (mut client, _) = http1(verifier());
    let head = head(BODY);
    let head = format!("{head}expect: 100-continue\r\ncontent-length: {}\r\n\r\n", BODY.len());
    client.write_all(head.as_bytes()).await.unwrap();
    let mut interim = [0; 25];
    client.read_exact(&mut interim).await.unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    client.write_all(BODY).await.unwrap();
    assert!(response(&mut client).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_client_that_sends_before_it_reads_gets_the_rejection() {
    let (mut client, _) = serve(verifier(), Protocol::Http1, 1024);
    let request = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n";
    client.write_all(request.as_bytes()).await.unwrap();
    client.write_all(&[b'x'; 1_000_000]).await.unwrap();
    let response = response(&mut client).await;
    assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
    assert!(response.contains("\r\nconnection: close\r\n"), "{response}");
    assert_closed(&mut client).await;
}

#[tokio::test]
async fn row_09_a_body_declared_over_the_drain_limit_is_not_waited_for() {
    let (mut client, _) = http1(verifier());
    let request = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999\r\n\r\n";
    client.write_all(request.as_bytes()).await.unwrap();
    assert!(response(&mut client).await.starts_with("HTTP/1.1 400 "));
    assert_closed(&mut client).await;
}

#[tokio::test]
async fn row_13_a_rejected_body_that_was_read_whole_keeps_the_connection() {
    let (mut client, _) = http1(verifier());
    let head = head(BODY);
    for (body, status) in [(&b"{}"[..], 403), (BODY, 200), (b"[]", 403)] {
        let head = format!("{head}content-length: {}\r\n\r\n", body.len());
        client.write_all(head.as_bytes()).await.unwrap();
        client.write_all(body).await.unwrap();
        let response = response(&mut client).await;
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{response}");
        assert!(!response.contains("connection: close"), "{response}");
    }
}

#[tokio::test]
async fn row_12_a_body_that_breaks_off_over_http_1_is_unreadable() {
    let (mut client, mut events) = http1(verifier());
    let head = format!("{}content-length: 1000\r\n\r\n", head(BODY));
    client.write_all(head.as_bytes()).await.unwrap();
    client.write_all(BODY).await.unwrap();
    client.shutdown().await.unwrap();
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
        let (mut client, _events) = serve(verifier(), protocol, 64 * 1024);
        if protocol == Protocol::Http2 {
            let (mut send, connection) = h2::client::handshake(client).await.unwrap();
            tokio::spawn(connection);
            let request =
                Request::post("http://oc.example/").header("content-type", content_type).body(());
            let (response, _) = send.send_request(request.unwrap(), true).unwrap();
            assert_eq!(response.await.unwrap().status(), status, "{content_type}");
        } else {
            let request = format!(
                "POST / HTTP/1.1\r\nhost: a\r\ncontent-type: {content_type}\r\ncontent-length: 0\r\n\r\n"
            );
            client.write_all(request.as_bytes()).await.unwrap();
            let response = response(&mut client).await;
            assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
        }
    }
}

#[tokio::test]
async fn transfer_encoding_overrides_content_length() {
    let (mut client, mut events) = http1(verifier());
    let request = format!(
        "{}content-length: 99999999\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n",
        head(b"{}")
    );
    client.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(events.recv().await, Some(Event::Handled));
}
