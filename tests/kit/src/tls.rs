//! Certificates.

use std::path::{Path, PathBuf};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;

/// A certificate for `localhost` that is signed with its own key, in a temporary folder.
#[derive(Debug)]
pub struct SelfSigned {
    folder: TempDir,
    /// The certificate, as PEM.
    pub certificate: String,
    /// The private key, as PEM.
    pub key: String,
}

impl SelfSigned {
    /// Creates a certificate.
    #[must_use]
    #[allow(clippy::new_without_default, reason = "every one is another")]
    pub fn new() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let (certificate, key) = (cert.pem(), signing_key.serialize_pem());
        let folder = tempfile::tempdir().expect("a temporary folder");
        let write =
            |path: &Path, text: &str| std::fs::write(path, text).expect("a writable folder");
        let pair = Self { folder, certificate, key };
        write(&pair.certificate_file(), &pair.certificate);
        write(&pair.key_file(), &pair.key);
        pair
    }

    /// Returns the path of the certificate.
    #[must_use]
    pub fn certificate_file(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    /// Returns the path of the private key.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }
}
