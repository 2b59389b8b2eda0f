use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use crate::{problem::Outcome, shell};

/// `xtask.toml`: what is allowed, each with its reason.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Config {
    /// The command that README, CONTRIBUTING and `.ci/run` all give.
    pub(crate) test_command: String,
    pub(crate) lengths: Lengths,
    /// Crate by crate, whose types may stand in its public API.
    pub(crate) external_types: BTreeMap<String, Vec<Allowed>>,
    /// Crate by crate, a dependency that no code names.
    #[serde(default)]
    pub(crate) unused_dependencies: BTreeMap<String, Vec<Allowed>>,
    /// Crate by crate, files in its package besides sources, README and licences.
    #[serde(default)]
    pub(crate) packaged_files: BTreeMap<String, Vec<Allowed>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Lengths {
    pub(crate) file: usize,
    pub(crate) function: usize,
    /// `path` or `path:function`, longer than that.
    #[serde(default)]
    pub(crate) allowed: Vec<Allowed>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Allowed {
    pub(crate) name: String,
    reason: String,
}

impl Config {
    pub(crate) fn load(path: &Path) -> Outcome<Self> {
        let config: Self = toml::from_str(&shell::read(path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let bare = config.all_allowed().find(|allowed| allowed.reason.trim().is_empty());
        if let Some(bare) = bare {
            let file = path.display();
            return Err(format!("{file}: {:?} is allowed without a reason", bare.name).into());
        }
        Ok(config)
    }

    fn all_allowed(&self) -> impl Iterator<Item = &Allowed> {
        let lists = [&self.external_types, &self.unused_dependencies, &self.packaged_files];
        lists.into_iter().flat_map(BTreeMap::values).flatten().chain(&self.lengths.allowed)
    }
}

/// Whether one of these has the name.
pub(crate) fn allows(list: &[Allowed], name: &str) -> bool {
    list.iter().any(|allowed| allowed.name == name)
}

/// Whether the crate's list has the name.
pub(crate) fn allows_in(lists: &BTreeMap<String, Vec<Allowed>>, package: &str, name: &str) -> bool {
    lists.get(package).is_some_and(|list| allows(list, name))
}
