//! `online-contact completions` and `online-contact man`, for packagers.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;
use serde_json::json;

use crate::context::{Context, Outcome, Problem};

const COMPLETION_EXAMPLES: &str = "\
Examples:
  online-contact completions bash >~/.local/share/bash-completion/completions/online-contact
  online-contact completions zsh >~/.zfunc/_online-contact
  online-contact completions fish >~/.config/fish/completions/online-contact.fish";

/// The options of `completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = COMPLETION_EXAMPLES)]
pub(crate) struct CompletionArgs {
    /// Shell of the script
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn completions(
    args: &CompletionArgs,
    command: &mut Command,
    cx: &Context,
) -> Result<Outcome, Problem> {
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

const MAN_EXAMPLES: &str = "\
Examples:
  online-contact man | man -l -
  online-contact man --out ~/.local/share/man/man1";

/// The options of `man`.
#[derive(Debug, clap::Args)]
#[command(after_help = MAN_EXAMPLES)]
pub(crate) struct ManArgs {
    /// Directory for the pages of all subcommands; created if it does not exist
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// One manual page.
struct Page {
    file: String,
    roff: String,
}

pub(crate) fn man(args: &ManArgs, command: &Command, cx: &Context) -> Result<Outcome, Problem> {
    let pages = pages(command).map_err(|error| {
        Problem::new("cannot create the manual pages", "매뉴얼을 만들 수 없습니다").source(error)
    })?;
    if let Some(dir) = &args.out {
        write(dir, &pages).map_err(|error| {
            let shown = dir.display();
            let en = format!("cannot write the manual pages to {shown}");
            let ko = format!("{shown}에 매뉴얼을 쓸 수 없습니다");
            Problem::new(en, ko).source(error)
        })?;
    }
    match (cx.json, &args.out) {
        (true, Some(_)) => {
            let files = pages.iter().map(|page| &page.file).collect::<Vec<_>>();
            cx.print_json(&json!({ "written": files }))?;
        }
        (true, None) => {
            let page = |page: &Page| json!({ "file": page.file, "roff": page.roff });
            cx.print_json(&json!({ "pages": pages.iter().map(page).collect::<Vec<_>>() }))?;
        }
        (false, Some(_)) => {}
        (false, None) => cx.print_plain(pages.first().map_or("", |page| &page.roff))?,
    }
    Ok(Outcome::Good)
}

/// The page of the command, then those of its subcommands.
fn pages(command: &Command) -> io::Result<Vec<Page>> {
    let mut command = command.clone();
    command.build();
    let subcommands = command.get_subcommands().filter(|sub| sub.get_name() != "help");
    std::iter::once(&command).chain(subcommands).map(page).collect()
}

fn page(command: &Command) -> io::Result<Page> {
    let man = Man::new(command.clone());
    let mut roff = Vec::new();
    man.render(&mut roff)?;
    Ok(Page { file: man.get_filename(), roff: String::from_utf8_lossy(&roff).into_owned() })
}

fn write(dir: &Path, pages: &[Page]) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    pages.iter().try_for_each(|page| fs::write(dir.join(&page.file), &page.roff))
}
