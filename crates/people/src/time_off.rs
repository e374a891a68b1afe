//! Time off: from when to when a member is away, in their own wall time, and who covers. Nobody
//! but the member sees the note, and it is not in the change log.

use jiff::{Timestamp, ToSpan, civil::DateTime};
use kernel::Refusal;
use serde::{Deserialize, Serialize};
use store::{Tx, args, sql};
use utoipa::ToSchema;

use crate::{
    Actor, Away, MemberId, MemberState, Result, TimeOffId, WorkspaceId,
    changed::{self, Because},
    members,
    patch::present,
    time,
};

const MOST_NOTE: usize = 500;
/// More entries than this of one member are a mistake.
const MOST_ENTRIES: i64 = 500;

/// A time off.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimeOff {
    /// Its id.
    pub id: TimeOffId,
    /// Who is away.
    pub member: MemberId,
    /// When it begins, in the member's wall time: `2026-12-21T00:00`.
    pub from: String,
    /// When it ends, likewise.
    pub to: String,
    /// Who covers.
    #[schema(required = true)]
    pub cover: Option<MemberId>,
    /// For the member alone; null for everybody else.
    #[schema(required = true)]
    pub note: Option<String>,
}

/// A time off to add.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTimeOff {
    /// Its id, made by the client.
    pub id: TimeOffId,
    /// When it begins, in the member's wall time: `2026-12-21T00:00`.
    pub from: String,
    /// When it ends, likewise; a whole day is midnight to midnight.
    pub to: String,
    /// Who covers.
    #[serde(default)]
    pub cover: Option<MemberId>,
    /// For the member alone.
    #[serde(default)]
    pub note: Option<String>,
}

/// What to alter in a time off.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeOffPatch {
    /// When it begins.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub from: Option<String>,
    /// When it ends.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub to: Option<String>,
    /// Who covers; null for nobody.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<MemberId>)]
    pub cover: Option<Option<MemberId>>,
    /// For the member alone; null for none.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub note: Option<Option<String>>,
}

/// A visible member's time off, by its beginning. The actor's own is complete and has its notes;
/// of others only what has not ended is told.
pub async fn list(tx: &Tx, actor: &Actor, member: MemberId) -> Result<Vec<TimeOff>> {
    members::must_be_visible(tx, actor, member).await?;
    let own = actor.member == member;
    // No zone is more than a day from UTC: what ended the day before yesterday has ended everywhere.
    let ended =
        if own { String::new() } else { (actor.at - 48.hours()).to_string().chars().take(16).collect() };
    let rows = tx
        .all(
            sql!(
                "SELECT id, member, from_local, to_local, cover, note FROM time_off
                 WHERE workspace = $1 AND member = $2 AND to_local >= $3
                 ORDER BY from_local, id LIMIT 500"
            ),
            args![actor.workspace, member, ended],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let time_off = read_row(row)?;
            Ok(if own { time_off } else { TimeOff { note: None, ..time_off } })
        })
        .collect()
}

/// The actor adds a time off of their own.
pub async fn create(tx: &Tx, actor: &Actor, new: NewTimeOff) -> Result<()> {
    must_have_a_zone(tx, actor).await?;
    must_have_room(tx, actor).await?;
    let (from, to) = check_times(&new.from, &new.to)?;
    check_cover(tx, actor, new.cover).await?;
    let note = clean_note(new.note)?;
    must_be_another(tx, actor, new.id, &from, &to).await?;
    let added = tx
        .run(
            sql!(
                "INSERT INTO time_off (workspace, id, member, from_local, to_local, cover, note, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (workspace, id) DO NOTHING"
            ),
            args![actor.workspace, new.id, actor.member, from, to, new.cover, note, actor.at],
        )
        .await?;
    if added == 0 {
        return Err(Refusal::conflict("A time off with this id exists.").named("taken").into());
    }
    tell(tx, actor, "time_off.set").await
}

/// The actor alters a time off of their own.
pub async fn change(tx: &Tx, actor: &Actor, id: TimeOffId, patch: TimeOffPatch) -> Result<()> {
    let now = own(tx, actor, id).await?;
    let (from, to) =
        check_times(patch.from.as_deref().unwrap_or(&now.from), patch.to.as_deref().unwrap_or(&now.to))?;
    must_be_another(tx, actor, id, &from, &to).await?;
    if let Some(cover) = patch.cover {
        check_cover(tx, actor, cover).await?;
    }
    let cover = patch.cover.unwrap_or(now.cover);
    let note = match patch.note {
        Some(note) => clean_note(note)?,
        None => now.note,
    };
    tx.run(
        sql!(
            "UPDATE time_off SET from_local = $3, to_local = $4, cover = $5, note = $6
             WHERE workspace = $1 AND id = $2"
        ),
        args![actor.workspace, id, from, to, cover, note],
    )
    .await?;
    tell(tx, actor, "time_off.set").await
}

/// The actor takes a time off of their own away.
pub async fn remove(tx: &Tx, actor: &Actor, id: TimeOffId) -> Result<()> {
    own(tx, actor, id).await?;
    tx.run(sql!("DELETE FROM time_off WHERE workspace = $1 AND id = $2"), args![actor.workspace, id]).await?;
    tell(tx, actor, "time_off.removed").await
}

/// Everybody gets the new card, and what was promised is computed again.
async fn tell(tx: &Tx, actor: &Actor, verb: &'static str) -> Result<()> {
    changed::enqueue(tx, actor.workspace, actor.member, Because::TimeOff, actor.at).await?;
    members::record_card(tx, actor, actor.member, verb).await
}

/// The time off that holds at `at`, or the next one within 14 days.
pub async fn current_or_next(
    tx: &Tx,
    workspace: WorkspaceId,
    member: MemberId,
    at: Timestamp,
) -> Result<Option<Away>> {
    let kept = time::kept_of(tx, workspace, &[member], at).await?.take(member);
    Ok(time::away(&kept, at))
}

/// Whoever else's it is, it does not exist for the actor.
async fn own(tx: &Tx, actor: &Actor, id: TimeOffId) -> Result<TimeOff> {
    let row = tx
        .maybe(
            sql!(
                "SELECT id, member, from_local, to_local, cover, note FROM time_off
                 WHERE workspace = $1 AND id = $2 AND member = $3"
            ),
            args![actor.workspace, id, actor.member],
        )
        .await?
        .ok_or(Refusal::not_found("time off"))?;
    read_row(&row)
}

fn read_row(row: &store::Row) -> Result<TimeOff> {
    Ok(TimeOff {
        id: row.get("id")?,
        member: row.get("member")?,
        from: row.get("from_local")?,
        to: row.get("to_local")?,
        cover: row.get("cover")?,
        note: row.get("note")?,
    })
}

async fn must_have_a_zone(tx: &Tx, actor: &Actor) -> Result<()> {
    let kept = time::kept_of(tx, actor.workspace, &[actor.member], actor.at).await?.take(actor.member);
    if kept.zone.is_some() {
        Ok(())
    } else {
        Err(Refusal::conflict("Set your time zone first: time off is in your local time.")
            .named("hours_first")
            .into())
    }
}

/// Refuses the times of another time off of the actor: it was entered twice.
async fn must_be_another(tx: &Tx, actor: &Actor, id: TimeOffId, from: &str, to: &str) -> Result<()> {
    let same = tx
        .maybe(
            sql!(
                "SELECT id FROM time_off
                 WHERE workspace = $1 AND member = $2 AND from_local = $3 AND to_local = $4 AND id <> $5
                 LIMIT 1"
            ),
            args![actor.workspace, actor.member, from, to, id],
        )
        .await?;
    if same.is_none() {
        return Ok(());
    }
    let why = format!("Your time off from {from} to {to} is there already.");
    Err(Refusal::conflict(why).named("same_time_off").into())
}

async fn must_have_room(tx: &Tx, actor: &Actor) -> Result<()> {
    let count: i64 = tx
        .one(
            sql!("SELECT COUNT(*) AS entries FROM time_off WHERE workspace = $1 AND member = $2"),
            args![actor.workspace, actor.member],
        )
        .await?
        .get("entries")?;
    if count < MOST_ENTRIES {
        Ok(())
    } else {
        Err(Refusal::conflict(format!("There are {MOST_ENTRIES} times off. Remove old ones first."))
            .named("too_many_entries")
            .into())
    }
}

/// Both as the database keeps them: `YYYY-MM-DDTHH:MM`.
fn check_times(from: &str, to: &str) -> Result<(String, String), Refusal> {
    let begin = wall_time("from", from)?;
    let end = wall_time("to", to)?;
    if end <= begin {
        return Err(Refusal::invalid("to", "is not after the beginning").named("out_of_range"));
    }
    if begin.checked_add(2.years()).is_ok_and(|most| end > most) {
        return Err(Refusal::invalid_because("to", "is too far from the beginning", "at most 2 years")
            .named("out_of_range"));
    }
    Ok((from.to_owned(), to.to_owned()))
}

fn wall_time(field: &str, text: &str) -> Result<DateTime, Refusal> {
    let shaped = text.len() == 16
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            10 => byte == b'T',
            13 => byte == b':',
            _ => byte.is_ascii_digit(),
        });
    shaped
        .then(|| text.parse::<DateTime>().ok())
        .flatten()
        .filter(|time| (1970..=9990).contains(&time.year()))
        .ok_or_else(|| {
            Refusal::invalid_because(field, "is not a local date and time", "such as 2026-12-21T00:00")
                .named("out_of_range")
        })
}

async fn check_cover(tx: &Tx, actor: &Actor, cover: Option<MemberId>) -> Result<()> {
    let Some(cover) = cover else { return Ok(()) };
    if cover == actor.member {
        return Err(Refusal::invalid("cover", "is the member who is away").named("own_cover").into());
    }
    match members::state_of_visible(tx, actor, cover).await? {
        Some(MemberState::Active) => Ok(()),
        _ => Err(Refusal::invalid("cover", "is not an active member").named("not_here").into()),
    }
}

fn clean_note(note: Option<String>) -> Result<Option<String>, Refusal> {
    let note = note.map(|note| kernel::clean_text("note", &note, MOST_NOTE)).transpose()?;
    Ok(note.filter(|note| !note.is_empty()))
}
