//! When the people of the sample work, and moments in their hours: behind now for what has
//! happened, ahead of it for what is due.

use anyhow::Context as _;
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Time},
};
use people::Week;
use worktime::Schedule;

use super::cast::Who;

/// How far a moment may be away. The longest time off of the sample is a week.
const FARTHEST: i64 = 60;
/// How long the person on time off is away.
const AWAY: i64 = 7;

/// Everybody's hours.
pub struct Calendar {
    /// Nothing of the sample is after this.
    pub now: Timestamp,
    /// Whole days off of the one who is away, in local dates: from the first to the day of return.
    pub away: (Date, Date),
    /// A public holiday to come, where Ananya is.
    pub holiday: Date,
    schedules: Vec<(Who, Schedule)>,
}

impl Calendar {
    /// As it is now.
    pub fn new(now: Timestamp) -> anyhow::Result<Self> {
        let away = away(now)?;
        let holiday = holiday(now)?;
        let midnight = |date: Date| format!("{date}T00:00");
        let schedules = Who::ALL.into_iter().map(|who| {
            let off = match who {
                Who::Lucia => vec![(midnight(away.0), midnight(away.1))],
                Who::Ananya => vec![(midnight(holiday), midnight(holiday.tomorrow()?))],
                _ => Vec::new(),
            };
            Ok((who, Schedule::parse(who.person().zone, &week(who).0, &off)?))
        });
        Ok(Self { now, away, holiday, schedules: schedules.collect::<anyhow::Result<_>>()? })
    }

    fn schedule(&self, who: Who) -> anyhow::Result<&Schedule> {
        let found = self.schedules.iter().find(|(of, _)| *of == who);
        Ok(&found.with_context(|| format!("{who:?} has no schedule"))?.1)
    }

    /// The last time before `bound` at which somebody's clock showed this time while they worked.
    pub fn last(&self, who: Who, time: &str, bound: Timestamp) -> anyhow::Result<Timestamp> {
        self.moments(who, time, bound, -1)?
            .find(|at| *at < bound)
            .with_context(|| format!("{who:?} did not work at {time} before {bound}"))
    }

    /// The same, so many of their working days further back.
    pub fn days_before(&self, who: Who, time: &str, days: usize) -> anyhow::Result<Timestamp> {
        self.moments(who, time, self.now, -1)?
            .filter(|at| *at < self.now)
            .nth(days)
            .with_context(|| format!("{who:?} did not work at {time} so long ago"))
    }

    /// The first time after `bound` at which their clock will show this time while they work.
    pub fn next(&self, who: Who, time: &str, bound: Timestamp) -> anyhow::Result<Timestamp> {
        self.moments(who, time, bound, 1)?
            .find(|at| *at > bound)
            .with_context(|| format!("{who:?} will not work at {time} after {bound}"))
    }

    /// A working day of somebody, so many from today; before it, if that is less than none.
    pub fn working_day(&self, who: Who, days: i64) -> anyhow::Result<Date> {
        let noon = "11:00";
        let at = match usize::try_from(days) {
            Ok(ahead) => {
                let mut at = self.now;
                for _ in 0..ahead.max(1) {
                    at = self.next(who, noon, at)?;
                }
                at
            }
            Err(_) => self.days_before(who, noon, usize::try_from(-days)?)?,
        };
        Ok(at.to_zoned(self.schedule(who)?.zone().clone()).date())
    }

    /// The day of the week on which the public holiday is, a week before: it has been.
    pub fn week_before_the_holiday(&self) -> anyhow::Result<Date> {
        Ok(self.holiday.checked_sub(7.days())?)
    }

    /// `at` if they work then, else when they next start.
    pub fn working(&self, who: Who, at: Timestamp) -> anyhow::Result<Timestamp> {
        self.schedule(who)?.next_working(at).with_context(|| format!("{who:?} never works"))
    }

    /// The name of somebody's weekday at an instant.
    pub fn weekday(&self, who: Who, at: Timestamp) -> anyhow::Result<String> {
        Ok(at.to_zoned(self.schedule(who)?.zone().clone()).strftime("%A").to_string())
    }

    /// The name of somebody's month now.
    pub fn month(&self, who: Who) -> anyhow::Result<String> {
        Ok(self.now.to_zoned(self.schedule(who)?.zone().clone()).strftime("%B").to_string())
    }

    /// Every instant around `bound` at which somebody's clock shows a time while they work, day by
    /// day in one direction.
    fn moments(
        &self,
        who: Who,
        time: &str,
        bound: Timestamp,
        direction: i64,
    ) -> anyhow::Result<impl Iterator<Item = Timestamp>> {
        let schedule = self.schedule(who)?.clone();
        let time: Time = time.parse()?;
        let today = bound.to_zoned(schedule.zone().clone()).date();
        Ok((-1..FARTHEST).filter_map(move |days| {
            let date = today.checked_add((days * direction).days()).ok()?;
            let at = schedule.zone().to_timestamp(date.to_datetime(time)).ok()?;
            schedule.is_working(at).then_some(at)
        }))
    }
}

/// The weekly hours of a person, as the product keeps them.
pub fn week(who: Who) -> Week {
    let shifts = || -> Vec<(String, String)> {
        who.person().shifts.iter().map(|(start, end)| ((*start).to_owned(), (*end).to_owned())).collect()
    };
    Week(std::array::from_fn(|day| if day < 5 { shifts() } else { Vec::new() }))
}

/// The weekly hours in which somebody works undisturbed.
pub fn focus(who: Who) -> Week {
    let of = |day: usize| who.focus().iter().filter(move |(on, ..)| *on == day);
    Week(std::array::from_fn(|day| {
        of(day).map(|(_, start, end)| ((*start).to_owned(), (*end).to_owned())).collect()
    }))
}

/// The person on time off comes back the day after tomorrow, or on Monday.
fn away(now: Timestamp) -> anyhow::Result<(Date, Date)> {
    let today = now.in_tz(Who::Lucia.person().zone)?.date();
    let mut back = today.checked_add(2.days())?;
    while back.weekday().to_monday_zero_offset() >= 5 {
        back = back.tomorrow()?;
    }
    Ok((back.checked_sub(AWAY.days())?, back))
}

/// Three days from now, or on Monday.
fn holiday(now: Timestamp) -> anyhow::Result<Date> {
    let mut day = now.in_tz(Who::Ananya.person().zone)?.date().checked_add(3.days())?;
    while day.weekday().to_monday_zero_offset() >= 5 {
        day = day.tomorrow()?;
    }
    Ok(day)
}
