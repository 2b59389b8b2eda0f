use std::collections::BTreeSet;

use cargo_metadata::Package;

use crate::{
    config::allows_in,
    context::Context,
    problem::{Findings, Outcome},
    public_api, rustdoc, shell,
};

/// Whoever's types stand in a public API can break it: only those on the list may.
pub(crate) fn run(context: &Context) -> Outcome {
    let crates = crate_names(context);
    let mut findings = Findings::default();
    for package in rustdoc::libraries(context) {
        let listing = shell::read(&public_api::file(package))?;
        let own = package.name.replace('-', "_");
        let named = roots(&listing);
        let foreign = named.iter().filter(|name| crates.contains(**name) && **name != own);
        for name in foreign.clone() {
            if !allows_in(&context.config.external_types, &package.name, name) {
                findings.add(format!("{}: types of {name} stand in its API", package.name));
            }
        }
        findings.take(all_needed(context, package, &foreign.copied().collect()));
    }
    findings.verdict()
}

fn all_needed(context: &Context, package: &Package, foreign: &BTreeSet<&str>) -> Outcome {
    let mut findings = Findings::default();
    for allowed in context.config.external_types.get(package.name.as_str()).into_iter().flatten() {
        if !foreign.contains(allowed.name.as_str()) {
            findings.add(format!("{}: {} is allowed and not used", package.name, allowed.name));
        }
    }
    findings.verdict()
}

fn crate_names(context: &Context) -> BTreeSet<String> {
    context.metadata.packages.iter().map(|package| package.name.replace('-', "_")).collect()
}

/// The first names of all paths in the listing: `http` of `http::Request`.
fn roots(listing: &str) -> BTreeSet<&str> {
    let mut roots = BTreeSet::new();
    for (at, _) in listing.match_indices("::") {
        let before = listing.get(..at).unwrap_or_default();
        let start = before
            .rfind(|c: char| !(c.is_alphanumeric() || c == '_'))
            .map_or(0, |position| position + 1);
        let inner = before.get(..start).is_some_and(|rest| rest.ends_with("::"));
        if let (false, Some(name)) = (inner, before.get(start..)) {
            roots.insert(name);
        }
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_the_first_names_of_paths() {
        let found = roots("pub fn a::f(&http::Request<bytes::Bytes>, <T as b::c::D>::E) -> a::B");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["", "a", "b", "bytes", "http"]);
    }
}
