//! Bodies that are not taken as they come.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use online_contact_tests::adapters::Setup;
use online_contact_tests::{Error, Result};
use online_contact_tower::BufferedBody;
use tokio::time::{Sleep, sleep};
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::{Layer as _, ServiceExt as _};

use super::fault::{Fault, Server, boxed, inner, verified};
use super::settings::LONG;

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "leading zeros are taken",
        caught_by: &[
            "vector: leading zero is not canonical",
            "vector: the same signed bytes split elsewhere",
        ],
        shows: &["signature_mismatch"],
        server: leading_zeros,
    },
    Fault {
        name: "the body is read as UTF-8",
        caught_by: &["vector: bytes that are not UTF-8, signed as sent"],
        shows: &["signature_mismatch"],
        server: |setup| altered(setup, || Box::new(lossy)),
    },
    Fault {
        name: "a broken body is a short one",
        caught_by: &[
            "chunked without the last chunk, then the end",
            "a stream broken off in mid-body, then an honest one (HTTP/2)",
        ],
        shows: &["got 200", "the handler to run"],
        server: |setup| altered(setup, || Box::new(short)),
    },
    Fault {
        name: "a deadline for each piece",
        caught_by: &["a byte a second, 30 in all", "a frame a second, 30 in all (HTTP/2)"],
        shows: &["got 200"],
        server: piece_by_piece,
    },
    Fault {
        name: "the body is read before the headers are checked",
        caught_by: &[
            "100-continue: rejected by its headers, and no leave is given",
            "one byte over the limit, declared and not sent",
        ],
        shows: &["waited"],
        server: body_first,
    },
    Fault {
        name: "trailers are dropped",
        caught_by: &[
            "chunked with a trailer: it reaches the handler",
            "a trailer: it reaches the handler (HTTP/2)",
        ],
        shows: &["got 200"],
        server: |setup| {
            let flat = |request: Request<BufferedBody>| {
                request.map(|body| BufferedBody::from(body.into_bytes()))
            };
            let inner = inner(setup).map_request(flat);
            Ok(boxed(verified(setup.settings.verifier()?, inner)))
        },
    },
    Fault {
        name: "the handler runs before the verdict",
        caught_by: &[
            "vector: no headers at all",
            "vector: body changed by one bit",
            "64 requests at once",
        ],
        shows: &["the handler to run"],
        server: |setup| {
            let app = setup.app.clone();
            let early = move |request: Request<Incoming>| {
                let _ = app.answer(None, b"", b"");
                request
            };
            Ok(boxed(verified(setup.settings.verifier()?, inner(setup)).map_request(early)))
        },
    },
    Fault {
        name: "room is asked for before the verdict",
        caught_by: &[
            "rejections while the service is not ready",
            "a body on its way holds no slot of the service",
        ],
        shows: &["waited"],
        server: |setup| {
            let limit = GlobalConcurrencyLimitLayer::new(setup.settings.slots);
            Ok(boxed(limit.layer(verified(setup.settings.verifier()?, inner(setup)))))
        },
    },
];

/// As in the vendor's sample: the number counts, not its spelling. The signed bytes stay the same.
fn leading_zeros(setup: &Setup) -> Result<Server> {
    let service = verified(setup.settings.verifier()?, inner(setup));
    Ok(boxed(service.map_request(|mut request: Request<Incoming>| {
        let mut zeros = Bytes::new();
        if let Some(value) = request.headers_mut().get_mut("x-tc-timestamp") {
            let text = value.as_bytes();
            let digits = text.iter().position(|byte| *byte != b'0').unwrap_or(0);
            let (leading, rest) = text.split_at(digits);
            zeros = Bytes::copy_from_slice(leading);
            if let Ok(rest) = HeaderValue::from_bytes(rest) {
                *value = rest;
            }
        }
        request.map(|body| Altered {
            body,
            alter: Box::new(move |frame| {
                let more = || (!zeros.is_empty()).then(|| Ok(Frame::data(zeros.split_off(0))));
                frame.or_else(more)
            }),
        })
    })))
}

fn short(frame: Option<Piece>) -> Option<Piece> {
    frame.filter(Piece::is_ok)
}

fn lossy(frame: Option<Piece>) -> Option<Piece> {
    let lossy = |data: Bytes| Bytes::from(String::from_utf8_lossy(&data).into_owned());
    frame.map(|frame| frame.map(|frame| frame.map_data(lossy)))
}

fn piece_by_piece(setup: &Setup) -> Result<Server> {
    let whole = setup.settings.builder()?.body_timeout(LONG).build()?;
    let service = verified(whole, inner(setup));
    Ok(boxed(service.map_request(|request: Request<Incoming>| {
        request.map(|body| Hurried { body, deadline: None })
    })))
}

fn body_first(setup: &Setup) -> Result<Server> {
    let service = verified(setup.settings.verifier()?, inner(setup));
    let read = |request: Request<Incoming>| async {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(Error::from)?;
        Ok::<_, Error>(Request::from_parts(head, Full::new(body.to_bytes())))
    };
    Ok(boxed(tower::service_fn(move |request| {
        let service = service.clone();
        async move { service.oneshot(read(request).await?).await }
    })))
}

type Piece = std::result::Result<Frame<Bytes>, hyper::Error>;
type Alter = Box<dyn FnMut(Option<Piece>) -> Option<Piece> + Send>;

/// The faultless server, told of another body than the one that came.
fn altered(setup: &Setup, alter: fn() -> Alter) -> Result<Server> {
    let service = verified(setup.settings.verifier()?, inner(setup));
    Ok(boxed(service.map_request(move |request: Request<Incoming>| {
        request.map(|body| Altered { body, alter: alter() })
    })))
}

struct Altered {
    body: Incoming,
    alter: Alter,
}

impl Body for Altered {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Piece>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        Poll::Ready((self.alter)(frame))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// 10 s for each frame.
struct Hurried {
    body: Incoming,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Body for Hurried {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.deadline = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Error::from)));
        }
        let deadline =
            self.deadline.get_or_insert_with(|| Box::pin(sleep(Duration::from_secs(10))));
        ready!(deadline.as_mut().poll(cx));
        Poll::Ready(Some(Err(Error::from("no frame for 10 s"))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
