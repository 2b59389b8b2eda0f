//! The behavior that all subcommands share, through the built program.

mod generated;
mod help;
mod key;
mod output;
mod settings;
