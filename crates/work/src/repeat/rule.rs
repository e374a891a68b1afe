//! When something comes again: a rule of RFC 5545 about days. At what time of a day is no part of it.

use jiff::civil::Date;
use kernel::Refusal;
use rrule::RRuleSet;

/// The longest rule, in characters.
const LONGEST: usize = 200;
/// The parts of a rule that speak of days.
const PARTS: [&str; 11] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
];
/// What is allowed, for refusals.
const ALLOWED: &str = "FREQ=DAILY, WEEKLY, MONTHLY or YEARLY with INTERVAL, BYDAY, BYMONTHDAY, BYMONTH, \
                       BYSETPOS, COUNT or UNTIL, as in FREQ=WEEKLY;INTERVAL=2;BYDAY=MO";
/// More days than this are never counted: 27 years of every day.
const MOST: usize = 10_000;
/// A rule whose last days lie farther than that from its first is not looked at.
const YEARS: i16 = 60;

/// A rule with the day on which it begins.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    text: String,
    begins_on: Date,
    days: RRuleSet,
}

impl Rule {
    /// Reads a rule strictly: what is not understood, or never comes, is refused.
    pub(crate) fn read(text: &str, begins_on: Date) -> Result<Self, Refusal> {
        let text = text.trim().to_ascii_uppercase().trim_start_matches("RRULE:").to_owned();
        let refused =
            || Refusal::invalid_because("rule", "is no rule about days", ALLOWED).named("not_a_rule");
        let parts = text.split(';').map(|part| part.split_once('=')).collect::<Option<Vec<_>>>();
        let parts = parts.filter(|_| text.len() <= LONGEST).ok_or_else(refused)?;
        let is_known = |(name, value): &(&str, &str)| PARTS.contains(name) && is_plain(value);
        let is_of_days = parts.iter().any(|(name, value)| {
            *name == "FREQ" && matches!(*value, "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY")
        });
        if !parts.iter().all(is_known) || !is_of_days {
            return Err(refused());
        }
        let whole: Vec<String> = parts.iter().map(|(name, value)| with_the_whole_day(name, value)).collect();
        let days = format!("DTSTART:{}T000000Z\nRRULE:{}", begins_on.strftime("%Y%m%d"), whole.join(";"));
        let days: RRuleSet = days.parse().map_err(|_| refused())?;
        let rule = Self { text, begins_on, days: days.limit() };
        if rule.dates().next().is_none() {
            return Err(Refusal::invalid("rule", "never comes").named("never_comes"));
        }
        Ok(rule)
    }

    /// As it is kept.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Its days in order, bounded.
    pub(crate) fn dates(&self) -> impl Iterator<Item = Date> + '_ {
        let last = self.begins_on.year().saturating_add(YEARS);
        self.days
            .into_iter()
            .take(MOST)
            .map_while(|day| day.format("%Y-%m-%d").to_string().parse::<Date>().ok())
            .take_while(move |day| day.year() <= last)
    }
}

/// Letters, digits and what stands between them.
fn is_plain(value: &str) -> bool {
    !value.is_empty()
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b',' | b'-' | b'+'))
}

/// A last day without a time is the whole of that day.
fn with_the_whole_day(name: &str, value: &str) -> String {
    if name == "UNTIL" && value.len() == 8 {
        return format!("{name}={value}T235959Z");
    }
    if name == "UNTIL" && value.len() == 15 {
        return format!("{name}={value}Z");
    }
    format!("{name}={value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(rule: &str, begins_on: &str, most: usize) -> Vec<String> {
        let rule = Rule::read(rule, begins_on.parse().unwrap()).unwrap();
        rule.dates().take(most).map(|day| day.to_string()).collect()
    }

    #[test]
    fn the_common_ones() {
        assert_eq!(
            days("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2026-11-23", 3),
            ["2026-11-23", "2026-12-07", "2026-12-21"]
        );
        assert_eq!(
            days("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-27", 3),
            ["2026-11-27", "2026-11-30", "2026-12-01"]
        );
        // The last working day of a month.
        assert_eq!(
            days("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-11-01", 3),
            ["2026-11-30", "2026-12-31", "2027-01-29"]
        );
        assert_eq!(
            days("FREQ=MONTHLY;BYDAY=1TU", "2026-11-01", 3),
            ["2026-11-03", "2026-12-01", "2027-01-05"]
        );
    }

    #[test]
    fn the_ends_of_months() {
        // The standard leaves out months without such a day; the last day is said as -1.
        assert_eq!(
            days("FREQ=MONTHLY;BYMONTHDAY=31", "2026-11-01", 3),
            ["2026-12-31", "2027-01-31", "2027-03-31"]
        );
        assert_eq!(
            days("FREQ=MONTHLY;BYMONTHDAY=-1", "2027-01-01", 3),
            ["2027-01-31", "2027-02-28", "2027-03-31"]
        );
        assert_eq!(
            days("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-01-01", 2),
            ["2028-02-29", "2032-02-29"]
        );
    }

    #[test]
    fn they_end() {
        assert_eq!(days("FREQ=DAILY;COUNT=2", "2026-11-23", 9), ["2026-11-23", "2026-11-24"]);
        assert_eq!(days("FREQ=DAILY;UNTIL=20261124", "2026-11-23", 9), ["2026-11-23", "2026-11-24"]);
        assert_eq!(days("rrule:freq=daily;until=20261124T120000", "2026-11-23", 9).len(), 2);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let day: Date = "2026-11-23".parse().unwrap();
        for wrong in [
            "",
            "DAILY",
            "FREQ=HOURLY",
            "FREQ=DAILY;BYHOUR=9",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;INTERVAL=99999999",
            "FREQ=DAILY;COUNT=-1",
            "FREQ=WEEKLY;BYDAY=XX",
            "FREQ=MONTHLY;BYMONTHDAY=32",
            "FREQ=DAILY\nRDATE:20261124T000000Z",
            "FREQ=DAILY;X=1",
            "FREQ=DAILY;;",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        ] {
            assert!(Rule::read(wrong, day).is_err(), "{wrong}");
        }
        assert!(Rule::read(&format!("FREQ=DAILY;BYMONTHDAY={}", "1,".repeat(200)), day).is_err());
    }
}
