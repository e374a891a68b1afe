//! `meridian demo`: the sample workspace, in which everything has happened just now.

mod board;
mod calendar;
mod cards;
mod cast;
mod faces;
mod goals;
mod pictures;
mod play;
mod projects;
mod rhythm;
mod script;
mod story;
mod tasks;
#[cfg(test)]
mod tests;

use std::io::Read as _;

use anyhow::{Context as _, bail};
use clap::Args;
use people::workspaces;
use store::{Context, args, sql};

use self::{calendar::Calendar, cast::Who, pictures::Pictures};
use crate::{config::Config, program};

/// What a person can learn from the help.
const EXAMPLES: &str = "\
Examples:
  meridian demo && meridian serve
  echo correct-horse-battery | meridian demo --password-stdin --data ./try

Cordel is a delivery company: eight people in eight cities, from Bogotá to Tokyo, with their hours,
threads, asks, boards, goals and one person on time off. All times are relative to now. Without a workspace it
makes one, with Camila as its owner; in a workspace that is there, the people join it and the
spaces are marked Sample. It can be added once.";

/// How long a password is that nobody chose.
const PASSWORD: usize = 14;

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// Read the password of all eight from standard input (10 to 200 characters)
    #[arg(long)]
    password_stdin: bool,
}

/// Adds the sample and prints who can sign in.
pub async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    let chosen = if arguments.password_stdin { Some(read_password()?) } else { None };
    let app = program::open(config).await?;
    let password = chosen.unwrap_or_else(|| app.context.ids.short_code(PASSWORD));
    let founded = add(&app.context, &password).await?;
    app.context.db.close().await;
    if founded {
        println!("Cordel is ready. Start it with: meridian serve");
    } else {
        println!("The sample is in the workspace. Its spaces are marked Sample.");
    }
    println!("\nThese people can sign in, all with the password {password}");
    for who in Who::ALL {
        let person = who.person();
        println!("  {:<24} {}, {}", person.email, person.short, person.city);
    }
    Ok(())
}

fn read_password() -> anyhow::Result<String> {
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password).context("cannot read the password")?;
    let password = password.trim_end_matches(['\n', '\r']);
    if !(10..=200).contains(&password.chars().count()) {
        bail!("the password on standard input needs 10 to 200 characters");
    }
    Ok(password.to_owned())
}

/// Adds the sample as of the context's clock; true if it made the workspace. Refused where the
/// sample is already.
pub async fn add(context: &Context, password: &str) -> anyhow::Result<bool> {
    if is_there(context).await? {
        bail!("the sample is in this workspace already");
    }
    let calendar = Calendar::new(context.clock.now())?;
    let threads = story::threads(&calendar)?;
    let cast = cast::gather(context, &calendar, password).await?;
    let founded = cast.founded;
    let pictures = Pictures::put(&context.blobs).await?;
    let played = context.db.write(move |tx| async move {
        play::play(&tx, &cast, &calendar, &pictures, (&story::SPACES, &threads)).await.map_err(Failed)
    });
    match played.await {
        Ok(_) => Ok(founded),
        Err(Failed(error)) => Err(error),
    }
}

/// What a transaction of the sample fails with.
struct Failed(anyhow::Error);

impl From<store::Error> for Failed {
    fn from(error: store::Error) -> Self {
        Self(error.into())
    }
}

/// The sample is there when its people write in its spaces.
async fn is_there(context: &Context) -> anyhow::Result<bool> {
    let Some(workspace) = context.db.read(|tx| async move { workspaces::find(&tx, None).await }).await?
    else {
        return Ok(false);
    };
    let yuki = Who::Yuki.person().email;
    let found = context.db.read(move |tx| async move {
        let by_yuki = sql!(
            "SELECT 1 AS found FROM topics t JOIN members m ON m.workspace = t.workspace AND m.id = t.created_by
             WHERE t.workspace = $1 AND m.email_key = $2 LIMIT 1"
        );
        tx.maybe(by_yuki, args![workspace, yuki]).await
    });
    Ok(found.await?.is_some())
}
