//! Reads the whole days of an iCalendar file (RFC 5545): what calendars of public holidays are
//! made of. Anything that would be understood wrongly is refused with its line.

use std::collections::{BTreeMap, HashSet};

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Weekday, date},
    tz::TimeZone,
};
use kernel::Refusal;

use super::{Holiday, MOST_BYTES};

/// More events than this are no calendar of holidays.
const MOST_EVENTS: usize = 5_000;
/// More days than this in seven years are no holidays either.
const MOST_DAYS: usize = 1_000;
/// The longest event, in days.
const LONGEST: i32 = 31;
const MOST_NAME: usize = 80;

/// The whole days from a year before `at` to five years after it, by date; each date once, with
/// the names of all that is on it. `field` names the text in refusals.
pub(super) fn read(field: &str, text: &str, at: Timestamp) -> Result<Vec<Holiday>, Refusal> {
    if text.len() > MOST_BYTES {
        let allowed = format!("at most {MOST_BYTES} bytes");
        return Err(Refusal::invalid_because(field, "is too long", allowed).named("too_long"));
    }
    let events = events(text).map_err(|problem| Refusal::invalid(field, problem))?;
    let today = at.to_zoned(TimeZone::UTC).date();
    let window = (moved(today, -366), moved(today, 5 * 366));
    let days = days(&events, window);
    if events.is_empty() {
        return Err(Refusal::invalid(field, "has no whole days in it").named("no_days"));
    }
    if days.len() > MOST_DAYS {
        return Err(Refusal::invalid(field, "has more days than a calendar of holidays has"));
    }
    let holiday = |(date, name): (Date, String)| Holiday { date: date.to_string(), name };
    Ok(days.into_iter().map(holiday).collect())
}

/// One event of whole days.
#[derive(Debug, Default)]
struct Event {
    uid: String,
    name: String,
    start: Option<Date>,
    /// How many days, at least 1.
    length: i32,
    rule: Option<Rule>,
    more: Vec<Date>,
    except: HashSet<Date>,
    /// The day of a repeated event that this one stands for.
    instead_of: Option<Date>,
}

/// How an event repeats, once every so many years.
#[derive(Debug, Clone)]
struct Rule {
    interval: i16,
    count: Option<usize>,
    until: Option<Date>,
    month: Option<i8>,
    day: OnDay,
}

/// Which day of its month.
#[derive(Debug, Clone, Copy)]
enum OnDay {
    /// That of the first event.
    Same,
    /// A number; negative counts from the end.
    Of(i8),
    /// The nth such weekday; negative counts from the end.
    Nth(i8, Weekday),
}

/// A line of the file, unfolded.
struct Property<'a> {
    /// The number of its first line, from 1.
    line: usize,
    name: String,
    parameters: &'a str,
    value: &'a str,
}

impl Property<'_> {
    fn wrong(&self, problem: &str) -> String {
        let value: String = self.value.chars().take(60).collect();
        format!("cannot be read in line {}: {} {value:?} {problem}", self.line, self.name)
    }
}

fn events(text: &str) -> Result<Vec<Event>, String> {
    let lines = unfold(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut inside: Vec<String> = Vec::new();
    let mut events = Vec::new();
    let mut event: Option<Draft> = None;
    let mut complete = false;
    for (line, text) in &lines {
        let Some(property) = property(*line, text) else {
            return Err(format!("cannot be read in line {line}: it is not iCalendar"));
        };
        match (property.name.as_str(), inside.as_slice()) {
            ("BEGIN", _) => {
                let component = property.value.trim().to_ascii_uppercase();
                if inside.is_empty() && component != "VCALENDAR" {
                    return Err("is not an iCalendar file".to_owned());
                }
                if component == "VEVENT" && inside.len() == 1 {
                    event = Some(Draft::default());
                }
                inside.push(component);
            }
            ("END", [.., last]) if *last == property.value.trim().to_ascii_uppercase() => {
                inside.pop();
                complete = inside.is_empty();
                if inside.len() == 1
                    && let Some(draft) = event.take()
                {
                    events.extend(draft.finish()?);
                }
                if events.len() > MOST_EVENTS {
                    return Err("has more events than a calendar of holidays has".to_owned());
                }
            }
            ("END", _) => return Err(property.wrong("ends what had not begun")),
            // Alarms inside an event are not the event.
            (_, [_, _]) => {
                if let Some(event) = &mut event {
                    event.take(&property)?;
                }
            }
            (_, []) => return Err("is not an iCalendar file".to_owned()),
            _ => {}
        }
    }
    if complete { Ok(events) } else { Err("is not a complete iCalendar file".to_owned()) }
}

/// Joins lines that go on in the next one, which begins with white space.
fn unfold(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some((_, last))) => last.push_str(rest),
            _ if line.trim().is_empty() => {}
            _ => lines.push((index + 1, line.to_owned())),
        }
    }
    lines
}

/// `NAME;PARAMETER=…:value`. A colon inside quotation marks belongs to a parameter.
fn property(line: usize, text: &str) -> Option<Property<'_>> {
    let mut quoted = false;
    let colon = text.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == ':' && !quoted
    });
    let (head, value) = text.split_at_checked(colon?.0)?;
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let value = value.get(1..)?;
    plain.then(|| Property { line, name: name.to_ascii_uppercase(), parameters, value })
}

/// An event while it is read.
#[derive(Default)]
struct Draft {
    event: Event,
    /// It has a time of day, or was called off: it is no whole day.
    left_out: bool,
    end: Option<Date>,
    days: Option<i32>,
    /// A rule that is not understood is wrong only for a whole day.
    rule: Option<Result<Rule, String>>,
}

impl Draft {
    fn take(&mut self, property: &Property<'_>) -> Result<(), String> {
        match property.name.as_str() {
            "UID" => property.value.clone_into(&mut self.event.uid),
            "SUMMARY" => self.event.name = name(property.value),
            "STATUS" => self.left_out |= property.value.eq_ignore_ascii_case("CANCELLED"),
            "DTSTART" => match whole_day(property)? {
                Some(day) => self.event.start = Some(day),
                None => self.left_out = true,
            },
            "DTEND" => self.end = whole_day(property)?,
            "DURATION" => self.days = duration(property.value),
            "RRULE" => self.rule = Some(rule(property)),
            "RDATE" => self.event.more.extend(whole_days(property)?),
            "EXDATE" => self.event.except.extend(whole_days(property)?),
            "RECURRENCE-ID" => self.event.instead_of = whole_day(property)?,
            _ => {}
        }
        Ok(())
    }

    fn finish(self) -> Result<Option<Event>, String> {
        let Some(start) = self.event.start.filter(|_| !self.left_out) else { return Ok(None) };
        let until_end = self.end.and_then(|end| start.until(end).ok()).map(|span| span.get_days());
        let length = until_end.or(self.days).unwrap_or(1).clamp(1, LONGEST);
        Ok(Some(Event { length, rule: self.rule.transpose()?, ..self.event }))
    }
}

/// `20261225`, or midnight of it without a zone of its own; none for any other time of day.
fn whole_day(property: &Property<'_>) -> Result<Option<Date>, String> {
    day_of(property, property.value)
}

fn whole_days(property: &Property<'_>) -> Result<Vec<Date>, String> {
    let days = property.value.split(',').map(|value| day_of(property, value));
    Ok(days.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn day_of(property: &Property<'_>, value: &str) -> Result<Option<Date>, String> {
    let value = value.trim();
    let (day, time) = value.split_once('T').unwrap_or((value, "000000"));
    let day = ymd(day).ok_or_else(|| property.wrong("is not a date"))?;
    let in_another_zone = property.parameters.to_ascii_uppercase().contains("TZID=");
    Ok((time == "000000" && !in_another_zone).then_some(day))
}

fn ymd(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let day =
        Date::new(text.get(..4)?.parse().ok()?, text.get(4..6)?.parse().ok()?, text.get(6..)?.parse().ok()?);
    day.ok().filter(|day| (1970..=2200).contains(&day.year()))
}

/// `P3D` or `P1W`, in days.
fn duration(text: &str) -> Option<i32> {
    let text = text.trim().strip_prefix('P')?;
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: i32 = number.parse().ok()?;
    match unit {
        "D" => Some(number),
        "W" => number.checked_mul(7),
        _ => None,
    }
}

/// The text with its escapes undone, on one line, cut to what fits.
fn name(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut escaped = false;
    for c in text.chars() {
        match (escaped, c) {
            (false, '\\') => escaped = true,
            (true, 'n' | 'N') => {
                plain.push(' ');
                escaped = false;
            }
            _ => {
                plain.push(c);
                escaped = false;
            }
        }
    }
    let cut: String = plain.chars().take(MOST_NAME).collect();
    kernel::clean_line("name", &cut, MOST_NAME).unwrap_or_default()
}

/// A rule that repeats by the year. Others are refused: taking only their first day would be
/// silently wrong.
fn rule(property: &Property<'_>) -> Result<Rule, String> {
    let unknown = || property.wrong("repeats in a way that holidays do not");
    let mut rule = Rule { interval: 1, count: None, until: None, month: None, day: OnDay::Same };
    let mut yearly = false;
    for part in property.value.split(';').filter(|part| !part.trim().is_empty()) {
        let (key, value) = part.split_once('=').ok_or_else(unknown)?;
        let value = value.trim().to_ascii_uppercase();
        match key.trim().to_ascii_uppercase().as_str() {
            "FREQ" => yearly = value == "YEARLY",
            "INTERVAL" => {
                rule.interval =
                    value.parse().ok().filter(|years| (1..=100).contains(years)).ok_or_else(unknown)?;
            }
            "COUNT" => rule.count = Some(value.parse().map_err(|_| unknown())?),
            "UNTIL" => rule.until = Some(value.get(..8).and_then(ymd).ok_or_else(unknown)?),
            "BYMONTH" => {
                let month: i8 = value.parse().map_err(|_| unknown())?;
                rule.month = Some(month).filter(|month| (1..=12).contains(month));
                rule.month.ok_or_else(unknown)?;
            }
            "BYMONTHDAY" => {
                let day: i8 = value.parse().map_err(|_| unknown())?;
                rule.day = OnDay::Of(day);
                (day != 0 && (-31..=31).contains(&day)).then_some(()).ok_or_else(unknown)?;
            }
            "BYDAY" => rule.day = nth_weekday(&value).ok_or_else(unknown)?,
            "WKST" => {}
            _ => return Err(unknown()),
        }
    }
    let in_a_month = rule.month.is_some() || matches!(rule.day, OnDay::Same);
    if yearly && in_a_month { Ok(rule) } else { Err(unknown()) }
}

/// `4TH`, `-1MO`.
fn nth_weekday(text: &str) -> Option<OnDay> {
    let (nth, day) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let day = match day {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return None,
    };
    let nth: i8 = nth.parse().ok().filter(|nth| *nth != 0 && (-5..=5).contains(nth))?;
    Some(OnDay::Nth(nth, day))
}

impl Rule {
    /// The day of this year; none where the year has none, such as 29 February.
    fn day_in(&self, year: i16, first: Date) -> Option<Date> {
        let month = Date::new(year, self.month.unwrap_or(first.month()), 1).ok()?;
        match self.day {
            OnDay::Same => Date::new(year, month.month(), first.day()).ok(),
            OnDay::Of(day) if day > 0 => Date::new(year, month.month(), day).ok(),
            OnDay::Of(day) => {
                let day = month.days_in_month() + 1 + day;
                Date::new(year, month.month(), day).ok()
            }
            OnDay::Nth(nth, weekday) => month.nth_weekday_of_month(nth, weekday).ok(),
        }
    }

    /// The days on which the event begins, up to `last`.
    fn starts(&self, first: Date, last: Date) -> Vec<Date> {
        let last = self.until.map_or(last, |until| until.min(last));
        let years = (first.year()..=last.year()).step_by(usize::from(self.interval.unsigned_abs()));
        let days = years.filter_map(|year| self.day_in(year, first));
        let days = days.filter(|day| first <= *day && *day <= last);
        days.take(self.count.unwrap_or(usize::MAX)).collect()
    }
}

fn days(events: &[Event], (from, to): (Date, Date)) -> BTreeMap<Date, String> {
    let replaced: HashSet<(&str, Date)> =
        events.iter().filter_map(|event| Some((event.uid.as_str(), event.instead_of?))).collect();
    let mut days: BTreeMap<Date, String> = BTreeMap::new();
    for event in events {
        for start in starts(event, to) {
            let stays = event.instead_of.is_some() || !replaced.contains(&(event.uid.as_str(), start));
            if event.except.contains(&start) || !stays {
                continue;
            }
            for day in (0..event.length).filter_map(|after| start.checked_add(after.days()).ok()) {
                if from <= day && day <= to {
                    add(days.entry(day).or_default(), &event.name);
                }
            }
        }
    }
    days
}

fn starts(event: &Event, to: Date) -> Vec<Date> {
    let Some(first) = event.start else { return Vec::new() };
    let mut starts = match &event.rule {
        Some(rule) => rule.starts(first, to),
        None => vec![first],
    };
    starts.extend(&event.more);
    starts
}

/// Two holidays on one day share it.
fn add(names: &mut String, name: &str) {
    let known = names.split(", ").any(|known| known == name);
    if name.is_empty() || known || names.chars().count() + name.chars().count() + 2 > 2 * MOST_NAME {
        return;
    }
    if !names.is_empty() {
        names.push_str(", ");
    }
    names.push_str(name);
}

fn moved(day: Date, days: i32) -> Date {
    day.checked_add(days.days()).unwrap_or(date(2200, 1, 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-25T12:00:00Z".parse().unwrap()
    }

    fn calendar(events: &[&str]) -> String {
        let events: Vec<String> =
            events.iter().map(|lines| format!("BEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\n")).collect();
        let events = events.concat();
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
    }

    fn days_of(text: &str) -> Vec<String> {
        let days = read("ics", text, now()).unwrap();
        days.into_iter().map(|day| format!("{} {}", day.date, day.name)).collect()
    }

    fn problem(text: &str) -> String {
        match read("ics", text, now()).unwrap_err() {
            Refusal::Invalid { problem, .. } => problem,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn whole_days_are_read_with_their_names() {
        let text = calendar(&[
            "UID:a\r\nDTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christ\r\n mas\\, both days",
            "UID:b\r\nDTSTART;VALUE=DATE:20261130\r\nSUMMARY:Bonifacio Day",
            "UID:c\r\nDTSTART;VALUE=DATE:20270402\r\nDURATION:P1D\r\nSUMMARY;LANGUAGE=\"de:at\":Karfreitag",
            "UID:d\r\nDTSTART:20261208T000000\r\nSUMMARY:Midnight of no zone",
        ]);
        assert_eq!(
            days_of(&text),
            [
                "2026-11-30 Bonifacio Day",
                "2026-12-08 Midnight of no zone",
                "2026-12-25 Christmas, both days",
                "2026-12-26 Christmas, both days",
                "2027-04-02 Karfreitag",
            ]
        );
    }

    #[test]
    fn what_is_no_whole_day_is_left_out() {
        let text = calendar(&[
            "DTSTART:20261201T090000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=MO\r\nSUMMARY:Stand-up",
            "DTSTART;TZID=Europe/Berlin:20261202T000000\r\nSUMMARY:A midnight somewhere",
            "DTSTART;VALUE=DATE:20261203\r\nSTATUS:CANCELLED\r\nSUMMARY:Called off",
            "DTSTART;VALUE=DATE:20261204\r\nSUMMARY:Kept\r\nBEGIN:VALARM\r\nTRIGGER:-P1D\r\nSUMMARY:An alarm\r\nEND:VALARM",
        ]);
        assert_eq!(days_of(&text), ["2026-12-04 Kept"]);
    }

    #[test]
    fn yearly_rules_are_followed() {
        let text = calendar(&[
            "UID:x\r\nDTSTART;VALUE=DATE:20001126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\r\nSUMMARY:Thanksgiving",
            "UID:y\r\nDTSTART;VALUE=DATE:20200229\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Leap day",
            "UID:z\r\nDTSTART;VALUE=DATE:20250525\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=2\r\nSUMMARY:Last Monday",
            "UID:u\r\nDTSTART;VALUE=DATE:20251231\r\nRRULE:FREQ=YEARLY;UNTIL=20271231T000000Z;INTERVAL=2\r\n\
             SUMMARY:Every second",
        ]);
        let days = days_of(&text);
        let named = |name: &str| -> Vec<&str> {
            days.iter().filter_map(|day| day.strip_suffix(name)?.strip_suffix(' ')).collect()
        };
        assert_eq!(
            named("Thanksgiving"),
            [
                "2025-11-27",
                "2026-11-26",
                "2027-11-25",
                "2028-11-23",
                "2029-11-22",
                "2030-11-28",
                "2031-11-27"
            ],
            "for five years"
        );
        assert_eq!(named("Leap day"), ["2028-02-29"]);
        assert_eq!(named("Last Monday"), ["2026-05-25"], "the first of the two was in 2025 on 26 May");
        assert_eq!(named("Every second"), ["2025-12-31", "2027-12-31"]);
    }

    #[test]
    fn exceptions_and_moved_days_are_honoured() {
        let text = calendar(&[
            "UID:a\r\nDTSTART;VALUE=DATE:20251224\r\nRRULE:FREQ=YEARLY;COUNT=3\r\n\
             EXDATE;VALUE=DATE:20261224\r\nSUMMARY:Eve",
            "UID:a\r\nRECURRENCE-ID;VALUE=DATE:20271224\r\nDTSTART;VALUE=DATE:20271223\r\nSUMMARY:Eve, moved",
            "UID:b\r\nDTSTART;VALUE=DATE:20261231\r\nRDATE;VALUE=DATE:20270101,20270102\r\nSUMMARY:New year",
            "UID:c\r\nDTSTART;VALUE=DATE:20270101\r\nSUMMARY:Founding day",
        ]);
        assert_eq!(
            days_of(&text),
            [
                "2025-12-24 Eve",
                "2026-12-31 New year",
                "2027-01-01 New year, Founding day",
                "2027-01-02 New year",
                "2027-12-23 Eve, moved",
            ]
        );
    }

    #[test]
    fn what_would_be_understood_wrongly_is_refused_with_its_line() {
        let monthly = calendar(&["DTSTART;VALUE=DATE:20261201\r\nRRULE:FREQ=MONTHLY\r\nSUMMARY:Rent"]);
        assert_eq!(
            problem(&monthly),
            "cannot be read in line 5: RRULE \"FREQ=MONTHLY\" repeats in a way that holidays do not"
        );
        let wrong_day = calendar(&["DTSTART;VALUE=DATE:20261301\r\nSUMMARY:No month"]);
        assert!(problem(&wrong_day).contains("line 4"), "{}", problem(&wrong_day));
        for (text, expected) in [
            ("", "is not a complete iCalendar file"),
            ("<!doctype html>", "cannot be read in line 1: it is not iCalendar"),
            ("BEGIN:VCARD\nEND:VCARD", "is not an iCalendar file"),
            ("SUMMARY:x", "is not an iCalendar file"),
            ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:cut", "is not a complete iCalendar file"),
            (
                "BEGIN:VCALENDAR\nEND:VEVENT",
                "cannot be read in line 2: END \"VEVENT\" ends what had not begun",
            ),
            ("BEGIN:VCALENDAR\nEND:VCALENDAR", "has no whole days in it"),
        ] {
            assert_eq!(problem(text), expected, "{text:?}");
        }
        assert!(problem(&"x".repeat(MOST_BYTES + 1)).contains("too long"));
    }

    #[test]
    fn a_calendar_that_is_no_calendar_of_holidays_is_refused() {
        let many: Vec<String> =
            (0..=MOST_EVENTS).map(|index| format!("UID:{index}\r\nDTSTART;VALUE=DATE:20261201")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(problem(&calendar(&many)), "has more events than a calendar of holidays has");
        let long: Vec<String> = (1..=40)
            .map(|week| {
                let start = date(2026, 1, 1).checked_add((week * 31).days()).unwrap();
                format!("DTSTART;VALUE=DATE:{}\r\nDURATION:P90D", start.strftime("%Y%m%d"))
            })
            .collect();
        let long: Vec<&str> = long.iter().map(String::as_str).collect();
        assert_eq!(problem(&calendar(&long)), "has more days than a calendar of holidays has");
    }

    #[test]
    fn an_event_without_a_name_is_a_day_all_the_same() {
        let text =
            calendar(&["DTSTART;VALUE=DATE:20261201", "DTSTART;VALUE=DATE:20261202\r\nSUMMARY:\u{202e}"]);
        assert_eq!(days_of(&text), ["2026-12-01 ", "2026-12-02 "]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String, lines in prop::collection::vec(
            "(BEGIN|END|DTSTART|DTEND|RRULE|SUMMARY|UID|EXDATE|RECURRENCE-ID|DURATION)[:;]\
             (VEVENT|VCALENDAR|2026[0-9]{4}|FREQ=YEARLY;BYDAY=-?[0-9]MO;BYMONTH=[0-9]+|P[0-9]{1,12}[DW]|.{0,12})", 0..40)) {
            let _ = read("ics", &text, now());
            let nested = format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{}\nEND:VEVENT\nEND:VCALENDAR", lines.join("\n"));
            if let Ok(days) = read("ics", &nested, now()) {
                prop_assert!(days.windows(2).all(|pair| pair[0].date < pair[1].date));
                prop_assert!(days.iter().all(|day| day.wall().is_some()));
            }
        }
    }
}
