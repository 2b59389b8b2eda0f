use std::path::PathBuf;
use std::time::Duration;

use online_contact::{KeyError, KeyFile, KeyFileWatch, SecurityKey, Verifier};

use super::BoxError;
use super::settings::{Settings, Switch, TenantBy};
use super::tenants::{KeyDirectory, KeyDirectoryWatch};

const SECURITY_KEY: &str = "OC_SECURITY_KEY";

/// The key in the vendor's sample code, which is public.
const SAMPLE_KEY: &str = "bf7769e5321448de88838cdb";

/// The time between two looks at a key file.
const EVERY: Duration = Duration::from_secs(2);

/// The source of the security keys.
#[derive(Debug)]
pub(crate) enum Keys {
    One(SecurityKey),
    File(KeyFile),
    Tenants(PathBuf, TenantBy),
}

/// Key files are read again until this is dropped.
#[derive(Debug)]
pub(crate) enum Watch {
    Nothing,
    File { _watch: KeyFileWatch },
    Tenants { _watch: KeyDirectoryWatch },
}

impl Keys {
    pub(crate) fn of(settings: &Settings) -> Result<Self, BoxError> {
        let from_env = match SecurityKey::from_env(SECURITY_KEY) {
            Ok(key) => Some(key),
            Err(KeyError::NotSet(_)) => None,
            Err(error) => return Err(format!("{SECURITY_KEY}: {error}").into()),
        };
        match (from_env, &settings.key_file, &settings.tenants) {
            (Some(key), None, None) => Ok(Self::One(key)),
            (None, Some(file), None) => Ok(Self::File(KeyFile::new(file))),
            (None, None, Some(directory)) => {
                Ok(Self::Tenants(directory.clone(), settings.tenant_by))
            }
            (None, None, None) if settings.demo == Switch::On => {
                tracing::warn!(
                    "demo mode: accepting the key of the vendor's sample, which is public; set \
                     {SECURITY_KEY} to the key of your API"
                );
                Ok(Self::One(SecurityKey::new(SAMPLE_KEY)?))
            }
            (None, None, None) => Err(format!(
                "no security key: expected {SECURITY_KEY}, --key-file or --tenants (or --demo to \
                 try out the vendor's sample key)"
            )
            .into()),
            _ => Err(format!(
                "several sources of security keys: expected one of {SECURITY_KEY}, --key-file and \
                 --tenants"
            )
            .into()),
        }
    }

    pub(crate) fn verifier(&self, settings: &Settings) -> Result<(Verifier, Watch), BoxError> {
        let builder = Verifier::builder().scheme(settings.scheme).body_limit(settings.body_limit);
        let builder = settings.replay()?.guard(builder);
        match self {
            Self::One(key) => Ok((builder.key(key.clone()).build()?, Watch::Nothing)),
            Self::File(file) => {
                let verifier = builder.key_ring(file.read()?).build()?;
                let _watch = file.watch(&verifier, EVERY)?;
                Ok((verifier, Watch::File { _watch }))
            }
            Self::Tenants(directory, tenant_by) => {
                let keys = KeyDirectory::open(directory, *tenant_by)?;
                let _watch = keys.watch(EVERY)?;
                Ok((builder.key_source(keys).build()?, Watch::Tenants { _watch }))
            }
        }
    }
}
