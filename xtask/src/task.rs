use std::time::Instant;

use crate::{
    context::Context,
    deny, dependencies, deploy, external_types, features, links, minimal_versions, package,
    problem::{Findings, Outcome},
    public_api, semver, tidy, typos,
};

pub(crate) struct Task {
    pub(crate) name: &'static str,
    about: &'static str,
    pub(crate) run: fn(&Context) -> Outcome,
}

/// In the order in which `all` runs them: what is done in a moment comes first.
pub(crate) const TASKS: &[Task] = &[
    Task { name: "tidy", about: "versions, lints, sizes, words, commands", run: tidy::run },
    Task { name: "links", about: "relative links and anchors lead somewhere", run: links::run },
    Task {
        name: "unused-dependencies",
        about: "each dependency is named in the code",
        run: dependencies::run,
    },
    Task { name: "deny", about: "licences, duplicates and sources, by deny.toml", run: deny::run },
    Task { name: "typos", about: "spelling, by _typos.toml", run: typos::run },
    Task { name: "deploy", about: "the linter of deploy/", run: deploy::run },
    Task {
        name: "package",
        about: "what goes to crates.io; --verify builds it",
        run: package::run,
    },
    Task { name: "semver", about: "no breaking change since the last tag", run: semver::run },
    Task { name: "features", about: "each feature alone, none, and all", run: features::run },
    Task {
        name: "public-api",
        about: "crates/*/public-api.txt is true; --bless rewrites it",
        run: public_api::run,
    },
    Task {
        name: "external-types",
        about: "public-api.txt names only allowed crates",
        run: external_types::run,
    },
    Task {
        name: "minimal-versions",
        about: "the oldest dependencies that Cargo.toml allows",
        run: minimal_versions::run,
    },
];

pub(crate) fn list() {
    for task in TASKS {
        println!("{:20} {}", task.name, task.about);
    }
}

/// Runs every task, also behind one that fails.
pub(crate) fn run_all(context: &Context) -> Outcome {
    let mut findings = Findings::default();
    for task in TASKS {
        println!("\n-- {}", task.name);
        let started = Instant::now();
        if let Err(problem) = (task.run)(context) {
            println!("{problem}");
            findings.add(format!("{} failed", task.name));
        }
        println!("({:.1} s)", started.elapsed().as_secs_f32());
    }
    println!();
    findings.verdict()
}
