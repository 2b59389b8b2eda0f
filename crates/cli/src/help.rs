//! `--help` in Korean.
//!
//! The English texts are the doc comments of the arguments; manual pages and completions use them.
//! [`korean`] is a table with the Korean ones. Clap's own error messages stay English.

mod korean;

use clap::{Arg, Command};

use crate::lang::Lang;

/// Clap's own template with "Usage" in Korean.
const TEMPLATE: &str =
    "{before-help}{about-with-newline}\n사용법: {usage}\n\n{all-args}{after-help}";

/// Returns the command with its help in a language.
pub(crate) fn of(mut command: Command, lang: Lang) -> Command {
    if lang == Lang::En {
        return command;
    }
    // Adds the global arguments and those of clap to each subcommand.
    command.build();
    in_korean(command)
}

fn in_korean(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let texts = korean::command(&name);
    let command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("명령")
        .subcommand_value_name("명령")
        .mut_args(|arg| translated(arg, &name))
        .mut_subcommands(in_korean);
    let Some(texts) = texts else { return command };
    let command = command.about(texts.about).after_help(texts.after);
    match texts.long_about {
        Some(long) => command.long_about(long),
        None => command,
    }
}

fn translated(arg: Arg, command: &str) -> Arg {
    let heading = match arg.get_help_heading() {
        Some(heading) => korean::heading(heading).unwrap_or_default(),
        None if arg.is_positional() => "인수",
        None => "옵션",
    };
    let Some(text) = korean::argument(command, arg.get_id().as_str()) else { return arg };
    let defaults: Vec<_> = arg.get_default_values().iter().map(|it| it.to_string_lossy()).collect();
    let help = if defaults.is_empty() || !arg.get_action().takes_values() {
        text.to_owned()
    } else {
        format!("{text} [기본값: {}]", defaults.join(", "))
    };
    // Clap's additions are in English; the texts name the values themselves.
    arg.help(help.clone())
        .long_help(help)
        .help_heading(heading)
        .hide_default_value(true)
        .hide_possible_values(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_korean(text: &str) -> bool {
        text.chars().any(|letter| ('가'..='힣').contains(&letter))
    }

    fn commands() -> Vec<Command> {
        let mut command = crate::args::command();
        command.build();
        let subcommands = command.get_subcommands().cloned().collect();
        [vec![command], subcommands].concat()
    }

    #[test]
    fn every_argument_of_every_subcommand_has_a_korean_text() {
        for command in commands() {
            let name = command.get_name();
            for argument in command.get_arguments() {
                let id = argument.get_id().as_str();
                assert!(korean::argument(name, id).is_some_and(is_korean), "{name}: {id}");
                let heading = argument.get_help_heading();
                assert!(
                    heading.is_none_or(|it| korean::heading(it).is_some_and(is_korean)),
                    "{heading:?}"
                );
            }
        }
    }

    #[test]
    fn every_subcommand_has_a_korean_text_with_the_same_examples() {
        for command in commands() {
            let name = command.get_name();
            let texts = korean::command(name);
            assert!(texts.as_ref().is_some_and(|texts| is_korean(texts.about)), "{name}");
            let korean = texts.map_or("", |texts| texts.after);
            let english = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let commands =
                english.lines().filter(|line| line.starts_with("  ") && line.contains("--"));
            for line in commands {
                assert!(korean.contains(line), "{name}: {line}");
            }
        }
    }

    /// All that people read of it.
    #[test]
    fn nothing_of_a_korean_help_is_english_prose() {
        for mut command in of(crate::args::command(), Lang::Ko).get_subcommands().cloned() {
            let help = command.render_long_help().to_string();
            for word in [" the ", "Options:", "Usage:", "default:", "possible values", "Print help"]
            {
                assert!(!help.contains(word), "{word}: {help}");
            }
        }
    }
}
