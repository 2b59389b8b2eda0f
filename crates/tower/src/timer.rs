use std::time::Duration;

use online_contact::Timer;
use tokio::runtime::Handle;

/// The timer of tokio.
pub(crate) struct TokioTimer;

impl Timer for TokioTimer {
    async fn sleep(&self, duration: Duration) {
        // Tokio's timer panics outside a runtime. Without a timer every wait is over at once.
        if Handle::try_current().is_ok() {
            tokio::time::sleep(duration).await;
        } else {
            tracing::error!(
                target: "online_contact",
                "no tokio runtime; cannot wait for a body, a key source or a replay guard"
            );
        }
    }
}
