mod markdown;

use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

use self::markdown::Page;
use crate::{
    context::Context,
    problem::{Findings, Outcome},
    shell,
};

/// Follows the relative links of all Markdown files. Those in doc comments are rustdoc's, but for
/// the pages that rustdoc never sees.
pub(crate) fn run(context: &Context) -> Outcome {
    let files = context.files()?;
    let mut pages = BTreeMap::new();
    for file in files.iter().filter(|file| is_markdown(Path::new(file))) {
        pages.insert(PathBuf::from(file), Page::parse(&shell::read(&context.root.join(file))?));
    }
    let mut findings = Findings::default();
    for (file, page) in &pages {
        for link in &page.links {
            if let Err(reason) = follow(&context.root, &pages, file, link) {
                findings.add(format!("{}: {link}: {reason}", file.display()));
            }
        }
    }
    let links: usize = pages.values().map(|page| page.links.len()).sum();
    println!("{links} links in {} pages", pages.len());
    findings.verdict()
}

fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}

fn follow(
    root: &Path,
    pages: &BTreeMap<PathBuf, Page>,
    from: &Path,
    link: &str,
) -> Result<(), &'static str> {
    if link.contains("://") || link.starts_with("mailto:") {
        return Ok(());
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, a)| (path, Some(a)));
    let target = if path.is_empty() {
        from.to_path_buf()
    } else {
        normal(&from.parent().unwrap_or(Path::new("")).join(path))
            .ok_or("leads out of the repository")?
    };
    if !root.join(&target).exists() {
        return Err("there is no such file");
    }
    let Some(anchor) = anchor else { return Ok(()) };
    match pages.get(&target) {
        Some(page) if !page.anchors.contains(anchor) => Err("there is no such heading"),
        _ => Ok(()),
    }
}

/// The path without `.` and `..`, if it stays inside.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => normal.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !normal.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(link: &str) -> Result<(), &'static str> {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.md"), "# One thing").expect("written");
        let page = Page::parse("# One thing");
        let pages = BTreeMap::from([(PathBuf::from("a.md"), page)]);
        follow(folder.path(), &pages, Path::new("docs/b.md"), link)
    }

    #[test]
    fn links_are_followed_to_the_heading() {
        assert_eq!(verdict("../a.md#one-thing"), Ok(()));
        assert_eq!(verdict("https://example.com/x.md"), Ok(()));
        assert_eq!(verdict("../a.md#other"), Err("there is no such heading"));
        assert_eq!(verdict("a.md"), Err("there is no such file"));
        assert_eq!(verdict("../../a.md"), Err("leads out of the repository"));
    }
}
