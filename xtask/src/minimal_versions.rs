use std::path::Path;

use cargo_metadata::Package;
use toml::Value;

use crate::{
    context::{Context, folder},
    manifest,
    problem::Outcome,
    shell,
};

/// Checks the published packages against the oldest direct dependencies that they allow, in a copy
/// of the workspace: tests and tools have needs of their own.
pub(crate) fn run(context: &Context) -> Outcome {
    let copy = context.target.join("minimal-versions");
    if copy.exists() {
        std::fs::remove_dir_all(&copy).map_err(|error| format!("{}: {error}", copy.display()))?;
    }
    copy_workspace(context, &copy)?;
    let mut update = shell::cargo(&["update", "-Z", "direct-minimal-versions"]);
    // Cargo makes this choice only when told that it may be unstable.
    shell::run(update.current_dir(&copy).env("RUSTC_BOOTSTRAP", "1"))?;
    let mut check =
        shell::cargo(&["check", "--workspace", "--all-features", "--locked", "--keep-going"]);
    shell::run(check.current_dir(&copy).env("CARGO_TARGET_DIR", &context.target))
}

fn copy_workspace(context: &Context, copy: &Path) -> Outcome {
    let members: Vec<Value> = context
        .published()
        .iter()
        .map(|package| Value::from(context.relative(folder(package)).to_string_lossy().as_ref()))
        .collect();
    let mut root = manifest::read(&context.root.join("Cargo.toml"))?;
    if let Some(Value::Table(workspace)) = root.get_mut("workspace") {
        workspace.insert("members".into(), Value::Array(members));
    }
    shell::write(&copy.join("Cargo.toml"), &root.to_string())?;
    for package in context.published() {
        copy_package(context, package, copy)?;
    }
    Ok(())
}

fn copy_package(context: &Context, package: &Package, copy: &Path) -> Outcome {
    let from = folder(package);
    let to = copy.join(context.relative(from));
    let mut manifest = manifest::read(&from.join("Cargo.toml"))?;
    manifest.remove("dev-dependencies");
    shell::write(&to.join("Cargo.toml"), &manifest.to_string())?;
    for file in context.files()? {
        let path = context.root.join(&file);
        let Ok(inner) = path.strip_prefix(from) else { continue };
        if inner != Path::new("Cargo.toml") && !inner.starts_with("tests") {
            copy_file(&path, &to.join(inner))?;
        }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> Outcome {
    let folder = to.parent().map_or(Ok(()), std::fs::create_dir_all);
    folder
        .and_then(|()| std::fs::copy(from, to))
        .map_err(|error| format!("{} can't be copied: {error}", from.display()))?;
    Ok(())
}
