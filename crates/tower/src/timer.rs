use std::panic::catch_unwind;
use std::time::Duration;

use online_contact::Timer;

/// The timer of tokio.
pub(crate) struct TokioTimer;

impl Timer for TokioTimer {
    async fn sleep(&self, duration: Duration) {
        // Tokio panics outside a runtime, and in one without a timer, for which it has no check. Every wait
        // is over at once then.
        match catch_unwind(|| tokio::time::sleep(duration)) {
            Ok(sleep) => sleep.await,
            Err(_) => tracing::error!(
                target: "online_contact",
                "no tokio runtime with a timer; cannot wait for a body, a key source or a replay guard"
            ),
        }
    }
}
