//! What an import left behind, object by object: kept in portions, because a board may have left behind more than
//! one answer carries.

use edge::App;
use people::Actor;
use serde::{Deserialize, Serialize};
use store::{Tx, args, sql};
use utoipa::ToSchema;

use super::{report::LeftOutObject, runs};
use crate::{
    ImportId, Result,
    error::{from_json, to_json},
};

/// How many objects are in one portion.
const PORTION: usize = 1_000;
/// How many portions share one transaction.
const TOGETHER: usize = 20;

/// One object that was left behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeftOutLine {
    /// The place of its group in `not_carried` of the report, from 0.
    pub group: usize,
    /// Its id where it came from, or its line in the file.
    pub id: String,
    /// Its name, or that of its card.
    pub name: String,
}

/// Some of what was left behind.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LeftOutPage {
    /// In the order of their groups.
    pub items: Vec<LeftOutLine>,
    /// Where the next page begins; null on the last one.
    #[schema(required = true)]
    pub next: Option<i64>,
}

/// Keeps what a run left behind, in place of what an earlier run of the same import did.
pub(super) async fn keep(
    app: &App,
    actor: &Actor,
    import: ImportId,
    all: Vec<(usize, LeftOutObject)>,
) -> Result<()> {
    let workspace = actor.workspace;
    let forget = app.context.db.write(move |tx| async move {
        tx.run(
            sql!("DELETE FROM import_left_out WHERE workspace = $1 AND import = $2"),
            args![workspace, import],
        )
        .await?;
        Ok::<_, crate::Error>(())
    });
    forget.await?;
    let line =
        |(group, object): (usize, LeftOutObject)| LeftOutLine { group, id: object.id, name: object.name };
    let lines: Vec<LeftOutLine> = all.into_iter().map(line).collect();
    let portions: Vec<&[LeftOutLine]> = lines.chunks(PORTION).collect();
    for (turn, together) in portions.chunks(TOGETHER).enumerate() {
        let texts: Vec<String> =
            together.iter().map(|lines| to_json("import_left_out.objects", lines)).collect::<Result<_>>()?;
        let first = turn * TOGETHER;
        let written = app.context.db.write(move |tx| async move {
            for (place, text) in texts.into_iter().enumerate() {
                let portion = i64::try_from(first + place + 1).unwrap_or(i64::MAX);
                tx.run(
                    sql!(
                        "INSERT INTO import_left_out (workspace, import, portion, objects) \
                         VALUES ($1, $2, $3, $4) \
                         ON CONFLICT (workspace, import, portion) DO UPDATE SET objects = excluded.objects"
                    ),
                    args![workspace, import, portion, text],
                )
                .await?;
            }
            Ok::<_, crate::Error>(())
        });
        written.await?;
    }
    Ok(())
}

/// The portion after another; the first one without. What is kept is that of the newest run.
pub async fn page(tx: &Tx, actor: &Actor, import: ImportId, after: Option<i64>) -> Result<LeftOutPage> {
    runs::see(tx, actor, import).await?;
    let rows = tx
        .all(
            sql!(
                "SELECT portion, objects FROM import_left_out \
                 WHERE workspace = $1 AND import = $2 AND portion > $3 ORDER BY portion LIMIT 2"
            ),
            args![actor.workspace, import, after.unwrap_or(0)],
        )
        .await?;
    let Some(row) = rows.first() else { return Ok(LeftOutPage { items: Vec::new(), next: None }) };
    let next = if rows.len() > 1 { Some(row.get("portion")?) } else { None };
    Ok(LeftOutPage { items: from_json("import_left_out.objects", &row.get::<String>("objects")?)?, next })
}
