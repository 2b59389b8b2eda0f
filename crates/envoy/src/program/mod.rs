//! The program `online-contact-envoy`.

mod keys;
mod listener;
mod metrics;
mod serve;
mod settings;
mod stop;
mod tenants;

use std::error::Error;
use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use self::settings::LogFormat;
pub(crate) use self::settings::Settings;

pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// Runs until a stop signal.
pub(crate) async fn run(settings: Settings) -> Result<(), BoxError> {
    init_logging(settings.log_format)?;
    let keys = keys::Keys::of(&settings)?;
    let (verifier, _watch) = keys.verifier(&settings)?;
    if let Some(address) = settings.metrics {
        metrics::serve(address)?;
    }
    serve::serve(&settings, verifier).await
}

/// Logs to stderr: what `RUST_LOG` selects, or `info` and above.
fn init_logging(format: LogFormat) -> Result<(), BoxError> {
    let filter =
        EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match format {
        LogFormat::Text => builder.with_ansi(io::stderr().is_terminal()).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    }
}
