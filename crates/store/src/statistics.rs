//! What SQLite's planner is told about the tables, the same on every installation.
//!
//! Every key begins with the workspace, and nearly always there is one. Without statistics SQLite takes
//! one column of an index for as good as another, so it would rather read all asks of a workspace than
//! look up a member's in two indexes. `ANALYZE` would know better, but its plans depend on the day on
//! which it ran, and it reads the whole database. So we say what we know (the format of `sqlite_stat1` is
//! documented, and changing it by hand is foreseen: <https://sqlite.org/fileformat2.html#stat1tab>).

use rusqlite::Connection;

use crate::Result;

/// For each index of a table whose keys begin with the workspace: a million rows, all of them of one
/// workspace, fifty for a second column, five for a third, two for more, and one for a whole unique
/// key. A partial index has a tenth of the rows.
const ASSUMED: &str = "
    SELECT t.name AS tbl, l.name AS idx,
      CASE l.partial WHEN 1 THEN '100000' ELSE '1000000' END
      || (SELECT group_concat(CASE
            WHEN l.\"unique\" AND i.seqno = n.columns - 1 THEN ' 1'
            WHEN i.name = 'workspace' THEN CASE l.partial WHEN 1 THEN ' 100000' ELSE ' 1000000' END
            WHEN i.seqno <= 1 THEN CASE l.partial WHEN 1 THEN ' 5' ELSE ' 50' END
            WHEN i.seqno = 2 THEN ' 5'
            ELSE ' 2' END, '' ORDER BY i.seqno)
          FROM pragma_index_info(l.name) i,
               (SELECT COUNT(*) AS columns FROM pragma_index_info(l.name)) n) AS stat
    FROM sqlite_schema t, pragma_index_list(t.name) l
    WHERE t.type = 'table' AND EXISTS (
      SELECT 1 FROM pragma_index_list(t.name) k, pragma_index_info(k.name) f
      WHERE f.seqno = 0 AND f.name = 'workspace')";

/// Tells the planner, unless it has been told. Connections that are opened from now on know it.
pub(crate) fn assume(connection: &Connection) -> Result<()> {
    let exists: bool = connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1')",
        [],
        |row| row.get(0),
    )?;
    if !exists {
        // Nothing else makes the table.
        connection.execute_batch("ANALYZE migrations")?;
    }
    let told: bool = connection.query_row(
        &format!(
            "SELECT NOT EXISTS (SELECT tbl, idx, stat FROM ({ASSUMED}) EXCEPT SELECT tbl, idx, stat FROM sqlite_stat1)"
        ),
        [],
        |row| row.get(0),
    )?;
    if !told {
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE;
             DELETE FROM sqlite_stat1;
             INSERT INTO sqlite_stat1 (tbl, idx, stat) {ASSUMED};
             COMMIT;"
        ))?;
    }
    // Reads them again.
    Ok(connection.execute_batch("ANALYZE sqlite_schema")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_narrows_nothing_and_a_whole_key_names_one_row() {
        let database = Connection::open_in_memory().unwrap();
        database
            .execute_batch(
                "CREATE TABLE migrations (name TEXT PRIMARY KEY);
                 CREATE TABLE asks (workspace BLOB, id BLOB, asked BLOB, state TEXT, late BOOLEAN, PRIMARY KEY (workspace, id));
                 CREATE INDEX asks_owed ON asks (workspace, asked, state);
                 CREATE INDEX asks_late ON asks (workspace, asked) WHERE late;
                 CREATE TABLE jobs (kind TEXT, key TEXT, PRIMARY KEY (kind, key));",
            )
            .unwrap();
        for _ in 0..2 {
            assume(&database).unwrap();
            let mut read =
                database.prepare("SELECT idx || ': ' || stat FROM sqlite_stat1 ORDER BY idx").unwrap();
            let lines: Vec<String> =
                read.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
            assert_eq!(
                lines,
                [
                    "asks_late: 100000 100000 5",
                    "asks_owed: 1000000 1000000 50 5",
                    "sqlite_autoindex_asks_1: 1000000 1000000 1"
                ]
            );
        }
    }
}
