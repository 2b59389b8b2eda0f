//! The manual pages, from the source of `--help`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Command;
use clap_mangen::Man;
use serde_json::json;

use crate::context::Context;
use crate::outcome::{Outcome, Problem};

const EXAMPLES: &str = "\
Examples:
  online-contact man | man -l -
  online-contact man --out ~/.local/share/man/man1";

/// The options of `man`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Directory for the pages of all subcommands; created if it does not exist
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// One manual page.
struct Page {
    file: String,
    roff: String,
}

pub(crate) fn run(args: &Args, command: &Command, cx: &Context) -> Result<Outcome, Problem> {
    let pages = pages(command).map_err(|error| {
        Problem::new(cx.lang.pick("cannot create the manual pages", "매뉴얼을 만들 수 없습니다"))
            .source(error)
    })?;
    if let Some(dir) = &args.out {
        write(dir, &pages).map_err(|error| {
            let shown = dir.display();
            let en = format!("cannot write the manual pages to {shown}");
            let ko = format!("{shown}에 매뉴얼을 쓸 수 없습니다");
            Problem::new(cx.lang.pick(en, ko)).source(error)
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
