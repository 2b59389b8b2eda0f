use ::axum::Router;
use ::axum::extract::{Request, State};
use ::axum::response::{IntoResponse, Response};
use ::axum::routing::post;
use ::axum::serve::ListenerExt as _;
use http_body_util::BodyExt as _;
use online_contact::{Failure, Verified};
use online_contact_tower::VerifyLayer;
use tokio::net::TcpListener;
use tower::limit::GlobalConcurrencyLimitLayer;

use super::{Adapter, Need, Serving, Setup};
use crate::{App, Result};

/// `axum::serve`, with the layer around a router.
pub struct Axum;

const LACKS: &[(Need, &str)] = &[(Need::Grpc, "axum has no gRPC service")];

impl Adapter for Axum {
    fn name(&self) -> &'static str {
        "axum"
    }

    fn lacks(&self) -> &'static [(Need, &'static str)] {
        LACKS
    }

    fn serve(&self, listener: TcpListener, setup: Setup) -> Result<Serving> {
        let router = router(&setup.app)
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

/// The handler under every path.
pub(super) fn router(app: &App) -> Router {
    Router::new().route("/{*path}", post(echo)).with_state(app.clone())
}

async fn echo(
    State(app): State<App>,
    verified: Verified,
    request: Request,
) -> std::result::Result<Response, Failure> {
    let body = request.into_body().collect().await.map_err(broken)?;
    let trailer = body.trailers().and_then(|map| map.get("x-trailer")).cloned();
    let trailer = trailer.as_ref().map_or(&b""[..], |value| value.as_bytes());
    let answer = app.answer(Some(&verified), &body.to_bytes(), trailer);
    Ok(answer.into_response())
}

fn broken(error: ::axum::Error) -> Failure {
    Failure::server_error("1", "The body of a verified request is broken.").with_source(error)
}
