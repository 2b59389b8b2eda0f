use std::time::Duration;

use actix_web::rt::time;
use online_contact::Timer;

/// The timer of actix-web's runtime.
pub(crate) struct ActixTimer;

impl Timer for ActixTimer {
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        time::sleep(duration)
    }
}
