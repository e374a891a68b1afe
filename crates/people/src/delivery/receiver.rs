use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use worktime::{Schedule, WorkingDay};

use super::Plan;

/// A leave of so many working days has a page for coming back, and a calm first half day.
pub const LONG_LEAVE: u32 = 2;
/// How long nothing is delivered after a long leave, in working minutes: half a day.
const RAMP: u32 = 240;
/// How far ahead there must be a moment; otherwise it is never (worktime.md).
const FARTHEST: SignedDuration = SignedDuration::from_hours(2 * 366 * 24);
/// A ramp is over so long after its leave, whatever the hours.
const LONGEST_RAMP: SignedDuration = SignedDuration::from_hours(62 * 24);

/// When things reach one member: the one decision that everything asks.
#[derive(Debug, Clone)]
pub struct Receiver {
    pub(super) hours: Option<Hours>,
    pub(super) plan: Plan,
}

/// Where somebody works, and from when on somewhere else.
#[derive(Debug, Clone)]
pub(super) struct Hours {
    pub(super) here: Stay,
    /// After a journey.
    pub(super) home: Option<(Timestamp, Stay)>,
}

/// Working time and what holds things back in it.
#[derive(Debug, Clone)]
pub(super) struct Stay {
    schedule: Schedule,
    /// The weekly focus in the same zone, whether they work then or not.
    focus: Option<Schedule>,
    /// Focus that was begun by hand.
    focus_until: Option<Timestamp>,
    /// The first hours after long leaves: from the beginning of the leave to the first delivery.
    ramps: Vec<Ramp>,
}

#[derive(Debug, Clone, Copy)]
struct Ramp {
    from: Timestamp,
    until: Timestamp,
}

/// How things reach somebody at one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Their hours are unknown: as it happens, at any time.
    Always,
    /// They never work: into the inbox as it happens, and nowhere else.
    Quietly,
    /// As it happens, until then.
    Open(Timestamp),
    /// At the next delivery, or when as-it-happens begins again.
    Held(Timestamp),
}

/// Why something reaches somebody when it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArrivesBecause {
    /// It reaches them now.
    Now,
    /// At their next delivery.
    Delivery,
    /// When their working time begins.
    Start,
    /// When their focus ends.
    Focus,
    /// After their time off.
    Away,
    /// Their hours are unknown: now.
    Unknown,
    /// Their hours hold no working time: it waits in their inbox.
    Never,
}

impl Stay {
    /// `near` is about when it will be asked.
    pub(super) fn new(
        schedule: Schedule,
        focus: Option<Schedule>,
        focus_until: Option<Timestamp>,
        near: Timestamp,
    ) -> Self {
        let mut stay = Self { schedule, focus, focus_until, ramps: Vec::new() };
        let since = near.checked_sub(LONGEST_RAMP).unwrap_or(near);
        let until = near.checked_add(FARTHEST).unwrap_or(near);
        stay.ramps = stay
            .schedule
            .leaves(since, until)
            .into_iter()
            .filter(|leave| leave.working_days >= LONG_LEAVE)
            .filter_map(|leave| {
                let over = stay.schedule.add_working(leave.back?, RAMP)?;
                Some(Ramp { from: leave.from, until: stay.next_free(over)? })
            })
            .collect();
        stay
    }

    /// `at` itself when it is outside of focus, else when that focus ends.
    fn after_focus(&self, at: Timestamp) -> Timestamp {
        let at = self.focus_until.map_or(at, |until| until.max(at));
        let Some(focus) = self.focus.as_ref().filter(|focus| focus.is_working(at)) else { return at };
        // Focus without an end holds everything back for good.
        focus.end_of_interval(at).unwrap_or(Timestamp::MAX)
    }

    /// `at` itself when they work outside of focus then, else the next such instant.
    fn next_free(&self, at: Timestamp) -> Option<Timestamp> {
        let last = at.checked_add(FARTHEST).ok()?;
        let mut at = at;
        while at < last {
            let start = self.schedule.next_working(at)?;
            at = self.after_focus(start);
            if at == start {
                return Some(at);
            }
        }
        None
    }

    /// When the free time around `at` ends.
    fn free_until(&self, at: Timestamp) -> Option<Timestamp> {
        let end = self.schedule.end_of_interval(at)?;
        let focus = self.focus.as_ref().and_then(|focus| focus.next_working(at));
        Some(focus.map_or(end, |focus| focus.min(end)))
    }

    /// The first free instant of one working day at or after `at`.
    fn free_in(&self, day: &WorkingDay, at: Timestamp) -> Option<Timestamp> {
        day.intervals.iter().find_map(|interval| {
            let free = self.after_focus(interval.start.max(at));
            (free < interval.end).then_some(free)
        })
    }

    /// The deliveries of one working day, in order. A day with free time has at least one: when no
    /// time of the plan finds any, the first free instant stands in, so that nothing waits for ever.
    fn deliveries_of(&self, day: &WorkingDay, plan: &Plan) -> Vec<Timestamp> {
        let wanted = plan.wanted(day, self.schedule.zone());
        let mut found: Vec<Timestamp> =
            wanted.into_iter().filter_map(|wanted| self.free_in(day, wanted)).collect();
        if found.is_empty() {
            found.extend(self.free_in(day, day.start()));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The first delivery strictly after `at`, as if nobody came back from a leave.
    fn next_of_plan(&self, plan: &Plan, at: Timestamp) -> Option<Timestamp> {
        let last = at.checked_add(FARTHEST).ok()?;
        self.schedule
            .working_days(at)
            .take_while(|day| day.start() < last)
            .find_map(|day| self.deliveries_of(&day, plan).into_iter().find(|delivery| *delivery > at))
    }

    fn next_delivery(&self, plan: &Plan, at: Timestamp) -> Option<Timestamp> {
        let blocked = |at: Timestamp| self.ramps.iter().find(|ramp| ramp.from <= at && at < ramp.until);
        if *plan == Plan::AsItHappens {
            let free = self.next_free(at)?;
            return Some(blocked(free).map_or(free, |ramp| ramp.until));
        }
        let planned = self.next_of_plan(plan, at).map(|next| blocked(next).map_or(next, |ramp| ramp.until));
        let after_leave = self.ramps.iter().map(|ramp| ramp.until).find(|until| *until > at);
        planned.into_iter().chain(after_leave).min()
    }
}

impl Hours {
    /// The answer of where they are, or from the end of the journey on, of where they are then.
    fn first(&self, at: Timestamp, ask: impl Fn(&Stay, Timestamp) -> Option<Timestamp>) -> Option<Timestamp> {
        let Some((from, home)) = &self.home else { return ask(&self.here, at) };
        if at >= *from {
            return ask(home, at);
        }
        match ask(&self.here, at) {
            Some(found) if found < *from => Some(found),
            // Strictly after the instant before: the first moment at home counts.
            _ => ask(home, from.checked_sub(SignedDuration::from_micros(1)).unwrap_or(*from)),
        }
    }

    fn stay(&self, at: Timestamp) -> &Stay {
        match &self.home {
            Some((from, home)) if at >= *from => home,
            _ => &self.here,
        }
    }
}

impl Receiver {
    /// Their working time; none when their hours are unknown.
    pub fn schedule(&self) -> Option<&Schedule> {
        self.hours.as_ref().map(|hours| &hours.here.schedule)
    }

    /// What they chose.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The first delivery strictly after `at`. Who receives as it happens: `at` itself in working
    /// time outside of focus, else the next such instant. After a leave of two working days or more
    /// nothing is delivered in the first half working day.
    ///
    /// `at` for unknown hours; `None` when there is none in two years.
    pub fn next_delivery(&self, at: Timestamp) -> Option<Timestamp> {
        match &self.hours {
            None => Some(at),
            Some(hours) => hours.first(at, |stay, at| stay.next_delivery(&self.plan, at)),
        }
    }

    /// `at` itself in working time outside of focus, else the next such instant; `at` for unknown
    /// hours, `None` when there is none in two years.
    pub fn at_once(&self, at: Timestamp) -> Option<Timestamp> {
        match &self.hours {
            None => Some(at),
            Some(hours) => hours.first(at, Stay::next_free),
        }
    }

    /// When something that is written at `at` reaches them. It does not wait for the next delivery
    /// when it is `exempt`, or `due` before that.
    pub fn arrival(&self, at: Timestamp, due: Option<Timestamp>, exempt: bool) -> Option<Timestamp> {
        let delivery = self.next_delivery(at);
        let pressing = exempt || due.is_some_and(|due| delivery.is_none_or(|delivery| due < delivery));
        if pressing { self.at_once(at) } else { delivery }
    }

    /// Why what is written at `at` arrives when it does.
    pub fn because(&self, at: Timestamp, arrival: Option<Timestamp>) -> ArrivesBecause {
        let Some(hours) = &self.hours else { return ArrivesBecause::Unknown };
        let Some(arrival) = arrival else { return ArrivesBecause::Never };
        let stay = hours.stay(at);
        let starts = hours.first(at, |stay, at| stay.schedule.next_working(at));
        if arrival <= at {
            ArrivesBecause::Now
        } else if stay.schedule.off_until(at).is_some()
            || stay.ramps.iter().any(|ramp| ramp.from <= at && at < ramp.until)
        {
            ArrivesBecause::Away
        } else if starts == Some(arrival) {
            ArrivesBecause::Start
        } else if stay.schedule.is_working(at) && stay.after_focus(at) == arrival {
            ArrivesBecause::Focus
        } else {
            ArrivesBecause::Delivery
        }
    }

    /// Whether they work at `at`, in focus or not. Unknown hours are not working time.
    pub fn is_working(&self, at: Timestamp) -> bool {
        self.hours.as_ref().is_some_and(|hours| hours.stay(at).schedule.is_working(at))
    }

    /// `at` when they work then, else when they next start.
    pub fn starts(&self, at: Timestamp) -> Option<Timestamp> {
        self.hours.as_ref()?.first(at, |stay, at| stay.schedule.next_working(at))
    }

    /// How things reach them at `at`.
    pub fn flow(&self, at: Timestamp) -> Flow {
        let Some(hours) = &self.hours else { return Flow::Always };
        let Some(next) = self.next_delivery(at) else { return Flow::Quietly };
        if next > at {
            return Flow::Held(next);
        }
        let stay = hours.stay(at);
        let end = stay.free_until(at).unwrap_or(Timestamp::MAX);
        let end = hours.home.as_ref().map_or(end, |(from, _)| if at < *from { end.min(*from) } else { end });
        Flow::Open(end)
    }

    /// The next `most` deliveries after `at`; for as-it-happens the beginnings of its windows.
    pub fn coming(&self, at: Timestamp, most: usize) -> Vec<Timestamp> {
        let mut coming = Vec::with_capacity(most);
        let mut at = at;
        while coming.len() < most {
            match self.flow(at) {
                Flow::Held(next) => {
                    coming.push(next);
                    at = next;
                }
                Flow::Open(until) if until < Timestamp::MAX => at = until,
                Flow::Always | Flow::Quietly | Flow::Open(_) => break,
            }
        }
        coming
    }

    /// Whether `at` lies in the first delivery of a working day: the one with the digest.
    pub fn begins_a_day(&self, at: Timestamp) -> bool {
        let Some(hours) = &self.hours else { return false };
        let stay = hours.stay(at);
        let Some(day) = stay.schedule.working_days(at).next().filter(|day| day.start() <= at) else {
            return false;
        };
        let before = day.start().checked_sub(SignedDuration::from_micros(1)).unwrap_or(at);
        match self.plan {
            Plan::AsItHappens => stay.next_delivery(&self.plan, day.start()) == Some(at),
            _ => stay.next_delivery(&self.plan, before) == Some(at),
        }
    }

    /// The first long leave whose first working instant afterwards lies after `since`.
    pub fn next_return(&self, since: Timestamp) -> Option<Return> {
        let hours = self.hours.as_ref()?;
        let (begin, until) = (since.checked_sub(LONGEST_RAMP).ok()?, since.checked_add(FARTHEST).ok()?);
        let leaves = hours.here.schedule.leaves(begin, until);
        leaves.into_iter().filter(|leave| leave.working_days >= LONG_LEAVE).find_map(|leave| {
            let back = leave.back.filter(|back| *back > since)?;
            Some(Return { from: leave.from, until: leave.until, back })
        })
    }
}

/// A long leave and the first working instant after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Return {
    /// When the leave begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// When they work again.
    pub back: Timestamp,
}
