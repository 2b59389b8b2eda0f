//! A library as rustdoc describes it to programs.

use std::{
    path::PathBuf,
    process::{Command, ExitCode},
};

use cargo_metadata::{Package, TargetKind};

use crate::{context::Context, problem::Outcome, shell};

const STAND_IN: &str = "XTASK_STANDS_IN_FOR_RUSTDOC";

/// Rustdoc, allowed to write JSON on stable Rust, if that is what this process was started for. Cargo
/// itself must not see `RUSTC_BOOTSTRAP`: build scripts ask for it and would build all anew.
pub(crate) fn stand_in() -> Option<ExitCode> {
    std::env::var_os(STAND_IN)?;
    let mut rustdoc = Command::new("rustdoc");
    rustdoc.args(std::env::args_os().skip(1)).env("RUSTC_BOOTSTRAP", "1");
    let succeeded = rustdoc.status().is_ok_and(|status| status.success());
    Some(if succeeded { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The published packages that have a library for others.
pub(crate) fn libraries(context: &Context) -> Vec<&Package> {
    let published = context.published().into_iter();
    published.filter(|package| library(package).is_some() && !is_program(package)).collect()
}

/// Writes the JSON, of all features and as docs.rs would have it, and tells where.
pub(crate) fn json(context: &Context, package: &Package) -> Outcome<PathBuf> {
    let this = std::env::current_exe().map_err(|error| format!("who am I? {error}"))?;
    let mut cargo = shell::cargo(&["rustdoc", "--lib", "--all-features", "--locked"]);
    cargo.args(["-p", &package.name, "--", "--cfg", "docsrs", "-D", "warnings"]);
    cargo.args(["-Z", "unstable-options", "--output-format", "json"]);
    cargo.current_dir(&context.root).env("RUSTDOC", this).env(STAND_IN, "1");
    shell::run(&mut cargo)?;
    let name = library(package).unwrap_or_default();
    Ok(context.target.join("doc").join(format!("{name}.json")))
}

/// The name of the library as code writes it.
fn library(package: &Package) -> Option<String> {
    let target = package.targets.iter().find(|target| target.kind.contains(&TargetKind::Lib))?;
    Some(target.name.replace('-', "_"))
}

/// The library of a program is there for its own tests and promises nothing.
fn is_program(package: &Package) -> bool {
    package.targets.iter().any(|target| target.kind.contains(&TargetKind::Bin))
}
