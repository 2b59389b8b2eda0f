use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package};

use crate::{config::Config, problem::Outcome, shell};

/// What every task works on.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) metadata: Metadata,
    pub(crate) config: Config,
}

impl Context {
    pub(crate) fn load() -> Outcome<Self> {
        let metadata = MetadataCommand::new()
            .features(cargo_metadata::CargoOpt::AllFeatures)
            .exec()
            .map_err(|error| format!("the workspace can't be read: {error}"))?;
        let root = metadata.workspace_root.clone().into_std_path_buf();
        let target = metadata.target_directory.clone().into_std_path_buf();
        let config = Config::load(&root.join("xtask/xtask.toml"))?;
        Ok(Self { root, target, metadata, config })
    }

    pub(crate) fn members(&self) -> Vec<&Package> {
        self.metadata.workspace_packages()
    }

    /// The packages for crates.io, each behind those that it needs.
    pub(crate) fn published(&self) -> Vec<&Package> {
        let mut waiting: Vec<_> =
            self.members().into_iter().filter(|package| is_published(package)).collect();
        let mut ordered = Vec::with_capacity(waiting.len());
        while !waiting.is_empty() {
            let needs = |package: &Package| {
                waiting.iter().any(|other| {
                    let name = other.name.as_str();
                    package.dependencies.iter().any(|dependency| dependency.name == name)
                })
            };
            let (later, now): (Vec<_>, Vec<_>) =
                waiting.iter().copied().partition(|package| needs(package));
            // Cargo rejects circles, but for those through dev-dependencies.
            let (later, now) = if now.is_empty() { (now, later) } else { (later, now) };
            ordered.extend(now);
            waiting = later;
        }
        ordered
    }

    /// A path as it is written in messages.
    pub(crate) fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }

    /// The files that git knows or would take up, as paths from the root.
    pub(crate) fn files(&self) -> Outcome<Vec<String>> {
        let mut git = std::process::Command::new("git");
        git.args(["ls-files", "--cached", "--others", "--exclude-standard"]);
        let listed = shell::output(git.current_dir(&self.root))?;
        let mut files: Vec<_> = listed
            .lines()
            .filter(|file| self.root.join(file).is_file())
            .map(String::from)
            .collect();
        files.sort();
        files.dedup();
        Ok(files)
    }
}

pub(crate) fn is_published(package: &Package) -> bool {
    package.publish.as_ref().is_none_or(|registries| !registries.is_empty())
}

/// The folder in which the package's `Cargo.toml` is.
pub(crate) fn folder(package: &Package) -> &Path {
    let manifest = package.manifest_path.as_std_path();
    manifest.parent().unwrap_or(manifest)
}
