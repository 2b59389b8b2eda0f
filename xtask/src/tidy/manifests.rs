use cargo_metadata::Package;
use toml::Value;

use crate::{
    context::{Context, folder, is_published},
    manifest::{self, lookup},
    problem::{Findings, Outcome},
    shell,
};

/// The decision of CONTRIBUTING: no header in each file, both texts at the root.
const LICENCE: &str = "MIT OR Apache-2.0";

/// One version, one licence, one set of lints, and what crates.io shows.
pub(super) fn check(context: &Context, findings: &mut Findings) -> Outcome {
    for package in context.members() {
        check_member(package, findings)?;
        if is_published(package) {
            check_published(package, findings);
        }
    }
    check_versions(context, findings)?;
    check_licences(context, findings)
}

/// A package has copies of both texts: links become files that hold the name of another, where git
/// or a file system knows none.
fn check_licences(context: &Context, findings: &mut Findings) -> Outcome {
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let text = shell::read(&context.root.join(name))?;
        for package in context.published() {
            let copy = folder(package).join(name);
            if std::fs::read_to_string(&copy).ok().as_ref() != Some(&text) {
                let copy = context.relative(&copy).display();
                findings.add(format!("{copy} is not a copy of {name}"));
            }
        }
    }
    Ok(())
}

fn check_member(package: &Package, findings: &mut Findings) -> Outcome {
    let name = &package.name;
    let manifest = manifest::read(package.manifest_path.as_std_path())?;
    if lookup(&manifest, &["lints", "workspace"]) != Some(&Value::Boolean(true)) {
        findings.add(format!("{name} does not inherit the workspace's lints"));
    }
    if package.rust_version.is_none() {
        findings.add(format!("{name} states no rust-version"));
    }
    if package.license.as_deref() != Some(LICENCE) {
        findings.add(format!("{name} is not licensed under {LICENCE}"));
    }
    let in_crates = folder(package).parent().is_some_and(|parent| parent.ends_with("crates"));
    if in_crates != is_published(package) {
        findings.add(format!("{name}: what is published lies in crates/, and nothing else does"));
    }
    Ok(())
}

fn check_published(package: &Package, findings: &mut Findings) {
    let name = &package.name;
    let description = package.description.as_deref().unwrap_or_default();
    if description.is_empty() || description.len() > 120 || description.ends_with('.') {
        findings.add(format!("{name}: its description is one line without a full stop"));
    }
    if package.keywords.is_empty() || package.keywords.len() > 5 || package.categories.is_empty() {
        findings.add(format!("{name} needs one to five keywords, and categories"));
    }
    if package.repository.is_none() || package.readme.is_none() {
        findings.add(format!("{name} needs a repository and a readme"));
    }
    let docs_rs = package.metadata.pointer("/docs/rs/all-features");
    if docs_rs.and_then(serde_json::Value::as_bool) != Some(true) {
        findings.add(format!("{name}: docs.rs is not told to show all features"));
    }
}

/// The members' versions, those under which they ask for each other, and the changelog's newest.
fn check_versions(context: &Context, findings: &mut Findings) -> Outcome {
    let root = manifest::read(&context.root.join("Cargo.toml"))?;
    let version = lookup(&root, &["workspace", "package", "version"]).and_then(Value::as_str);
    let version = version.ok_or("Cargo.toml states no [workspace.package] version")?;
    for package in context.members().iter().filter(|p| p.version.to_string() != version) {
        findings.add(format!("{} is {}, not {version}", package.name, package.version));
    }
    for package in context.published() {
        let asked = lookup(&root, &["workspace", "dependencies", &package.name, "version"]);
        if asked.is_some_and(|asked| asked.as_str() != Some(version)) {
            findings.add(format!(
                "[workspace.dependencies] does not ask for {} {version}",
                package.name
            ));
        }
    }
    let changelog = shell::read(&context.root.join("CHANGELOG.md"))?;
    let newest = changelog.lines().find(|line| line.starts_with("## ")).unwrap_or_default();
    if newest != "## [Unreleased]" && !newest.starts_with(&format!("## [{version}]")) {
        findings.add(format!("CHANGELOG.md begins neither with [Unreleased] nor with [{version}]"));
    }
    Ok(())
}
