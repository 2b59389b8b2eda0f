//! The settings, from the environment.

use std::fmt;
use std::io::{self, Write as _};
use std::net::SocketAddr;

use online_contact::{KeyError, MemoryReplayGuard, SecurityKey, VerifierBuilder};
use online_contact_redis::RedisReplayGuard;
use tokio::net::TcpListener;

const SECURITY_KEY: &str = "OC_SECURITY_KEY";
const LISTEN: &str = "OC_LISTEN";
const REPLAY: &str = "OC_REPLAY";

/// The key in the vendor's sample code. The whole world knows it.
pub(crate) const SAMPLE_KEY: &str = "bf7769e5321448de88838cdb";

const SAMPLE_KEY_WARNING: &str = "
  ************************************************************************
  *  WARNING: OC_SECURITY_KEY is not set, so this server takes the key   *
  *  of the vendor's sample code. Everybody knows that key, so everybody *
  *  can sign requests that pass. Good for a first try, and no more.     *
  *                                                                      *
  *  The key of your API is on Online Contact's screen (암호화 키):      *
  *      OC_SECURITY_KEY=<that key> cargo run -p ...                     *
  ************************************************************************

";

/// What an example server can be told by its environment.
///
/// | variable | is | default |
/// |---|---|---|
/// | `OC_SECURITY_KEY` | the security key (암호화 키) of the API | the vendor's sample key, with a warning |
/// | `OC_LISTEN` | the address to listen on | differs by example |
/// | `OC_REPLAY` | what remembers the requests that passed: `off`, `memory` or a `redis://` URL | `memory` |
#[derive(Clone, Debug)]
pub struct Settings {
    /// The key that Online Contact signs with.
    pub security_key: SecurityKey,
    /// The address to listen on; port 0 takes any free one.
    pub listen: SocketAddr,
    /// What remembers the requests that passed.
    pub replay: Replay,
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
    /// Gives a verifier to be its replay guard, if it is to have one.
    pub fn guard(&self, verifier: VerifierBuilder) -> VerifierBuilder {
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
        Ok(Self {
            listen: listen(default_listen)?,
            replay: replay()?,
            security_key: security_key()?,
        })
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

fn security_key() -> Result<SecurityKey, SettingsError> {
    match SecurityKey::from_env(SECURITY_KEY) {
        Err(KeyError::NotSet(_)) => {
            // If stderr is closed there is nobody to warn.
            let _ = io::stderr().write_all(SAMPLE_KEY_WARNING.as_bytes());
            SecurityKey::new(SAMPLE_KEY)
        }
        read => read,
    }
    .map_err(|error| SettingsError(format!("{SECURITY_KEY}: {error}")))
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

/// What is no Unicode text is not what is expected, and shows in the error.
fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// The environment asks for something that can't be. One line names the variable, its value and what
/// was expected; the value of a key is never shown, nor a URL, which may hold a
/// password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError(String);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SettingsError {}
