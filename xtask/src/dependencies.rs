use std::path::{Path, PathBuf};

use cargo_metadata::{Dependency, DependencyKind, Package};

use crate::{
    config::allows_in,
    context::{Context, folder},
    problem::{Findings, Outcome},
    shell,
};

/// Finds dependencies whose names no code of the package says: those for all in `src` (or where the
/// package has its targets), those for tests anywhere.
pub(crate) fn run(context: &Context) -> Outcome {
    let files = context.files()?;
    let mut findings = Findings::default();
    for package in context.members() {
        let code = code(context, package, &files)?;
        for dependency in &package.dependencies {
            let allowed =
                allows_in(&context.config.unused_dependencies, &package.name, &dependency.name);
            if !allowed && !code.iter().any(|file| uses(file, dependency)) {
                findings.add(format!("{} does not use {}", package.name, dependency.name));
            }
        }
    }
    findings.verdict()
}

struct Source {
    of_tests: bool,
    of_build: bool,
    text: String,
}

fn code(context: &Context, package: &Package, files: &[String]) -> Outcome<Vec<Source>> {
    let mut code = Vec::new();
    for file in files.iter().filter(|file| file.ends_with(".rs")) {
        let path = context.root.join(file);
        let Ok(inner) = path.strip_prefix(folder(package)) else { continue };
        let of_tests = ["tests", "benches", "examples"].iter().any(|dir| inner.starts_with(dir))
            && package.targets.iter().all(|target| {
                !target.is_lib() && !target.is_bin() || target.src_path.as_std_path() != path
            });
        let of_build = inner == Path::new("build.rs");
        let mut text = shell::read(&path)?;
        for shared in elsewhere(&path, &text) {
            text.push_str(&shell::read(&shared)?);
        }
        code.push(Source { of_tests, of_build, text });
    }
    Ok(code)
}

/// The modules of this file that lie outside of the package, as tests share them.
fn elsewhere(path: &Path, text: &str) -> Vec<PathBuf> {
    let names = text.split("#[path = \"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0));
    let folder = path.parent().unwrap_or(path);
    names.map(|name| folder.join(name)).filter(|path| path.is_file()).collect()
}

fn uses(source: &Source, dependency: &Dependency) -> bool {
    let in_reach = match dependency.kind {
        DependencyKind::Normal => !source.of_tests && !source.of_build,
        DependencyKind::Build => source.of_build,
        _ => true,
    };
    let name = dependency.rename.as_ref().unwrap_or(&dependency.name).replace('-', "_");
    in_reach && says(&source.text, &name)
}

/// Whether the text takes something out of the crate: `name::…` or `use name`. Comments count where
/// they are documentation, for its examples are tests.
fn says(text: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut code = text.lines().filter(|line| !line.trim_start().starts_with("// "));
    code.any(|line| {
        line.match_indices(name).any(|(at, _)| {
            let before = line.get(..at).unwrap_or_default();
            let after = line.get(at + name.len()..).unwrap_or_default();
            let alone = !before.ends_with(is_word) && !after.starts_with(is_word);
            alone && (after.starts_with("::") || before.ends_with("use "))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_used_by_its_own_name_in_a_path() {
        assert!(says("let uri: http::Uri;", "http"));
        assert!(says("/// ```\n/// use http;", "http"));
        assert!(!says("/// speaks http", "http"));
        assert!(!says("use http_body::Body;", "http"));
        assert!(!says("    // http::Request is not used", "http"));
    }
}
