use std::{
    path::{Path, PathBuf},
    process::Command,
};

use cargo_metadata::{MetadataCommand, Package};

use crate::Outcome;

/// The packages of the workspace and the files of the repository.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    pub(crate) packages: Vec<Package>,
    /// Tracked and new files, relative to the root.
    pub(crate) files: Vec<String>,
}

impl Workspace {
    pub(crate) fn load() -> Outcome<Self> {
        let metadata = MetadataCommand::new().no_deps().exec()?;
        let root = metadata.workspace_root.clone().into_std_path_buf();
        let mut git = Command::new("git");
        git.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(&root);
        let listed = String::from_utf8(git.output()?.stdout)?;
        let files = listed.lines().filter(|file| root.join(file).is_file());
        let mut files: Vec<_> = files.map(str::to_owned).collect();
        files.sort();
        files.dedup();
        Ok(Self { root, packages: metadata.packages, files })
    }

    pub(crate) fn published(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| is_published(package))
    }

    /// Reads a file of the repository.
    pub(crate) fn read(&self, file: &str) -> Outcome<String> {
        let path = self.root.join(file);
        std::fs::read_to_string(path).map_err(|error| format!("{file}: {error}").into())
    }
}

pub(crate) fn is_published(package: &Package) -> bool {
    package.publish.as_ref().is_none_or(|registries| !registries.is_empty())
}

/// The directory of the package's `Cargo.toml`.
pub(crate) fn directory(package: &Package) -> &Path {
    let manifest = package.manifest_path.as_std_path();
    manifest.parent().unwrap_or(manifest)
}
