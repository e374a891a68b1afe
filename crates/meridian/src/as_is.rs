//! Opening a database without changing its schema, for commands that only look.

use std::path::Path;

use store::{Db, Migration, Options};

/// A database as it was found.
pub struct AsIs {
    /// The open database.
    pub db: Db,
    /// The migrations of this program that have run there, all of the first ones.
    pub applied: Vec<Migration>,
    /// Those that have not.
    pub missing: Vec<Migration>,
}

/// Opens the database and runs no migration. It is an error if there is none, or if a newer
/// program has been at work there.
pub async fn open(options: &Options) -> anyhow::Result<AsIs> {
    if let Some(path) = options.url.strip_prefix("sqlite:")
        && !Path::new(path).is_file()
    {
        anyhow::bail!("there is no database at {path}");
    }
    let all = server::migrations();
    // A database takes exactly the list that has run there: with a shorter one it refuses before
    // it changes anything, so the first list that it takes is the one that adds nothing.
    let mut refusal = None;
    for count in 0..=all.len() {
        let (applied, missing) = all.split_at_checked(count).unwrap_or((&all, &[]));
        match Db::open(options.clone(), applied).await {
            Ok(_) if count == 0 => anyhow::bail!("the database is empty: no program has used it"),
            Ok(db) => return Ok(AsIs { db, applied: applied.to_vec(), missing: missing.to_vec() }),
            Err(error @ store::Error::Migration { .. }) => refusal = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    Err(refusal.unwrap_or(store::Error::Closed).into())
}
