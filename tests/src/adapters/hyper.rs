use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use online_contact::Verified;
use online_contact_tower::{BufferedBody, VerifyLayer};
use tokio::net::TcpListener;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower::{Layer as _, Service, ServiceBuilder};

use super::{Adapter, Need, Serving, Setup};
use crate::{App, Error, Result};

/// Plain hyper, with the layer around a function.
pub struct Hyper;

const LACKS: &[(Need, &str)] = &[(Need::Grpc, "plain hyper has no gRPC service")];

impl Adapter for Hyper {
    fn name(&self) -> &'static str {
        "hyper"
    }

    fn lacks(&self) -> &'static [(Need, &'static str)] {
        LACKS
    }

    fn serve(&self, listener: TcpListener, setup: Setup) -> Result<Serving> {
        let verify = VerifyLayer::new(setup.settings.verifier()?);
        let echo = ServiceBuilder::new()
            .layer(GlobalConcurrencyLimitLayer::new(setup.settings.slots))
            .service(echo(setup.app));
        Ok(serve_connections(listener, verify.layer(echo)))
    }
}

/// The handler, for requests as they come out of the layer.
#[must_use]
pub fn echo(
    app: App,
) -> impl Service<Request<BufferedBody>, Response = Response<Full<Bytes>>, Error = Error, Future: Send>
+ Clone
+ Send {
    tower::service_fn(move |request: Request<BufferedBody>| handle(app.clone(), request))
}

async fn handle(app: App, request: Request<BufferedBody>) -> Result<Response<Full<Bytes>>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?;
    let trailer = body.trailers().and_then(|map| map.get("x-trailer")).cloned();
    let trailer = trailer.as_ref().map_or(&b""[..], |value| value.as_bytes());
    let verified = parts.extensions.get::<Verified>();
    let answer = app.answer(verified, &body.to_bytes(), trailer);
    Ok(Response::from(answer).map(Full::new))
}

/// Serves HTTP/1 and HTTP/2 on every connection that comes.
pub fn serve_connections<S, R>(listener: TcpListener, service: S) -> Serving
where
    S: Service<Request<Incoming>, Response = Response<R>, Error = Error> + Clone + Send + 'static,
    S::Future: Send,
    R: Body<Data = Bytes> + Send + 'static,
    R::Error: Into<Error>,
{
    Box::pin(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).ok();
            let service = TowerToHyperService::new(service.clone());
            tokio::spawn(async move {
                let server = auto::Builder::new(TokioExecutor::new());
                // Broken connections are part of the suite; a client sees what became of them.
                server.serve_connection(TokioIo::new(stream), service).await.ok();
            });
        }
    })
}
