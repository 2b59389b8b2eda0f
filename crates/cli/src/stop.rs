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

    /// Returns whether the program stops.
    pub(crate) fn is_stopping(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the program stops.
    pub(crate) async fn wait(mut self) {
        // A sender that is gone stops the program as well.
        let _ = self.0.wait_for(|stopping| *stopping).await;
    }
}

/// Ctrl-C and SIGTERM. From the registration on, they no longer end the process by themselves.
#[cfg(unix)]
pub(crate) struct Signals {
    /// `None` if the system offers no signals.
    registered: Option<[tokio::signal::unix::Signal; 2]>,
}

#[cfg(unix)]
impl Signals {
    pub(crate) fn register() -> Self {
        use tokio::signal::unix::{SignalKind, signal};

        let interrupt = signal(SignalKind::interrupt());
        let terminate = signal(SignalKind::terminate());
        let registered = interrupt.and_then(|one| terminate.map(|other| [one, other])).ok();
        Self { registered }
    }

    /// Waits for the next of them.
    pub(crate) async fn wait(&mut self) {
        let Some([interrupt, terminate]) = &mut self.registered else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(crate) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(crate) fn register() -> Self {
        Self
    }

    /// Waits for the next Ctrl-C.
    pub(crate) async fn wait(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
