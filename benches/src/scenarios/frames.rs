//! A body in many frames, through `VerifyLayer` alone.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::{BodyExt as _, Empty};
use online_contact_tower::{BufferedBody, VerifyLayer};
use tower::{Layer as _, Service as _};

use crate::sample::{PATH, Sample, verifier};
use crate::scenario::Scenario;

/// A body whose frames are ready.
#[derive(Debug)]
pub struct Frames {
    ready: VecDeque<Bytes>,
    ends: bool,
}

impl Frames {
    /// Splits bytes into this number of frames.
    #[must_use]
    pub fn of(body: &Bytes, frames: usize) -> Self {
        let length = body.len().div_ceil(frames).max(1);
        let starts = (0..body.len()).step_by(length);
        let frames = starts.map(|start| body.slice(start..(start + length).min(body.len())));
        Self { ready: frames.collect(), ends: true }
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.ready.pop_front() {
            Some(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            None if self.ends => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

/// Reads each frame and drops it.
///
/// # Errors
///
/// Never.
pub async fn drain(request: Request<BufferedBody>) -> Result<Response<Empty<Bytes>>, Infallible> {
    let mut body = request.into_body();
    while let Some(frame) = body.frame().await {
        std::hint::black_box(frame).ok();
    }
    Ok(Response::new(Empty::new()))
}

/// The layer around [`drain`].
///
/// # Panics
///
/// If the request does not pass.
#[must_use]
pub fn scenario(bytes: usize, frames: usize) -> Scenario {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let sample = Sample::of(bytes);
    let mut service = VerifyLayer::new(verifier(0)).layer(tower::service_fn(drain));
    let prepare = move || request(&sample, Frames::of(&sample.body, frames));
    Scenario::new(format!("layer, {bytes} B in {frames} frames"), prepare, move |requests| {
        runtime.block_on(async {
            for request in requests {
                let Ok(response) = service.call(request).await;
                assert!(response.status().is_success());
            }
        });
    })
}

/// Builds a request whose body begins and does not end.
#[must_use]
pub fn unfinished(sample: &Sample) -> Request<Frames> {
    let ready = VecDeque::from([sample.body.slice(..20)]);
    request(sample, Frames { ready, ends: false })
}

fn request(sample: &Sample, body: Frames) -> Request<Frames> {
    let mut request = Request::post(PATH);
    for (name, value) in &sample.headers {
        request = request.header(*name, value);
    }
    request.body(body).expect("a request of valid parts")
}
