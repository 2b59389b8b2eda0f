use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use online_contact::Verifier;
use online_contact_envoy::Authorizer;
use tokio::sync::oneshot;
use tonic::server::NamedService;
use tonic::transport::server::{Router, TcpIncoming};
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use tonic_health::ServingStatus;
use tonic_health::server::{HealthReporter, health_reporter};

use super::BoxError;
use super::listener::Listener;
use super::settings::Settings;
use super::stop::StopSignal;

/// Checks that one connection of Envoy may have open. Envoy queues the others.
const CONCURRENT_CHECKS: u32 = 256;

/// The time between two pings, which find out that Envoy's machine is gone.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// Serves checks until a stop signal, and then until the open ones have finished or their time is over.
pub(crate) async fn serve(settings: &Settings, verifier: Verifier) -> Result<(), BoxError> {
    let (health, health_service) = health_reporter();
    let authorizer = Authorizer::new(verifier).into_service();
    let authorizer_name = name_of(&authorizer);
    health.set_service_status(authorizer_name, ServingStatus::Serving).await;

    let mut server = Server::builder()
        .max_concurrent_streams(CONCURRENT_CHECKS)
        .http2_keepalive_interval(Some(KEEPALIVE));
    if let Some(tls) = tls(settings)? {
        server = server.tls_config(tls)?;
    }
    let router = server.add_service(authorizer).add_service(health_service);

    let mut stop = StopSignal::listen()?;
    let listener = Listener::bind(&settings.listen).await?;
    // The server runs on if stdout is closed.
    let _ = writeln!(io::stdout(), "listening on {}", listener.address()?);

    let (stopping, stopped) = oneshot::channel();
    let stop = async move {
        stop.received().await;
        tracing::info!("stopping; open checks finish first");
        set_not_serving(&health, authorizer_name).await;
        // The other end waits until the server has stopped.
        let _ = stopping.send(());
    };
    let deadline = async {
        match stopped.await {
            Ok(()) => tokio::time::sleep(settings.stop_timeout).await,
            // The server ended by itself.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        served = serve_on(listener, router, stop) => served,
        () = deadline => {
            tracing::warn!(timeout = ?settings.stop_timeout, "stop timeout passed; open checks dropped");
            Ok(())
        }
    }
}

async fn serve_on(
    listener: Listener,
    router: Router,
    stop: impl Future<Output = ()>,
) -> Result<(), BoxError> {
    match listener {
        Listener::Tcp(listener) => {
            let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
            Ok(router.serve_with_incoming_shutdown(incoming, stop).await?)
        }
        #[cfg(unix)]
        Listener::Unix(listener, _file) => {
            let incoming = tokio_stream::wrappers::UnixListenerStream::new(listener);
            Ok(router.serve_with_incoming_shutdown(incoming, stop).await?)
        }
    }
}

/// Reports to health checks that this program stops: by its name, and as a whole.
async fn set_not_serving(health: &HealthReporter, authorizer_name: &str) {
    for name in [authorizer_name, ""] {
        health.set_service_status(name, ServingStatus::NotServing).await;
    }
}

const fn name_of<S: NamedService>(_: &S) -> &'static str {
    S::NAME
}

fn tls(settings: &Settings) -> Result<Option<ServerTlsConfig>, BoxError> {
    let (Some(cert), Some(key)) = (&settings.tls_cert, &settings.tls_key) else {
        return Ok(None);
    };
    let mut tls = ServerTlsConfig::new().identity(Identity::from_pem(read(cert)?, read(key)?));
    if let Some(ca) = &settings.tls_client_ca {
        tls = tls.client_ca_root(Certificate::from_pem(read(ca)?));
    }
    Ok(Some(tls))
}

fn read(path: &Path) -> Result<Vec<u8>, BoxError> {
    fs::read(path)
        .map_err(|error| format!("file {} cannot be read: {error}", path.display()).into())
}
