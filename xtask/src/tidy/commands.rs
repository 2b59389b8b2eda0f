use std::collections::BTreeSet;

use crate::{
    context::Context,
    problem::{Findings, Outcome},
    shell, task,
};

/// What the pages tell people to type is what the gate runs, and exists.
pub(super) fn check(context: &Context, findings: &mut Findings) -> Outcome {
    let test = &context.config.test_command;
    for file in ["README.md", "CONTRIBUTING.md", ".ci/run"] {
        let text = shell::read(&context.root.join(file))?;
        let given = text.lines().filter_map(|line| line.split(" #").next());
        if !given.into_iter().any(|line| line.trim() == test) {
            findings.add(format!("{file} does not give the command `{test}`"));
        }
    }
    for file in context.files()?.iter().filter(|file| file.ends_with(".md")) {
        check_page(context, file, findings)?;
    }
    Ok(())
}

fn check_page(context: &Context, file: &str, findings: &mut Findings) -> Outcome {
    let text = shell::read(&context.root.join(file))?;
    let packages: BTreeSet<_> =
        context.members().into_iter().map(|package| package.name.as_str()).collect();
    for (command, package) in words_after(&text, &["cargo run -p ", "cargo test -p "]) {
        if !packages.contains(package) {
            findings.add(format!("{file}: {command}{package}: there is no such package"));
        }
    }
    let tasks = task::names();
    let typed = words_after(&text, &["cargo xtask "]).filter(|(_, task)| *task != "--help");
    for (_, task) in typed {
        if !tasks.iter().any(|known| known == task) {
            findings.add(format!("{file}: cargo xtask {task}: there is no such task"));
        }
    }
    Ok(())
}

fn words_after<'a>(
    text: &'a str,
    commands: &'a [&'a str],
) -> impl Iterator<Item = (&'a str, &'a str)> {
    commands.iter().flat_map(move |command| {
        let words = text.split(*command).skip(1);
        words.filter_map(move |rest| {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'));
            let word = rest.get(..end.unwrap_or(rest.len()))?;
            (!word.is_empty()).then_some((*command, word))
        })
    })
}
