//! A zone as iCalendar wants it: every turn of its clocks in the time that a calendar is about, one by
//! one. A rule would say the same shorter, and be wrong where a government changes it.

use jiff::{
    SignedDuration, Timestamp,
    tz::{Dst, Offset, TimeZone, TimeZoneTransition},
};

use super::text::Lines;

/// How far around the first and the last instant turns are told.
const AROUND: SignedDuration = SignedDuration::from_hours(366 * 24);
/// More turns than this in one calendar there are nowhere.
const MOST: usize = 200;

/// Writes a zone for a calendar whose instants lie within `from` and `until`.
pub(super) fn write(lines: &mut Lines, name: &str, zone: &TimeZone, from: Timestamp, until: Timestamp) {
    let from = from.checked_sub(AROUND).unwrap_or(from);
    let until = until.checked_add(AROUND).unwrap_or(until);
    lines.plain("BEGIN", "VTIMEZONE");
    lines.plain("TZID", name);
    let first = zone.preceding(from).next();
    if first.is_none() {
        let info = zone.to_offset_info(from);
        observance(lines, info.dst(), "19700101T000000", (info.offset(), info.offset()), info.abbreviation());
    }
    let turns = zone.following(from).take_while(|turn| turn.timestamp() <= until).take(MOST);
    for turn in first.into_iter().chain(turns) {
        turned(lines, zone, &turn);
    }
    lines.plain("END", "VTIMEZONE");
}

/// One turn of the clocks. It begins in the time that the clocks showed before it (3.6.5).
fn turned(lines: &mut Lines, zone: &TimeZone, turn: &TimeZoneTransition<'_>) {
    let at = turn.timestamp();
    let before = zone.to_offset(at.checked_sub(SignedDuration::from_secs(1)).unwrap_or(at));
    let starts = before.to_datetime(at).strftime("%Y%m%dT%H%M%S").to_string();
    observance(lines, turn.dst(), &starts, (before, turn.offset()), turn.abbreviation());
}

fn observance(lines: &mut Lines, dst: Dst, starts: &str, (before, after): (Offset, Offset), name: &str) {
    let kind = if dst.is_dst() { "DAYLIGHT" } else { "STANDARD" };
    lines.plain("BEGIN", kind);
    lines.plain("DTSTART", starts);
    lines.plain("TZOFFSETFROM", &offset(before));
    lines.plain("TZOFFSETTO", &offset(after));
    lines.text("TZNAME", name);
    lines.plain("END", kind);
}

/// `+0530`; with seconds where there are some (3.3.14).
fn offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let all = seconds.unsigned_abs();
    let (hours, minutes, rest) = (all / 3600, all / 60 % 60, all % 60);
    if rest == 0 {
        format!("{sign}{hours:02}{minutes:02}")
    } else {
        format!("{sign}{hours:02}{minutes:02}{rest:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, from: &str, until: &str) -> String {
        let zone = jiff::tz::db().get(name).unwrap();
        let mut lines = Lines::default();
        write(&mut lines, name, &zone, from.parse().unwrap(), until.parse().unwrap());
        lines.into_text()
    }

    #[test]
    fn both_turns_of_a_year_are_told() {
        let text = written("Europe/Berlin", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
        let summer = "BEGIN:DAYLIGHT\r\nDTSTART:20260329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n\
                      TZNAME:CEST\r\nEND:DAYLIGHT\r\n";
        let winter = "BEGIN:STANDARD\r\nDTSTART:20261025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n\
                      TZNAME:CET\r\nEND:STANDARD\r\n";
        assert!(text.contains(summer) && text.contains(winter), "{text}");
    }

    #[test]
    fn a_zone_without_turns_has_one_time() {
        for (name, said) in [
            ("Asia/Kolkata", "+0530"),
            ("America/Bogota", "-0500"),
            ("Asia/Kathmandu", "+0545"),
            ("Etc/UTC", "+0000"),
        ] {
            let text = written(name, "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
            assert!(text.contains(&format!("TZOFFSETTO:{said}\r\n")), "{text}");
            assert_eq!(text.matches("BEGIN:STANDARD").count(), 1, "{text}");
        }
    }
}
