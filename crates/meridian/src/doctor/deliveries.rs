//! Whether what people wait for reaches them.

use jiff::{SignedDuration, Timestamp};
use store::{Db, args, sql};

use super::Finding;

const WHAT: &str = "Deliveries";
/// So late a delivery may be while the server is busy.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// What the database says of all deliveries.
struct Seen {
    /// The one that has been due for longest.
    oldest_due: Option<Timestamp>,
    /// How many members have one that is due.
    due: i64,
    /// How many members have hours without working time.
    never: i64,
}

/// Whether every delivery that was due has happened, and whom nothing leaves the inbox for.
pub async fn punctual(db: &Db, now: Timestamp) -> Finding {
    let late = now.checked_sub(TOLERANCE).unwrap_or(now);
    let seen = db.read(move |tx| async move {
        let row = tx
            .one(
                sql!(
                    "SELECT MIN(CASE WHEN d.run_at < $1 THEN d.run_at END) AS oldest_due,
                         COUNT(CASE WHEN d.run_at < $1 THEN 1 END) AS due,
                         COUNT(CASE WHEN d.quiet THEN 1 END) AS never
                     FROM deliveries d
                     JOIN members m ON m.workspace = d.workspace AND m.id = d.member AND m.state = 'active'"
                ),
                args![late],
            )
            .await?;
        Ok::<_, store::Error>(Seen {
            oldest_due: row.get("oldest_due")?,
            due: row.get("due")?,
            never: row.get("never")?,
        })
    });
    match seen.await {
        Ok(Seen { oldest_due: Some(oldest), due, .. }) => Finding::wrong(
            WHAT,
            format!("{due} members wait for one that was due at {oldest:.0} or later"),
            "Start the server: meridian serve delivers what is late at once. If it runs, look at \
             “Background work” and at its log.",
        ),
        Ok(Seen { never, .. }) if never > 0 => Finding::note(
            WHAT,
            format!(
                "none is late. {never} members have hours without working time: they get no push and no mail"
            ),
            "Ask them to set their working hours, or to remove them: then everything reaches them at once.",
        ),
        Ok(_) => Finding::well(WHAT, "none is late"),
        Err(error) => Finding::wrong(
            WHAT,
            format!("cannot be read: {error}"),
            "Stop the server and restore the last backup: meridian restore FILE --data FOLDER",
        ),
    }
}
