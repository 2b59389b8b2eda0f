//! The settings file: default values for the options of all subcommands.
//!
//! A setting is named after its option: `key-file = "keys"`. At the top of the file it applies to every
//! subcommand that has the option; in a table such as `[doctor]`, to that subcommand only.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::OsStr;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, Error, ValueHint};
use toml::{Table, Value};

use crate::context::Problem;
use crate::lang::{Lang, Words};
use crate::{input, key};

/// The environment variable that names the file where `--config` is not given.
const VARIABLE: &str = "OC_CONFIG";

/// The settings of one file.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    path: PathBuf,
    table: Table,
}

/// The reason why a command line cannot be run.
pub(crate) enum Misuse {
    CommandLine(Error),
    Settings(Problem),
}

impl From<Error> for Misuse {
    fn from(error: Error) -> Self {
        Self::CommandLine(error)
    }
}

impl Settings {
    /// Reads the file of `--config`, or else that of `OC_CONFIG`. Without both there are no settings.
    pub(crate) fn load(option: Option<&str>) -> Result<Self, Problem> {
        let path = option.map(OsString::from).or_else(|| env::var_os(VARIABLE));
        let Some(path) = path.filter(|path| !path.is_empty()).map(PathBuf::from) else {
            return Ok(Self::default());
        };
        let bytes = input::read(&path, &Words::fixed("the settings file", "설정 파일"))?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|error| invalid(&path, "not UTF-8", "UTF-8이 아닙니다").source(error))?;
        match text.parse::<Table>() {
            Ok(table) => Ok(Self { path, table }),
            Err(error) => {
                let start = error.span().map_or(0, |span| span.start);
                let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
                // The error's own text would quote the line, which may hold a key.
                let message = error.message();
                let en = format!("line {line}: {message}");
                let ko = format!("{line}번째 줄: {message}");
                Err(invalid(&path, &en, &ko))
            }
        }
    }

    /// The language, where the file sets one.
    pub(crate) fn lang(&self) -> Option<Lang> {
        self.table.get("lang")?.as_str().and_then(Lang::named)
    }

    /// Parses a command line. An option of the command line wins over the settings, and so it does over
    /// a setting that it conflicts with.
    pub(crate) fn parse(&self, command: &Command, args: &[OsString]) -> Result<ArgMatches, Misuse> {
        self.check_names(command).map_err(Misuse::Settings)?;
        let mut with_all = self.apply(command, &[]);
        let matches = match with_all.try_get_matches_from_mut(args) {
            Ok(matches) => matches,
            Err(error) => return Err(self.blame(command, error, args)),
        };
        let replaced = replaced(&with_all, &matches);
        if replaced.is_empty() {
            return Ok(matches);
        }
        Ok(self.apply(command, &replaced).try_get_matches_from(args)?)
    }

    /// Returns the command with the settings as default values, except those of these arguments.
    fn apply(&self, command: &Command, except: &[String]) -> Command {
        let within = |command: Command, table: &Table| {
            // `mut_arg` would move the argument, which a built command does not expect.
            command.mut_args(|arg| match name_of(&arg).and_then(|name| table.get_key_value(name)) {
                Some((name, value)) if !value.is_table() && !self.is_overridden(name) => {
                    let is_excepted = except.iter().any(|id| arg.get_id() == id);
                    if is_excepted { arg } else { self.with_default(arg, value) }
                }
                _ => arg,
            })
        };
        within(command.clone(), &self.table).mut_subcommands(|subcommand| {
            let own = self.table.get(subcommand.get_name()).and_then(Value::as_table);
            let subcommand = within(subcommand, &self.table);
            own.map_or(subcommand.clone(), |table| within(subcommand, table))
        })
    }

    /// The environment wins over the file.
    fn is_overridden(&self, name: &str) -> bool {
        name == "key-file" && env::var_os(key::VARIABLE).is_some()
    }

    fn with_default(&self, arg: Arg, value: &Value) -> Arg {
        let is_path = matches!(
            arg.get_value_hint(),
            ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath
        );
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        let values = values.iter().map(text_of).map(|text| {
            // A path is relative to the file that names it.
            let beside = self.path.parent().unwrap_or(Path::new(""));
            let path = if is_path && text != "-" { beside.join(text) } else { text.into() };
            OsStr::from(path.into_os_string())
        });
        arg.required(false).default_values(values.collect::<Vec<_>>())
    }

    /// Returns an error for the first name that is not an option.
    fn check_names(&self, command: &Command) -> Result<(), Problem> {
        for (name, value) in &self.table {
            let own = command.find_subcommand(name).filter(|_| value.is_table());
            let unknown = match (own, value.as_table()) {
                (Some(subcommand), Some(table)) => {
                    let mut names = table.keys().filter(|name| !has(subcommand, name));
                    names.next().map(|option| format!("{name}.{option}"))
                }
                _ => {
                    let mut commands = std::iter::once(command).chain(command.get_subcommands());
                    let known = commands.any(|command| has(command, name));
                    (!known || value.is_table()).then(|| name.clone())
                }
            };
            if let Some(unknown) = unknown {
                let en = format!(
                    "unknown setting {unknown}: expected the name of an option without the dashes"
                );
                let ko = format!("{unknown} 설정이 없습니다. 옵션의 이름을 --없이 적으십시오");
                return Err(invalid(&self.path, &en, &ko));
            }
        }
        Ok(())
    }

    /// Returns the error of the settings if they are wrong by themselves, or else that of the command
    /// line.
    fn blame(&self, command: &Command, error: Error, args: &[OsString]) -> Misuse {
        let is_value = |error: &Error| {
            matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation)
        };
        if self.table.is_empty() || !is_value(&error) {
            return Misuse::CommandLine(error);
        }
        let mut names = command.get_subcommands().map(Command::get_name);
        let subcommand = names.find(|name| args.iter().any(|arg| arg == name));
        let bare = std::iter::once(command.get_name()).chain(subcommand);
        match self.apply(command, &[]).try_get_matches_from(bare) {
            Err(own) if is_value(&own) => {
                let text = own.to_string();
                let text = text.lines().next().unwrap_or_default();
                let text = text.strip_prefix("error: ").unwrap_or(text);
                Misuse::Settings(invalid(&self.path, text, text))
            }
            _ => Misuse::CommandLine(error),
        }
    }
}

/// The setting of an argument: the long name of an option, or the name of a positional argument.
fn name_of(arg: &Arg) -> Option<&str> {
    let name = match arg.get_long() {
        Some(long) => long,
        None => Some(arg.get_id().as_str()).filter(|_| arg.is_positional())?,
    };
    (!matches!(name, "help" | "version" | "config")).then_some(name)
}

fn has(command: &Command, name: &str) -> bool {
    command.get_arguments().any(|arg| name_of(arg) == Some(name))
}

/// The arguments that have a value from the settings and conflict with one on the command line.
fn replaced(command: &Command, matches: &ArgMatches) -> Vec<String> {
    let Some((name, matches)) = matches.subcommand() else { return Vec::new() };
    let Some(subcommand) = command.find_subcommand(name) else { return Vec::new() };
    let has_source = |arg: &Arg, source| {
        let id = arg.get_id().as_str();
        matches.ids().any(|other| other == id) && matches.value_source(id) == Some(source)
    };
    let typed = subcommand.get_arguments().filter(|arg| has_source(arg, ValueSource::CommandLine));
    let conflicting = typed.flat_map(|arg| {
        let conflicts_with_it = subcommand
            .get_arguments()
            .filter(move |other| subcommand.get_arg_conflicts_with(other).contains(&arg));
        subcommand.get_arg_conflicts_with(arg).into_iter().chain(conflicts_with_it)
    });
    conflicting
        .filter(|arg| has_source(arg, ValueSource::DefaultValue))
        .map(|arg| arg.get_id().to_string())
        .collect()
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn invalid(path: &Path, en: &str, ko: &str) -> Problem {
    let shown = path.display();
    Problem::new(format!("settings file {shown}: {en}"), format!("설정 파일 {shown}: {ko}"))
}
