//! Opening a database without changing its schema, for commands that only look.

use std::path::Path;

use store::{Db, Migration, Options};

/// A database as it was found.
pub struct AsIs {
    /// The open database.
    pub db: Db,
    /// The migrations of this program that have run there.
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
    // A database takes exactly the list that has run there: with one that lacks something it names
    // what it lacks and changes nothing, so the first list that it takes adds nothing.
    let mut ran: Vec<&str> = Vec::new();
    loop {
        let (applied, missing): (Vec<Migration>, Vec<Migration>) =
            all.iter().partition(|migration| ran.contains(&migration.name));
        match Db::open(options.clone(), &applied).await {
            Ok(_) if applied.is_empty() => anyhow::bail!("the database is empty: no program has used it"),
            Ok(db) => return Ok(AsIs { db, applied, missing }),
            Err(store::Error::Migration { name, problem }) => {
                match all.iter().find(|migration| migration.name == name) {
                    Some(known) if !ran.contains(&known.name) => ran.push(known.name),
                    _ => return Err(store::Error::Migration { name, problem }.into()),
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}
