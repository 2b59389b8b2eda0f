//! The log events of a piece of code, as text.

use std::cell::RefCell;
use std::fmt::{self, Write as _};
use std::sync::Once;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// An event: its level, and its fields (`message` is one) as `Display` or `Debug` shows them.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) level: tracing::Level,
    pub(crate) fields: Vec<(&'static str, String)>,
}

impl Line {
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(field, _)| *field == name)?;
        Some(&found.1)
    }
}

thread_local! {
    static LINES: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

/// Returns the result of `f`, and the events that it logged on this thread.
///
/// One subscriber serves the whole program: `tracing` remembers for each place in the code whether
/// anybody listens, and with one subscriber per test a test without could switch it off for others.
pub(crate) fn of<R>(f: impl FnOnce() -> R) -> (R, Vec<Line>) {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| tracing::subscriber::set_global_default(ToThread).unwrap());

    LINES.take();
    let result = f();
    (result, LINES.take())
}

/// Every level and target is heard, so nothing can slip by.
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
        let mut text = String::new();
        write!(text, "{value:?}").unwrap();
        self.0.push((field.name(), text));
    }
}
