//! Where a server has its keys from.

use std::io::{self, Write as _};
use std::path::PathBuf;

use online_contact::{KeyError, KeyFile, SecurityKey};

use crate::SettingsError;
use crate::settings::{KEY_FILE, SECURITY_KEY};

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

/// Where the keys come from.
#[derive(Clone, Debug)]
pub enum Keys {
    /// The environment: another one needs a restart.
    One(SecurityKey),
    /// A file, which is followed while the server runs.
    File(KeyFile),
}

impl Keys {
    /// Warns on stderr if the sample key has to do.
    pub(crate) fn from_env() -> Result<Self, SettingsError> {
        let key = match (SecurityKey::from_env(SECURITY_KEY), std::env::var_os(KEY_FILE)) {
            (Err(KeyError::NotSet(_)), Some(path)) => {
                return Ok(Self::File(KeyFile::new(PathBuf::from(path))));
            }
            (_, Some(_)) => {
                return Err(SettingsError::new(format!(
                    "{SECURITY_KEY} and {KEY_FILE} are both set: expected one of the two"
                )));
            }
            (Err(KeyError::NotSet(_)), None) => {
                // If stderr is closed there is nobody to warn.
                let _ = io::stderr().write_all(SAMPLE_KEY_WARNING.as_bytes());
                SecurityKey::new(SAMPLE_KEY)
            }
            (read, None) => read,
        };
        key.map(Self::One).map_err(|error| SettingsError::new(format!("{SECURITY_KEY}: {error}")))
    }

    /// What the server may sign with to show itself at work.
    #[must_use]
    pub const fn known(&self) -> Option<&SecurityKey> {
        match self {
            Self::One(key) => Some(key),
            Self::File(_) => None,
        }
    }
}
