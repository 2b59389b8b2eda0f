//! Keys that are looked up for each request.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::{BODY, Headers, KEY, NOW, Never, Script, SharedClock, chunk, key, poll_once};
use futures_util::FutureExt as _;
use online_contact::{
    BuildError, CachedKeySource, KeyFuture, KeyRequest, KeyRing, KeySource, Reason, Rejection,
    RequestHead, Verified, Verifier,
};
use tokio::sync::Semaphore;

/// Counts how often it is asked for a future, polled or not.
#[derive(Debug)]
struct Eager {
    directory: Directory,
    called: Arc<AtomicUsize>,
}

impl KeySource for Eager {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        self.directory.tenant(request)
    }

    fn keys(&self, tenant: String) -> KeyFuture {
        self.called.fetch_add(1, Ordering::SeqCst);
        self.directory.keys(tenant)
    }
}

/// Knows `acme`, fails for `broken`, and counts how often it was asked.
#[derive(Clone, Debug)]
struct Directory {
    asked: Arc<AtomicUsize>,
    /// Answers only as often as this allows.
    answers: Arc<Semaphore>,
}

impl Directory {
    fn new(answers: usize) -> Self {
        Self { asked: Arc::default(), answers: Arc::new(Semaphore::new(answers)) }
    }
}

impl KeySource for Directory {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        request.host().unwrap_or_else(|| request.path()).to_owned()
    }

    fn keys(&self, tenant: String) -> KeyFuture {
        let directory = self.clone();
        KeyFuture::new(async move {
            directory.asked.fetch_add(1, Ordering::SeqCst);
            directory.answers.acquire().await?.forget();
            match tenant.as_str() {
                "acme" => Ok(Some(KeyRing::new([("acme", key(KEY))])?)),
                "broken" => Err("the database is gone".into()),
                _ => Ok(None),
            }
        })
    }
}

fn verifier(source: impl KeySource + 'static) -> Verifier {
    Verifier::builder().key_source(source).clock(NOW).build().unwrap()
}

async fn verdict_on(verifier: &Verifier, head: &RequestHead<'_>) -> Result<Verified, Rejection> {
    let mut body = Script::new([chunk(BODY)]);
    verifier.verify(head, &mut body, &Never).await
}

async fn verdict(verifier: &Verifier, host: &str) -> Result<Verified, Rejection> {
    let headers = Headers::signed(BODY);
    verdict_on(verifier, &headers.head().host(host.as_bytes())).await
}

#[tokio::test]
async fn a_tenant_passes_under_its_own_keys() {
    let verified = verdict(&verifier(Directory::new(9)), "acme").await.unwrap();
    assert_eq!((verified.key_label(), verified.tenant()), ("acme", Some("acme")));
    let of_key_ring = crate::support::verifier().verify_bytes(&Headers::signed(BODY).head(), BODY);
    assert_eq!(of_key_ring.unwrap().tenant(), None);
}

#[tokio::test]
async fn row_13_an_unknown_tenant_gets_the_rejection_of_a_wrong_signature() {
    let verifier = verifier(Directory::new(9));
    let unknown = verdict(&verifier, "unknown").await.unwrap_err();
    assert_eq!(unknown.reason(), Reason::SignatureMismatch);

    let headers = Headers::signed(b"another body");
    let head = headers.head().host(b"acme");
    let wrong = verdict_on(&verifier, &head).await.unwrap_err();
    assert_eq!(
        verifier.reject(&unknown).to_json(),
        verifier.reject(&wrong).to_json(),
        "no response reveals which tenants exist"
    );
}

#[tokio::test]
async fn of_several_hosts_the_first_counts() {
    let verifier = verifier(Directory::new(9));
    let headers = Headers::signed(BODY);
    let twice = |first: &'static str, second: &'static str| {
        headers.head().header("Host", first.as_bytes()).header("host", second.as_bytes())
    };
    for (head, expected) in [(twice("acme", "unknown"), true), (twice("unknown", "acme"), false)] {
        assert_eq!(verdict_on(&verifier, &head).await.is_ok(), expected);
    }
}

/// The key of unknown tenants is in the source code, so its signatures must not pass.
#[tokio::test]
async fn row_13_the_key_of_unknown_tenants_opens_nothing() {
    let verifier = verifier(Directory::new(9));
    let signed = online_contact::Signer::new(&key("unknown")).sign("/customer", BODY, NOW);
    let headers = Headers::from(signed);
    let forged = verdict_on(&verifier, &headers.head().host(b"unknown")).await;
    assert_eq!(forged.unwrap_err().reason(), Reason::SignatureMismatch);
}

#[tokio::test]
async fn row_08_a_source_that_fails_is_unavailable_and_its_error_only_logged() {
    let rejected = verdict(&verifier(Directory::new(9)), "broken").await.unwrap_err();
    assert_eq!(rejected.reason(), Reason::KeySourceUnavailable);
    assert!(!rejected.to_string().contains("database"));
    let source = std::error::Error::source(&rejected).unwrap();
    assert_eq!(source.to_string(), "the database is gone");
}

#[tokio::test]
async fn the_source_is_not_asked_before_the_headers_have_passed() {
    let directory = Directory::new(9);
    let verifier = verifier(directory.clone());
    let old = Headers::signed_at(NOW.saturating_sub(Duration::from_secs(301)), BODY);
    let rejected = verdict_on(&verifier, &old.head()).await.unwrap_err();
    assert_eq!(rejected.reason(), Reason::TimestampExpired);
    assert_eq!(directory.asked.load(Ordering::SeqCst), 0);
}

#[test]
fn a_source_can_t_be_waited_for_without_a_runtime() {
    let verifier = verifier(Directory::new(0));
    let rejected = verifier.verify_bytes(&Headers::signed(BODY).head(), BODY).unwrap_err();
    assert_eq!(rejected.reason(), Reason::KeySourceUnavailable);
    let ring = KeyRing::new([("a", key("a"))]).unwrap();
    let error = verifier.replace_keys(ring.clone()).unwrap_err();
    assert!(error.to_string().contains("key source"), "{error}");

    let both = Verifier::builder().key_ring(ring).key_source(Directory::new(0)).build();
    assert_eq!(both.unwrap_err(), BuildError::SeveralKindsOfKeys);
}

#[tokio::test]
async fn requests_at_once_wait_for_one_answer() {
    let directory = Directory::new(0);
    let verifier = verifier(CachedKeySource::new(directory.clone(), 10, Duration::from_secs(60)));
    let asking: Vec<_> = (0..100)
        .map(|_| {
            let verifier = verifier.clone();
            tokio::spawn(async move { verdict(&verifier, "acme").await })
        })
        .collect();
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    directory.answers.add_permits(1);
    for task in asking {
        task.await.unwrap().unwrap();
    }
    assert_eq!(directory.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn answers_are_remembered_and_errors_are_not() {
    let directory = Directory::new(9);
    let verifier = verifier(CachedKeySource::new(directory.clone(), 10, Duration::from_secs(60)));
    for (host, asked) in [("acme", 1), ("acme", 1), ("unknown", 2), ("unknown", 2)] {
        let _ = verdict(&verifier, host).await;
        assert_eq!(directory.asked.load(Ordering::SeqCst), asked, "{host}");
    }
    for asked in [3, 4] {
        let rejected = verdict(&verifier, "broken").await.unwrap_err();
        assert_eq!(rejected.reason(), Reason::KeySourceUnavailable);
        assert_eq!(directory.asked.load(Ordering::SeqCst), asked);
    }
}

#[tokio::test]
async fn an_answer_ages_and_can_be_forgotten() {
    let directory = Directory::new(9);
    let aged = CachedKeySource::new(directory.clone(), 10, Duration::from_nanos(1));
    let verifier = verifier(aged);
    for asked in [1, 2] {
        verdict(&verifier, "acme").await.unwrap();
        assert_eq!(directory.asked.load(Ordering::SeqCst), asked);
    }

    let directory = Directory::new(9);
    let cached = CachedKeySource::new(directory.clone(), 10, Duration::from_secs(60));
    for asked in [1, 2] {
        assert!(cached.keys("acme".to_owned()).await.unwrap().is_some());
        assert_eq!(directory.asked.load(Ordering::SeqCst), asked);
        cached.forget("acme").await;
    }
}

/// The verifier takes the source, so a caller of `forget` keeps a clone of it.
#[tokio::test]
async fn a_tenant_is_forgotten_behind_the_verifier() {
    let directory = Directory::new(9);
    let cached = CachedKeySource::new(directory.clone(), 10, Duration::from_secs(60));
    let cached = Arc::new(cached);
    let verifier = verifier(Arc::clone(&cached));
    for asked in [1, 2] {
        for _ in 0..3 {
            verdict(&verifier, "acme").await.unwrap();
            assert_eq!(directory.asked.load(Ordering::SeqCst), asked);
        }
        cached.forget("acme").await;
    }
}

#[tokio::test]
async fn a_source_of_any_kind_can_be_shared() {
    let source: Arc<dyn KeySource> = Arc::new(Directory::new(9));
    let request = KeyRequest::new("/customer", Some("acme"));
    assert_eq!(source.tenant(&request), "acme");
    assert_eq!(verdict(&verifier(source), "acme").await.unwrap().key_label(), "acme");
}

/// A source may well begin to work before its future is polled.
#[tokio::test]
async fn a_source_is_not_even_called_for_what_is_remembered() {
    let called = Arc::<AtomicUsize>::default();
    let source = Eager { directory: Directory::new(9), called: Arc::clone(&called) };
    let verifier = verifier(CachedKeySource::new(source, 10, Duration::from_secs(60)));
    for _ in 0..3 {
        verdict(&verifier, "acme").await.unwrap();
        assert_eq!(called.load(Ordering::SeqCst), 1);
    }
}

/// Polls a look-up once, and returns whether it waits.
fn waits(cached: &CachedKeySource<Directory>) -> bool {
    cached.keys("acme".to_owned()).now_or_never().is_none()
}

/// Attackers who disconnect neither end the look-up of an honest request nor start others beside it.
#[tokio::test]
async fn a_shared_look_up_survives_the_request_that_started_it() {
    let directory = Directory::new(0);
    let verifier = verifier(CachedKeySource::new(directory.clone(), 10, Duration::from_secs(60)));
    let headers = Headers::signed(b"forged");
    let head = headers.head().host(b"acme");
    let mut forged = Box::pin(verdict_on(&verifier, &head));
    assert!(poll_once(forged.as_mut()).is_none(), "it waits");
    let mut honest = Box::pin(verdict(&verifier, "acme"));
    assert!(poll_once(honest.as_mut()).is_none(), "it waits");
    drop(forged);
    for _ in 0..80 {
        assert!(verdict_on(&verifier, &head).now_or_never().is_none(), "it waits");
    }
    directory.answers.add_permits(1);
    assert!(honest.await.is_ok());
    assert_eq!(directory.asked.load(Ordering::SeqCst), 1);
}

/// A look-up may hold a connection of the source's pool.
#[tokio::test]
async fn a_look_up_ends_with_the_last_request_that_waits() {
    let directory = Directory::new(0);
    let cached = CachedKeySource::new(directory.clone(), 10, Duration::from_secs(60));
    let mut first = cached.keys("acme".to_owned());
    let mut second = cached.keys("acme".to_owned());
    assert!(
        poll_once(Pin::new(&mut first)).is_none() && poll_once(Pin::new(&mut second)).is_none()
    );
    // One for the test and one for the look-up, which both requests wait for.
    assert_eq!(Arc::strong_count(&directory.asked), 2 + 1);
    drop(first);
    assert_eq!(Arc::strong_count(&directory.asked), 2 + 1);
    drop(second);
    assert_eq!(Arc::strong_count(&directory.asked), 2);
    assert!(waits(&cached));
    assert_eq!(directory.asked.load(Ordering::SeqCst), 2, "the next request starts another one");
}

/// The source may have lost it: a call that never returns must not reject a tenant for long.
#[tokio::test]
async fn a_look_up_is_joined_for_3_s() {
    let clock = SharedClock::new();
    let directory = Directory::new(0);
    let cached = CachedKeySource::new(directory.clone(), 10, Duration::from_secs(60));
    let cached = cached.clock(Arc::clone(&clock));
    let mut lost = cached.keys("acme".to_owned());
    assert!(poll_once(Pin::new(&mut lost)).is_none());
    clock.advance(Duration::from_millis(2_999));
    assert!(waits(&cached));
    assert_eq!(directory.asked.load(Ordering::SeqCst), 1);
    clock.advance(Duration::from_millis(1));
    assert!(waits(&cached));
    assert_eq!(directory.asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn stale_keys_serve_while_new_ones_are_fetched() {
    let clock = SharedClock::new();
    let directory = Directory::new(1);
    let cached = CachedKeySource::new(directory.clone(), 10, Duration::from_secs(60));
    let cached = cached.clock(Arc::clone(&clock));
    let found = async || cached.keys("acme".to_owned()).await.unwrap().is_some();
    assert!(found().await);

    clock.advance(Duration::from_secs(60));
    let mut first = cached.keys("acme".to_owned());
    assert!(poll_once(Pin::new(&mut first)).is_none(), "the first request waits for new keys");
    for _ in 0..3 {
        assert!(found().await, "the source does not respond, and the stale keys serve");
        assert_eq!(directory.asked.load(Ordering::SeqCst), 2, "one look-up for all");
    }
    directory.answers.add_permits(1);
    assert!(first.await.unwrap().is_some());
    clock.advance(Duration::from_secs(59));
    assert!(found().await);
    assert_eq!(directory.asked.load(Ordering::SeqCst), 2, "the new keys are fresh");

    // Twice as old as they may be, they do not serve any more.
    clock.advance(Duration::from_secs(61));
    let mut first = cached.keys("acme".to_owned());
    assert!(poll_once(Pin::new(&mut first)).is_none() && waits(&cached));
}

/// Finds `acme` while there are permits, and fails without one.
#[derive(Clone, Debug)]
struct Flaky(Arc<Semaphore>);

impl KeySource for Flaky {
    fn tenant(&self, _request: &KeyRequest<'_>) -> String {
        "acme".to_owned()
    }

    fn keys(&self, _tenant: String) -> KeyFuture {
        KeyFuture::ready(match self.0.try_acquire() {
            Ok(permit) => {
                permit.forget();
                Ok(Some(KeyRing::new([("acme", key(KEY))]).unwrap()))
            }
            Err(_) => Err("the database is gone".into()),
        })
    }
}

#[tokio::test]
async fn stale_keys_serve_while_the_source_fails() {
    let clock = SharedClock::new();
    let permits = Arc::new(Semaphore::new(1));
    let cached = CachedKeySource::new(Flaky(Arc::clone(&permits)), 10, Duration::from_secs(60));
    let cached = cached.clock(Arc::clone(&clock));
    let found = async || cached.keys("acme".to_owned()).await.is_ok_and(|keys| keys.is_some());
    for (age, is_found) in [(0, true), (59, true), (60, true), (119, true), (120, false)] {
        clock.set(NOW.saturating_add(Duration::from_secs(age)));
        assert_eq!(found().await, is_found, "{age} s");
    }
    permits.add_permits(1);
    assert!(found().await, "the source works again");
}

/// A clock that is set back must not keep keys for longer than they may be used.
#[tokio::test]
async fn a_clock_that_is_set_back_makes_keys_old() {
    let clock = SharedClock::new();
    let directory = Directory::new(9);
    let cached = CachedKeySource::new(directory.clone(), 10, Duration::from_secs(60));
    let cached = cached.clock(Arc::clone(&clock));
    for asked in [1, 2, 3] {
        assert!(cached.keys("acme".to_owned()).await.unwrap().is_some());
        assert_eq!(directory.asked.load(Ordering::SeqCst), asked);
        clock.set_back(Duration::from_secs(1));
    }
}

/// A source that returns the ring of the time at which it was called.
#[derive(Debug, Default)]
struct Revoking(Arc<Revoked>);

#[derive(Debug, Default)]
struct Revoked {
    label: std::sync::Mutex<&'static str>,
    responds: tokio::sync::Notify,
}

impl KeySource for Revoking {
    fn tenant(&self, _request: &KeyRequest<'_>) -> String {
        "acme".to_owned()
    }

    fn keys(&self, _tenant: String) -> KeyFuture {
        let database = Arc::clone(&self.0);
        KeyFuture::new(async move {
            let label = *database.label.lock().unwrap();
            database.responds.notified().await;
            Ok(Some(KeyRing::new([(label, key(KEY))])?))
        })
    }
}

#[tokio::test]
async fn forget_discards_a_look_up_in_flight() {
    let database = Arc::<Revoked>::default();
    *database.label.lock().unwrap() = "old";
    let source = Revoking(Arc::clone(&database));
    let cached = Arc::new(CachedKeySource::new(source, 10, Duration::from_secs(600)));
    let in_flight = {
        let cached = Arc::clone(&cached);
        tokio::spawn(async move { cached.keys("acme".to_owned()).await.unwrap() })
    };
    tokio::task::yield_now().await;
    *database.label.lock().unwrap() = "new";
    cached.forget("acme").await;
    database.responds.notify_one();
    let _ = in_flight.await.unwrap();

    let next = {
        let cached = Arc::clone(&cached);
        tokio::spawn(async move { cached.keys("acme".to_owned()).await.unwrap().unwrap() })
    };
    tokio::task::yield_now().await;
    database.responds.notify_one();
    assert_eq!(next.await.unwrap().labels().collect::<Vec<_>>(), ["new"]);
}

/// The source is not queried for a tenant name of more than 256 bytes.
#[tokio::test]
async fn a_long_tenant_name_is_an_unknown_tenant() {
    let directory = Directory::new(9);
    let verifier = verifier(CachedKeySource::new(directory.clone(), 10, Duration::from_secs(60)));
    for (length, asked) in [(257, 0), (60_000, 0), (256, 1)] {
        let rejection = verdict(&verifier, &"a".repeat(length)).await.unwrap_err();
        assert_eq!(rejection.reason(), Reason::SignatureMismatch);
        assert_eq!(directory.asked.load(Ordering::SeqCst), asked, "{length} bytes");
    }
}

/// Entries are weighed by their bytes.
#[tokio::test]
async fn made_up_names_do_not_fill_the_memory() {
    let directory = Directory::new(usize::MAX >> 4);
    let cached = CachedKeySource::new(directory.clone(), 100, Duration::from_secs(60));
    for index in 0..5_000 {
        let name = format!("{index:0>256}");
        assert!(cached.keys(name).await.unwrap().is_none());
    }
    // A tenant that is still in the cache is not looked up again.
    let before = directory.asked.load(Ordering::SeqCst);
    for index in 0..5_000 {
        assert!(cached.keys(format!("{index:0>256}")).await.unwrap().is_none());
    }
    let remembered = 5_000 - (directory.asked.load(Ordering::SeqCst) - before);
    assert!(remembered <= 100, "{remembered} tenants");
}
