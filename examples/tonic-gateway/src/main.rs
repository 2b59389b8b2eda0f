//! `cargo run -p example-tonic-gateway`
//!
//! Online Contact asks in JSON, and the customers are behind gRPC. This gateway verifies, asks the
//! backend, and answers in Online Contact's envelope; other services of the company that sign their
//! calls get the same gRPC service on the same port.
//!
//! The routes are in `gateway.rs`. This file starts a backend and the gateway, shows them at work, and
//! stops them gracefully.
//!
//! | variable | is | default |
//! |---|---|---|
//! | `OC_SECURITY_KEY` | the security key (암호화 키) of the API | the vendor's sample key, with a warning |
//! | `OC_KEY_FILE` | in its place, a file of keys, which is followed | none |
//! | `OC_LISTEN` | the address to listen on | `127.0.0.1:8082` |
//! | `OC_REPLAY` | what remembers the requests that passed: `off`, `memory` or a `redis://` URL | `memory` |
//! | `OC_BODY_TIMEOUT` | how many seconds a whole body may take | `10` |
//! | `OC_DEMO` | whether it shows itself at work: `on` or `off` | `on`; `off` with a key file |
//! | `RUST_LOG` | what is logged to stderr | `info` |

use std::error::Error;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use example_shared::{CustomerDirectory, Settings, StopSignal, exit_code, init_logging};
use example_tonic_gateway::backend::{self, Directory};
use example_tonic_gateway::upstream::Upstream;
use example_tonic_gateway::{demo, gateway};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long the backend may take. An agent is waiting.
const BACKEND_TIMEOUT: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> ExitCode {
    init_logging();
    exit_code(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_env("127.0.0.1:8082")?;
    // The key, a replay guard, a deadline; and what follows the key file, where the keys are in one.
    let (verifier, _watch) = settings.verifier()?;
    let backend = Backend::start().await?;
    let upstream = Upstream::new(format!("http://{}", backend.address), BACKEND_TIMEOUT)?;

    let listener = settings.bind().await?;
    let address = listener.local_addr()?;
    let stop = StopSignal::listen()?;
    writeln!(io::stdout(), "listening on http://{address}")?;
    writeln!(io::stdout(), "backend at http://{}", backend.address)?;

    // gRPC sends many small packets, which TCP would hold back. A stream that can't be told so works
    // all the same.
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    // HTTP/1.1 for Online Contact and HTTP/2 for gRPC: axum tells them apart by the first bytes.
    let serving = axum::serve(listener, gateway::app(verifier, upstream))
        .with_graceful_shutdown(stop.received());
    let showing = async {
        if let Some(key) = settings.demo_key() {
            demo::run(address, key).await?;
        }
        example_shared::demo::run(address, &settings).await
    };
    tokio::try_join!(serving.into_future(), showing)?;

    // The gateway has no call under way any more, so the backend can go.
    backend.stop().await
}

/// The company's service. Outside of an example it is another program on another machine.
struct Backend {
    address: SocketAddr,
    directory: CustomerDirectory,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl Backend {
    async fn start() -> Result<Self, Box<dyn Error>> {
        let directory = CustomerDirectory::in_memory().await?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let service = Directory(directory.clone());
        let serving = tokio::spawn(backend::serve(listener, service, async {
            // Sent or dropped, it means the same.
            let _ = stopped.await;
        }));
        Ok(Self { address, directory, stop, serving })
    }

    async fn stop(self) -> Result<(), Box<dyn Error>> {
        drop(self.stop);
        self.serving.await??;
        self.directory.close().await;
        Ok(())
    }
}
