//! The command line: its options, its subcommands, and their dispatch.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::context::{Context, Outcome, Problem};
use crate::lang::Lang;
use crate::settings::{Misuse, Settings};
use crate::{console, doctor, explain, generate, help, listen, send, sign};

const EXAMPLES: &str = "\
Examples:
  online-contact sign --field callNum=1 --format curl --uri https://crm.example.com/customer | sh
  online-contact send https://crm.example.com/customer --field callNum=1
  online-contact explain --request captured.txt --key-file keys
  online-contact doctor http://127.0.0.1:8080/customer --field callNum=1
  online-contact listen --key-file keys --forward http://127.0.0.1:8080
  online-contact console --key-file keys --open

Settings file (TOML), for --config or OC_CONFIG:
  url = \"https://crm.example.com/customer\"
  key-file = \"keys\"
  [doctor]
  body-limit = 65536

Exit status:
  0  no problem found
  1  problems found, listed in the output
  2  the command could not run";

/// Signs, sends, explains and examines requests of NHN Cloud Online Contact.
///
/// The security key is read from --key-file, from the environment variable `OC_SECURITY_KEY`, or from a
/// prompt, in this order. It is never an argument and never printed.
#[derive(Debug, Parser)]
#[command(name = "online-contact", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    /// Print JSON for programs
    #[arg(long, global = true, action = ArgAction::SetTrue, help_heading = "Output")]
    json: bool,
    /// Language of the output [default: that of the locale]
    #[arg(long, global = true, value_enum, help_heading = "Output")]
    lang: Option<Lang>,
    /// Settings file with values for the options of all subcommands [env: `OC_CONFIG`]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Settings")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sign a body and print the headers
    Sign(sign::Args),
    /// Sign a body, send it, and show what the agent would see
    Send(send::Args),
    /// Explain why a captured request is accepted or rejected
    Explain(explain::Args),
    /// Examine a live endpoint and report its faults
    Doctor(doctor::Args),
    /// Receive requests through a tunnel, judge them, and pass them on to a server
    Listen(listen::Args),
    /// Open the agent's panel in a local web page
    Console(console::Args),
    /// Print the completions for a shell
    Completions(generate::CompletionArgs),
    /// Print the manual page, or write those of all subcommands
    Man(generate::ManArgs),
}

/// Runs the command that the process was called with.
///
/// The exit status is 0 if no problem was found, 1 if problems were found, and 2 if the command could not
/// run.
#[must_use]
pub fn main() -> ExitCode {
    run(std::env::args_os())
}

/// Runs a command in this process, for tests of servers.
///
/// The first argument is the name of the program. Must not be called from asynchronous code. The exit
/// status is 0 if no problem was found, 1 if problems were found, and 2 if the command could not run.
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
    let asked = value_of("--lang", &args).and_then(Lang::named);
    let json = before_separator(&args).any(|arg| arg == "--json");
    let lang = asked.unwrap_or_else(Lang::of_the_locale);
    let settings = match Settings::load(value_of("--config", &args)) {
        Ok(settings) => settings,
        Err(problem) => return fail(&problem, &Context::new(lang, json)),
    };
    let lang = asked.or(settings.lang()).unwrap_or(lang);
    let parsed = settings
        .parse(&help::of(command(), lang), &args)
        .and_then(|matches| Cli::from_arg_matches(&matches).map_err(Misuse::CommandLine));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(Misuse::Settings(problem)) => return fail(&problem, &Context::new(lang, json)),
        Err(Misuse::CommandLine(error)) if json && error.kind() == ErrorKind::DisplayVersion => {
            return print_version(&Context::new(lang, json));
        }
        Err(Misuse::CommandLine(error)) => {
            // A closed stream cannot be reported.
            let _ = error.print();
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    let context = Context::new(cli.lang.unwrap_or(lang), cli.json);
    match dispatch(cli.command, &context) {
        Ok(outcome) => outcome.exit_code(),
        Err(problem) => fail(&problem, &context),
    }
}

/// All options and subcommands, in English.
pub(crate) fn command() -> clap::Command {
    Cli::command()
}

/// The value of an option that is needed before the command line is parsed.
fn value_of<'a>(option: &str, args: &'a [OsString]) -> Option<&'a str> {
    let mut args = before_separator(args);
    let rest = args.find_map(|arg| {
        arg.strip_prefix(option).filter(|it| it.is_empty() || it.starts_with('='))
    })?;
    rest.strip_prefix('=').or_else(|| args.next())
}

fn before_separator(args: &[OsString]) -> impl Iterator<Item = &str> {
    args.iter().filter_map(|arg| arg.to_str()).take_while(|arg| *arg != "--")
}

fn fail(problem: &Problem, context: &Context) -> ExitCode {
    context.report(problem);
    ExitCode::from(2)
}

fn print_version(context: &Context) -> ExitCode {
    let version = serde_json::json!({
        "name": "online-contact",
        "version": env!("CARGO_PKG_VERSION"),
    });
    match context.print_json(&version) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => fail(&problem, context),
    }
}

fn dispatch(command: Command, context: &Context) -> Result<Outcome, Problem> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| {
            Problem::new("cannot start the runtime", "실행 환경을 시작할 수 없습니다").source(error)
        })?;
    runtime.block_on(async {
        match command {
            Command::Sign(args) => sign::run(args, context).await,
            Command::Send(args) => send::run(args, context).await,
            Command::Explain(args) => explain::run(args, context).await,
            Command::Doctor(args) => doctor::run(args, context).await,
            Command::Listen(args) => listen::run(args, context).await,
            Command::Console(args) => console::run(args, context).await,
            Command::Completions(args) => {
                generate::completions(&args, &mut self::command(), context)
            }
            Command::Man(args) => generate::man(&args, &self::command(), context),
        }
    })
}
