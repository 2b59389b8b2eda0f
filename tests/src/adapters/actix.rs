use std::time::Duration;

use actix_http::HttpService;
use actix_service::{Service as _, ServiceFactory as _, map_config};
use actix_web::dev::AppConfig;
use actix_web::web;
use online_contact::{Success, Verified};
use online_contact_actix::Verify;
use tokio::net::TcpListener;

use super::{Adapter, Need, Serving, Setup};
use crate::{App, Echo, Result};

/// actix-web, with the middleware around an `App`.
pub struct Actix;

const LACKS: &[(Need, &str)] = &[
    (Need::Trailers, "actix-web drops the trailers of a request"),
    (Need::Grpc, "actix-web has no gRPC service"),
    (Need::Readiness, "a service of actix-web that is not ready holds up the connection itself"),
    (Need::ContinueOnDemand, "actix-web sends 100 Continue before any middleware is asked"),
];

/// The default of `HttpServer`.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);

impl Adapter for Actix {
    fn name(&self) -> &'static str {
        "actix-web"
    }

    fn lacks(&self) -> &'static [(Need, &'static str)] {
        LACKS
    }

    /// Serves as `HttpServer` does, without its threads.
    fn serve(&self, listener: TcpListener, setup: Setup) -> Result<Serving> {
        let verifier = setup.settings.verifier()?;
        Ok(Box::pin(async move {
            let app = actix_web::App::new()
                .wrap(Verify::new(verifier))
                .app_data(web::PayloadConfig::new(usize::MAX))
                .app_data(web::Data::new(setup.app))
                .default_service(web::post().to(echo));
            let factory = HttpService::build()
                .client_disconnect_timeout(DISCONNECT_TIMEOUT)
                .tcp_nodelay(true)
                .finish(map_config(app, |()| AppConfig::default()))
                .tcp_auto_h2c();
            let Ok(service) = factory.new_service(()).await else {
                return;
            };
            while let Ok((stream, _)) = listener.accept().await {
                // Broken connections are part of the suite; a client sees what became of them.
                let serving = service.call(stream);
                tokio::task::spawn_local(async move { serving.await.ok() });
            }
        }))
    }
}

async fn echo(app: web::Data<App>, verified: Verified, body: web::Bytes) -> Success<Echo> {
    app.answer(Some(&verified), &body, b"")
}
