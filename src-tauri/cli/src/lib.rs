//! The command `spool`: controls from a terminal the queue that the window shows, also while the window is open.
//!
//! A thin layer: each verb reads its arguments, calls the core and prints the result. An error is one plain line on
//! stderr; `spool --help` lists the exit codes.

mod add;
mod again;
mod args;
mod check;
mod checked;
mod commands;
mod context;
mod doctor;
mod edit;
mod guess;
mod kinds;
mod list;
mod presets;
mod probe;
mod run;
mod settings;
mod show;
mod status;
mod text;
mod watch;

use args::{Cli, PresetVerb, Verb};
use clap::{CommandFactory, Parser};
use context::{Answer, Context, Failed};
use spool_app::log;
use spool_core::error::{Error, message};
use spool_core::words as english;
use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Parses the arguments, runs the verb and returns the exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let words: Vec<OsString> = std::env::args_os().skip(1).collect();
            match guess::sentence(&error, &Cli::command(), &words) {
                Some(sentence) => return report(&Failed::Usage(sentence)),
                None => error.exit(),
            }
        }
    };
    match act(&cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failed) => report(&failed),
    }
}

fn act(cli: &Cli) -> Answer {
    if let Verb::Completions { shell } = cli.verb {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "spool", &mut script);
        std::io::stdout().write_all(&script)?;
        return Ok(true);
    }
    let context = Context::new(cli)?;
    log::start(&context.data, cli.verbose);
    match &cli.verb {
        Verb::Add(args) => add::add(&context, args),
        Verb::Run { workers, until_idle } => run::run(&context, *workers, *until_idle),
        Verb::Edit(args) => edit::edit(&context, args),
        Verb::Status => status::status(&context),
        Verb::Check(args) => check::check(&context, args),
        Verb::Again(args) => again::again(&context, args),
        Verb::List { state, limit, paths } => {
            list::list(&context, &list::ListRequest { kinds: state, limit: *limit, paths: *paths })
        }
        Verb::Show { ids, log } => show::show(&context, ids, *log),
        Verb::Watch { id, until_idle } => watch::watch(&context, *id, *until_idle),
        Verb::Presets { verb: Some(PresetVerb::Fields), .. } => presets::fields(&context),
        Verb::Presets { verb: Some(PresetVerb::Import { files }), .. } => presets::import(&context, files),
        Verb::Presets { verb: Some(PresetVerb::Export { id }), .. } => presets::export(&context, id),
        Verb::Presets { verb: Some(PresetVerb::Remove { ids }), .. } => presets::remove(&context, ids),
        Verb::Presets { full, verb: None } => presets::list(&context, *full),
        Verb::Settings { key, value } => settings::settings(&context, key.as_deref(), value.as_deref()),
        Verb::Probe(args) => probe::probe(&context, args),
        Verb::Doctor { restore: true } => doctor::restore(&context),
        Verb::Doctor { restore: false } => doctor::doctor(&context),
        verb => commands::run(&context, verb),
    }
}

fn report(failed: &Failed) -> ExitCode {
    let (code, message) = match failed {
        Failed::Output(cause) if cause.kind() == ErrorKind::BrokenPipe => return ExitCode::SUCCESS,
        Failed::Output(cause) => (1, format!("The output could not be written: {}.", message(cause))),
        Failed::Usage(sentence) => (2, sentence.clone()),
        Failed::Core(error @ Error::Held { .. }) => (3, error.to_string()),
        Failed::Core(Error::Tools(error)) => (4, format!("{error} {}", english::remedy(&error.remedy()))),
        Failed::Core(error) => (1, error.to_string()),
    };
    let _ = writeln!(std::io::stderr(), "spool: {}", text::line(&message));
    ExitCode::from(code)
}
