//! The settings, from the environment.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::time::Duration;

use online_contact::{
    KeyFileError, KeyFileWatch, MemoryReplayGuard, SecurityKey, Verifier, VerifierBuilder,
};
use online_contact_redis::RedisReplayGuard;
use tokio::net::TcpListener;

use crate::Keys;
use crate::stop::whole;

pub(crate) const SECURITY_KEY: &str = "OC_SECURITY_KEY";
pub(crate) const KEY_FILE: &str = "OC_KEY_FILE";
const LISTEN: &str = "OC_LISTEN";
const REPLAY: &str = "OC_REPLAY";
const BODY_TIMEOUT: &str = "OC_BODY_TIMEOUT";
const DEMO: &str = "OC_DEMO";

/// How often a key file is looked at.
const EVERY: Duration = Duration::from_secs(2);

/// What an example server can be told by its environment.
///
/// | variable | is | default |
/// |---|---|---|
/// | `OC_SECURITY_KEY` | the security key (암호화 키) of the API | the vendor's sample key, with a warning |
/// | `OC_KEY_FILE` | in its place, a file of keys, which is followed | none |
/// | `OC_LISTEN` | the address to listen on | differs by example |
/// | `OC_REPLAY` | what remembers the requests that passed: `off`, `memory` or a `redis://` URL | `memory` |
/// | `OC_BODY_TIMEOUT` | how many seconds a whole body may take | 10 |
/// | `OC_DEMO` | whether it shows itself at work: `on` or `off` | `on`; `off` with a key file |
#[derive(Clone, Debug)]
pub struct Settings {
    /// The keys that Online Contact signs with.
    pub keys: Keys,
    /// The address to listen on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// What remembers the requests that passed.
    pub replay: Replay,
    /// How long a whole body may take.
    pub body_timeout: Duration,
    /// Whether the server sends itself requests and prints them.
    pub demo: bool,
}

/// What remembers the requests that passed, so that a captured one can't pass again.
#[derive(Clone, Debug, Default)]
pub enum Replay {
    /// Nothing: a captured request passes again until it is five minutes old.
    Off,
    /// This process: good for one server on one machine, until it is started again.
    #[default]
    Memory,
    /// A Redis: good for as many servers on as many machines as share it.
    Redis(RedisReplayGuard),
}

impl Replay {
    fn guard(&self, verifier: VerifierBuilder) -> VerifierBuilder {
        match self {
            Self::Off => verifier,
            Self::Memory => verifier.replay_guard(MemoryReplayGuard::default()),
            Self::Redis(guard) => verifier.replay_guard(guard.clone()),
        }
    }
}

impl Settings {
    /// Reads the environment. Warns on stderr if the sample key has to do.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] for a variable that is set to something unusable: it is never passed over
    /// for the default.
    pub fn from_env(default_listen: &str) -> Result<Self, SettingsError> {
        let keys = Keys::from_env()?;
        Ok(Self {
            listen: listen(default_listen)?,
            replay: replay()?,
            body_timeout: body_timeout()?,
            demo: demo(&keys)?,
            keys,
        })
    }

    /// The verifier, and what makes it follow a key file: for as long as that lives.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] if the key file can't be used.
    pub fn verifier(&self) -> Result<(Verifier, Option<KeyFileWatch>), SettingsError> {
        let builder = self.replay.guard(Verifier::builder().body_timeout(self.body_timeout));
        let build = |builder: VerifierBuilder| {
            builder.build().map_err(|error| SettingsError(whole(&error)))
        };
        match &self.keys {
            Keys::One(key) => Ok((build(builder.key(key.clone()))?, None)),
            Keys::File(file) => {
                let unusable =
                    |error: KeyFileError| SettingsError(format!("{KEY_FILE}: {}", whole(&error)));
                let verifier = build(builder.key_ring(file.read().map_err(unusable)?))?;
                let watch = file.watch(&verifier, EVERY).map_err(unusable)?;
                Ok((verifier, Some(watch)))
            }
        }
    }

    /// What the server signs with to show itself at work, if it is to.
    #[must_use]
    pub fn demo_key(&self) -> Option<&SecurityKey> {
        self.keys.known().filter(|_| self.demo)
    }

    /// Takes the address.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] if it is in use, forbidden, or not an address of this machine.
    pub async fn bind(&self) -> Result<TcpListener, SettingsError> {
        TcpListener::bind(self.listen).await.map_err(|error| {
            let address = self.listen;
            SettingsError(format!(
                "can't listen on {address}: {error}; expected a free address of this machine in \
                 {LISTEN}"
            ))
        })
    }
}

fn replay() -> Result<Replay, SettingsError> {
    let Some(value) = variable(REPLAY) else {
        return Ok(Replay::default());
    };
    match value.as_str() {
        "off" => Ok(Replay::Off),
        "memory" => Ok(Replay::Memory),
        // It connects at the first request, so that the server can start while Redis restarts. What
        // stands in a URL may be a password, so the error does not show it.
        url if url.contains("://") => RedisReplayGuard::lazy(url)
            .map(Replay::Redis)
            .map_err(|error| SettingsError(format!("{REPLAY}: {error}"))),
        _ => Err(SettingsError(format!(
            "{REPLAY} is {value:?}: expected off, memory or a URL like redis://localhost:6379"
        ))),
    }
}

fn listen(default: &str) -> Result<SocketAddr, SettingsError> {
    let value = variable(LISTEN).unwrap_or_else(|| default.to_owned());
    value.parse().map_err(|_| {
        SettingsError(format!(
            "{LISTEN} is {value:?}: expected an IP address and a port, like {default} or \
             0.0.0.0:8080"
        ))
    })
}

fn body_timeout() -> Result<Duration, SettingsError> {
    let value = variable(BODY_TIMEOUT).unwrap_or_else(|| "10".to_owned());
    let seconds: NonZeroU16 = value.parse().map_err(|_| {
        SettingsError(format!(
            "{BODY_TIMEOUT} is {value:?}: expected a number of seconds, 1 or more"
        ))
    })?;
    Ok(Duration::from_secs(seconds.get().into()))
}

fn demo(keys: &Keys) -> Result<bool, SettingsError> {
    match (variable(DEMO).as_deref(), keys) {
        (None, keys) => Ok(keys.known().is_some()),
        (Some("off"), _) => Ok(false),
        (Some("on"), Keys::One(_)) => Ok(true),
        (Some("on"), Keys::File(_)) => Err(SettingsError(format!(
            "{DEMO} is \"on\": expected off with {KEY_FILE}, for there is no one key to sign with"
        ))),
        (Some(value), _) => Err(SettingsError(format!("{DEMO} is {value:?}: expected on or off"))),
    }
}

/// What is no Unicode text is not what is expected, and shows in the error.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// The environment asks for something that can't be. One line names the variable, its value and what
/// was expected; the value of a key is never shown, nor a URL, which may hold
/// a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError(String);

impl SettingsError {
    pub(crate) const fn new(words: String) -> Self {
        Self(words)
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SettingsError {}
