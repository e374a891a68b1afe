//! `meridian token`.

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use people::{members, tokens, workspaces};

use crate::{config::Config, program};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an API token for a member and print it; it is shown only this once
    Create(Create),
}

#[derive(Debug, Args)]
pub struct Create {
    /// E-mail of the member
    #[arg(long, value_name = "EMAIL")]
    member: String,
    /// What it is for
    #[arg(long, value_name = "LABEL")]
    label: String,
    /// Slug of the workspace, when the server has several
    #[arg(long, value_name = "SLUG")]
    workspace: Option<String>,
}

/// Runs the command.
pub async fn run(config: &Config, Command::Create(create): Command) -> anyhow::Result<()> {
    let app = program::open(config).await?;
    let (at, ids) = (app.context.clock.now(), app.context.ids.clone());
    let made = app.context.db.write(move |tx| async move {
        let Some(workspace) = workspaces::find(&tx, create.workspace.as_deref()).await? else {
            return Ok(None);
        };
        let Some(member) = members::by_email(&tx, workspace, &create.member).await? else { return Ok(None) };
        tokens::create(&tx, workspace, member, &create.label, at, &ids).await.map(Some)
    });
    let made = made.await.map_err(|error: people::Error| error).context("cannot make a token")?;
    let Some(token) = made.value else {
        bail!("nobody signs in with this e-mail there");
    };
    println!("{}", token.secret);
    app.context.db.close().await;
    Ok(())
}
