//! The settings of a verifier, and what can be wrong with them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::budget::BufferBudget;
use crate::build_error::BuildError;
use crate::failure::Failure;
use crate::key::{KeyRing, SecurityKey};
use crate::rejection::Rejection;
use crate::replay::ReplayGuard;
use crate::settings::{Keys, Render, Settings};
use crate::signing::Scheme;
use crate::source::KeySource;
use crate::timestamp::{Clock, SystemClock, whole_millis};
use crate::verifier::Verifier;

/// How far a timestamp may lie from the present: the vendor's five minutes.
pub(crate) const WINDOW: Duration = Duration::from_secs(300);
const BODY_LIMIT: u64 = 1024 * 1024;
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
const KEY_SOURCE_TIMEOUT: Duration = Duration::from_secs(3);
const REPLAY_GUARD_TIMEOUT: Duration = Duration::from_secs(3);
/// Enough for a client to finish a body that is several times too large, and then read the answer.
const DISCARD_LIMIT: u64 = 16 * 1024 * 1024;

/// Settings of a [`Verifier`] to be.
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
/// assert_eq!(error.to_string(), "the keys make no ring");
/// let why = std::error::Error::source(&error).map(ToString::to_string);
/// assert_eq!(why.as_deref(), Some("no security key: expected at least one"));
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
            key_source_timeout: KEY_SOURCE_TIMEOUT,
            replay_guard: None,
            replay_guard_timeout: REPLAY_GUARD_TIMEOUT,
            passes_without_replay_guard: false,
            budget: None,
            scheme: Scheme::default(),
            window: WINDOW,
            widest_window: WINDOW,
            body_limit: BODY_LIMIT,
            body_timeout: BODY_TIMEOUT,
            drain_limit: DISCARD_LIMIT,
            clock: Arc::new(SystemClock),
            render: None,
            conceal_reasons: false,
        }
    }
}

impl VerifierBuilder {
    /// Adds a key, labeled `key-1`, `key-2`, … by its place.
    pub fn key(self, key: SecurityKey) -> Self {
        let label = format!("key-{}", self.keys.len() + 1);
        self.labeled_key(label, key)
    }

    /// Adds a key under a label of its own. The label of the key that matched is on [`Verified`](crate::Verified).
    pub fn labeled_key(mut self, label: impl Into<String>, key: SecurityKey) -> Self {
        self.keys.push((label.into(), key));
        self
    }

    /// Takes these keys, made ready elsewhere, in place of single ones.
    pub fn key_ring(mut self, keys: KeyRing) -> Self {
        self.ring = Some(keys);
        self
    }

    /// Looks the keys up for each request, in place of having them: for several tenants.
    pub fn key_source(mut self, source: impl KeySource + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// How long a key source may take before a request is rejected as
    /// [`Reason::KeySourceUnavailable`](crate::Reason::KeySourceUnavailable). Default: 3 s.
    pub fn key_source_timeout(mut self, timeout: Duration) -> Self {
        self.key_source_timeout = timeout;
        self
    }

    /// Rejects requests that came before. Default: none, so that a captured request works again until
    /// its timestamp is too old.
    pub fn replay_guard(mut self, guard: impl ReplayGuard + 'static) -> Self {
        self.replay_guard = Some(Arc::new(guard));
        self
    }

    /// How long a replay guard may take before a request is rejected as
    /// [`Reason::ReplayGuardUnavailable`](crate::Reason::ReplayGuardUnavailable). A guard may give up
    /// earlier by itself. Default: 3 s.
    pub fn replay_guard_timeout(mut self, timeout: Duration) -> Self {
        self.replay_guard_timeout = timeout;
        self
    }

    /// Lets requests pass while the replay guard can't answer, with an error in the log, instead of
    /// rejecting them. Whoever can cut the guard off can then replay. Default: `false`.
    pub fn dangerously_pass_without_replay_guard(mut self, pass: bool) -> Self {
        self.passes_without_replay_guard = pass;
        self
    }

    /// How many bytes of bodies may be held before their verdict, by all verifiers that share the
    /// budget: at least [`body_limit`](Self::body_limit), or the longest body would never fit. Default:
    /// [`BufferBudget::process_wide`], 256 MiB.
    pub fn buffer_budget(mut self, budget: BufferBudget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Which bytes are signed. Default: [`Scheme::BodyTime`].
    pub fn scheme(mut self, scheme: Scheme) -> Self {
        self.scheme = scheme;
        self
    }

    /// How far the timestamp may lie from the present, both ways, both ends included; counted in
    /// whole milliseconds. Default, and most: 5 minutes, as in the vendor's sample.
    pub fn window(mut self, window: Duration) -> Self {
        self.window = window;
        self.widest_window = WINDOW;
        self
    }

    /// A window of more than 5 minutes. A captured request can be sent again for all this time, and
    /// for twice of it if it was dated ahead. Meant for test benches whose clocks are off.
    pub fn dangerously_wide_window(mut self, window: Duration) -> Self {
        self.window = window;
        self.widest_window = Duration::MAX;
        self
    }

    /// The longest body that passes, in bytes: at most what the
    /// [budget](Self::buffer_budget) holds. Default: 1 MiB.
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = bytes;
        self
    }

    /// How long a whole body may take: one deadline for all of it, not one per piece. Default: 10 s.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.body_timeout = timeout;
        self
    }

    /// How many bytes of a rejected body the tower layer reads and throws away behind the rejection, within
    /// [`body_timeout`](Self::body_timeout) anew, so that a client that sends before it reads is not cut off.
    /// A body that was rejected for that deadline is not waited for again. 0 turns this off. Default: 16 MiB.
    pub fn drain_limit(mut self, bytes: u64) -> Self {
        self.drain_limit = bytes;
        self
    }

    /// Where the present moment comes from. Default: [`SystemClock`].
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Answers rejections with the application's own envelope.
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

    /// Keeps the reason from callers: `detail` is `null`, `code` and `message` say no more than the
    /// status does. The log keeps the reason. Default: `false`.
    pub fn conceal_reasons(mut self, conceal: bool) -> Self {
        self.conceal_reasons = conceal;
        self
    }

    /// Makes the verifier.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the setting that can't be, and what was expected.
    pub fn build(self) -> Result<Verifier, BuildError> {
        self.check()?;
        let budget = self.budget.unwrap_or_else(BufferBudget::process_wide);
        if self.body_limit > budget.limit() {
            let (body, budget) = (self.body_limit, budget.limit());
            return Err(BuildError::BodyLimitOverBudget { body, budget });
        }
        let keys = Keys::new(self.keys, self.ring, self.source)?;
        Ok(Verifier(Arc::new(Settings {
            keys,
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

    /// What can be said of each setting by itself.
    fn check(&self) -> Result<(), BuildError> {
        if whole_millis(self.window) == 0 {
            return Err(BuildError::WindowTooShort(self.window));
        }
        if self.window > self.widest_window {
            return Err(BuildError::WindowTooWide(self.window));
        }
        if self.body_limit == 0 {
            return Err(BuildError::NoBodyLimit);
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
        Ok(())
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
