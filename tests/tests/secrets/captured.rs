//! Every event of every crate, with all of its fields, as text.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use tracing_subscriber::filter::LevelFilter;

/// The log events of this process.
#[derive(Clone, Default)]
pub(crate) struct Captured {
    text: Arc<Mutex<Vec<u8>>>,
    all: Arc<AtomicUsize>,
}

impl Captured {
    /// From now on everything is captured: all levels and targets, and the `log` crate's records.
    pub(crate) fn start() -> Self {
        static CAPTURED: OnceLock<Captured> = OnceLock::new();
        let start = || {
            let captured = Self::default();
            let writer = captured.clone();
            tracing_subscriber::fmt()
                .with_max_level(LevelFilter::TRACE)
                .with_ansi(false)
                .with_writer(move || writer.clone())
                .init();
            captured
        };
        CAPTURED.get_or_init(start).clone()
    }

    pub(crate) fn clear(&self) {
        self.text.lock().unwrap().clear();
    }

    pub(crate) fn text(&self) -> Vec<u8> {
        self.text.lock().unwrap().clone()
    }

    /// Returns the number of captured bytes since the start.
    pub(crate) fn all(&self) -> usize {
        self.all.load(Ordering::Relaxed)
    }
}

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.lock().unwrap().extend_from_slice(bytes);
        self.all.fetch_add(bytes.len(), Ordering::Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
