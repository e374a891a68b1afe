//! The change log: what happened in a workspace, numbered without gaps. Live streams, delivery,
//! search and reports read it; nothing is written by hand beside it.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

use crate::{Error, Result, Row, Tx, args, bus::Ticket, sql};

/// Who may see a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Every member of the workspace.
    Workspace,
    /// Whoever may see that space.
    Space(Uuid),
    /// Whoever may see that topic.
    Topic(Uuid),
    /// A member's public card: everyone who may see that member.
    Person(Uuid),
    /// Only that member.
    Member(Uuid),
    /// Owners and administrators.
    Admins,
}

impl Audience {
    const fn parts(self) -> (&'static str, Option<Uuid>) {
        match self {
            Self::Workspace => ("workspace", None),
            Self::Space(id) => ("space", Some(id)),
            Self::Topic(id) => ("topic", Some(id)),
            Self::Person(id) => ("person", Some(id)),
            Self::Member(id) => ("member", Some(id)),
            Self::Admins => ("admins", None),
        }
    }

    fn from_parts(kind: &str, id: Option<Uuid>) -> Option<Self> {
        Some(match (kind, id) {
            ("workspace", None) => Self::Workspace,
            ("space", Some(id)) => Self::Space(id),
            ("topic", Some(id)) => Self::Topic(id),
            ("person", Some(id)) => Self::Person(id),
            ("member", Some(id)) => Self::Member(id),
            ("admins", None) => Self::Admins,
            _ => return None,
        })
    }
}

/// A change before it has a number.
#[derive(Debug, Clone)]
pub struct NewChange {
    /// Whose log.
    pub workspace: Uuid,
    /// When it happened.
    pub at: Timestamp,
    /// The member who did it; none for the program itself.
    pub actor: Option<Uuid>,
    /// What happened, in product words: `topic.opened`.
    pub verb: &'static str,
    /// Who may see it.
    pub audience: Audience,
    /// The client's command that caused it. Of several changes of one transaction with the same
    /// operation only the last keeps it: that one says that the command is done.
    pub operation: Option<String>,
    /// The public form of every row that is new, different or gone.
    pub rows: Vec<RowChange>,
}

/// One row's new public form.
#[derive(Debug, Clone, Serialize)]
pub struct RowChange {
    /// The client's word for the table.
    pub table: &'static str,
    /// The row's id as the client knows it.
    pub id: String,
    /// The public form; none when the row was removed.
    pub row: Option<Box<RawValue>>,
}

/// A change in the log.
#[derive(Debug, Clone)]
pub struct Change {
    /// Whose log.
    pub workspace: Uuid,
    /// Its number: one more than the change before.
    pub seq: i64,
    /// When it happened.
    pub at: Timestamp,
    /// The member who did it; none for the program itself.
    pub actor: Option<Uuid>,
    /// What happened, in product words.
    pub verb: String,
    /// Who may see it.
    pub audience: Audience,
    /// The client's command that this change completes.
    pub operation: Option<String>,
    /// A JSON array of `{table, id, row}`, encoded once.
    pub rows: Box<RawValue>,
}

/// The changes after a number, oldest first, at most `limit`.
pub async fn since(tx: &Tx, workspace: Uuid, after: i64, limit: u32) -> Result<Vec<Change>> {
    let rows = tx
        .all(
            sql!(
                "SELECT workspace, seq, at, actor, verb, audience_kind, audience_id, operation, rows
                 FROM changes WHERE workspace = $1 AND seq > $2 ORDER BY seq LIMIT $3"
            ),
            args![workspace, after, limit],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// The changes from `first` to `last`, both included, oldest first.
pub async fn between(tx: &Tx, workspace: Uuid, first: i64, last: i64) -> Result<Vec<Change>> {
    let rows = tx
        .all(
            sql!(
                "SELECT workspace, seq, at, actor, verb, audience_kind, audience_id, operation, rows
                 FROM changes WHERE workspace = $1 AND seq BETWEEN $2 AND $3 ORDER BY seq"
            ),
            args![workspace, first, last],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// The oldest number that the log still has; none when it is empty.
pub async fn oldest(tx: &Tx, workspace: Uuid) -> Result<Option<i64>> {
    tx.one(sql!("SELECT MIN(seq) AS seq FROM changes WHERE workspace = $1"), args![workspace])
        .await?
        .get("seq")
}

fn read(row: &Row) -> Result<Change> {
    let kind: String = row.get("audience_kind")?;
    let audience = Audience::from_parts(&kind, row.get("audience_id")?).ok_or_else(|| {
        let problem = format!("{kind} is no audience, or its id is wrong");
        Error::Column { column: "audience_kind".to_owned(), problem }
    })?;
    Ok(Change {
        workspace: row.get("workspace")?,
        seq: row.get("seq")?,
        at: row.get("at")?,
        actor: row.get("actor")?,
        verb: row.get("verb")?,
        audience,
        operation: row.get("operation")?,
        rows: RawValue::from_string(row.get("rows")?)?,
    })
}

/// Numbered changes and the places of their announcements.
#[derive(Default)]
pub(crate) struct Numbered {
    pub(crate) changes: Vec<Arc<Change>>,
    pub(crate) tickets: Vec<Ticket>,
}

impl Numbered {
    /// The numbers that a workspace got in this transaction.
    pub(crate) fn range(&self, workspace: Uuid) -> Option<(i64, i64)> {
        let mut seqs = self.changes.iter().filter(|change| change.workspace == workspace).map(|c| c.seq);
        let first = seqs.next()?;
        Some((first, seqs.next_back().unwrap_or(first)))
    }
}

/// Gives the recorded changes their numbers and writes them. The head's row is locked from here
/// to the commit, so this comes last; heads are taken in one order, so that two transactions over
/// the same workspaces do not wait for each other in a circle.
pub(crate) async fn number(tx: &Tx, mut recorded: Vec<NewChange>) -> Result<Numbered> {
    keep_last_operation(&mut recorded);
    let mut by_workspace: BTreeMap<Uuid, i64> = BTreeMap::new();
    for change in &recorded {
        *by_workspace.entry(change.workspace).or_default() += 1;
    }
    let mut numbered = Numbered::default();
    for (workspace, count) in &mut by_workspace {
        let head = advance(tx, *workspace, *count).await?;
        numbered.tickets.push(tx.bus().reserve(*workspace));
        *count = head - *count;
    }
    for change in recorded {
        let Some(last) = by_workspace.get_mut(&change.workspace) else { continue };
        *last += 1;
        let change = with_number(change, *last)?;
        append(tx, &change).await?;
        numbered.changes.push(Arc::new(change));
    }
    Ok(numbered)
}

fn keep_last_operation(recorded: &mut [NewChange]) {
    let mut seen = HashSet::new();
    for change in recorded.iter_mut().rev() {
        if let Some(operation) = &change.operation
            && !seen.insert(operation.clone())
        {
            change.operation = None;
        }
    }
}

macro_rules! advanced {
    ($returning:literal) => {
        concat!(
            "INSERT INTO change_heads (workspace, seq) VALUES ($1, $2)
             ON CONFLICT (workspace) DO UPDATE SET seq = change_heads.seq + excluded.seq",
            $returning
        )
    };
}

/// Moves the head on by `count` and returns the new head.
async fn advance(tx: &Tx, workspace: Uuid, count: i64) -> Result<i64> {
    if tx.is_sqlite() {
        // For what a statement returns SQLite makes a table of its own: reading it again costs less.
        tx.run(sql!(sqlite: advanced!("")), args![workspace, count]).await?;
        return tx.head(workspace).await;
    }
    tx.one(sql!(postgres: advanced!(" RETURNING seq")), args![workspace, count]).await?.get("seq")
}

fn with_number(change: NewChange, seq: i64) -> Result<Change> {
    Ok(Change {
        workspace: change.workspace,
        seq,
        at: change.at,
        actor: change.actor,
        verb: change.verb.to_owned(),
        audience: change.audience,
        operation: change.operation,
        rows: to_raw_value(&change.rows)?,
    })
}

async fn append(tx: &Tx, change: &Change) -> Result<()> {
    let (kind, id) = change.audience.parts();
    tx.run(
        sql!(
            "INSERT INTO changes
                 (workspace, seq, at, actor, verb, audience_kind, audience_id, operation, rows)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ),
        args![
            change.workspace,
            change.seq,
            change.at,
            change.actor,
            change.verb,
            kind,
            id,
            change.operation,
            change.rows.get()
        ],
    )
    .await?;
    Ok(())
}
