//! Ctrl-C while the terminal is in a state that must be restored first.

use std::io;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::SIGINT;
use signal_hook::flag;

/// The exit status of a process that Ctrl-C has ended, as shells report it.
const STATUS: i32 = 128 + SIGINT;

/// Runs a function that returns [`io::ErrorKind::Interrupted`] on Ctrl-C once it has cleaned up. The
/// process ends then. Afterwards Ctrl-C ends the process at once, as it does by default.
pub(crate) fn deferred<T>(function: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let is_done = Arc::new(AtomicBool::new(false));
    flag::register_conditional_shutdown(SIGINT, STATUS, Arc::clone(&is_done))?;
    let result = function();
    is_done.store(true, Ordering::SeqCst);
    match result {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => process::exit(STATUS),
        other => other,
    }
}
