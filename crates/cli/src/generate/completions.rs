//! Completion scripts for shells.

use clap::Command;
use clap_complete::Shell;
use serde_json::json;

use crate::context::Context;
use crate::outcome::{Outcome, Problem};

const EXAMPLES: &str = "\
Examples:
  online-contact completions bash >~/.local/share/bash-completion/completions/online-contact
  online-contact completions zsh >~/.zfunc/_online-contact
  online-contact completions fish >~/.config/fish/completions/online-contact.fish";

/// The options of `completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Shell of the script
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(args: &Args, command: &mut Command, cx: &Context) -> Result<Outcome, Problem> {
    let name = command.get_name().to_owned();
    // Written to stdout directly, a closed pipe would panic.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, name, &mut script);
    let script = String::from_utf8_lossy(&script);
    if cx.json {
        cx.print_json(&json!({ "shell": args.shell.to_string(), "script": script }))?;
    } else {
        cx.print_plain(&script)?;
    }
    Ok(Outcome::Good)
}
