//! The signals that end a subcommand that serves.

use tokio::sync::watch;

/// The news that the program stops, for any number of tasks.
#[derive(Clone, Debug)]
pub(crate) struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// Returns the news, and a sender that must stay alive until then.
    pub(crate) fn channel() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Waits until the program stops.
    pub(crate) async fn wait(mut self) {
        // A sender that is gone stops the program as well.
        let _ = self.0.wait_for(|stopping| *stopping).await;
    }
}

/// Waits for Ctrl-C or SIGTERM.
pub(crate) async fn requested() {
    // Where the system offers no signal, only the other one stops the program.
    let ctrl_c = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = ctrl_c => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};

    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
