use cargo_metadata::Package;

use crate::{
    config::allows_in,
    context::Context,
    problem::{Findings, Outcome},
    shell,
};

const NEEDED: &[&str] = &["Cargo.toml", "README.md", "LICENSE-APACHE", "LICENSE-MIT"];
/// What cargo adds.
const ADDED: &[&str] = &["Cargo.lock", "Cargo.toml.orig", ".cargo_vcs_info.json"];

/// Makes the packages for crates.io, all together so that each finds the others, and looks into them.
pub(crate) fn run(context: &Context, verify: bool) -> Outcome {
    let published = context.published();
    let mut cargo = shell::cargo(&["package", "--allow-dirty", "--locked"]);
    if !verify {
        cargo.arg("--no-verify");
    }
    for package in &published {
        cargo.args(["-p", &package.name]);
    }
    shell::run(cargo.current_dir(&context.root))?;

    let mut findings = Findings::default();
    for package in published {
        let files = files(context, package)?;
        findings.take(look_into(context, package, &files));
        println!("{:22} {:3} files, {}", package.name, files.len(), size(context, package)?);
    }
    findings.verdict()
}

fn files(context: &Context, package: &Package) -> Outcome<Vec<String>> {
    let mut list = shell::cargo(&["package", "--list", "--allow-dirty", "-p", &package.name]);
    let listed = shell::output(list.current_dir(&context.root))?;
    Ok(listed.lines().map(|file| file.replace('\\', "/")).collect())
}

fn look_into(context: &Context, package: &Package, files: &[String]) -> Outcome {
    let mut findings = Findings::default();
    let name = package.name.as_str();
    for needed in NEEDED.iter().filter(|needed| !files.iter().any(|file| file == *needed)) {
        findings.add(format!("{name}: its package lacks {needed}"));
    }
    for file in files {
        let expected = file.starts_with("src/")
            || NEEDED.contains(&file.as_str())
            || ADDED.contains(&file.as_str())
            || allows_in(&context.config.packaged_files, name, file);
        if !expected {
            findings.add(format!("{name}: its package needs no {file}"));
        }
    }
    findings.verdict()
}

fn size(context: &Context, package: &Package) -> Outcome<String> {
    let name = format!("{}-{}.crate", package.name, package.version);
    let file = context.target.join("package").join(name);
    let found = std::fs::metadata(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(format!("{} kB", found.len().div_ceil(1000)))
}
