//! How a server comes to its end.

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC, ctrl_c};

/// What shells report of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// The wish that the server stops: Ctrl-C, and on Unix also SIGTERM.
#[derive(Debug)]
pub struct StopSignal {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
    #[cfg(windows)]
    ctrl_c: CtrlC,
}

impl StopSignal {
    /// Listens from now on: a signal that comes before [`received`](Self::received) is not lost.
    ///
    /// # Errors
    ///
    /// If the operating system doesn't let us.
    pub fn listen() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
            #[cfg(windows)]
            ctrl_c: ctrl_c()?,
        })
    }

    /// Waits for the signal and says on stdout that the server stops. From then on a second signal
    /// ends the program at once, for a request under way may be a slow one.
    pub async fn received(mut self) {
        self.next().await;
        // Whether or not anybody reads it, the server stops.
        let _ = writeln!(
            io::stdout(),
            "stopping: requests under way are finished first (Ctrl-C again: at once)"
        );
        tokio::spawn(async move {
            self.next().await;
            std::process::exit(INTERRUPTED);
        });
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(windows)]
    async fn next(&mut self) {
        self.ctrl_c.recv().await;
    }
}

/// Status 0, or status 1 after one line on stderr with the error and what is underneath.
#[must_use]
pub fn exit_code(outcome: Result<(), Box<dyn Error>>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // If stderr is closed, the status alone has to tell.
            let _ = writeln!(io::stderr(), "error: {}", whole(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

/// The error and what is underneath, in one line.
pub(crate) fn whole(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!(": {error}");
        source = error.source();
    }
    text
}
