//! What stands in a member's calendar: the tasks that are theirs and due, the asks that they owe, and
//! their time off.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use people::{members, time_off};
use store::Tx;
use topics::asks;
use work::mine;

use super::{text::Lines, zones};
use crate::{Error, Result, news::Reader};

/// An entry of the calendar.
struct Entry {
    /// Stays the same as long as the thing does.
    uid: String,
    /// When what it says last changed.
    changed_at: Timestamp,
    summary: String,
    /// Below the address of the site.
    path: String,
    when: When,
}

/// When it is.
enum When {
    /// By this instant.
    By(Timestamp),
    /// On these days, the last one excluded.
    Days(Date, Date),
    /// Between these times of the member's clock.
    Between(DateTime, DateTime),
}

/// The calendar of a reader, as they may read it now. `address`: that of the site, for links.
pub(super) async fn calendar(tx: &Tx, reader: &Reader, address: Option<&str>) -> Result<String> {
    let card = members::read(tx, reader.actor.workspace, reader.actor.member, reader.actor.at).await?;
    let known = card.schedule.zone.and_then(|name| Some((jiff::tz::db().get(&name).ok()?, name)));
    let (zone, name) = known.unwrap_or_else(|| (TimeZone::UTC, "Etc/UTC".to_owned()));
    let mut entries = tasks(tx, reader).await?;
    entries.extend(owed(tx, reader).await?);
    entries.extend(away(tx, reader).await?);
    let mut lines = Lines::default();
    lines.plain("BEGIN", "VCALENDAR");
    lines.plain("VERSION", "2.0");
    lines.plain("PRODID", "-//Meridian//Meridian//EN");
    lines.plain("CALSCALE", "GREGORIAN");
    lines.plain("METHOD", "PUBLISH");
    lines.text("X-WR-CALNAME", &reader.workspace);
    lines.plain("X-WR-TIMEZONE", &name);
    lines.plain("REFRESH-INTERVAL;VALUE=DURATION", "PT15M");
    let times = || entries.iter().flat_map(|entry| entry.when.instants(&zone)).flatten();
    let (first, last) = (times().min(), times().max());
    zones::write(
        &mut lines,
        &name,
        &zone,
        first.unwrap_or(reader.actor.at).min(reader.actor.at),
        last.unwrap_or(reader.actor.at).max(reader.actor.at),
    );
    for entry in &entries {
        entry.write(&mut lines, &name, &zone, address);
    }
    lines.plain("END", "VCALENDAR");
    Ok(lines.into_text())
}

async fn tasks(tx: &Tx, reader: &Reader) -> Result<Vec<Entry>> {
    let tasks = mine::due(tx, &reader.actor).await.map_err(Error::Work)?;
    let entries = tasks.into_iter().filter_map(|task| {
        let due = task.due?;
        let when = match due.time {
            Some(_) => When::By(due.at),
            None => When::Days(due.date, due.date.tomorrow().ok()?),
        };
        Some(Entry {
            uid: task.id.to_string(),
            changed_at: task.changed_at,
            summary: format!("{} {}", task.key, task.title),
            path: format!("/task/{}", task.key),
            when,
        })
    });
    Ok(entries.collect())
}

async fn owed(tx: &Tx, reader: &Reader) -> Result<Vec<Entry>> {
    let asks = asks::owed(tx, &reader.actor, false).await?;
    let mine = asks.into_iter().filter(|ask| ask.asked == Some(reader.actor.member));
    let entries = mine.filter_map(|ask| {
        let at = ask.expected_at()?;
        Some(Entry {
            uid: ask.id.to_string(),
            changed_at: ask.accepted_at.unwrap_or(ask.asked_at),
            summary: reader.words.asked_for(ask.kind, &ask.question),
            path: format!("/thread/{}", ask.topic),
            when: When::By(at),
        })
    });
    Ok(entries.collect())
}

async fn away(tx: &Tx, reader: &Reader) -> Result<Vec<Entry>> {
    let times = time_off::list(tx, &reader.actor, reader.actor.member).await?;
    let entries = times.into_iter().filter_map(|time| {
        let (from, to) = (time.from.parse::<DateTime>().ok()?, time.to.parse::<DateTime>().ok()?);
        let is_whole = from.time() == Time::midnight() && to.time() == Time::midnight();
        Some(Entry {
            uid: time.id.to_string(),
            // What was altered about it is not kept; a program that reads again takes the newest text.
            changed_at: Timestamp::UNIX_EPOCH,
            summary: reader.words.time_off().to_owned(),
            path: "/settings/time-off".to_owned(),
            when: if is_whole { When::Days(from.date(), to.date()) } else { When::Between(from, to) },
        })
    });
    Ok(entries.collect())
}

impl When {
    /// Its ends as instants, to know of which time its zone must be told.
    fn instants(&self, zone: &TimeZone) -> [Option<Timestamp>; 2] {
        let wall = |at: DateTime| zone.to_timestamp(at).ok();
        match self {
            Self::By(at) => [Some(*at), None],
            Self::Days(from, to) => [*from, *to].map(|day| wall(day.to_datetime(Time::midnight()))),
            Self::Between(from, to) => [*from, *to].map(wall),
        }
    }
}

impl Entry {
    fn write(&self, lines: &mut Lines, name: &str, zone: &TimeZone, address: Option<&str>) {
        lines.plain("BEGIN", "VEVENT");
        lines.plain("UID", &format!("{}@meridian", self.uid));
        lines.plain("DTSTAMP", &self.changed_at.strftime("%Y%m%dT%H%M%SZ").to_string());
        let local = |at: &DateTime| at.strftime("%Y%m%dT%H%M%S").to_string();
        let day = |day: &Date| day.strftime("%Y%m%d").to_string();
        let (starts, ends) = (format!("DTSTART;TZID={name}"), format!("DTEND;TZID={name}"));
        match &self.when {
            When::By(at) => lines.plain(&starts, &local(&zone.to_datetime(*at))),
            When::Days(from, to) => {
                lines.plain("DTSTART;VALUE=DATE", &day(from));
                lines.plain("DTEND;VALUE=DATE", &day(to));
            }
            When::Between(from, to) => {
                lines.plain(&starts, &local(from));
                lines.plain(&ends, &local(to));
            }
        }
        lines.text("SUMMARY", &self.summary);
        if let Some(address) = address {
            lines.plain("URL", &format!("{address}{}", self.path));
        }
        lines.plain("CLASS", "PRIVATE");
        // Something due takes no time of the day; being away does.
        let takes_time = matches!(self.when, When::Between(..)) || self.path == "/settings/time-off";
        lines.plain("TRANSP", if takes_time { "OPAQUE" } else { "TRANSPARENT" });
        lines.plain("END", "VEVENT");
    }
}
