//! The log events of a chunk of code.

use std::cell::RefCell;
use std::fmt;
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// One log event.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// The level.
    pub(crate) level: Level,
    /// The fields in order, with `message` among them, as `Display` or `Debug` shows them.
    pub(crate) fields: Vec<(&'static str, String)>,
}

impl Line {
    /// Returns the value of a field.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value.as_str())
    }
}

thread_local! {
    static LINES: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

/// Awaits `future` and returns its output and everything that was logged on this thread meanwhile.
pub(crate) async fn of_async<R>(future: impl Future<Output = R>) -> (R, Vec<Line>) {
    start();
    let output = future.await;
    (output, LINES.take())
}

/// Installs the subscriber and forgets earlier events of this thread.
///
/// One subscriber serves the whole process: `tracing` caches for each callsite whether anything
/// listens, so a subscriber per test could switch events off for other tests.
fn start() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| tracing::subscriber::set_global_default(ToThread).unwrap());
    LINES.take();
}

/// A subscriber that records every event of every level and target in its thread.
struct ToThread;

impl Subscriber for ToThread {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(Vec::new());
        event.record(&mut fields);
        let line = Line { level: *event.metadata().level(), fields: fields.0 };
        LINES.with_borrow_mut(|lines| lines.push(line));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Fields(Vec<(&'static str, String)>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.to_owned()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.push((field.name(), format!("{value:?}")));
    }
}
