//! Meridian: a self-hosted workspace for teams that work without being online at the same time.
//! This is the command line; the product is in the crates below.

mod as_is;
mod backup;
mod config;
mod demo;
mod doctor;
mod import;
mod program;
mod progress;
mod restore;
mod say;
mod serve;
mod setup;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, Options};

/// A self-hosted workspace for teams that work without being online at the same time.
///
/// Every option can also be given by the environment (MERIDIAN_DATA, MERIDIAN_LISTEN, …) or in
/// meridian.toml; a flag counts more than the environment, the environment more than the file.
#[derive(Debug, Parser)]
#[command(name = "meridian", version, arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    #[command(flatten)]
    options: Options,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server until it is told to stop (Ctrl-C or SIGTERM)
    Serve,
    /// Make a workspace and its owner without a browser
    Setup(setup::Arguments),
    /// Bring in what a team has written elsewhere
    #[command(subcommand)]
    Import(import::Command),
    /// Fill a workspace with a sample: eight people in eight cities
    Demo(demo::Arguments),
    /// Write the database and all files into one file, while the server runs
    Backup(backup::Arguments),
    /// Make a server's data from a backup, where there is none
    Restore(restore::Arguments),
    /// Check the data, the database and the settings, and say what to do
    Doctor(doctor::Arguments),
    /// API tokens, for programs
    #[command(subcommand)]
    Token(token::Command),
    /// Print the version
    Version,
    /// Print the specification of the API (OpenAPI 3.1)
    #[command(hide = true)]
    Openapi,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("meridian: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    if let Command::Version = arguments.command {
        println!("meridian {}", env!("CARGO_PKG_VERSION"));
        return Ok(());
    }
    if let Command::Openapi = arguments.command {
        println!("{}", serde_json::to_string_pretty(&server::document())?);
        return Ok(());
    }
    let config = Config::read(arguments.options)?;
    config.start_log();
    match arguments.command {
        Command::Serve => serve::run(&config).await,
        Command::Setup(arguments) => setup::run(&config, arguments).await,
        Command::Import(command) => Box::pin(import::run(&config, command)).await,
        Command::Demo(arguments) => Box::pin(demo::run(&config, arguments)).await,
        Command::Backup(arguments) => Box::pin(backup::run(&config, arguments)).await,
        Command::Restore(arguments) => Box::pin(restore::run(&config, arguments)).await,
        Command::Doctor(arguments) => Box::pin(doctor::run(&config, arguments)).await,
        Command::Token(command) => token::run(&config, command).await,
        Command::Version | Command::Openapi => Ok(()),
    }
}
