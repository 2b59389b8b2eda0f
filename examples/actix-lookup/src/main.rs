//! `cargo run -p example-actix-lookup`
//!
//! A customer lookup for Online Contact on actix-web, with an embedded SQLite database. The routes
//! are in `lib.rs`. This file reads the settings, serves, shows the server at work, and stops
//! gracefully.
//!
//! | variable | is | default |
//! |---|---|---|
//! | `OC_SECURITY_KEY` | the security key (암호화 키) of the API | the vendor's sample key, with a warning |
//! | `OC_KEY_FILE` | in its place, a file of keys, which is followed | none |
//! | `OC_LISTEN` | the address to listen on | `127.0.0.1:8081` |
//! | `OC_REPLAY` | what remembers the requests that passed: `off`, `memory` or a `redis://` URL | `memory` |
//! | `OC_BODY_TIMEOUT` | how many seconds a whole body may take | `10` |
//! | `OC_DEMO` | whether it shows itself at work: `on` or `off` | `on`; `off` with a key file |
//! | `RUST_LOG` | what is logged to stderr | `info` |

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use actix_web::HttpServer;
use example_actix_lookup::app;
use example_shared::{CustomerDirectory, Settings, StopSignal, demo, exit_code, init_logging};

#[actix_web::main]
async fn main() -> ExitCode {
    init_logging();
    exit_code(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Settings::from_env("127.0.0.1:8081")?;
    // The key, a replay guard, a deadline; and what follows the key file, where the keys are in one.
    let (verifier, _watch) = settings.verifier()?;
    let directory = CustomerDirectory::in_memory().await?;

    let listener = settings.bind().await?.into_std()?;
    let address = listener.local_addr()?;
    let stop = StopSignal::listen()?;
    writeln!(io::stdout(), "listening on http://{address}")?;

    let customers = directory.clone();
    let serving = HttpServer::new(move || {
        // Once per worker. They share one verifier and one database.
        app(verifier.clone(), customers.clone())
    })
    .shutdown_signal(stop.received())
    .listen(listener)?
    .run();
    tokio::try_join!(serving, demo::run(address, &settings))?;

    directory.close().await;
    Ok(())
}
