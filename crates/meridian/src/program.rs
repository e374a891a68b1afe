//! The parts of the program put together, once, for every command.

use std::sync::Arc;

use anyhow::Context as _;
use edge::{App, Limits};
use store::{Blobs, Context, Db, Options};

use crate::config::Config;

/// Opens the database (migrating it if it is older) and the files.
pub async fn open(config: &Config) -> anyhow::Result<App> {
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("cannot make the folder {}", config.data.display()))?;
    let db = Db::open(Options::new(&config.database), &server::migrations())
        .await
        .context("cannot open the database")?;
    let blobs = Blobs::local(config.files()).context("cannot open the folder of the files")?;
    let clock = config.clock.clone();
    let ids = kernel::Ids::new(clock.clone());
    let site = Arc::new(kernel::Site { started_at: clock.now(), ..config.site.clone() });
    Ok(App { context: Context { db, blobs, clock, ids }, limits: Limits::default(), site })
}
