use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use cargo_metadata::Package;

use crate::{
    context::{Context, folder},
    problem::{Findings, Outcome},
    rustdoc, shell,
};

/// The version of rustdoc's JSON that `public-api` 0.52 reads, which Rust 1.95 writes.
const FORMAT: &str = "57";

/// Set where this check must not be skipped.
const REQUIRE: &str = "XTASK_REQUIRE_PUBLIC_API";

/// Compares the public API of each published library with the listing that is committed.
pub(crate) fn run(context: &Context, bless: bool) -> Outcome {
    let mut findings = Findings::default();
    for package in rustdoc::libraries(context) {
        let json = rustdoc::json(context, package)?;
        if let Some(reason) = unreadable(&json)? {
            if bless || std::env::var_os(REQUIRE).is_some() {
                return Err(reason.into());
            }
            println!("skipped: {reason}");
            return Ok(());
        }
        let found = listing(&json)?;
        if bless {
            shell::write(&file(package), &found)?;
        } else {
            findings.take(compare(context, package, &found));
        }
    }
    findings.verdict()
}

/// Where the listing of a package is committed.
pub(crate) fn file(package: &Package) -> PathBuf {
    folder(package).join("public-api.txt")
}

/// Rustdoc's JSON has a version of its own, which each few Rust versions raise.
fn unreadable(json: &Path) -> Outcome<Option<String>> {
    let text = shell::read(json)?;
    let digits = text.rsplit_once("\"format_version\":").map_or("", |(_, rest)| rest);
    let version = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    Ok((version != FORMAT).then(|| {
        format!(
            "this Rust writes rustdoc JSON {version:?}, and {FORMAT} (Rust 1.95) is what is read"
        )
    }))
}

fn listing(json: &Path) -> Outcome<String> {
    let api = public_api::Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()
        .map_err(|error| format!("{}: {error}", json.display()))?;
    Ok(api.items().map(|item| format!("{item}\n")).collect())
}

fn compare(context: &Context, package: &Package, found: &str) -> Outcome {
    let file = file(package);
    let committed = shell::read(&file)?;
    if committed == found {
        return Ok(());
    }
    let (old, new): (BTreeSet<_>, BTreeSet<_>) =
        (committed.lines().collect(), found.lines().collect());
    let gone = old.difference(&new).map(|line| format!("- {line}\n"));
    let come = new.difference(&old).map(|line| format!("+ {line}\n"));
    let lines: String = gone.chain(come).collect();
    let file = context.relative(&file).display();
    Err(format!(
        "{file} differs from the code; is it meant? `cargo xtask public-api --bless`\n{lines}"
    )
    .into())
}
