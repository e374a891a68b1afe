//! `meridian setup`.

use std::io::Read as _;

use anyhow::{Context as _, bail};
use clap::Args;
use people::workspaces::{self, NewOwner, NewWorkspace, SetUp};

use crate::{config::Config, program};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Name of the workspace
    #[arg(long, value_name = "NAME")]
    workspace: String,
    /// E-mail of its owner, for signing in
    #[arg(long, value_name = "EMAIL")]
    owner: String,
    /// Name of its owner
    #[arg(long, value_name = "NAME")]
    name: String,
    /// Time zone of its owner: Europe/Lisbon
    #[arg(long, value_name = "ZONE")]
    zone: String,
    /// Read the owner's password from standard input (10 to 200 characters)
    #[arg(long, required = true)]
    password_stdin: bool,
}

/// Makes the first workspace.
pub async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<()> {
    let mut password = String::new();
    std::io::stdin().read_to_string(&mut password).context("cannot read the password")?;
    let password = password.trim_end_matches(['\n', '\r']).to_owned();
    if password.is_empty() {
        bail!("there is no password on standard input");
    }
    let app = program::open(config).await?;
    let input = SetUp {
        workspace: NewWorkspace { name: arguments.workspace.clone() },
        owner: NewOwner {
            name: arguments.name,
            email: arguments.owner.clone(),
            password,
            zone: arguments.zone,
        },
    };
    workspaces::set_up(&app.context, input).await?;
    println!("{} is ready. {} can sign in.", arguments.workspace, arguments.owner);
    app.context.db.close().await;
    Ok(())
}
