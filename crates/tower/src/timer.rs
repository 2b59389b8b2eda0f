use std::panic::catch_unwind;
use std::time::Duration;

use online_contact::Timer;
use tokio::time::sleep;

/// The timer of tokio. Without one every wait is over at once.
pub(crate) struct TokioTimer;

impl Timer for TokioTimer {
    async fn sleep(&self, duration: Duration) {
        if has_timer() {
            sleep(duration).await;
        } else {
            tracing::error!(
                target: "online_contact",
                "no tokio runtime with a timer; cannot wait for a body, a key source or a replay guard"
            );
        }
    }
}

/// Returns whether this is a runtime with a timer. Tokio has no such check, and panics without one.
fn has_timer() -> bool {
    catch_unwind(|| sleep(Duration::ZERO)).is_ok()
}
