use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use ::axum::serve::ListenerExt as _;
use ::tonic::body::Body;
use ::tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use ::tonic::server::{Grpc, NamedService};
use ::tonic::service::Routes;
use ::tonic::transport::Server;
use ::tonic::transport::server::TcpIncoming;
use ::tonic::{Response, Status};
use bytes::{Buf as _, BufMut as _, Bytes};
use online_contact::Verified;
use online_contact_tower::VerifyLayer;
use tokio::net::TcpListener;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::{Service, ServiceBuilder};

use super::axum::router;
use super::{Adapter, Need, Serving, Setup};
use crate::{App, Result};

/// `tonic::transport::Server::layer`, around a unary service and a JSON route.
pub struct Tonic;

/// `Routes::into_axum_router`, with the layer around the router.
pub struct TonicRouter;

impl Adapter for Tonic {
    fn name(&self) -> &'static str {
        "tonic"
    }

    fn lacks(&self) -> &'static [(Need, &'static str)] {
        &[]
    }

    fn serve(&self, listener: TcpListener, setup: Setup) -> Result<Serving> {
        let layer = ServiceBuilder::new()
            .layer(VerifyLayer::new(setup.settings.verifier()?))
            .layer(GlobalConcurrencyLimitLayer::new(setup.settings.slots))
            .into_inner();
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let server =
            Server::builder().accept_http1(true).layer(layer).add_routes(routes(setup.app));
        Ok(Box::pin(async move {
            server.serve_with_incoming(incoming).await.ok();
        }))
    }
}

impl Adapter for TonicRouter {
    fn name(&self) -> &'static str {
        "tonic router"
    }

    fn lacks(&self) -> &'static [(Need, &'static str)] {
        &[]
    }

    fn serve(&self, listener: TcpListener, setup: Setup) -> Result<Serving> {
        let router = routes(setup.app)
            .into_axum_router()
            .layer(GlobalConcurrencyLimitLayer::new(setup.settings.slots))
            .layer(VerifyLayer::new(setup.settings.verifier()?));
        let listener = listener.tap_io(|stream| {
            stream.set_nodelay(true).ok();
        });
        Ok(Box::pin(async move {
            ::axum::serve(listener, router).await.ok();
        }))
    }
}

fn routes(app: App) -> Routes {
    Routes::from(router(&app)).add_service(Echo(app))
}

/// The handler as `suite.Echo/Any`: unary, any method name, its messages are plain bytes.
#[derive(Clone)]
struct Echo(App);

impl NamedService for Echo {
    const NAME: &'static str = "suite.Echo";
}

impl Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future =
        Pin<Box<dyn Future<Output = std::result::Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<std::result::Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let app = self.0.clone();
        let method = tower::service_fn(move |request| std::future::ready(echo(&app, &request)));
        Box::pin(async move { Ok(Grpc::new(Plain).unary(method, request).await) })
    }
}

fn echo(
    app: &App,
    request: &::tonic::Request<Bytes>,
) -> std::result::Result<Response<Bytes>, Status> {
    let verified = request.extensions().get::<Verified>();
    let answer = app.answer(verified, request.get_ref(), b"").to_json();
    let answer = answer.map_err(|error| Status::internal(error.to_string()))?;
    Ok(Response::new(answer.into()))
}

/// Messages that are the bytes they consist of.
struct Plain;

impl Codec for Plain {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Plain {
    type Item = Bytes;
    type Error = Status;

    fn encode(
        &mut self,
        message: Bytes,
        buffer: &mut EncodeBuf<'_>,
    ) -> std::result::Result<(), Status> {
        buffer.put(message);
        Ok(())
    }
}

impl Decoder for Plain {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> std::result::Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
