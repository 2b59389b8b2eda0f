//! The connections. Their number, the size of a head and the time for it are bounded.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::handler::Handler;
use crate::stop::Stopping;

/// The number of connections at the same time. Others wait to be accepted.
const MOST_CONNECTIONS: usize = 64;

/// The time for the head of a request, and for the next request on a connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// The number of bytes of the head of a request.
const LONGEST_HEAD: usize = 64 * 1024;

/// The time that requests may take after Ctrl-C.
const FAREWELL: Duration = Duration::from_secs(2);

/// The pause after an error of `accept`, such as too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until the program stops, then waits for the requests that have begun.
pub(super) async fn serve(listener: TcpListener, handler: Arc<Handler>, stopping: Stopping) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (listener.accept().await, place)
        };
        tokio::select! {
            (accepted, place) = accepted => match accepted {
                Ok((stream, _)) => {
                    let serving = connection(stream, Arc::clone(&handler), stopping.clone());
                    connections.spawn(async move {
                        serving.await;
                        drop(place);
                    });
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
            () = stopping.clone().wait() => break,
        }
    }
    drop(listener);
    drop(handler);
    let ended = async { while connections.join_next().await.is_some() {} };
    // The others are aborted when the set is dropped.
    let _ = tokio::time::timeout(FAREWELL, ended).await;
}

async fn connection(stream: TcpStream, handler: Arc<Handler>, stopping: Stopping) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let handler = Arc::clone(&handler);
        async move { Ok::<_, Infallible>(handler.handle(request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(LONGEST_HEAD)
        .preserve_header_case(true)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        // An error of a connection is the client's business.
        _ = connection.as_mut() => return,
        () = stopping.wait() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use online_contact::Scheme;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::mpsc;
    use tokio::time::Instant;
    use zeroize::Zeroizing;

    use super::*;
    use crate::console::Keys;
    use crate::key::KeyText;
    use crate::verdict::Rules;

    const TIMEOUT: Duration = Duration::from_secs(10);

    /// The signature is not looked at before the body has ended.
    const HEAD: &str = "POST /customer HTTP/1.1\r\nHost: a\r\nX-TC-Timestamp: {now}\r\n\
                        Authorization: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\
                        Content-Length: 15\r\nConnection: close\r\n\r\n";

    /// Sends a head and these pieces of a body, each after five seconds. Returns the response.
    async fn send(pieces: &[&str]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let key = KeyText::typed("key", Zeroizing::new(b"bf7769e5321448de88838cdb".to_vec()));
        let (sender, _observed) = mpsc::channel(8);
        let (_stop, stopping) = Stopping::channel();
        let keys = Arc::new(Keys::new(key.into_iter().collect()));
        let rules = Rules::of(Scheme::BodyTime);
        let unreported = Arc::new(AtomicU64::new(0));
        let handler = Handler::new(keys, rules, None, TIMEOUT, sender, unreported);
        tokio::spawn(serve(listener, Arc::new(handler), stopping));

        let mut stream = TcpStream::connect(address).await.unwrap();
        let now = jiff::Timestamp::now().as_millisecond().to_string();
        stream.write_all(HEAD.replace("{now}", &now).as_bytes()).await.unwrap();
        for piece in pieces {
            tokio::time::advance(Duration::from_secs(5)).await;
            stream.write_all(piece.as_bytes()).await.unwrap();
        }
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        response
    }

    /// The clock moves on as soon as nothing else can happen.
    #[tokio::test(start_paused = true)]
    async fn row_11_one_deadline_for_the_whole_body() {
        let started = Instant::now();
        let response = send(&["{\"callNum\""]).await;
        assert!(response.contains("body_timeout"), "{response}");
        assert!(started.elapsed() < Duration::from_secs(20));
    }
}
