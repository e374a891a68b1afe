//! Dates as mail writes them: RFC 5322, its obsolete forms, `asctime` (the separator lines of an mbox) and
//! ISO 8601.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

/// Reads the value of a `Date:` header. Words that are no part of a date are passed over; a missing zone means
/// UTC. `None` when there is no complete date and time between 1970 and 2100.
pub fn parse_header(text: &str) -> Option<Timestamp> {
    read(&without_comments(text), Unknown::Ignored)
}

/// Reads the date at the end of an mbox separator line, given the line without its leading `From `.
///
/// The sender comes first and may be several words (`user at example.org`). Everything after it must be a date
/// and nothing but a date: this is what tells a separator from a sentence that starts with “From”.
pub fn parse_separator(rest: &str) -> Option<Timestamp> {
    const LONGEST_SENDER_IN_WORDS: usize = 6;
    let mut tail = rest.trim();
    for _ in 0..LONGEST_SENDER_IN_WORDS {
        tail = tail.split_once(char::is_whitespace)?.1.trim_start();
        if let Some(found) = read(tail, Unknown::Refused) {
            return Some(found);
        }
    }
    None
}

#[derive(Clone, Copy, PartialEq)]
enum Unknown {
    Ignored,
    Refused,
}

#[derive(Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<Time>,
    offset_seconds: Option<i32>,
    afternoon: Option<bool>,
}

fn read(text: &str, unknown: Unknown) -> Option<Timestamp> {
    let mut parts = Parts::default();
    for token in text.split(|c: char| c.is_whitespace() || c == ',').filter(|token| !token.is_empty()) {
        if !parts.take(token) && unknown == Unknown::Refused {
            return None;
        }
    }
    parts.timestamp()
}

impl Parts {
    /// Takes one word into the date; false when the word has no place in it.
    fn take(&mut self, token: &str) -> bool {
        if let Some((date, time)) = token.split_once(['T', 't'])
            && date.contains('-')
            && time.starts_with(|c: char| c.is_ascii_digit())
        {
            return self.take_dashed_date(date) && self.take_time(time);
        }
        match token.bytes().next() {
            Some(b'+' | b'-') => self.take_offset(token),
            Some(b'0'..=b'9') if token.contains(':') => self.take_time(token),
            Some(b'0'..=b'9') if token.contains('-') => self.take_dashed_date(token),
            Some(b'0'..=b'9') => self.take_number(token),
            _ => self.take_word(token),
        }
    }

    fn take_number(&mut self, token: &str) -> bool {
        let Ok(number) = token.trim_end_matches('.').parse::<i16>() else { return false };
        if self.day.is_none() && token.len() <= 2 && (1..=31).contains(&number) {
            self.day = i8::try_from(number).ok();
            return true;
        }
        self.take_year(number)
    }

    /// Two digits mean 1970 to 2069; three are the years since 1900 that some programs wrote after 1999.
    fn take_year(&mut self, number: i16) -> bool {
        if self.year.is_some() {
            return false;
        }
        self.year = match number {
            0..=69 => Some(number + 2000),
            70..=199 => Some(number + 1900),
            1970..=2100 => Some(number),
            _ => None,
        };
        self.year.is_some()
    }

    /// `2008-10-15` or `15-Oct-2008`.
    fn take_dashed_date(&mut self, token: &str) -> bool {
        let mut fields = token.split('-');
        let (Some(first), Some(middle), Some(last), None) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return false;
        };
        let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
        self.month = month_named(middle).or_else(|| middle.parse().ok());
        self.day = day.parse().ok();
        year.parse().is_ok_and(|year| self.take_year(year))
    }

    /// `19:44`, `19:44:23`, `19:44:23.5`, each also with a zone attached.
    fn take_time(&mut self, token: &str) -> bool {
        if self.time.is_some() {
            return false;
        }
        let end = token.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(token.len());
        let (clock, zone) = token.split_at(end);
        let mut fields = clock.split(':');
        let hour = fields.next().and_then(|text| text.parse::<i8>().ok());
        let minute = fields.next().and_then(|text| text.parse::<i8>().ok());
        let second = match fields.next() {
            Some(text) => text.split('.').next().and_then(|whole| whole.parse::<i8>().ok()),
            None => Some(0),
        };
        let (Some(hour), Some(minute), Some(second)) = (hour, minute, second) else { return false };
        // A leap second is kept as the second before it.
        self.time = Time::new(hour, minute, second.min(59), 0).ok();
        self.time.is_some() && (zone.is_empty() || self.take_offset(zone) || self.take_word(zone))
    }

    /// `+0200`, `-05:30`, `+2`.
    fn take_offset(&mut self, token: &str) -> bool {
        let (sign, digits) = match token.split_at_checked(1) {
            Some(("+", digits)) => (1, digits),
            Some(("-", digits)) => (-1, digits),
            _ => return false,
        };
        let digits: String = digits.chars().filter(|c| *c != ':').collect();
        let Ok(number) = digits.parse::<u16>().map(i32::from) else { return false };
        let (hours, minutes) = if digits.len() <= 2 { (number, 0) } else { (number / 100, number % 100) };
        if self.time.is_none() || hours > 15 || minutes > 59 {
            return false;
        }
        self.offset_seconds = Some(sign * (hours * 3600 + minutes * 60));
        true
    }

    fn take_word(&mut self, token: &str) -> bool {
        let word = token.trim_end_matches('.');
        if is_weekday(word) {
            return true;
        }
        if self.month.is_none()
            && let Some(month) = month_named(word)
        {
            self.month = Some(month);
            return true;
        }
        if self.time.is_none() {
            return false;
        }
        match word.to_ascii_uppercase().as_str() {
            "AM" => self.afternoon = Some(false),
            "PM" => self.afternoon = Some(true),
            name => match zone_offset_hours(name) {
                Some(hours) => {
                    self.offset_seconds.get_or_insert(hours * 3600);
                }
                None => return false,
            },
        }
        true
    }

    fn timestamp(&self) -> Option<Timestamp> {
        let date = Date::new(self.year?, self.month?, self.day?).ok()?;
        let mut time = self.time?;
        match (self.afternoon, time.hour()) {
            (Some(true), hour @ 1..=11) => time = time.with().hour(hour + 12).build().ok()?,
            (Some(false), 12) => time = time.with().hour(0).build().ok()?,
            _ => {}
        }
        let offset = Offset::from_seconds(self.offset_seconds.unwrap_or(0)).ok()?;
        let found = offset.to_timestamp(date.to_datetime(time)).ok()?;
        (found >= Timestamp::UNIX_EPOCH).then_some(found)
    }
}

fn without_comments(text: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

fn month_named(word: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let position = NAMES.iter().position(|name| is_name_or_abbreviation(word, name))?;
    i8::try_from(position + 1).ok()
}

fn is_weekday(word: &str) -> bool {
    const NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    NAMES.iter().any(|name| is_name_or_abbreviation(word, name))
}

fn is_name_or_abbreviation(word: &str, name: &str) -> bool {
    word.len() >= 3 && name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// The hours east of UTC of the zone names that mail has used. `CST` and its like are the American ones, as
/// RFC 5322 says.
fn zone_offset_hours(upper_case_name: &str) -> Option<i32> {
    Some(match upper_case_name {
        "UT" | "UTC" | "GMT" | "Z" | "WET" => 0,
        "BST" | "CET" | "MET" | "WEST" => 1,
        "CEST" | "MEST" | "EET" => 2,
        "EEST" | "MSK" => 3,
        "MSD" => 4,
        "JST" | "KST" => 9,
        "AEST" => 10,
        "AEDT" => 11,
        "NZST" => 12,
        "NZDT" => 13,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> String {
        parse_header(text).map_or_else(|| "none".to_owned(), |found| found.to_string())
    }

    #[test]
    fn reads_the_forms_a_date_header_takes() {
        for (text, expected) in [
            ("Wed, 15 Oct 2008 19:44:23 +0000", "2008-10-15T19:44:23Z"),
            ("Wed, 15 Oct 2008 21:44:23 +0200 (CEST)", "2008-10-15T19:44:23Z"),
            ("15 Oct 2008 14:44 EST", "2008-10-15T19:44:00Z"),
            ("Wed Oct 15 19:44:23 2008", "2008-10-15T19:44:23Z"),
            ("Thu, 1 Jan 98 00:00:00 GMT", "1998-01-01T00:00:00Z"),
            ("Sat, 1 Jan 100 00:00:00 GMT", "2000-01-01T00:00:00Z"),
            ("2008-10-15T19:44:23+02:00", "2008-10-15T17:44:23Z"),
            ("Wednesday, October 15, 2008 7:44 PM", "2008-10-15T19:44:00Z"),
            ("15-Oct-2008 19:44:23", "2008-10-15T19:44:23Z"),
            ("Sat, 31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59Z"),
            ("Wed, 15 Oct 2008 19:44:23 Some Odd Zone", "2008-10-15T19:44:23Z"),
            ("Wed, 31 Feb 2008 19:44:23 +0000", "none"),
            ("Wed, 15 Oct 2008", "none"),
            ("yesterday", "none"),
            ("", "none"),
            ("-", "none"),
        ] {
            assert_eq!(header(text), expected, "{text}");
        }
    }

    #[test]
    fn tells_a_separator_from_a_sentence() {
        for line in [
            "f8bfa84297de@people.example Wed Oct 15 19:44:23 2008",
            "user at example.org  Wed Oct 15 19:44:23 2008",
            "user@example.org Wed Oct 15 19:44:23 UTC 2008",
            "1234@xxx Wed Oct 15 19:44:23 +0000 2008",
            "- Wed Oct 15 19:44:23 2008",
            "user@example.org Wed, 15 Oct 2008 19:44:23 +0000",
        ] {
            let found = parse_separator(line).map(|found| found.to_string());
            assert_eq!(found.as_deref(), Some("2008-10-15T19:44:23Z"), "{line}");
        }
        for line in [
            "the meeting of Wed Oct 15 19:44:23 2008 we learn",
            "what I can see, it works",
            "here",
            "",
            "a distance it looks like Oct 15",
        ] {
            assert_eq!(parse_separator(line), None, "{line}");
        }
    }
}
