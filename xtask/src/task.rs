use std::time::Instant;

use clap::{CommandFactory, Parser, Subcommand};

use crate::{
    context::Context,
    deny, dependencies, deploy, external_types, features, links, minimal_versions, package,
    problem::{Findings, Outcome},
    public_api, semver, tidy, typos,
};

/// The checks of the project itself
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) task: Task,
}

/// In the order in which `all` runs them: what is done in a moment comes first.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Every task below, also behind one that fails
    All,
    /// Versions, licences, lints, sizes, commands
    Tidy,
    /// Relative links and anchors lead somewhere
    Links,
    /// Each dependency is named in the code
    UnusedDependencies,
    /// Licences, duplicates and sources, by deny.toml
    Deny,
    /// Spelling, by _typos.toml
    Typos,
    /// The linter of deploy/
    Deploy,
    /// What goes to crates.io
    Package {
        /// Build each package from what it holds
        #[arg(long)]
        verify: bool,
    },
    /// No breaking change since the last tag
    Semver,
    /// Clippy with each feature alone, none, and all
    Features,
    /// crates/*/public-api.txt is true, and the documentation of docs.rs builds
    PublicApi {
        /// Write down what is found as what is expected
        #[arg(long)]
        bless: bool,
    },
    /// public-api.txt names only allowed crates
    ExternalTypes,
    /// The oldest dependencies that Cargo.toml allows
    MinimalVersions,
}

impl Task {
    pub(crate) fn run(&self, context: &Context) -> Outcome {
        match *self {
            Self::All => run_all(context),
            Self::Tidy => tidy::run(context),
            Self::Links => links::run(context),
            Self::UnusedDependencies => dependencies::run(context),
            Self::Deny => deny::run(context),
            Self::Typos => typos::run(context),
            Self::Deploy => deploy::run(context),
            Self::Package { verify } => package::run(context, verify),
            Self::Semver => semver::run(context),
            Self::Features => features::run(context),
            Self::PublicApi { bless } => public_api::run(context, bless),
            Self::ExternalTypes => external_types::run(context),
            Self::MinimalVersions => minimal_versions::run(context),
        }
    }
}

/// The names of all tasks, as they are typed.
pub(crate) fn names() -> Vec<String> {
    Args::command().get_subcommands().map(|task| task.get_name().to_owned()).collect()
}

fn run_all(context: &Context) -> Outcome {
    let mut findings = Findings::default();
    for name in names().iter().filter(|name| *name != "all") {
        println!("\n-- {name}");
        let started = Instant::now();
        // Without options, as somebody would type it.
        let args = Args::try_parse_from(["xtask", name]).map_err(|error| error.to_string())?;
        if let Err(problem) = args.task.run(context) {
            println!("{problem}");
            findings.add(format!("{name} failed"));
        }
        println!("({:.1} s)", started.elapsed().as_secs_f32());
    }
    println!();
    findings.verdict()
}
