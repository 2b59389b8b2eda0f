use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

/// A key file in a temporary folder, which is removed on drop.
#[derive(Debug)]
pub struct TempKeyFile {
    folder: TempDir,
}

impl TempKeyFile {
    /// Creates a key file with this text.
    #[must_use]
    pub fn new(text: impl AsRef<[u8]>) -> Self {
        let file = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        file.replace(text);
        file
    }

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    /// Writes a new file and renames it over the old one, as docs/operation/rotation.md recommends.
    pub fn replace(&self, text: impl AsRef<[u8]>) {
        let new = self.folder.path().join("keys.new");
        fs::write(&new, text).expect("the folder is writable");
        fs::rename(new, self.path()).expect("the folder is writable");
    }
}
