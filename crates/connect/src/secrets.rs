//! Secrets that the program makes for itself, once, and keeps in its database.

use store::{Context, args, sql};

use crate::Result;

/// The secret of this name: the one that is kept, or `fresh` from now on.
pub(crate) async fn keep(context: &Context, name: &'static str, fresh: Vec<u8>) -> Result<Vec<u8>> {
    let found = context.db.read(move |tx| async move {
        let row = tx.maybe(sql!("SELECT secret FROM program_secrets WHERE name = $1"), args![name]).await?;
        row.map(|row| row.get::<Vec<u8>>("secret")).transpose()
    });
    if let Some(secret) = found.await? {
        return Ok(secret);
    }
    let now = context.clock.now();
    let kept = context.db.write(move |tx| async move {
        // Another node may have been faster: then its secret is the one.
        tx.run(
            sql!(
                "INSERT INTO program_secrets (name, secret, created_at) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO NOTHING"
            ),
            args![name, fresh, now],
        )
        .await?;
        let row = tx.one(sql!("SELECT secret FROM program_secrets WHERE name = $1"), args![name]).await?;
        row.get::<Vec<u8>>("secret")
    });
    Ok(kept.await?.value)
}
