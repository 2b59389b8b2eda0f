//! A whole request through [`Verifier::verify`], and through `verify_bytes`.
//!
//! The input describes a request, what happens to it on its way, and the settings of the verifier:
//!
//! - `key` (any number), `scheme`, `now`, `window`, `limit`, `budget` (the room that other requests leave);
//! - `source`: `known`, `late`, `unknown`, `broken` or `stall`; without it, a key ring;
//! - `guard`: `memory`, `late`, `full`, `broken` or `stall`; `lenient` passes requests without the guard;
//! - `uri`, `timestamp`, `length` (the declared length), `times` (how often the body is repeated);
//! - `signer`: the index of the signing key; otherwise the key in `other-key` signs;
//! - `move` (bytes from the body's end to the timestamp, or back if negative), `flip-uri`, `flip-body`,
//!   `flip-time`, `flip-tag` (a bit), `other-uri`: what is done to the signed request;
//! - `X-TC-Timestamp`, `Authorization` or `unsigned`: the headers as sent, without a signature of ours;
//! - `script` and `chunks`: how the body arrives; `drop`: after how many polls the future is dropped.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use online_contact::{
    BufferBudget, ClaimFuture, KeyFuture, KeyRequest, KeyRing, KeySource, MemoryReplayGuard,
    Rejection, ReplayClaim, ReplayError, ReplayGuard, RequestHead, Scheme, SecurityKey, Signer,
    Timestamp, Verified, Verifier,
};
use online_contact_test_kit::script::{Script, Step};

use crate::input::Input;
use crate::model::{self, Case, FREE, Service};
use crate::stream::{Deadlines, drive, script};

/// The default of `now` and `timestamp`.
const NOW: i64 = 1_732_400_000_000;

const LONGEST_BODY: u64 = 64 * 1024;

/// The widest window that the library accepts, in milliseconds.
const WIDEST: u64 = i64::MAX.unsigned_abs();

/// Runs one input.
///
/// # Panics
///
/// If library and model disagree.
pub fn run(data: &[u8]) {
    let input = Input::read(data);
    let (case, body) = case(&input);
    let budget = BufferBudget::new(case.body_limit + 2 * FREE);
    let others = match input.text("budget") {
        Some(_) => others(&budget, case.budget),
        None => Vec::new(),
    };
    let held = budget.used();
    let claims = Arc::<AtomicUsize>::default();
    let verifier = verifier(&input, &case, &budget, &claims);

    let polls = input.number("drop").unwrap_or(usize::MAX);
    let verdict = verify(&verifier, &case, polls);
    if let Some(verdict) = &verdict {
        check(&case, verdict);
    }
    assert_eq!(budget.used(), held, "the verdict or the drop releases the budget");

    // Again and to the end: the guard knows the request if it was claimed before.
    let mut again = case.clone();
    if case.guard == Service::Yes && claims.load(Ordering::Relaxed) > 0 {
        again.guard = Service::No;
    }
    check(&again, &verify(&verifier, &again, usize::MAX).expect("driven to its end"));
    assert_eq!(budget.used(), held);

    verify_bytes(&input, &case, &budget, body);
    assert_eq!(budget.used(), held);
    drop(others);
    assert_eq!(budget.used(), 0);
}

type Verdict = Result<Verified, Rejection>;

fn verify(verifier: &Verifier, case: &Case<'_>, polls: usize) -> Option<Verdict> {
    let (head, deadlines) = (head(case), Deadlines::default());
    let mut body = Script::new(case.body.iter().cloned());
    drive(pin!(verifier.verify(&head, &mut body, &deadlines)), &deadlines, polls)
}

/// The same request in memory: a source or a guard that is pending is unavailable.
fn verify_bytes(input: &Input<'_>, case: &Case<'_>, budget: &BufferBudget, body: Vec<u8>) {
    let mut case = Case { body: vec![Step::Chunk(body.clone())], ..case.clone() };
    if input.text("source") == Some("late") {
        case.source = Service::Unavailable;
    }
    let is_late = input.text("guard") == Some("late");
    if is_late || input.text("guard") == Some("stall") {
        case.guard = Service::Unavailable;
        case.passes_without_guard = false;
    }
    let verifier = verifier(input, &case, budget, &Arc::default());
    let verdict = verifier.verify_bytes(&head(&case), &body);
    match (case.verdict(), &verdict) {
        // Where `verify_bytes` gives up waiting, it reports no age.
        (Err("key_source_unavailable" | "replay_guard_unavailable"), Err(rejection)) => {
            assert_eq!(Err(rejection.reason().as_str()), case.verdict());
        }
        _ => check(&case, &verdict),
    }
}

fn check(case: &Case<'_>, verdict: &Verdict) {
    match (verdict, case.verdict()) {
        (Ok(verified), Ok(labels)) => {
            let label = verified.key_label();
            assert!(labels.iter().any(|known| known == label), "{label} is not in {labels:?}");
        }
        (Err(rejection), Err(reason)) => {
            assert_eq!(rejection.reason().as_str(), reason);
            assert_eq!(rejection.timestamp_age_ms(), case.age(), "{rejection}");
        }
        (verdict, expected) => panic!("{verdict:?}, expected {expected:?}"),
    }
}

fn head<'a>(case: &'a Case<'_>) -> RequestHead<'a> {
    let mut head = RequestHead::new(&case.uri);
    for value in &case.timestamps {
        head = head.header("x-tc-Timestamp", value);
    }
    for value in &case.authorizations {
        head = head.header("AUTHORIZATION", value);
    }
    match case.content_length {
        Some(length) => head.content_length(length),
        None => head,
    }
}

/// The case, and the whole body.
fn case<'a>(input: &Input<'a>) -> (Case<'a>, Vec<u8>) {
    let keys: Vec<_> = input.all("key").filter(|key| !key.is_empty()).take(8).collect();
    let keys = if keys.is_empty() { vec![&b"bf7769e5321448de88838cdb"[..]] } else { keys };
    let body_limit = input.number("limit").unwrap_or(LONGEST_BODY).clamp(1, LONGEST_BODY);
    let scheme = input.text("scheme").and_then(|name| name.parse().ok()).unwrap_or_default();
    let request = match as_sent(input) {
        Some(request) => request,
        None => tampered(signed(input, &keys, scheme), input),
    };
    let script = script(
        input.text("script").unwrap_or_default(),
        input.text("chunks").unwrap_or_default(),
        &request.body,
    );
    let case = Case {
        timestamps: request.timestamps,
        authorizations: request.authorizations,
        content_length: input.number("length"),
        uri: request.uri,
        body: script,
        now: input.number("now").unwrap_or(NOW),
        window_ms: input.number("window").filter(|ms| (1..=WIDEST).contains(ms)).unwrap_or(300_000),
        body_limit,
        budget: input.number("budget").unwrap_or(u64::MAX).min(body_limit),
        signs_uri: scheme == Scheme::UriBodyTime,
        keys,
        source: match input.text("source") {
            Some("unknown") => Service::No,
            Some("broken" | "stall") => Service::Unavailable,
            _ => Service::Yes,
        },
        guard: match input.text("guard") {
            Some("full") => Service::Full,
            Some("broken" | "stall") => Service::Unavailable,
            _ => Service::Yes,
        },
        passes_without_guard: input.text("lenient").is_some(),
    };
    (case, request.body)
}

struct Request {
    uri: String,
    timestamps: Vec<Vec<u8>>,
    authorizations: Vec<Vec<u8>>,
    body: Vec<u8>,
}

/// The body of the input, repeated.
fn body(input: &Input<'_>) -> Vec<u8> {
    let times = input.number("times").unwrap_or(1_usize);
    let longest = usize::try_from(LONGEST_BODY).unwrap_or(usize::MAX) + 1;
    input.body.repeat(times.min(longest / input.body.len().max(1)).max(1))
}

/// The request whose headers are in the input.
fn as_sent(input: &Input<'_>) -> Option<Request> {
    let values = |name: &str| -> Vec<Vec<u8>> {
        let named = input.fields.iter().filter(|(found, _)| found.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.to_vec()).collect()
    };
    let (timestamps, authorizations) = (values("x-tc-timestamp"), values("authorization"));
    let has_headers = !timestamps.is_empty() || !authorizations.is_empty();
    let uri = input.text("uri").unwrap_or("/customer").to_owned();
    (has_headers || input.text("unsigned").is_some()).then(|| Request {
        uri,
        timestamps,
        authorizations,
        body: body(input),
    })
}

/// The honest request. The library's signer and the model agree on it.
fn signed(input: &Input<'_>, keys: &[&[u8]], scheme: Scheme) -> Request {
    let other = input.all("other-key").next().filter(|key| !key.is_empty());
    let index = input.number("signer").unwrap_or(0);
    let key = keys.get(index).copied().or(other).unwrap_or(b"another key");
    let at = input.number::<i64>("timestamp").unwrap_or(NOW);
    let (uri, body) = (input.text("uri").unwrap_or("/customer").to_owned(), body(input));

    let mut signing = Signer::new(&security_key(key)).scheme(scheme).begin(&uri);
    for chunk in body.chunks(7) {
        signing.update(chunk);
    }
    let [(_, timestamp), (_, authorization)] = signing.finish(Timestamp::from_millis(at)).headers();
    let prefix = if scheme == Scheme::UriBodyTime { model::path(&uri) } else { "" };
    let expected = model::sign(key, &[prefix.as_bytes(), &body, at.to_string().as_bytes()]);
    assert_eq!((&timestamp, &authorization), (&at.to_string(), &expected));
    Request {
        uri,
        timestamps: vec![timestamp.into_bytes()],
        authorizations: vec![authorization.into_bytes()],
        body,
    }
}

fn tampered(mut request: Request, input: &Input<'_>) -> Request {
    let (timestamp, authorization) = (&mut request.timestamps[0], &mut request.authorizations[0]);
    match input.number::<i16>("move").unwrap_or(0) {
        back @ ..0 => {
            let bytes = usize::from(back.unsigned_abs()).min(timestamp.len());
            request.body.extend(timestamp.drain(..bytes));
        }
        forth => {
            let kept = request.body.len().saturating_sub(usize::from(forth.unsigned_abs()));
            timestamp.splice(..0, request.body.drain(kept..));
        }
    }
    // A URI stays text, so its highest bits are not flipped.
    let mut uri = request.uri.into_bytes();
    flip(&mut uri, input.number("flip-uri"), 7);
    request.uri = String::from_utf8_lossy(&uri).into_owned();
    flip(&mut request.body, input.number("flip-body"), 8);
    flip(timestamp, input.number("flip-time"), 8);
    flip(authorization, input.number("flip-tag"), 8);
    if let Some(uri) = input.text("other-uri") {
        request.uri = uri.to_owned();
    }
    request
}

fn flip(bytes: &mut [u8], bit: Option<usize>, bits: usize) {
    if let Some(byte) = bit.and_then(|bit| bytes.get_mut(bit / bits)) {
        *byte ^= 1 << (bit.unwrap_or_default() % bits);
    }
}

fn verifier(
    input: &Input<'_>,
    case: &Case<'_>,
    budget: &BufferBudget,
    claims: &Arc<AtomicUsize>,
) -> Verifier {
    let mut builder = Verifier::builder()
        .clock(Timestamp::from_millis(case.now))
        .dangerously_wide_window(Duration::from_millis(case.window_ms))
        .scheme(if case.signs_uri { Scheme::UriBodyTime } else { Scheme::BodyTime })
        .body_limit(case.body_limit)
        .buffer_budget(budget.clone());
    let keys =
        (1..).zip(&case.keys).map(|(place, key)| (format!("key-{place}"), security_key(key)));
    let ring = KeyRing::new(keys).expect("up to 8 keys are a key ring");
    builder = match input.text("source") {
        Some(name @ ("known" | "late" | "unknown" | "broken" | "stall")) => {
            builder.key_source(Source { name: name.to_owned(), ring })
        }
        _ => builder.key_ring(ring),
    };
    if let Some(name @ ("memory" | "late" | "full" | "broken" | "stall")) = input.text("guard") {
        let (memory, claims) = (Arc::default(), Arc::clone(claims));
        builder = builder.replay_guard(Guard { name: name.to_owned(), memory, claims });
    }
    if case.passes_without_guard {
        builder = builder.dangerously_pass_without_replay_guard(true);
    }
    builder.build().expect("the settings are in range")
}

fn security_key(key: &[u8]) -> SecurityKey {
    SecurityKey::from_bytes(key).expect("the key is not empty")
}

#[derive(Debug)]
struct Source {
    name: String,
    ring: KeyRing,
}

impl KeySource for Source {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        request.path().chars().take(9).collect()
    }

    fn keys(&self, _: String) -> KeyFuture {
        let ring = self.ring.clone();
        match self.name.as_str() {
            "known" => KeyFuture::ready(Ok(Some(ring))),
            "late" => KeyFuture::new(async {
                pause().await;
                Ok(Some(ring))
            }),
            "unknown" => KeyFuture::ready(Ok(None)),
            "broken" => KeyFuture::ready(Err("broken".into())),
            _ => KeyFuture::new(std::future::pending()),
        }
    }
}

#[derive(Debug)]
struct Guard {
    name: String,
    memory: Arc<MemoryReplayGuard>,
    claims: Arc<AtomicUsize>,
}

impl ReplayGuard for Guard {
    fn claim(&self, claim: ReplayClaim) -> ClaimFuture {
        let (memory, claims) = (Arc::clone(&self.memory), Arc::clone(&self.claims));
        match self.name.as_str() {
            "memory" => {
                claims.fetch_add(1, Ordering::Relaxed);
                memory.claim(claim)
            }
            "late" => ClaimFuture::new(async move {
                pause().await;
                claims.fetch_add(1, Ordering::Relaxed);
                memory.claim(claim).await
            }),
            "full" => ClaimFuture::ready(Err(ReplayError::Full)),
            "broken" => ClaimFuture::ready(Err(ReplayError::Unavailable("broken".into()))),
            _ => ClaimFuture::new(std::future::pending()),
        }
    }
}

/// Pending once, and woken.
async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut paused, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Starts other requests, which take all of the budget except `room` until they are dropped.
fn others(budget: &BufferBudget, room: u64) -> Vec<Pin<Box<dyn Future<Output = ()>>>> {
    let verifier = Verifier::builder()
        .clock(Timestamp::from_millis(NOW))
        .key(security_key(b"another key"))
        .body_limit(budget.limit())
        .buffer_budget(budget.clone())
        .build()
        .expect("the settings are in range");
    let taken = budget.limit() - room;
    let halves = [taken / 2, taken - taken / 2];
    let mut others: Vec<_> = halves.map(|half| stalled(verifier.clone(), FREE + half)).into();
    for other in &mut others {
        assert!(other.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(budget.limit() - budget.used(), room);
    others
}

/// A request whose body stops after this many bytes.
fn stalled(verifier: Verifier, bytes: u64) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {
        let chunk = vec![0; usize::try_from(bytes).expect("within the budget")];
        let signature = model::sign(b"another key", &[]);
        let head = RequestHead::new("/").header("authorization", signature.as_bytes());
        let head = head.timestamp(b"1732400000000");
        let mut body = Script::new([Step::Chunk(chunk), Step::Stall]);
        drop(verifier.verify(&head, &mut body, &Deadlines::default()).await);
    })
}
