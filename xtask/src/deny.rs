//! What `cargo deny` checks, read from the same `deny.toml`: it takes too long to build for each run.
//! The advisories, which need their database, are left to it.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Package, PackageId};
use serde::Deserialize;
use spdx::{Expression, LicenseId, ParseMode};

use crate::{
    context::Context,
    problem::{Findings, Outcome},
    shell,
};

/// The parts of `deny.toml` that are followed here.
#[derive(Deserialize)]
struct Rules {
    licenses: Licenses,
    bans: Bans,
    sources: Sources,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    #[serde(default)]
    deny: Vec<Named>,
    #[serde(default)]
    skip: Vec<Named>,
}

#[derive(Deserialize)]
struct Named {
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

pub(crate) fn run(context: &Context) -> Outcome {
    let rules: Rules = toml::from_str(&shell::read(&context.root.join("deny.toml"))?)
        .map_err(|error| format!("deny.toml: {error}"))?;
    let foreign: Vec<_> = reachable(context)
        .into_iter()
        .filter_map(|id| context.metadata.packages.iter().find(|package| package.id == *id))
        .filter(|package| !context.metadata.workspace_members.contains(&package.id))
        .collect();
    println!("{} crates under the published ones", foreign.len());
    let mut findings = Findings::default();
    for package in &foreign {
        findings.take(check_licence(&rules.licenses, package));
        findings.take(check_source(&rules.sources, package));
        if rules.bans.deny.iter().any(|ban| ban.name == package.name.as_str()) {
            findings.add(format!("{} is banned", package.name));
        }
    }
    findings.take(check_duplicates(&rules.bans, &foreign));
    findings.take(check_needed(&rules, &foreign));
    findings.verdict()
}

/// All that is built with the published packages, on any platform, without what their tests need.
fn reachable(context: &Context) -> BTreeSet<&PackageId> {
    let mut reached = BTreeSet::new();
    let mut waiting: Vec<_> = context.published().into_iter().map(|package| &package.id).collect();
    let nodes = context.metadata.resolve.iter().flat_map(|resolve| &resolve.nodes);
    let nodes: BTreeMap<_, _> = nodes.map(|node| (&node.id, node)).collect();
    while let Some(id) = waiting.pop() {
        if !reached.insert(id) {
            continue;
        }
        let dependencies = nodes.get(id).into_iter().flat_map(|node| &node.deps);
        let built = dependencies.filter(|dependency| {
            dependency.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development)
        });
        waiting.extend(built.map(|dependency| &dependency.pkg));
    }
    reached
}

fn check_licence(rules: &Licenses, package: &Package) -> Outcome {
    let Some(stated) = &package.license else {
        return Err(format!("{} {} states no licence", package.name, package.version).into());
    };
    let expression = Expression::parse_mode(stated, ParseMode::LAX)
        .map_err(|error| format!("{}: licence {stated:?}: {}", package.name, error.reason))?;
    let allowed = expression.evaluate(|needed| {
        let id: Option<LicenseId> = needed.license.id();
        let with = needed.addition.as_ref().map(|addition| format!(" WITH {addition}"));
        id.is_some_and(|id| {
            let name = format!("{}{}", id.name, with.unwrap_or_default());
            rules.allow.iter().any(|allowed| allowed == id.name || *allowed == name)
        })
    });
    if allowed {
        return Ok(());
    }
    Err(format!("{} {}: licence {stated} is not allowed", package.name, package.version).into())
}

fn check_source(rules: &Sources, package: &Package) -> Outcome {
    let source = package.source.as_ref().map_or("a path", |source| source.repr.as_str());
    let registry = source.strip_prefix("registry+").or(source.strip_prefix("sparse+"));
    if registry.is_some_and(|registry| rules.allow_registry.iter().any(|a| a == registry)) {
        return Ok(());
    }
    Err(format!("{} {} comes from {source}", package.name, package.version).into())
}

/// `skip` names the version that may stay beside the newest, as in `cargo deny`.
fn check_duplicates(rules: &Bans, packages: &[&Package]) -> Outcome {
    let mut versions: BTreeMap<&str, BTreeSet<_>> = BTreeMap::new();
    for package in packages {
        let skipped = rules.skip.iter().any(|skip| {
            skip.name == package.name.as_str()
                || skip.name == format!("{}@{}", package.name, package.version)
        });
        if !skipped {
            versions.entry(&package.name).or_default().insert(&package.version);
        }
    }
    let mut findings = Findings::default();
    for (name, versions) in versions.into_iter().filter(|(_, versions)| versions.len() > 1) {
        let versions: Vec<_> = versions.into_iter().map(ToString::to_string).collect();
        findings.add(format!("{name} is there in versions {}", versions.join(" and ")));
    }
    findings.verdict()
}

/// What nothing needs any more would let in the next that comes by that name.
fn check_needed(rules: &Rules, packages: &[&Package]) -> Outcome {
    let mut findings = Findings::default();
    let stated: BTreeSet<_> = packages
        .iter()
        .filter_map(|package| package.license.as_deref())
        .flat_map(|stated| stated.split([' ', '/', '(', ')']))
        .collect();
    for licence in rules.licenses.allow.iter().filter(|name| !stated.contains(name.as_str())) {
        findings.add(format!("deny.toml: no crate has the licence {licence} any more"));
    }
    for Named { name: skipped } in &rules.bans.skip {
        let (name, version) = skipped.split_once('@').unwrap_or((skipped, ""));
        let same = packages.iter().filter(|package| package.name == name);
        let there: Vec<_> = same.map(|package| package.version.to_string()).collect();
        if there.len() < 2 || !(version.is_empty() || there.iter().any(|other| other == version)) {
            findings.add(format!("deny.toml: {skipped} stands beside no other version any more"));
        }
    }
    findings.verdict()
}
