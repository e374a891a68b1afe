//! Deliveries over a long time: a year of two hundred people in twenty zones, with plans that change,
//! focus, holidays and time off of all sorts, across every change of clocks. A model that knows
//! nothing of the program's arithmetic (it goes by wall time, the program by instants) says when each
//! thing must arrive for each person; the change log says when it did.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "tests stop at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, ToSpan, civil::Date, tz::TimeZone};
use kernel::Ids;
use people::{
    Actor, MemberId, MemberState, Role, SpaceId, System, Week, WorkspaceId,
    changed::Because,
    delivery::{self, DeliveryPatch, Plan},
    holidays::{self, NewHolidays},
    members::{self, NewMember},
    schedules,
    spaces::{self, NewSpace},
    time_off::{self, NewTimeOff},
};
use serde_json::Value;
use store::{Audience, args, sql};
use testkit::{App, World};
use topics::{
    TopicId,
    asks::{self, Budget, NewAsk, Silence},
    inbox::{self, Place},
    marks::{self, MarkPatch},
    posts::{self, NewPost, Reply},
    topic::{self, NewTopic, TopicKind},
};

const TOPICS: usize = 24;
/// Public holidays of two countries; Good Friday and Easter Monday make a leave of two working days.
const HOLIDAYS: [&[&str]; 2] = [
    &["2026-12-24", "2026-12-25", "2027-01-01", "2027-03-26", "2027-03-29", "2027-05-17"],
    &["2026-11-02", "2026-12-08", "2026-12-25", "2027-01-01", "2027-07-20"],
];
const ZONES: [&str; 20] = [
    "America/Bogota",
    "Europe/Berlin",
    "Asia/Manila",
    "Europe/Lisbon",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Sydney",
    "America/Sao_Paulo",
    "Africa/Lagos",
    "Asia/Tokyo",
    "America/Los_Angeles",
    "Pacific/Auckland",
    "Asia/Dubai",
    "Europe/London",
    "America/Santiago",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Cairo",
    "Pacific/Chatham",
    "UTC",
];
const DAY: i64 = 24 * 60;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }
}

/// Minutes of wall time since a midnight, `[start, end)`.
type Span = (i64, i64);

/// A person as the model knows them.
struct Model {
    zone: TimeZone,
    /// Shifts and focus by weekday, Monday first.
    shifts: [Vec<Span>; 7],
    focus: [Vec<Span>; 7],
    /// The plans, one after the other: since when each holds, and the deliveries that it would have.
    plans: Vec<(Timestamp, Plan, Vec<Timestamp>)>,
    /// Whole days off, from and to, in order: time off and holidays.
    off: Vec<(Date, Date)>,
    time_off: Vec<(Date, Date)>,
    holidays: Vec<Date>,
    /// Unknown hours.
    unknown: bool,
    /// Free working time as instants, in order.
    free: Vec<(Timestamp, Timestamp)>,
    /// Long leaves, each to the end of the quiet hours after it.
    ramps: Vec<(Timestamp, Timestamp)>,
}

impl Model {
    fn is_off(&self, date: Date) -> bool {
        self.off.iter().any(|(from, to)| *from <= date && date < *to)
    }

    fn instant(&self, date: Date, minute: i64) -> Timestamp {
        let wall = date.at(0, 0, 0, 0).checked_add(minute.minutes()).unwrap();
        self.zone.to_timestamp(wall).unwrap()
    }

    /// The working time of the shifts of one date; what lies on a day off is cut out.
    fn working(&self, date: Date) -> Vec<Span> {
        let shifts = &self.shifts[usize::from(date.weekday().to_monday_zero_offset() as u8)];
        let cut = |(start, end): Span| {
            let today = (start, end.min(DAY));
            let tomorrow = (DAY.max(start), end);
            let first = (!self.is_off(date) && today.0 < today.1).then_some(today);
            let later =
                (tomorrow.0 < tomorrow.1 && !self.is_off(date.tomorrow().unwrap())).then_some(tomorrow);
            match (first, later) {
                (Some(first), Some(later)) => vec![(first.0, later.1)],
                (first, later) => first.into_iter().chain(later).collect(),
            }
        };
        shifts.iter().copied().flat_map(cut).collect()
    }

    /// Focus around a date, in minutes since its midnight.
    fn focus_around(&self, date: Date) -> Vec<Span> {
        (-1..=1)
            .flat_map(|days: i64| {
                let day = date.checked_add(days.days()).unwrap();
                let weekday = usize::from(day.weekday().to_monday_zero_offset() as u8);
                self.focus[weekday].iter().map(move |(start, end)| (start + days * DAY, end + days * DAY))
            })
            .collect()
    }

    fn free_of(&self, date: Date) -> Vec<Span> {
        let mut spans = self.working(date);
        for focus in self.focus_around(date) {
            spans = spans
                .into_iter()
                .flat_map(|(start, end)| {
                    [(start, end.min(focus.0)), (start.max(focus.1), end)].into_iter().filter(|(a, b)| a < b)
                })
                .collect();
        }
        spans
    }

    fn deliveries_of(&self, plan: &Plan, date: Date) -> Vec<i64> {
        let (working, free) = (self.working(date), self.free_of(date));
        let (Some(first), Some(last)) = (working.first(), working.last()) else { return Vec::new() };
        let wall = |minute: i64| {
            let next = minute + DAY;
            if minute < first.0 && next < last.1 { next } else { minute }
        };
        let wanted = match plan {
            Plan::AsItHappens => Vec::new(),
            Plan::One => vec![first.0],
            Plan::Three => vec![first.0, wall(13 * 60), last.1 - 60],
            Plan::Fixed { times } => times
                .iter()
                .map(|time| {
                    let text = time.to_string();
                    let (hours, minutes) = text.split_once(':').unwrap();
                    wall(hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap())
                })
                .collect(),
        };
        let moved = |at: i64| free.iter().find(|(_, end)| at < *end).map(|(start, _)| at.max(*start));
        let mut found: Vec<i64> = wanted.into_iter().filter_map(moved).collect();
        if found.is_empty() && *plan != Plan::AsItHappens {
            found.extend(moved(first.0));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Lays the whole time out.
    fn lay_out(&mut self, from: Date, until: Date) {
        let dates: Vec<Date> = from.series(1.day()).take_while(|date| *date < until).collect();
        let instants = |date: Date, span: Span| (self.instant(date, span.0), self.instant(date, span.1));
        let mut free: Vec<_> = dates
            .iter()
            .flat_map(|date| self.free_of(*date).into_iter().map(|span| instants(*date, span)))
            .collect();
        free.sort_unstable();
        self.free = free;
        self.ramps = self.leaves().into_iter().map(|leave| self.ramp(leave)).collect();
        let plans = self.plans.iter().map(|(since, plan, _)| (*since, plan.clone()));
        let laid_out = plans.map(|(since, plan)| {
            let deliveries = self.deliveries_by(&plan, &dates);
            (since, plan, deliveries)
        });
        self.plans = laid_out.collect();
    }

    /// All deliveries that a plan has on these dates.
    fn deliveries_by(&self, plan: &Plan, dates: &[Date]) -> Vec<Timestamp> {
        let on = |date: &Date| {
            let date = *date;
            self.deliveries_of(plan, date).into_iter().map(move |minute| self.instant(date, minute))
        };
        let mut deliveries: BTreeSet<Timestamp> = dates.iter().flat_map(on).collect();
        for (from, until) in &self.ramps {
            deliveries.retain(|at| at < from || at >= until);
            if *plan != Plan::AsItHappens {
                deliveries.insert(*until);
            }
        }
        deliveries.into_iter().collect()
    }

    /// Days off with no work between them are one leave. Those of two working days or more.
    fn leaves(&self) -> Vec<(Date, Date)> {
        let mut leaves: Vec<(Date, Date)> = Vec::new();
        for (from, to) in &self.off {
            match leaves.last_mut().filter(|last| last.1 >= *from || !self.works_between(last.1, *from)) {
                Some(last) => last.1 = last.1.max(*to),
                None => leaves.push((*from, *to)),
            }
        }
        leaves.retain(|leave| self.is_long(*leave));
        leaves
    }

    /// Whether there is work between these two midnights, that of a night before among it.
    fn works_between(&self, from: Date, to: Date) -> bool {
        let dates = from.yesterday().unwrap().series(1.day()).take_while(|date| *date < to);
        let (begin, end) = (self.instant(from, 0), self.instant(to, 0));
        dates.into_iter().any(|date| {
            let mut spans = self.working(date).into_iter();
            spans.any(|span| self.instant(date, span.1) > begin && self.instant(date, span.0) < end)
        })
    }

    fn is_long(&self, (from, to): (Date, Date)) -> bool {
        let works = |date: Date| {
            let weekday = usize::from(date.weekday().to_monday_zero_offset() as u8);
            // A night that goes on after the leave is not taken away completely.
            let ends_within = |span: &Span| span.1 <= DAY || date.tomorrow().unwrap() < to;
            self.shifts[weekday].first().is_some_and(ends_within)
        };
        from.series(1.day()).take_while(|date| *date < to).filter(|date| works(*date)).count() >= 2
    }

    /// From the beginning of a long leave to the end of the quiet hours after it.
    fn ramp(&self, (from, to): (Date, Date)) -> (Timestamp, Timestamp) {
        let mut left = 240;
        // The rest of the night before is the first work.
        let mut date = to.yesterday().unwrap();
        let over = loop {
            let found = self.working(date).into_iter().find_map(|(start, end)| {
                if left <= end - start {
                    return Some(start + left);
                }
                left -= end - start;
                None
            });
            if let Some(minute) = found {
                break self.instant(date, minute);
            }
            date = date.tomorrow().unwrap();
        };
        (self.instant(from, 0), self.at_once(over))
    }

    fn is_free(&self, at: Timestamp) -> bool {
        self.free.iter().any(|(start, end)| *start <= at && at < *end)
    }

    fn at_once(&self, at: Timestamp) -> Timestamp {
        if self.unknown {
            return at;
        }
        let next = self.free.partition_point(|(_, end)| *end <= at);
        self.free[next].0.max(at)
    }

    /// Which plan holds at `at`.
    fn plan_at(&self, at: Timestamp) -> usize {
        self.plans.partition_point(|(since, ..)| *since <= at).max(1) - 1
    }

    /// When the plan held last was chosen.
    fn settled(&self) -> Timestamp {
        self.plans[self.plans.len() - 1].0
    }

    /// When somebody chose the next plan, if that comes before `at`.
    fn changes_before(&self, plan: usize, at: Timestamp) -> Option<Timestamp> {
        self.plans.get(plan + 1).map(|(since, ..)| *since).filter(|since| *since < at)
    }

    /// The next delivery by one of the plans, as if it held for ever.
    fn next_by(&self, plan: usize, at: Timestamp) -> Timestamp {
        if self.unknown {
            return at;
        }
        let (_, plan, deliveries) = &self.plans[plan];
        if *plan == Plan::AsItHappens {
            let free = self.at_once(at);
            let ramp = self.ramps.iter().find(|(from, until)| *from <= free && free < *until);
            return ramp.map_or(free, |(_, until)| *until);
        }
        deliveries[deliveries.partition_point(|delivery| *delivery <= at)]
    }

    /// When what is written at `at` is delivered: by the plan that holds when its moment comes.
    fn delivered(&self, at: Timestamp) -> Timestamp {
        let (mut plan, mut from) = (self.plan_at(at), at);
        loop {
            let next = self.next_by(plan, from);
            match self.changes_before(plan, next) {
                Some(change) => (plan, from) = (plan + 1, change),
                None => return next,
            }
        }
    }

    /// When an ask of `at` arrives: with a delivery, or at once when it is due before that.
    fn ask_delivered(&self, at: Timestamp, due: Timestamp) -> Timestamp {
        let (mut plan, mut from) = (self.plan_at(at), at);
        loop {
            let next = self.next_by(plan, from);
            let arrives = if due < next { self.at_once(from) } else { next };
            match self.changes_before(plan, arrives) {
                Some(change) => (plan, from) = (plan + 1, change),
                None => return arrives,
            }
        }
    }
}

/// Somebody of the year.
struct Somebody {
    actor: Actor,
    model: Model,
    /// The window that was open when they came.
    opened: Option<Timestamp>,
}

impl Somebody {
    fn at(&self, at: Timestamp) -> Actor {
        Actor { at, ..self.actor.clone() }
    }
}

fn week(spans: &[Vec<Span>; 7]) -> Week {
    let text = |minute: i64| format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
    Week(std::array::from_fn(|day| spans[day].iter().map(|(a, b)| (text(*a), text(*b))).collect()))
}

/// The hours of one person; nights only where the clocks never change, so that wall time says all.
fn hours(number: usize, dice: &mut Dice) -> ([Vec<Span>; 7], [Vec<Span>; 7]) {
    let steady = matches!(number % ZONES.len(), 0 | 2 | 5 | 9 | 12 | 15 | 19);
    let day: Vec<Span> = match dice.roll(5) {
        0 if steady => vec![(22 * 60, 30 * 60)],
        1 => vec![(8 * 60 + 30, 12 * 60 + 30), (13 * 60 + 30, 17 * 60 + 30)],
        2 => vec![(9 * 60, 12 * 60), (14 * 60, 18 * 60)],
        3 => vec![(7 * 60, 11 * 60)],
        _ => vec![(9 * 60, 17 * 60)],
    };
    let works = |weekday: usize| match number % 4 {
        0 => weekday < 5,
        1 => weekday < 4,
        2 => matches!(weekday, 0 | 2 | 4),
        _ => matches!(weekday, 1 | 3),
    };
    let focus: Vec<Span> = match dice.roll(4) {
        0 => vec![(9 * 60, 10 * 60 + 30)],
        1 => vec![(day[day.len() - 1].1.min(DAY) - 90, day[day.len() - 1].1.min(DAY))],
        _ => Vec::new(),
    };
    let of = |spans: &[Span]| -> [Vec<Span>; 7] {
        std::array::from_fn(|weekday| if works(weekday) { spans.to_vec() } else { Vec::new() })
    };
    (of(&day), of(&focus))
}

fn plan(dice: &mut Dice) -> Plan {
    let fixed =
        |times: &str| serde_json::from_str(&format!(r#"{{"kind":"fixed","times":{times}}}"#)).unwrap();
    match dice.roll(8) {
        0 => Plan::AsItHappens,
        1 | 2 => Plan::Three,
        3 => fixed(r#"["10:00","15:30"]"#),
        4 => fixed(r#"["03:00","12:45"]"#),
        _ => Plan::One,
    }
}

/// A plan with deliveries that is another one.
fn other_plan(than: &Plan, dice: &mut Dice) -> Plan {
    loop {
        let other = plan(dice);
        if other != Plan::AsItHappens && other != *than {
            return other;
        }
    }
}

/// A calendar with these whole days.
fn calendar(days: &[Date]) -> NewHolidays {
    let event = |day: &Date| {
        let date = day.to_string().replace('-', "");
        format!(
            "BEGIN:VEVENT\r\nUID:{date}\r\nDTSTART;VALUE=DATE:{date}\r\nSUMMARY:Holiday\r\nEND:VEVENT\r\n"
        )
    };
    let events: String = days.iter().map(event).collect();
    let ics = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n");
    NewHolidays { name: Some("Holidays.ics".to_owned()), ics: Some(ics), address: None }
}

struct Year<'a> {
    app: &'a App,
    workspace: WorkspaceId,
    ids: Ids,
    space: SpaceId,
    people: Vec<Somebody>,
    begin: Timestamp,
    end: Timestamp,
    /// Everything up to then has happened.
    passed: Timestamp,
}

impl<'a> Year<'a> {
    async fn new(app: &'a App, begin: &str, days: i64, people: usize) -> Self {
        let world = World::new(app).await;
        let begin: Timestamp = begin.parse().unwrap();
        app.context().clock.set(begin);
        let end = begin.checked_add(SignedDuration::from_hours(days * 24)).unwrap();
        let ids = app.context().ids.clone();
        let space: SpaceId = ids.make();
        let camila = Actor { at: begin, ..world.camila.actor(app) };
        let new = NewSpace {
            id: space,
            name: "A year".to_owned(),
            purpose: String::new(),
            visibility: people::Visibility::Open,
            social: false,
            hue: None,
            members: Vec::new(),
        };
        app.context()
            .db
            .write(move |tx| async move { spaces::create(&tx, &camila, new).await })
            .await
            .unwrap();
        let mut year = Self {
            app,
            workspace: world.workspace,
            ids,
            space,
            people: Vec::new(),
            begin,
            end,
            passed: begin,
        };
        let mut dice = Dice(7);
        for number in 0..people {
            let somebody = year.somebody(number, days, &mut dice).await;
            year.people.push(somebody);
        }
        year
    }

    async fn somebody(&self, number: usize, days: i64, dice: &mut Dice) -> Somebody {
        let zone = ZONES[number % ZONES.len()];
        let (shifts, focus) = hours(number, dice);
        let (chosen, unknown) = (plan(dice), number % 50 == 49);
        let first = self.begin.to_zoned(TimeZone::UTC).date();
        let leaves = (0..=dice.roll(3)).map(|leave| {
            let begins = (leave * 110 + 1 + dice.roll((days as usize / 2).min(80))) as i64;
            let from = first.checked_add(begins.days()).unwrap();
            (from, from.checked_add(((1 + dice.roll(14)) as i64).days()).unwrap())
        });
        let time_off: Vec<(Date, Date)> = leaves.collect();
        let holidays: Vec<Date> = HOLIDAYS
            .get(number % 3)
            .into_iter()
            .flat_map(|days| days.iter().map(|day| day.parse().unwrap()))
            .collect();
        let mut off = time_off.clone();
        off.extend(holidays.iter().map(|day: &Date| (*day, day.tomorrow().unwrap())));
        off.sort_unstable();
        let mut plans = vec![(self.begin, chosen.clone(), Vec::new())];
        // Who receives as it happens goes on so: an open window has no next delivery to compare.
        if !unknown && chosen != Plan::AsItHappens && dice.roll(3) > 0 {
            let minutes = dice.roll(days as usize * 24 * 60) as i64;
            let since =
                self.begin.checked_add(SignedDuration::from_millis(minutes * 60_000 + 29_500)).unwrap();
            plans.push((since, other_plan(&chosen, dice), Vec::new()));
        }
        let mut model = Model {
            zone: jiff::tz::db().get(zone).unwrap(),
            shifts,
            focus,
            plans,
            off,
            time_off,
            holidays,
            unknown,
            free: Vec::new(),
            ramps: Vec::new(),
        };
        let last = first.checked_add(430.days()).unwrap();
        model.lay_out(first.yesterday().unwrap(), last);
        let member: MemberId = self.ids.make();
        let actor = Actor {
            workspace: self.workspace,
            member,
            role: Role::Member,
            at: self.begin,
            operation: None,
            ids: self.ids.clone(),
        };
        let mut somebody = Somebody { actor, model, opened: None };
        somebody.opened = self.settle(number, zone, &somebody).await;
        somebody
    }

    async fn settle(&self, number: usize, zone: &'static str, somebody: &Somebody) -> Option<Timestamp> {
        let (actor, model) = (somebody.actor.clone(), &somebody.model);
        let new = NewMember {
            id: actor.member,
            role: Role::Member,
            state: MemberState::Active,
            email: Some(format!("p{number}@example.com")),
            password_hash: Some("none".to_owned()),
            name: format!("Person {number}"),
            short_name: None,
            city: None,
            hue: None,
            at: actor.at,
        };
        let hours = (!model.unknown).then(|| week(&model.shifts));
        let patch = DeliveryPatch {
            plan: Some(model.plans[0].1.clone()),
            focus: Some(week(&model.focus)),
            ..DeliveryPatch::default()
        };
        let off: Vec<NewTimeOff> = model
            .time_off
            .iter()
            .map(|(from, to)| NewTimeOff {
                id: actor.ids.make(),
                from: format!("{from}T00:00"),
                to: format!("{to}T00:00"),
                cover: None,
                note: None,
            })
            .collect();
        let holidays = (!model.holidays.is_empty()).then(|| calendar(&model.holidays));
        let settled = self.app.context().db.write(move |tx| async move {
            members::create(&tx, actor.workspace, new).await?;
            schedules::keep(&tx, actor.workspace, actor.member, Some(zone), hours.as_ref(), actor.at).await?;
            let settings = delivery::settings(&tx, actor.workspace, actor.member).await?;
            let chosen = settings.patched(patch, actor.at)?;
            delivery::change(&tx, &actor, &chosen).await?;
            for off in off {
                time_off::create(&tx, &actor, off).await?;
            }
            if let Some(days) = holidays {
                holidays::set(&tx, &actor, days).await?;
            }
            delivery::begin(&tx, actor.workspace, actor.member, actor.at).await?;
            delivery::standing(&tx, actor.workspace, actor.member).await
        });
        settled.await.unwrap().value.unwrap().open_until
    }

    /// Everything that is due until `at` happens at its own instant.
    async fn pass(&mut self, at: Timestamp) {
        loop {
            let passed = self.passed;
            let due = self.app.context().db.read(move |tx| async move {
                let row = tx
                    .one(
                        sql!(
                            "SELECT MIN(run_at) AS at FROM jobs \
                             WHERE dead = FALSE AND run_at > $1 AND kind = 'deliver'"
                        ),
                        args![passed],
                    )
                    .await?;
                row.get::<Option<Timestamp>>("at")
            });
            let Some(due) = due.await.unwrap().filter(|due| *due <= at) else { break };
            self.app.context().clock.set(due);
            self.deliver().await;
            self.passed = due;
        }
        self.app.context().clock.set(at);
        self.passed = at;
    }

    /// What is due now happens now.
    async fn deliver(&self) {
        topics::delivery::deliver(self.app.context()).await.unwrap();
    }

    /// Somebody chooses another plan; what was promised with the old one is computed again.
    async fn choose(&self, person: usize, plan: usize) {
        let (at, plan, ..) = self.people[person].model.plans[plan].clone();
        let actor = self.people[person].at(at);
        let patch = DeliveryPatch { plan: Some(plan), ..DeliveryPatch::default() };
        let chosen = self.app.context().db.write(move |tx| async move {
            topics::delivery::change(&tx, &actor, patch).await?;
            topics::delivery::replan(&tx, actor.workspace, actor.member, at).await?;
            let system = System { workspace: actor.workspace, at };
            asks::recompute(&tx, &system, actor.member, Because::Focus).await
        });
        chosen.await.unwrap();
        self.deliver().await;
    }

    /// Everybody's changes of plan, in order.
    fn choices(&self) -> Vec<(Timestamp, usize, usize)> {
        let of = |(person, somebody): (usize, &Somebody)| {
            let later = somebody.model.plans.iter().enumerate().skip(1);
            later.map(|(plan, (since, ..))| (*since, person, plan)).collect::<Vec<_>>()
        };
        let mut choices: Vec<_> = self.people.iter().enumerate().flat_map(of).collect();
        choices.sort_unstable();
        choices
    }

    fn number(&self, member: MemberId) -> Option<usize> {
        self.people.iter().position(|somebody| somebody.actor.member == member)
    }
}

/// A post as the model knows it.
struct Written {
    topic: usize,
    no: i64,
    author: usize,
    at: Timestamp,
    /// Who has asked the author in this topic: it does not wait for them.
    askers: BTreeSet<usize>,
}

/// An ask as the model knows it.
struct Asked {
    id: topics::AskId,
    who: usize,
    at: Timestamp,
    due: Timestamp,
}

async fn simulate(app: &App, begin: &str, days: i64, people: usize, writings: usize) {
    app.without_replay();
    let mut year = Year::new(app, begin, days, people).await;
    let mut dice = Dice(11);
    let mut topics: Vec<TopicId> = Vec::new();
    let mut readers: Vec<BTreeSet<usize>> = Vec::new();
    let mut written: Vec<Written> = Vec::new();
    let mut asked: Vec<Asked> = Vec::new();
    let mut asks_in: BTreeMap<usize, BTreeSet<(usize, usize)>> = BTreeMap::new();
    year.deliver().await;
    for number in 0..TOPICS {
        // Everybody follows three topics.
        let follows = |person: &usize| {
            [(1, 0), (7, 3), (5, 11)].iter().any(|(step, first)| (person * step + first) % TOPICS == number)
        };
        let following: BTreeSet<usize> = (0..people).filter(follows).collect();
        let by = *following.first().unwrap();
        let id: TopicId = year.ids.make();
        let new = NewTopic {
            id,
            kind: TopicKind::Thread,
            title: format!("Topic {number}"),
            space: Some(year.space),
            participants: None,
            post: NewPost { id: year.ids.make(), source: "First".to_owned(), files: None, to: None },
            ask: None,
        };
        let actor = year.people[by].at(app.now());
        app.context().db.write(move |tx| async move { topic::create(&tx, &actor, new).await }).await.unwrap();
        for reader in &following {
            let actor = year.people[*reader].at(app.now());
            let patch = MarkPatch { following: Some(true), ..MarkPatch::default() };
            app.context()
                .db
                .write(move |tx| async move { marks::set(&tx, &actor, id, patch).await })
                .await
                .unwrap();
        }
        written.push(Written { topic: number, no: 1, author: by, at: app.now(), askers: BTreeSet::new() });
        topics.push(id);
        readers.push(following);
    }
    let seconds = year.end.duration_since(year.begin).as_secs();
    let mut instants: Vec<i64> = (0..writings).map(|_| dice.roll(seconds as usize) as i64 + 1).collect();
    instants.sort_unstable();
    let mut choices = year.choices().into_iter().peekable();
    for second in instants {
        let at = year.begin.checked_add(SignedDuration::from_secs(second)).unwrap();
        while let Some((since, person, plan)) = choices.next_if(|(since, ..)| *since < at) {
            year.pass(since).await;
            year.choose(person, plan).await;
        }
        year.pass(at).await;
        let topic = dice.roll(TOPICS);
        let places: Vec<usize> = readers[topic].iter().copied().collect();
        let (by, other) = (places[dice.roll(places.len())], places[dice.roll(places.len())]);
        let id = topics[topic];
        let ask = (dice.roll(5) == 0 && other != by).then(|| NewAsk {
            id: year.ids.make(),
            kind: topics::asks::AskKind::Answer,
            question: "Which one?".to_owned(),
            asked: Some(year.people[other].actor.member),
            group: None,
            budget: Budget::Exact {
                at: at.checked_add(SignedDuration::from_hours(1 + dice.roll(90) as i64)).unwrap(),
            },
            silence: Some(Silence::Remind),
        });
        let due = ask.as_ref().map(|ask| {
            (
                ask.id,
                match ask.budget {
                    Budget::Exact { at } => at,
                    _ => at,
                },
            )
        });
        let reply = Reply {
            id: year.ids.make(),
            source: "Something".to_owned(),
            ask,
            ..serde_json::from_value(
                serde_json::json!({ "id": year.ids.make::<topics::PostKind>(), "source": "x" }),
            )
            .unwrap()
        };
        let actor = year.people[by].at(at);
        app.context()
            .db
            .write(move |tx| async move { posts::add(&tx, &actor, id, reply).await })
            .await
            .unwrap();
        topics::delivery::tell(&app.inner, year.workspace).await.unwrap();
        year.deliver().await;
        let no = written.iter().filter(|post| post.topic == topic).count() as i64 + 1;
        let pairs = asks_in.entry(topic).or_default();
        let askers = pairs.iter().filter(|(_, asked)| *asked == by).map(|(asker, _)| *asker).collect();
        written.push(Written { topic, no, author: by, at, askers });
        if let Some((id, due)) = due {
            pairs.insert((by, other));
            asked.push(Asked { id, who: other, at, due });
        }
        if dice.roll(40) == 0 {
            check_inbox(&year, places[dice.roll(places.len())], at, &topics, &readers, &written).await;
        }
    }
    for (since, person, plan) in choices {
        year.pass(since).await;
        year.choose(person, plan).await;
    }
    year.pass(year.end.checked_add(SignedDuration::from_hours(25 * 24)).unwrap()).await;
    check_promises(&year, &written, &asked).await;
    check_arrivals(&year, &topics, &readers, &written).await;
    check_notices(&year, &topics).await;
}

/// When a post reaches a reader by the model: with the delivery, at once when it answers them, or
/// with their own next post in the topic.
fn promised(year: &Year<'_>, reader: usize, post: &Written, written: &[Written]) -> Timestamp {
    let model = &year.people[reader].model;
    let by_rule =
        if post.askers.contains(&reader) { model.at_once(post.at) } else { model.delivered(post.at) };
    let later = |one: &&Written| one.topic == post.topic && one.no > post.no;
    let own = written.iter().filter(later).find(|one| one.author == reader).map(|one| one.at);
    // A later reply that does not wait brings what stands before it.
    let replies =
        written.iter().filter(later).filter(|one| one.askers.contains(&reader) && one.author != reader);
    let with_reply = replies.map(|one| model.at_once(one.at)).min();
    [Some(by_rule), own, with_reply].into_iter().flatten().min().unwrap()
}

/// The inbox is what has arrived by the model, and nothing else.
async fn check_inbox(
    year: &Year<'_>,
    reader: usize,
    at: Timestamp,
    topics: &[TopicId],
    readers: &[BTreeSet<usize>],
    written: &[Written],
) {
    let actor = year.people[reader].at(at);
    let me = actor.member;
    let read =
        year.app.context().db.read(move |tx| async move { inbox::read(&tx, &actor, Place::Today).await });
    let items = read.await.unwrap().items;
    let shown: BTreeSet<TopicId> = items.iter().map(|item| item.topic).collect();
    let waiting = |topic: &TopicId| {
        items.iter().any(|item| item.topic == *topic && item.section == Some(inbox::Section::Waiting))
    };
    for (number, topic) in topics.iter().enumerate().filter(|(number, _)| readers[*number].contains(&reader))
    {
        // Whoever has read everything is done with what they write; nobody here reads otherwise.
        let (mut read, mut done, mut arrived) = (1, 1, 1);
        for post in written.iter().filter(|post| post.topic == number) {
            if post.author == reader {
                done = if read >= post.no - 1 { post.no } else { done };
                (read, arrived) = (post.no, post.no);
            } else if promised(year, reader, post, written) <= at {
                arrived = arrived.max(post.no);
            }
        }
        let expected = arrived > done || waiting(topic);
        assert_eq!(shown.contains(topic), expected, "{me} at {at}: {topic}, {arrived} after {done}");
    }
}

/// What the program would have said before sending is what the model says.
async fn check_promises(year: &Year<'_>, written: &[Written], asked: &[Asked]) {
    for post in written.iter().step_by(17) {
        for reader in (0..year.people.len()).step_by(13) {
            let (workspace, member, at) = (year.workspace, year.people[reader].actor.member, post.at);
            let receiver = year
                .app
                .context()
                .db
                .read(move |tx| async move { delivery::receiver_of(&tx, workspace, member, at).await })
                .await
                .unwrap();
            let model = &year.people[reader].model;
            if post.at < model.settled() {
                continue;
            }
            assert_eq!(receiver.arrival(at, None, false), Some(model.delivered(at)), "{member} at {at}");
            assert_eq!(receiver.at_once(at), Some(model.at_once(at)), "{member} at {at}");
        }
    }
    for ask in asked {
        let (workspace, id) = (year.workspace, ask.id);
        let row = year.app.context().db.read(move |tx| async move {
            tx.one(
                sql!("SELECT delivered_at FROM asks WHERE workspace = $1 AND id = $2"),
                args![workspace, id],
            )
            .await
        });
        let delivered_at: Timestamp = row.await.unwrap().get("delivered_at").unwrap();
        let model = &year.people[ask.who].model;
        let expected = model.ask_delivered(ask.at, ask.due);
        assert_eq!(delivered_at, expected, "{id}, asked at {}", ask.at);
    }
}

/// Replays what each reader was told, and compares when each post arrived with the model.
async fn check_arrivals(
    year: &Year<'_>,
    topics: &[TopicId],
    readers: &[BTreeSet<usize>],
    written: &[Written],
) {
    let workspace = year.workspace;
    let log = year
        .app
        .context()
        .db
        .read(move |tx| async move { store::changes::since(&tx, workspace.uuid(), 0, 1_000_000).await })
        .await
        .unwrap();
    let numbers: BTreeMap<String, usize> =
        topics.iter().enumerate().map(|(number, id)| (id.to_string(), number)).collect();
    let members: BTreeMap<uuid::Uuid, usize> =
        year.people.iter().enumerate().map(|(number, one)| (one.actor.member.uuid(), number)).collect();
    // For each reader and topic: from when on which post had arrived. And their open windows.
    let mut reached: BTreeMap<(usize, usize), Vec<(Timestamp, i64)>> = BTreeMap::new();
    let opened = year.people.iter().map(|somebody| vec![(year.begin, somebody.opened)]);
    let mut windows: Vec<Vec<(Timestamp, Option<Timestamp>)>> = opened.collect();
    for change in &log {
        let Audience::Member(member) = change.audience else { continue };
        let Some(reader) = members.get(&member).copied() else { continue };
        let rows: Vec<Value> = serde_json::from_str(change.rows.get()).unwrap();
        for row in rows {
            match row["table"].as_str().unwrap() {
                "marks" => {
                    let topic = numbers[row["id"].as_str().unwrap()];
                    let no = row["row"]["delivered_no"].as_i64().unwrap();
                    let known = reached.entry((reader, topic)).or_default();
                    assert!(known.last().is_none_or(|last| last.1 <= no), "a mark went back");
                    known.push((change.at, no));
                }
                "deliveries" => {
                    let until = row["row"]["open_until"].as_str().map(|at| at.parse().unwrap());
                    windows[reader].push((change.at, until));
                }
                _ => {}
            }
        }
    }
    let is_open = |reader: usize, at: Timestamp| {
        let windows = &windows[reader];
        let last = windows[..windows.partition_point(|(since, _)| *since <= at)].last()?;
        last.1.filter(|until| at < *until)
    };
    let mut compared = 0;
    for post in written.iter().filter(|post| post.no > 1) {
        for reader in readers[post.topic].iter().filter(|reader| **reader != post.author) {
            let expected = promised(year, *reader, post, written);
            let marked =
                reached[&(*reader, post.topic)].iter().find(|(_, no)| *no >= post.no).map(|(at, _)| *at);
            let at_once = year.people[*reader].model.unknown || is_open(*reader, post.at).is_some();
            let actual = if at_once { Some(post.at) } else { marked };
            assert_eq!(
                actual,
                Some(expected),
                "post {} of topic {} at {} for person {reader}, {:?}",
                post.no,
                post.topic,
                post.at,
                year.people[*reader].model.plans
            );
            compared += 1;
        }
    }
    assert!(compared > written.len() * 10, "{compared}");
}

/// Nothing rings outside of free working time, and nobody is told of a post twice.
async fn check_notices(year: &Year<'_>, topics: &[TopicId]) {
    let workspace = year.workspace;
    let rows = year.app.context().db.read(move |tx| async move {
        tx.all(
            sql!("SELECT member, kind, at, payload FROM notices WHERE workspace = $1 AND channel = 'push' ORDER BY at"),
            args![workspace],
        )
        .await
    });
    let mut told: BTreeSet<(usize, String, i64)> = BTreeSet::new();
    let mut asks: BTreeSet<String> = BTreeSet::new();
    let rows = rows.await.unwrap();
    for row in &rows {
        let Some(reader) = year.number(row.get("member").unwrap()) else { continue };
        let (at, kind): (Timestamp, String) = (row.get("at").unwrap(), row.get("kind").unwrap());
        let model = &year.people[reader].model;
        assert!(model.unknown || model.is_free(at), "a {kind} for person {reader} at {at}");
        let payload: Value = serde_json::from_str(&row.get::<String>("payload").unwrap()).unwrap();
        for topic in payload["topics"].as_array().into_iter().flatten() {
            let id = topic["id"].as_str().unwrap().to_owned();
            assert!(topics.iter().any(|known| known.to_string() == id));
            for no in topic["from_no"].as_i64().unwrap()..=topic["to_no"].as_i64().unwrap() {
                assert!(told.insert((reader, id.clone(), no)), "person {reader} was told twice of {id} {no}");
            }
        }
        for ask in payload["asks"].as_array().into_iter().flatten() {
            if kind == "ask" || kind == "delivery" {
                assert!(asks.insert(ask.as_str().unwrap().to_owned()), "{ask} was told twice");
            }
        }
    }
    assert!(rows.len() > 100);
}

/// Three weeks in which the clocks of Europe and of America change.
const AUTUMN: &str = "2026-10-19T00:00:00Z";

#[tokio::test]
async fn a_year_on_sqlite() {
    let app = App::sqlite().await;
    Box::pin(simulate(&app, "2026-09-07T00:00:00Z", 365, 200, 1_200)).await;
    app.end().await;
}

#[tokio::test]
async fn weeks_on_postgres() {
    if let Some(app) = App::postgres().await {
        Box::pin(simulate(&app, AUTUMN, 21, 200, 300)).await;
        app.end().await;
    }
}
