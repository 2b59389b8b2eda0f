//! A request's head: what [`Verifier::start`] says of it is what rows 1 to 9 of the protocol say.
//!
//! Fields of the input: the headers by their names, `uri`, `now`, `window`, `limit`, `length` (the
//! declared one), and `source` (`known`, `unknown`, `broken` or `silent`; a key ring without it).

use std::task::{Context, Poll, Waker};
use std::time::Duration;

use online_contact::{
    BufferBudget, KeyFuture, KeyRequest, KeyRing, KeySource, Rejection, RequestHead, SecurityKey,
    Start, Timestamp, Verification, Verifier,
};

use crate::input::Input;
use crate::model;

/// The moment of all seeds.
pub(crate) const NOW: i64 = 1_732_400_000_000;

const WIDEST: u64 = i64::MAX.unsigned_abs();

/// Runs one input.
///
/// # Panics
///
/// If library and model disagree.
pub fn run(data: &[u8]) {
    let input = Input::read(data);
    let model = model(&input);
    let head = head(&input, model.content_length);
    let verdict = started(verifier(&input, &model), &head);

    let rejection = verdict.as_ref().map_err(|rejection| rejection.reason().as_str()).err();
    assert_eq!(rejection, model.rejection());
    if let Some(rejection) = verdict.err() {
        assert_eq!(rejection.timestamp_age_ms(), age(&model), "{rejection}");
    }
}

fn model<'a>(input: &Input<'a>) -> model::Head<'a> {
    let values = |name: &str| {
        let named = |(found, _): &&(&str, _)| found.to_ascii_lowercase() == name;
        input.fields.iter().filter(named).map(|(_, value)| *value).collect()
    };
    model::Head {
        timestamps: values("x-tc-timestamp"),
        authorizations: values("authorization"),
        content_length: input.number("length"),
        now: input.number("now").unwrap_or(NOW),
        // The library's widest window is what an i64 holds: 292 million years.
        window_ms: input.number("window").filter(|ms| (1..=WIDEST).contains(ms)).unwrap_or(300_000),
        body_limit: input.number("limit").filter(|&bytes| bytes > 0).unwrap_or(1024 * 1024),
        keys_answer: !matches!(input.text("source"), Some("broken" | "silent")),
    }
}

/// A rejection tells the age once both headers are known to be there once and the timestamp is read.
fn age(model: &model::Head<'_>) -> Option<i64> {
    let signed_at = match model.rejection() {
        Some("header_duplicated") => None,
        _ => model::timestamp(model.timestamps.first()?),
    }?;
    let age = i128::from(model.now) - signed_at;
    Some(i64::try_from(age).unwrap_or(i64::MIN))
}

fn head<'a>(input: &Input<'a>, content_length: Option<u64>) -> RequestHead<'a> {
    let head = RequestHead::new(input.text("uri").unwrap_or("/customer"));
    let head = input.fields.iter().fold(head, |head, (name, value)| head.header(name, value));
    content_length.map_or(head.clone(), |bytes| head.content_length(bytes))
}

fn verifier(input: &Input<'_>, model: &model::Head<'_>) -> Verifier {
    let builder = Verifier::builder()
        .clock(Timestamp::from_millis(model.now))
        .dangerously_wide_window(Duration::from_millis(model.window_ms))
        .body_limit(model.body_limit)
        .buffer_budget(BufferBudget::new(u64::MAX));
    let builder = match input.text("source") {
        Some("known") => builder.key_source(Source::Known),
        Some("unknown") => builder.key_source(Source::Unknown),
        Some("broken") => builder.key_source(Source::Broken),
        Some("silent") => builder.key_source(Source::Silent),
        _ => builder.key_ring(ring()),
    };
    builder.build().expect("the settings are in range")
}

/// Like an adapter, but one with no patience: what is not there at once never comes.
fn started(verifier: Verifier, head: &RequestHead<'_>) -> Result<Verification, Rejection> {
    match verifier.start(head)? {
        Start::Now(verification) => Ok(verification),
        Start::Later { mut verification, unanswered, .. } => {
            match verification.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(answer) => answer,
                Poll::Pending => Err(unanswered),
            }
        }
    }
}

fn ring() -> KeyRing {
    let key = SecurityKey::new("bf7769e5321448de88838cdb").expect("it is not empty");
    KeyRing::new([("only", key)]).expect("it is a ring")
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Known,
    Unknown,
    Broken,
    Silent,
}

impl KeySource for Source {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        format!("{:?}{}", request.host(), request.path())
    }

    fn keys(&self, _: String) -> KeyFuture {
        match self {
            Self::Known => Box::pin(async { Ok(Some(ring())) }),
            Self::Unknown => Box::pin(async { Ok(None) }),
            Self::Broken => Box::pin(async { Err("it broke".into()) }),
            Self::Silent => Box::pin(std::future::pending()),
        }
    }
}
