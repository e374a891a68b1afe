use std::{fmt::Display, future::Future};

use jiff::Timestamp;
use kernel::Refusal;
use serde::Serialize;
use serde_json::value::RawValue;
use store::{Audience, Change, Receipt, ReceiptKey, Tx};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{App, Problem, Write};

/// One row that a write made or altered, in its public form.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowChange {
    /// Which table of the client's store it belongs to.
    #[schema(example = "posts")]
    pub table: String,
    /// Its id in that table.
    pub id: String,
    /// The row as it is now; null when it is gone for the reader.
    #[schema(value_type = Option<Object>, required)]
    pub row: Option<Box<RawValue>>,
}

/// What every write of shared things answers: the rows as they are now, and the number at which.
#[derive(Debug, Serialize, ToSchema)]
pub struct Written {
    /// The workspace's sequence number of the last change made: the version of every row below.
    pub seq: i64,
    /// The request's `Idempotency-Key`.
    #[schema(required)]
    pub operation: Option<String>,
    /// The rows, in the order in which they changed.
    #[schema(value_type = Vec<RowChange>)]
    pub rows: Box<RawValue>,
}

/// Who writes, for receipts: a retried key answers only its own writer.
#[derive(Debug, Clone, Copy)]
pub struct Writer {
    /// The workspace written to.
    pub workspace: Uuid,
    /// The member who writes.
    pub member: Uuid,
    /// When.
    pub at: Timestamp,
}

/// A row made or altered, for [`store::NewChange`].
#[expect(clippy::expect_used, reason = "public rows are structs of plain values: they always encode")]
pub fn put<T: Serialize>(table: &'static str, id: impl Display, row: &T) -> store::RowChange {
    let row = serde_json::value::to_raw_value(row).expect("a public row encodes as JSON");
    store::RowChange { table, id: id.to_string(), row: Some(row) }
}

/// A row that is gone for the readers of the change.
pub fn gone(table: &'static str, id: impl Display) -> store::RowChange {
    store::RowChange { table, id: id.to_string(), row: None }
}

/// Runs one write exactly once: a retried `Idempotency-Key` gets the first answer, read back from
/// the change log. Every mutating handler of shared things goes through here.
pub async fn commit<T, E, F, Fut>(
    app: &App,
    writer: Writer,
    write: Write<T>,
    run: F,
) -> Result<crate::Json<Written>, Problem>
where
    T: Send + 'static,
    E: From<store::Error> + From<Refusal> + Into<Problem> + Send + 'static,
    F: FnOnce(Tx, T) -> Fut + Send + 'static,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
{
    let Write { input, key, fingerprint } = write;
    let operation = key.clone();
    let seen = app.context.db.write(move |tx| async move {
        if let Some(key) = key {
            let receipt = ReceiptKey {
                workspace: writer.workspace,
                member: writer.member,
                key,
                fingerprint,
                at: writer.at,
            };
            match tx.receipt(receipt).await? {
                Receipt::New => {}
                Receipt::Different => {
                    return Err(E::from(Refusal::invalid(
                        "Idempotency-Key",
                        "was used before with another request",
                    )));
                }
                Receipt::Seen { first_seq, last_seq } => {
                    let earlier = store::changes::between(&tx, writer.workspace, first_seq, last_seq).await?;
                    let head = tx.head(writer.workspace).await?;
                    return Ok(Some((earlier, head)));
                }
            }
        }
        run(tx, input).await?;
        Ok(None)
    });
    let committed = seen.await.map_err(Into::into)?;
    if let Some((earlier, head)) = committed.value {
        return answer(earlier.iter(), operation, head, writer).map(crate::Json);
    }
    let head = match committed.changes.last() {
        Some(change) => change.seq,
        None => app.context.db.read(move |tx| async move { tx.head(writer.workspace).await }).await?,
    };
    answer(committed.changes.iter().map(AsRef::as_ref), operation, head, writer).map(crate::Json)
}

fn answer<'a>(
    changes: impl Iterator<Item = &'a Change>,
    operation: Option<String>,
    head: i64,
    writer: Writer,
) -> Result<Written, Problem> {
    let theirs = |change: &&Change| match change.audience {
        Audience::Member(member) => member == writer.member,
        _ => true,
    };
    let rows = joined(changes.filter(theirs).map(|change| change.rows.get()));
    let rows = RawValue::from_string(rows).map_err(|error| Problem::internal(&error))?;
    Ok(Written { seq: head, operation, rows })
}

/// One JSON array of what is in several. They are encoded already: their text is put together.
fn joined<'a>(arrays: impl Iterator<Item = &'a str>) -> String {
    let inside = |array: &'a str| array.trim().strip_prefix('[')?.strip_suffix(']');
    let inside = arrays.filter_map(inside).filter(|inside| !inside.trim().is_empty());
    format!("[{}]", inside.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_are_joined() {
        assert_eq!(joined([].into_iter()), "[]");
        assert_eq!(joined(["[]", "[ ]"].into_iter()), "[]");
        assert_eq!(joined(["[{\"a\":[1]},2]", "[]", " [\"]\"] "].into_iter()), "[{\"a\":[1]},2,\"]\"]");
    }
}
