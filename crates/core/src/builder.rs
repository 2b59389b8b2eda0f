//! The settings of a verifier, and their validation.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::build_error::BuildError;
use crate::config::{Config, Keys, LONGEST_VERIFICATION, Render, WINDOW};
use crate::envelope::failure::Failure;
use crate::keys::source::KeySource;
use crate::keys::{KeyRing, SecurityKey};
use crate::rejection::Rejection;
use crate::replay::ReplayGuard;
use crate::verifier::Verifier;
use crate::verify::budget::BufferBudget;
use crate::verify::signature::Scheme;
use crate::verify::timestamp::{Clock, SystemClock, whole_millis};

impl Verifier {
    /// Returns a builder with the defaults of the protocol. Only a key is missing.
    pub fn builder() -> VerifierBuilder {
        VerifierBuilder::default()
    }
}

/// A builder for a [`Verifier`].
///
/// ```
/// use std::time::Duration;
/// use online_contact::{Scheme, SecurityKey, Verifier};
///
/// let verifier = Verifier::builder()
///     .labeled_key("2026-11", SecurityKey::new("bf7769e5321448de88838cdb")?)
///     .labeled_key("2026-05", SecurityKey::new("0cc175b9c0f1b6a831c399e2")?)
///     .scheme(Scheme::UriBodyTime)
///     .body_limit(64 * 1024)
///     .body_timeout(Duration::from_secs(3))
///     .build()?;
///
/// let error = Verifier::builder().build().unwrap_err();
/// assert_eq!(error.to_string(), "invalid key ring");
/// let source = std::error::Error::source(&error).map(ToString::to_string);
/// assert_eq!(source.as_deref(), Some("no security key, expected at least one"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing before `build`"]
pub struct VerifierBuilder {
    keys: Vec<(String, SecurityKey)>,
    ring: Option<KeyRing>,
    source: Option<Arc<dyn KeySource>>,
    key_source_timeout: Duration,
    replay_guard: Option<Arc<dyn ReplayGuard>>,
    replay_guard_timeout: Duration,
    passes_without_replay_guard: bool,
    budget: Option<BufferBudget>,
    scheme: Scheme,
    window: Duration,
    widest_window: Duration,
    body_limit: u64,
    body_timeout: Duration,
    drain_limit: u64,
    clock: Arc<dyn Clock>,
    render: Option<Render>,
    conceal_reasons: bool,
}

impl Default for VerifierBuilder {
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            ring: None,
            source: None,
            key_source_timeout: Self::DEFAULT_KEY_SOURCE_TIMEOUT,
            replay_guard: None,
            replay_guard_timeout: Self::DEFAULT_REPLAY_GUARD_TIMEOUT,
            passes_without_replay_guard: false,
            budget: None,
            scheme: Scheme::default(),
            window: Self::DEFAULT_WINDOW,
            widest_window: WINDOW,
            body_limit: Self::DEFAULT_BODY_LIMIT,
            body_timeout: Self::DEFAULT_BODY_TIMEOUT,
            drain_limit: Self::DEFAULT_DRAIN_LIMIT,
            clock: Arc::new(SystemClock),
            render: None,
            conceal_reasons: false,
        }
    }
}

impl VerifierBuilder {
    /// The default of [`window`](Self::window): the vendor's 5 minutes.
    pub const DEFAULT_WINDOW: Duration = WINDOW;

    /// The default of [`body_limit`](Self::body_limit): 1 MiB.
    pub const DEFAULT_BODY_LIMIT: u64 = 1024 * 1024;

    /// The default of [`body_timeout`](Self::body_timeout): 10 s.
    pub const DEFAULT_BODY_TIMEOUT: Duration = Duration::from_secs(10);

    /// The default of [`key_source_timeout`](Self::key_source_timeout): 3 s.
    pub const DEFAULT_KEY_SOURCE_TIMEOUT: Duration = Duration::from_secs(3);

    /// The default of [`replay_guard_timeout`](Self::replay_guard_timeout): 3 s.
    pub const DEFAULT_REPLAY_GUARD_TIMEOUT: Duration = Duration::from_secs(3);

    /// The default of [`drain_limit`](Self::drain_limit): 16 MiB, enough for a client to finish a body that
    /// is several times too large, and to read the response.
    pub const DEFAULT_DRAIN_LIMIT: u64 = 16 * 1024 * 1024;

    /// Adds a key with the label `key-1`, `key-2`, … by its place.
    pub fn key(self, key: SecurityKey) -> Self {
        let label = format!("key-{}", self.keys.len() + 1);
        self.labeled_key(label, key)
    }

    /// Adds a key with a label. [`Verified`](crate::Verified) and the log carry the label of the key that
    /// matched.
    pub fn labeled_key(mut self, label: impl Into<String>, key: SecurityKey) -> Self {
        self.keys.push((label.into(), key));
        self
    }

    /// Sets a prepared key ring, in place of single keys.
    pub fn key_ring(mut self, keys: KeyRing) -> Self {
        self.ring = Some(keys);
        self
    }

    /// Sets a key source that finds the keys of each request, in place of keys: for several tenants.
    pub fn key_source(mut self, source: impl KeySource + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Sets the timeout of the key source, after which a request is rejected as
    /// [`Reason::KeySourceUnavailable`](crate::Reason::KeySourceUnavailable). Together with
    /// [`body_timeout`](Self::body_timeout) at most 120 s. Default: 3 s.
    pub fn key_source_timeout(mut self, timeout: Duration) -> Self {
        self.key_source_timeout = timeout;
        self
    }

    /// Sets a replay guard, which rejects requests that came before. Default: none, so that a captured
    /// request passes again until its timestamp is too old.
    ///
    /// A guard and the verifiers that share it have one memory. Build them once per process, not once per
    /// worker: a guard that is built in the closure of actix-web's `HttpServer::new` exists once in each
    /// worker, and each lets a copy of a request through.
    pub fn replay_guard(mut self, guard: impl ReplayGuard + 'static) -> Self {
        self.replay_guard = Some(Arc::new(guard));
        self
    }

    /// Sets the timeout of the replay guard, after which a request is rejected as
    /// [`Reason::ReplayGuardUnavailable`](crate::Reason::ReplayGuardUnavailable). A guard may give up
    /// earlier by itself. Default: 3 s.
    pub fn replay_guard_timeout(mut self, timeout: Duration) -> Self {
        self.replay_guard_timeout = timeout;
        self
    }

    /// Sets whether requests pass while the replay guard is unavailable, with an error in the log.
    /// An attacker who can cut the guard off can then replay requests. Default: `false`.
    pub fn dangerously_pass_without_replay_guard(mut self, pass: bool) -> Self {
        self.passes_without_replay_guard = pass;
        self
    }

    /// Sets the body budget. It must hold the longest body that passes. Default:
    /// [`BufferBudget::process_wide`], 256 MiB.
    pub fn buffer_budget(mut self, budget: BufferBudget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Sets the signing scheme. Default: [`Scheme::BodyTime`].
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// Sets the greatest distance of a timestamp from the current time, in both directions and inclusive,
    /// in whole milliseconds. Default, and maximum: 5 minutes, as in the vendor's sample.
    pub fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self.widest_window = WINDOW;
        self
    }

    /// Sets a window of more than 5 minutes: for test benches with wrong clocks.
    ///
    /// A captured request can be sent again during the whole window, and during twice of it if its
    /// timestamp lies in the future. Do not share a replay guard with a verifier of another window.
    pub fn dangerously_wide_window(mut self, window: Duration) -> Self {
        self.window = window;
        self.widest_window = Duration::MAX;
        self
    }

    /// Sets the length of the longest body that passes, in bytes. Default: 1 MiB.
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sets the timeout of a whole body: one deadline, not one for each chunk. Together with
    /// [`key_source_timeout`](Self::key_source_timeout) at most 120 s. Default: 10 s.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.body_timeout = timeout;
        self
    }

    /// Sets the maximum number of bytes of a rejected HTTP/1 body that the tower layer reads and discards
    /// after the response, within another [`body_timeout`](Self::body_timeout), so that a client that
    /// sends before it reads gets the response. 0 turns this off. Default: 16 MiB.
    pub fn drain_limit(mut self, bytes: u64) -> Self {
        self.drain_limit = bytes;
        self
    }

    /// Sets the clock. Default: [`SystemClock`].
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Renders rejections as the application's own envelope, in place of
    /// [`conceal_reasons`](Self::conceal_reasons): both together are an error.
    ///
    /// The gRPC code is that of the rejection, or follows from the HTTP status if it is another one than the
    /// rejection's. [`Rejection::to_failure`] returns the usual envelope.
    ///
    /// ```
    /// use online_contact::{Failure, SecurityKey, Verifier};
    ///
    /// let verifier = Verifier::builder()
    ///     .key(SecurityKey::new("bf7769e5321448de88838cdb")?)
    ///     .render_rejections(|rejection| {
    ///         Failure::forbidden("E-1", "Ask the platform team.").with_detail(rejection.code())
    ///     })
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn render_rejections(
        mut self,
        render: impl Fn(&Rejection) -> Failure + Send + Sync + 'static,
    ) -> Self {
        self.render = Some(Arc::new(render));
        self
    }

    /// Sets whether the reason is concealed from clients: `detail` is then `null`, and `code` and `message`
    /// repeat the status. The log keeps the reason. Together with
    /// [`render_rejections`](Self::render_rejections) it is an error. Default: `false`.
    pub fn conceal_reasons(mut self, conceal: bool) -> Self {
        self.conceal_reasons = conceal;
        self
    }

    /// Builds the verifier.
    ///
    /// # Errors
    ///
    /// Returns a [`BuildError`] that names the invalid setting and the expected values.
    pub fn build(self) -> Result<Verifier, BuildError> {
        static NEXT_ID: AtomicU64 = AtomicU64::new(0);

        let budget = self.budget.clone().unwrap_or_else(BufferBudget::process_wide);
        self.check(&budget)?;
        Ok(Verifier(Arc::new(Config {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            keys: keys(self.keys, self.ring, self.source)?,
            key_source_timeout: self.key_source_timeout,
            replay_guard: self.replay_guard,
            replay_guard_timeout: self.replay_guard_timeout,
            passes_without_replay_guard: self.passes_without_replay_guard,
            budget,
            scheme: self.scheme,
            window_ms: whole_millis(self.window),
            body_limit: self.body_limit,
            body_timeout: self.body_timeout,
            drain_limit: self.drain_limit,
            clock: self.clock,
            render: self.render,
            conceal_reasons: self.conceal_reasons,
        })))
    }

    fn check(&self, budget: &BufferBudget) -> Result<(), BuildError> {
        if whole_millis(self.window) == 0 {
            return Err(BuildError::WindowTooShort(self.window));
        }
        if self.window > self.widest_window {
            return Err(BuildError::WindowTooWide(self.window));
        }
        if self.conceal_reasons && self.render.is_some() {
            return Err(BuildError::RenderedAndConcealed);
        }
        if self.body_limit == 0 {
            return Err(BuildError::NoBodyLimit);
        }
        if self.body_limit.saturating_sub(BufferBudget::FREE_PER_BODY) > budget.limit() {
            let (body, budget) = (self.body_limit, budget.limit());
            return Err(BuildError::BodyLimitOverBudget { body, budget });
        }
        if self.body_timeout.is_zero() {
            return Err(BuildError::NoBodyTimeout);
        }
        if self.key_source_timeout.is_zero() {
            return Err(BuildError::NoKeySourceTimeout);
        }
        if self.replay_guard_timeout.is_zero() {
            return Err(BuildError::NoReplayGuardTimeout);
        }
        let (body, key_source) = (self.body_timeout, self.key_source_timeout);
        if body.saturating_add(key_source) > LONGEST_VERIFICATION {
            return Err(BuildError::TimeoutsTooLong { body, key_source });
        }
        Ok(())
    }
}

/// Returns the one kind of keys that was set.
fn keys(
    single: Vec<(String, SecurityKey)>,
    ring: Option<KeyRing>,
    source: Option<Arc<dyn KeySource>>,
) -> Result<Keys, BuildError> {
    match (single.is_empty(), ring, source) {
        (true, None, Some(source)) => Ok(Keys::Source(source)),
        (true, Some(ring), None) => Ok(Keys::Ring(ArcSwap::new(ring.0))),
        (_, None, None) => {
            let ring = KeyRing::new(single).map_err(BuildError::Keys)?;
            Ok(Keys::Ring(ArcSwap::new(ring.0)))
        }
        _ => Err(BuildError::SeveralKindsOfKeys),
    }
}

impl fmt::Debug for VerifierBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifierBuilder")
            .field("keys", &self.keys)
            .field("scheme", &self.scheme)
            .field("window", &self.window)
            .field("body_limit", &self.body_limit)
            .field("body_timeout", &self.body_timeout)
            .finish_non_exhaustive()
    }
}
