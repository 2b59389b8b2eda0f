//! A customer lookup for Online Contact in front of a gRPC backend, on axum and tonic.
//!
//! ```text
//! Online Contact ─── JSON, signed ──▶ ┌─────────┐
//!                                     │ gateway │ ── gRPC ──▶ backend
//! signed gRPC clients ──────────────▶ └─────────┘
//! ```
//!
//! ```sh
//! cargo run -p example-tonic-gateway
//! cargo run -p example-tonic-gateway -- --help # lists the settings
//! ```

mod demo;

/// The Rust code that `build.rs` generates from `customer.proto`.
#[allow(unreachable_pub, unused_qualifications, clippy::all, clippy::pedantic)]
mod proto {
    tonic::include_proto!("customer.v1");
}

use std::io::{self, IsTerminal as _};
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroU16;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum_server::accept::NoDelayAcceptor;
use axum_server::{Control, Handle};
use clap::Parser;
use online_contact::{
    Failure, KeyError, KeyFile, Lookup, MemoryReplayGuard, SecurityKey, Success, Verified, Verifier,
};
use online_contact_redis::RedisReplayGuard;
use online_contact_tower::OnlineContactLayer;
use serde::{Deserialize, Serialize};
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Response, Status};
use tracing_subscriber::EnvFilter;

use proto::LookupRequest;
use proto::customer_directory_client::CustomerDirectoryClient;
use proto::customer_directory_server::{CustomerDirectory, CustomerDirectoryServer};

/// The lookup items that are configured in Online Contact.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Query {
    call_num: String,
    nation: Option<String>,
}

/// The result that the agent sees. Online Contact expects every value to be a string.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Customer {
    user_name: String,
    id: String,
}

/// The client of the backend. Clones share one connection.
type Backend = CustomerDirectoryClient<Channel>;

/// Looks a customer up for Online Contact. `Verified` proves that Online Contact sent the request:
/// without the layer below, this handler responds with status 500.
async fn customer(
    verified: Verified,
    State(mut backend): State<Backend>,
    Lookup(Query { call_num, nation }): Lookup<Query>,
) -> Result<Success<Customer>, Failure> {
    tracing::info!(key = verified.key_label(), age_ms = verified.timestamp_age_ms(), "lookup");
    let found = backend.lookup(LookupRequest { call_num, nation }).await.map_err(failure)?;
    let proto::Customer { user_name, id } = found.into_inner();
    Ok(Success(Customer { user_name, id }))
}

/// Returns the failure that Online Contact shows for a status of the backend.
fn failure(status: Status) -> Failure {
    match status.code() {
        // Status 400. With status 404 the agent would read that the server has an error.
        Code::NotFound => Failure::no_result(911, "Not existing user."),
        Code::InvalidArgument => Failure::no_result("40021", "The lookup needs a number."),
        Code::PermissionDenied => Failure::forbidden("40321", "The lookup is not allowed."),
        // Also `UNAUTHENTICATED`: the backend does not know the gateway, but Online Contact is known.
        _ => Failure::server_error("50021", "The customer directory is unavailable."),
    }
    // The source of a failure is logged and never sent.
    .with_source(status)
}

/// Forwards the calls of signed gRPC clients to the backend.
struct Forward(Backend);

#[tonic::async_trait]
impl CustomerDirectory for Forward {
    async fn lookup(
        &self,
        request: Request<LookupRequest>,
    ) -> Result<Response<proto::Customer>, Status> {
        if let Some(verified) = request.extensions().get::<Verified>() {
            tracing::info!(key = verified.key_label(), "lookup by gRPC");
        }
        // The message of a status may name internals of the backend, so only its code is returned.
        let response = self.0.clone().lookup(request.into_inner()).await;
        response.map_err(|status| Status::new(status.code(), failure(status).message()))
    }
}

/// A gateway between Online Contact and a gRPC backend.
///
/// The security key is read from the environment variable `OC_SECURITY_KEY`. It is not an option,
/// because the command lines of a machine are visible to all of its users.
#[derive(Parser)]
struct Settings {
    /// IP address and port to listen on; port 0 takes any free port
    #[arg(long = "listen", env, default_value = "127.0.0.1:8082")]
    #[arg(value_parser = parse::<SocketAddr>("an IP address and a port, like 127.0.0.1:8082"))]
    oc_listen: SocketAddr,
    /// Key file, which is followed; replaces `OC_SECURITY_KEY`
    #[arg(long = "key-file", env)]
    oc_key_file: Option<PathBuf>,
    /// Replay guard: off, memory, or the URL of a Redis server
    #[arg(long = "replay", env, hide_env_values = true, default_value = "memory")]
    oc_replay: String,
    /// Seconds until the whole request body must have arrived
    #[arg(long = "body-timeout", env, default_value = "10")]
    #[arg(value_parser = parse::<NonZeroU16>("a number of seconds from 1 to 65535"))]
    oc_body_timeout: NonZeroU16,
    /// Requests that the server sends to itself; off with a key file, on otherwise
    #[arg(long = "demo", env, value_parser = ["on", "off"])]
    oc_demo: Option<String>,
}

fn parse<T: FromStr>(expected: &'static str) -> impl Fn(&str) -> Result<T, String> + Clone {
    move |text| text.parse().map_err(|_| format!("expected {expected}"))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::parse();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()))
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr)
        .init();

    let mut builder = Verifier::builder()
        .body_timeout(Duration::from_secs(settings.oc_body_timeout.get().into()));
    match settings.oc_replay.as_str() {
        "off" => {}
        "memory" => builder = builder.replay_guard(MemoryReplayGuard::default()),
        // Connects with the first request. Errors do not show the URL, which may hold a password.
        url if url.contains("://") => {
            builder = builder.replay_guard(RedisReplayGuard::lazy(url).context("OC_REPLAY")?);
        }
        value => bail!("OC_REPLAY is {value:?}: expected off, memory or a redis:// URL"),
    }
    let demo = settings.oc_demo.as_deref();
    let key_file = settings.oc_key_file.map(KeyFile::new);
    let key = match SecurityKey::from_env("OC_SECURITY_KEY") {
        Err(KeyError::NotSet(_)) if key_file.is_some() => None,
        Err(KeyError::NotSet(_)) => Some(demo::sample_key()?),
        key => Some(key.context("OC_SECURITY_KEY")?),
    };
    builder = match (&key, &key_file) {
        (None, Some(_)) if demo == Some("on") => {
            bail!("OC_DEMO is on: expected off with OC_KEY_FILE")
        }
        (None, Some(file)) => builder.key_ring(file.read().context("OC_KEY_FILE")?),
        (Some(key), None) => builder.key(key.clone()),
        _ => bail!("OC_SECURITY_KEY and OC_KEY_FILE are both set: expected one of them"),
    };
    let verifier = builder.build()?;
    // Replaces the keys of the verifier when the file changes, until it is dropped.
    let _watch = key_file.map(|file| file.watch(&verifier, Duration::from_secs(2))).transpose()?;

    // Connects with the first call, and again after a connection is lost.
    let channel = Endpoint::from_shared(demo::start_backend().await?)?
        .connect_timeout(Duration::from_secs(1))
        .timeout(Duration::from_secs(3))
        .connect_lazy();
    let backend = CustomerDirectoryClient::new(channel);
    let grpc = Routes::new(CustomerDirectoryServer::new(Forward(backend.clone())));
    let app = grpc
        .into_axum_router()
        .merge(Router::new().route("/customer", post(customer)).with_state(backend))
        // tonic's own fallback has status 200, which Online Contact would read as a success.
        .fallback(async || StatusCode::NOT_FOUND)
        // Verifies every request, JSON and gRPC, and puts every JSON response into the envelope.
        .layer(OnlineContactLayer::new(verifier));

    let listener = TcpListener::bind(settings.oc_listen)
        .with_context(|| format!("OC_LISTEN is {}: cannot listen there", settings.oc_listen))?;
    let address = listener.local_addr()?;
    // With Ctrl-C or the SIGTERM of a container platform, requests in progress get 10 seconds to end.
    let control = Control::new();
    let server = axum_server::from_tcp(listener)?
        // Nagle's algorithm would delay the small packets of HTTP/2.
        .acceptor(NoDelayAcceptor::new())
        .handle(Handle::with_control(control.clone()));
    ctrlc::set_handler(move || control.graceful_shutdown(Some(Duration::from_secs(10))))?;
    println!("listening on http://{address}");
    if let Some(key) = key.filter(|_| demo != Some("off")) {
        tokio::spawn(demo::run(address, key));
    }
    server.serve(app.into_make_service()).await?;
    Ok(())
}
