//! A `Cargo.toml` as it is written: what `cargo metadata` resolves away is checked too.

use std::path::Path;

use toml::{Table, Value};

use crate::{problem::Outcome, shell};

pub(crate) fn read(path: &Path) -> Outcome<Table> {
    let parsed: Result<Table, _> = shell::read(path)?.parse();
    parsed.map_err(|error| format!("{}: {error}", path.display()).into())
}

pub(crate) fn lookup<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, key| value.get(*key))
}
