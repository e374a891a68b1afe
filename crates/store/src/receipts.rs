//! A retried request gets the first answer back: the receipt says which changes the first try
//! made. It is written in the transaction of the request itself.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{Result, Tx, args, changes::Numbered, sql};

/// What a client names its request by, and what it asked for.
#[derive(Debug, Clone)]
pub struct ReceiptKey {
    /// Where.
    pub workspace: Uuid,
    /// Whose request.
    pub member: Uuid,
    /// The client's key, unique among the member's requests.
    pub key: String,
    /// A digest of method, path and body.
    pub fingerprint: Vec<u8>,
    /// When the request came.
    pub at: Timestamp,
}

/// What is known about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// Never seen: do the work.
    New,
    /// Done before: nothing is to be done. The changes then made are `first_seq..=last_seq`, an
    /// empty range if there were none.
    Seen {
        /// The first change.
        first_seq: i64,
        /// The last change.
        last_seq: i64,
    },
    /// Another request used the same key.
    Different,
}

impl Tx {
    /// Must be the first call of the transaction: of two concurrent requests with one key the
    /// second waits here for the first. After [`Receipt::New`] the transaction's end writes the
    /// receipt with the numbers of its changes; a rollback forgets the key.
    pub async fn receipt(&self, key: ReceiptKey) -> Result<Receipt> {
        // SQLite has one writer: whoever is here has waited. PostgreSQL waits for the key's row.
        if !self.is_sqlite() && begin(self, &key).await? {
            self.keep_receipt(key);
            return Ok(Receipt::New);
        }
        let known = self
            .maybe(
                sql!(
                    "SELECT fingerprint, first_seq, last_seq FROM receipts
                     WHERE workspace = $1 AND member = $2 AND key = $3"
                ),
                args![key.workspace, key.member, key.key],
            )
            .await?;
        let Some(row) = known else {
            self.keep_receipt(key);
            return Ok(Receipt::New);
        };
        if row.get::<Vec<u8>>("fingerprint")? != key.fingerprint {
            return Ok(Receipt::Different);
        }
        Ok(Receipt::Seen { first_seq: row.get("first_seq")?, last_seq: row.get("last_seq")? })
    }
}

/// Begins the receipt of a new key; false when there is one.
async fn begin(tx: &Tx, key: &ReceiptKey) -> Result<bool> {
    let inserted = tx
        .run(
            sql!(
                "INSERT INTO receipts (workspace, member, key, fingerprint, first_seq, last_seq, at)
                 VALUES ($1, $2, $3, $4, 1, 0, $5)
                 ON CONFLICT (workspace, member, key) DO NOTHING"
            ),
            args![key.workspace, key.member, key.key, key.fingerprint, key.at],
        )
        .await?;
    Ok(inserted == 1)
}

/// Forgets what was received before `before`, the oldest first and at most `most`: whoever writes meanwhile
/// does not wait for a year of them. Returns how many receipts that were.
pub async fn prune(tx: &Tx, before: Timestamp, most: u32) -> Result<u64> {
    tx.run(
        sql!(
            "DELETE FROM receipts WHERE (workspace, member, key) IN
             (SELECT workspace, member, key FROM receipts WHERE at < $1 ORDER BY at LIMIT $2)"
        ),
        args![before, most],
    )
    .await
}

/// Writes a receipt with the numbers of its transaction; where it was begun, into it.
pub(crate) async fn complete(tx: &Tx, key: &ReceiptKey, numbered: &Numbered) -> Result<()> {
    let (first, last) = if let Some(range) = numbered.range(key.workspace) {
        range
    } else {
        let head = tx.head(key.workspace).await?;
        (head + 1, head)
    };
    tx.run(
        sql!(
            "INSERT INTO receipts (workspace, member, key, fingerprint, first_seq, last_seq, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (workspace, member, key)
             DO UPDATE SET first_seq = excluded.first_seq, last_seq = excluded.last_seq"
        ),
        args![key.workspace, key.member, key.key, key.fingerprint, first, last, key.at],
    )
    .await?;
    Ok(())
}
