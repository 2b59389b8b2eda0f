use std::panic::catch_unwind;
use std::time::Duration;

use actix_web::rt::time::sleep;
use online_contact::Timer;

/// The timer of actix-web's runtime. Without one every wait is over at once.
pub(crate) struct ActixTimer;

impl Timer for ActixTimer {
    async fn sleep(&self, duration: Duration) {
        if has_timer() {
            sleep(duration).await;
        }
    }
}

/// Returns whether this is a runtime with a timer. Tokio has no such check, and panics without one.
fn has_timer() -> bool {
    catch_unwind(|| sleep(Duration::ZERO)).is_ok()
}
