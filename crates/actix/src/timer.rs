use std::panic::catch_unwind;
use std::time::Duration;

use actix_web::rt::time;
use online_contact::Timer;

/// The timer of actix-web's runtime.
pub(crate) struct ActixTimer;

impl Timer for ActixTimer {
    async fn sleep(&self, duration: Duration) {
        // Tokio panics in a runtime without a timer, for which it has no check. Every wait is over at once
        // then.
        if let Ok(sleep) = catch_unwind(|| time::sleep(duration)) {
            sleep.await;
        }
    }
}
