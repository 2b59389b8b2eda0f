use std::collections::BTreeSet;

use cargo_metadata::Package;
use toml::{Table, Value};

use crate::{
    Outcome, TASKS, verdict,
    workspace::{Workspace, directory, is_published},
};

const LICENSE: &str = "MIT OR Apache-2.0";

/// The test command that the README, CONTRIBUTING.md and the gate share.
const TEST_COMMAND: &str = "cargo test --workspace --all-features";

pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let mut problems = Vec::new();
    for package in &workspace.packages {
        check_manifest(package, &mut problems)?;
    }
    check_license_copies(workspace, &mut problems)?;
    check_versions(workspace, &mut problems)?;
    for file in ["README.md", "README.ko.md", "CONTRIBUTING.md", ".ci/run"] {
        let text = workspace.read(file)?;
        let mut commands = text.lines().filter_map(|line| line.split(" #").next());
        if !commands.any(|line| line.trim() == TEST_COMMAND) {
            problems.push(format!("{file}: expected the command `{TEST_COMMAND}`"));
        }
    }
    for file in workspace.files.iter().filter(|file| file.ends_with(".md")) {
        check_commands(workspace, file, &workspace.read(file)?, &mut problems);
    }
    verdict(&problems)
}

fn check_manifest(package: &Package, problems: &mut Vec<String>) -> Outcome {
    let mut require = |holds: bool, rule: &str| {
        if !holds {
            problems.push(format!("{}: {rule}", package.manifest_path));
        }
    };
    let manifest: Table = std::fs::read_to_string(&package.manifest_path)?.parse()?;
    let lints = lookup(&manifest, &["lints", "workspace"]);
    require(lints == Some(&Value::Boolean(true)), "expected the lints of the workspace");
    require(package.rust_version.is_some(), "expected rust-version");
    require(package.license.as_deref() == Some(LICENSE), "expected license MIT OR Apache-2.0");
    let in_crates = directory(package).parent().is_some_and(|parent| parent.ends_with("crates"));
    require(in_crates == is_published(package), "only packages in crates/ are published");
    if is_published(package) {
        let description = package.description.as_deref().unwrap_or_default();
        let one_line = (1..=140).contains(&description.len()) && !description.ends_with('.');
        require(one_line, "expected a description of up to 140 bytes without a full stop");
        let keywords = (1..=5).contains(&package.keywords.len());
        require(keywords && !package.categories.is_empty(), "expected keywords and categories");
        require(package.repository.is_some(), "expected a repository");
        require(package.readme.is_some(), "expected a readme");
        let docs_rs = package.metadata.pointer("/docs/rs/all-features");
        let all_features = docs_rs.is_some_and(|value| *value == true);
        require(all_features, "expected all-features in package.metadata.docs.rs");
    }
    Ok(())
}

/// Checks that each published package has both license texts. Symbolic links break on Windows.
fn check_license_copies(workspace: &Workspace, problems: &mut Vec<String>) -> Outcome {
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        let text = workspace.read(name)?;
        for package in workspace.published() {
            let copy = directory(package).join(name);
            if std::fs::read_to_string(&copy).ok().as_ref() != Some(&text) {
                problems.push(format!("{}: expected a copy of {name}", copy.display()));
            }
        }
    }
    Ok(())
}

/// Checks that every stated version of these packages is the one of the workspace.
fn check_versions(workspace: &Workspace, problems: &mut Vec<String>) -> Outcome {
    let manifest: Table = workspace.read("Cargo.toml")?.parse()?;
    let version = lookup(&manifest, &["workspace", "package", "version"]).and_then(Value::as_str);
    let version = version.ok_or("Cargo.toml: expected workspace.package.version")?;
    for package in
        workspace.packages.iter().filter(|package| package.version.to_string() != version)
    {
        problems.push(format!("{} is {}, expected {version}", package.name, package.version));
    }
    for package in workspace.published() {
        let path = ["workspace", "dependencies", package.name.as_str(), "version"];
        if lookup(&manifest, &path).is_some_and(|stated| stated.as_str() != Some(version)) {
            problems.push(format!("Cargo.toml: expected version {version} of {}", package.name));
        }
    }
    let changelog = workspace.read("CHANGELOG.md")?;
    let newest = changelog.lines().find(|line| line.starts_with("## ")).unwrap_or_default();
    if newest != "## [Unreleased]" && !newest.starts_with(&format!("## [{version}]")) {
        problems.push(format!("CHANGELOG.md: expected [Unreleased] or [{version}] first"));
    }
    let minor = version.rsplit_once('.').map_or(version, |(minor, _)| minor);
    for file in &workspace.files {
        if !(file.ends_with(".md") || file.contains("deploy/")) {
            continue;
        }
        for (number, line) in (1..).zip(workspace.read(file)?.lines()) {
            let image = image_tag(line).filter(|tag| *tag != version);
            let dependency = dependency_version(line).filter(|stated| *stated != minor);
            if let Some(stated) = image.or(dependency) {
                problems.push(format!("{file}:{number}: version {stated}, expected {version}"));
            }
        }
    }
    Ok(())
}

/// The tag of a container image of this project.
fn image_tag(line: &str) -> Option<&str> {
    let image = line.find("online-contact-").and_then(|start| line.get(start..))?;
    let (name, tag) = image.split_once(':')?;
    let end = tag.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(tag.len());
    let is_name = name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    tag.get(..end).filter(|tag| is_name && tag.contains('.'))
}

/// The version in a line of `[dependencies]` that names one of these packages.
fn dependency_version(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(" = ")?;
    let value = value.strip_prefix("{ version = ").unwrap_or(value);
    let version = value.strip_prefix('"')?.split('"').next()?;
    name.starts_with("online-contact").then_some(version)
}

/// Checks that the packages and tasks in a page's commands exist.
fn check_commands(workspace: &Workspace, file: &str, text: &str, problems: &mut Vec<String>) {
    let packages: BTreeSet<_> = workspace.packages.iter().map(|p| p.name.as_str()).collect();
    for command in ["cargo run -p ", "cargo test -p ", "cargo xtask "] {
        for rest in text.split(command).skip(1) {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || "-_".contains(c)));
            let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
            let known = match command {
                "cargo xtask " => word == "--help" || TASKS.contains(&word),
                _ => packages.contains(word) || word.chars().all(|c| c.is_ascii_uppercase()),
            };
            if !known && !word.is_empty() {
                problems.push(format!("{file}: `{command}{word}` does not exist"));
            }
        }
    }
}

fn lookup<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, key| value.get(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_versions_in_commands_and_manifests() {
        assert_eq!(image_tag("docker run online-contact-gateway:0.1.0 -d"), Some("0.1.0"));
        assert_eq!(image_tag("image: x/online-contact-envoy:0.1.0"), Some("0.1.0"));
        assert_eq!(image_tag("online-contact-keys: the secret"), None);
        assert_eq!(dependency_version(r#"online-contact-actix = "0.1""#), Some("0.1"));
        let table = r#"online-contact = { version = "0.2", features = ["axum"] }"#;
        assert_eq!(dependency_version(table), Some("0.2"));
        assert_eq!(dependency_version(r#"online-contact = { path = "x" }"#), None);
        assert_eq!(dependency_version(r#"tokio = "1""#), None);
    }
}
