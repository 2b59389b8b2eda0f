//! What can be typed, and who answers.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::context::Context;
use crate::lang::Lang;
use crate::outcome::{Outcome, Problem};
use crate::{console, doctor, explain, generate, help, send, sign};

const EXAMPLES: &str = "\
Examples:
  online-contact sign --field callNum=1 --format curl --uri https://crm.example.com/customer | sh
  online-contact send https://crm.example.com/customer --field callNum=1
  online-contact explain --request captured.txt --key-file keys
  online-contact doctor http://127.0.0.1:8080/customer --field callNum=1
  online-contact console --key-file keys --open

Exit status:
  0  good
  1  a finding: something is wrong with what was looked at, and the answer says what
  2  it could not run";

/// Signs, sends, explains and examines requests of NHN Cloud Online Contact.
///
/// The security key comes from --key-file, from the environment variable `OC_SECURITY_KEY`, or from a
/// prompt, in this order; it is never an argument and never printed.
#[derive(Debug, Parser)]
#[command(name = "online-contact", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    /// Answer in JSON, for machines
    #[arg(long, global = true, action = ArgAction::SetTrue, help_heading = "Answer")]
    json: bool,
    /// Language of the answer; the locale's without it
    #[arg(long, global = true, value_enum, help_heading = "Answer")]
    lang: Option<Lang>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sign a body and print the headers
    Sign(sign::Args),
    /// Sign a body, post it, and show what the agent would see
    Send(send::Args),
    /// Say why a captured request passes or not, and which mistake made its signature
    Explain(explain::Args),
    /// Examine a live endpoint with some fifty probes
    Doctor(doctor::Args),
    /// Open the agent's panel in a local web page
    Console(console::Args),
    /// Print the completions for a shell
    Completions(generate::CompletionArgs),
    /// Print the manual page, or write those of all subcommands
    Man(generate::ManArgs),
}

/// Runs the command that the process was called with.
///
/// 0 means good, 1 a finding, 2 that it could not run.
#[must_use]
pub fn main() -> ExitCode {
    run(std::env::args_os())
}

/// Runs a command inside of this process, for tests of servers: the first argument is the name of the
/// program, the others are those of its command line. Not to be called from asynchronous code.
///
/// 0 means good, 1 a finding, 2 that it could not run.
///
/// ```
/// use std::process::ExitCode;
///
/// let code = online_contact_cli::run(["online-contact", "doctor", "--list"]);
/// assert_eq!(code, ExitCode::SUCCESS);
/// ```
#[must_use]
pub fn run<A: Into<OsString> + Clone>(args: impl IntoIterator<Item = A>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    let lang = asked_for(&args).unwrap_or_else(Lang::of_the_locale);
    let mut command = help::of(command(), lang);
    let matches = command.try_get_matches_from_mut(args);
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            help::tell(&error, lang);
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    let context = Context::new(cli.lang.unwrap_or(lang), cli.json);
    match dispatch(cli.command, &context) {
        Ok(outcome) => outcome.exit_code(),
        Err(problem) => {
            context.report(&problem);
            ExitCode::from(2)
        }
    }
}

/// All that can be typed, in English.
pub(crate) fn command() -> clap::Command {
    Cli::command()
}

/// The language in which a wrong use is told: what `--lang` says, if there is one that can be read.
fn asked_for(args: &[OsString]) -> Option<Lang> {
    let mut args = args.iter().filter_map(|arg| arg.to_str()).take_while(|arg| *arg != "--");
    let asked = args.find_map(|arg| arg.strip_prefix("--lang"))?;
    let name = asked.strip_prefix('=').or_else(|| args.next().filter(|_| asked.is_empty()))?;
    Lang::from_str(name, false).ok()
}

fn dispatch(asked: Command, context: &Context) -> Result<Outcome, Problem> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| {
            Problem::new(context.lang.pick("no runtime", "실행 환경을 만들 수 없습니다"))
                .source(error)
        })?;
    runtime.block_on(async {
        match asked {
            Command::Sign(args) => sign::run(args, context).await,
            Command::Send(args) => send::run(args, context).await,
            Command::Explain(args) => explain::run(args, context).await,
            Command::Doctor(args) => doctor::run(args, context).await,
            Command::Console(args) => console::run(args, context).await,
            Command::Completions(args) => generate::completions(&args, &mut command(), context),
            Command::Man(args) => generate::man(&args, &command(), context),
        }
    })
}
