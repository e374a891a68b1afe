//! Measures Meridian: makes data, puts load on the real program, and sets what it costs beside bare programs
//! that do the least one could do.

mod count;
mod data;
mod http;
mod reference;
mod run;
mod server;
mod storm;

use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

/// Measures Meridian.
#[derive(Debug, Parser)]
#[command(name = "bench", arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a workspace of realistic size in a data folder
    Data(data::Arguments),
    /// Measure the program beside bare ones
    Run(run::Arguments),
    /// Serve as one of the bare programs (bench run starts them)
    Reference(reference::Arguments),
    /// Count the instructions of ten requests and compare them with those that are kept
    Count(count::Arguments),
    /// Answer one kind of request in process (bench count starts it)
    #[command(hide = true)]
    Request(count::RequestArguments),
    /// Correctness under load: writers, readers, kills, overload
    Storm(storm::Arguments),
}

fn main() -> anyhow::Result<()> {
    let command = Arguments::parse().command;
    let mut runtime = match command {
        // Instructions are counted on one thread: several would wake each other differently each time.
        Command::Request(_) => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    runtime.enable_all().build()?.block_on(async {
        let mut told_to_stop = signal(SignalKind::terminate())?;
        // What was started here ends with us: dropping it kills it.
        tokio::select! {
            outcome = run(command) => outcome,
            _ = told_to_stop.recv() => anyhow::bail!("told to stop"),
        }
    })
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Data(arguments) => Box::pin(data::run(arguments)).await,
        Command::Run(arguments) => Box::pin(run::run(arguments)).await,
        Command::Reference(arguments) => reference::run(arguments).await,
        Command::Count(arguments) => count::run(arguments).await,
        Command::Request(arguments) => Box::pin(count::answer(arguments)).await,
        Command::Storm(arguments) => storm::run(arguments).await,
    }
}
