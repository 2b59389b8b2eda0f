use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;
use std::{fs, io, thread};

use online_contact::{KeyFile, KeyFuture, KeyRequest, KeyRing, KeySource};

use super::BoxError;
use super::settings::TenantBy;

/// A directory with a key file for each tenant. The name of the file is the tenant: a host, or the first
/// segment of a path.
#[derive(Clone, Debug)]
pub(crate) struct KeyDirectory(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    tenant_by: TenantBy,
    rings: RwLock<HashMap<String, KeyRing>>,
    seen: Mutex<Seen>,
}

/// The last reading.
#[derive(Debug, Default)]
struct Seen {
    /// The files, which are parsed again only when they have changed.
    files: HashMap<PathBuf, KeyFile>,
    /// The errors, so that each is logged once.
    errors: Vec<String>,
}

/// The directory is read again until this is dropped.
#[derive(Debug)]
pub(crate) struct KeyDirectoryWatch {
    _stop: mpsc::Sender<()>,
}

impl KeyDirectory {
    /// Reads the directory. Every file in it must be usable, and there must be one.
    pub(crate) fn open(path: &Path, tenant_by: TenantBy) -> Result<Self, BoxError> {
        let inner = Inner {
            path: path.to_owned(),
            tenant_by,
            rings: RwLock::default(),
            seen: Mutex::default(),
        };
        let (rings, errors) = inner.read(&mut inner.seen())?;
        if let Some(error) = errors.into_iter().next() {
            return Err(error.into());
        }
        if rings.is_empty() {
            return Err(format!("no key file in directory {}", path.display()).into());
        }
        inner.replace(rings);
        Ok(Self(Arc::new(inner)))
    }

    /// Reads the directory again and again. A file that cannot be used leaves its tenant the previous
    /// keys; a tenant whose file was removed has no keys any more.
    pub(crate) fn watch(&self, every: Duration) -> io::Result<KeyDirectoryWatch> {
        let (_stop, stopped) = mpsc::channel::<()>();
        let inner = Arc::clone(&self.0);
        thread::Builder::new().name("tenant-keys".to_owned()).spawn(move || {
            // Nothing is sent: the channel closes when the watch is dropped.
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                inner.reload();
            }
        })?;
        Ok(KeyDirectoryWatch { _stop })
    }
}

impl Inner {
    fn reload(&self) {
        let mut seen = self.seen();
        let errors = match self.read(&mut seen) {
            Ok((rings, errors)) => {
                self.replace(rings);
                errors
            }
            Err(error) => vec![error],
        };
        for error in errors.iter().filter(|error| !seen.errors.contains(error)) {
            tracing::error!(error, "key file reload failed; keeping previous keys");
        }
        seen.errors = errors;
    }

    /// Returns the keys of all tenants, and the errors of the files that keep their previous keys.
    fn read(&self, seen: &mut Seen) -> Result<(HashMap<String, KeyRing>, Vec<String>), String> {
        let failed = |error: io::Error| {
            format!("directory of key files {} cannot be read: {error}", self.path.display())
        };
        let mut paths = BTreeMap::<String, Vec<PathBuf>>::new();
        for entry in fs::read_dir(&self.path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // Kubernetes mounts a secret with links through `..data`.
            if name.starts_with('.') || entry.path().is_dir() {
                continue;
            }
            let tenant = match self.tenant_by {
                TenantBy::Host => name.to_ascii_lowercase(),
                TenantBy::Path => name,
            };
            paths.entry(tenant).or_default().push(entry.path());
        }
        let mut files = HashMap::new();
        let mut rings = HashMap::new();
        let mut errors = Vec::new();
        for (tenant, paths) in paths {
            let ring = match &paths[..] {
                [path] => {
                    let file = seen.files.remove(path).unwrap_or_else(|| KeyFile::new(path));
                    let ring = file.read().map_err(|error| chain(&error));
                    files.insert(path.clone(), file);
                    ring
                }
                _ => Err(format!(
                    "directory of key files {}: {} files for the tenant {tenant}, expected one",
                    self.path.display(),
                    paths.len()
                )),
            };
            match ring {
                Ok(ring) => {
                    rings.insert(tenant, ring);
                }
                Err(error) => {
                    errors.push(error);
                    rings.extend(self.ring(&tenant).map(|ring| (tenant, ring)));
                }
            }
        }
        seen.files = files;
        Ok((rings, errors))
    }

    fn replace(&self, rings: HashMap<String, KeyRing>) {
        let mut names: Vec<_> = rings.keys().cloned().collect();
        names.sort_unstable();
        let previous = std::mem::replace(
            &mut *self.rings.write().unwrap_or_else(PoisonError::into_inner),
            rings,
        );
        if names.len() != previous.len() || names.iter().any(|name| !previous.contains_key(name)) {
            tracing::info!(tenants = names.join(", "), "tenants active");
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self, tenant: &str) -> Option<KeyRing> {
        self.rings.read().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned()
    }
}

impl KeySource for KeyDirectory {
    fn tenant(&self, request: &KeyRequest<'_>) -> String {
        match self.0.tenant_by {
            TenantBy::Host => by_host(request.host().unwrap_or_default()),
            TenantBy::Path => by_path(request.path()).to_owned(),
        }
    }

    fn keys(&self, tenant: String) -> KeyFuture {
        KeyFuture::ready(Ok(self.0.ring(&tenant)))
    }
}

/// Returns the host in lower case, without its port.
fn by_host(host: &str) -> String {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.to_ascii_lowercase()
}

/// Returns the first segment of a path, or nothing if an upstream could understand the path as one of
/// another tenant.
fn by_path(path: &str) -> &str {
    // Some upstreams take off `;…` before they resolve the dots.
    let lower = path.to_ascii_lowercase().replace("%3b", ";");
    let is_dots = |segment: &str| matches!(segment.split(';').next(), Some("." | ".."));
    let ambiguous = ["//", "%2e", "%2f", "%5c", "\\"];
    if ambiguous.iter().any(|part| lower.contains(part)) || lower.split('/').any(is_dots) {
        return "";
    }
    path.split('/').nth(1).unwrap_or_default()
}

fn chain(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_files_of_one_tenant_are_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("acme.example"), "first").unwrap();
        let keys = KeyDirectory::open(folder.path(), TenantBy::Host).unwrap();
        fs::write(folder.path().join("ACME.example"), "second").unwrap();
        let (rings, errors) = keys.0.read(&mut keys.0.seen()).unwrap();
        assert!(errors[0].contains("2 files for the tenant acme.example"), "{errors:?}");
        assert!(rings.contains_key("acme.example"), "the previous keys stay");
        assert!(KeyDirectory::open(folder.path(), TenantBy::Host).is_err());
        // Paths are distinguished by their case.
        assert!(KeyDirectory::open(folder.path(), TenantBy::Path).is_ok());
    }

    #[test]
    fn a_host_is_a_tenant_without_its_port() {
        for (host, tenant) in [
            ("acme.example", "acme.example"),
            ("ACME.example:8443", "acme.example"),
            ("[::1]:8443", "[::1]"),
            ("", ""),
        ] {
            assert_eq!(by_host(host), tenant, "{host}");
        }
    }

    #[test]
    fn a_path_is_of_its_first_segment() {
        for (path, tenant) in [
            ("/acme/customer", "acme"),
            ("/acme", "acme"),
            ("/acme/%EA%B3%A0", "acme"),
            ("/", ""),
            ("*", ""),
        ] {
            assert_eq!(by_path(path), tenant, "{path}");
        }
    }

    #[test]
    fn a_path_that_could_lead_to_another_tenant_is_of_none() {
        for path in [
            "/acme/../globex/customer",
            "/acme/%2e%2E/globex",
            "/acme/..%2fglobex",
            "/acme/..\\globex",
            "//globex/customer",
            "/acme/..",
            "/./globex",
            "/acme/..;/globex/customer",
            "/acme/.;x=1/globex",
            "/acme/..;a;b",
            "/acme/..%3B/globex",
        ] {
            assert_eq!(by_path(path), "", "{path}");
        }
    }
}
