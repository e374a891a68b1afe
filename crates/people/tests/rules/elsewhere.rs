//! Public holidays and journeys: what alters working time beside hours and time off.

use people::{
    Actor, Member, MemberTime, Role, Week,
    changed::{Because, Changed},
    holidays::{self, HolidaySource, NewHolidays},
    members::{self, MemberPatch},
    schedules::{self, NewSchedule},
    time_off::{self, NewTimeOff},
    travel::{self, NewTravel},
};
use store::{args, sql, testing::TestDb};

use crate::{
    migrations,
    world::{World, is_conflict, wrong_field},
};

/// Monday to Friday from nine to five.
fn office(zone: &str) -> NewSchedule {
    let day = || vec![("09:00".to_owned(), "17:00".to_owned())];
    NewSchedule { zone: zone.into(), week: Week([day(), day(), day(), day(), day(), vec![], vec![]]) }
}

async fn working_in(world: &World, by: &Actor, zone: &str) {
    let (id, schedule) = (by.member, office(zone));
    world
        .does(by, move |tx, actor| async move { schedules::set(&tx, &actor, id, &schedule).await })
        .await
        .unwrap();
}

async fn card(world: &World, of: &Actor) -> Member {
    let id = of.member;
    world.reads(of, move |tx, actor| async move { members::see(&tx, &actor, id).await }).await.unwrap()
}

async fn time_of(world: &World, of: &Actor) -> MemberTime {
    card(world, of).await.schedule
}

fn working(time: &MemberTime) -> Vec<String> {
    time.working.iter().map(|(start, end)| format!("{start} {end}")).collect()
}

fn file(days: &[(&str, &str)]) -> NewHolidays {
    let events: Vec<String> = days
        .iter()
        .map(|(day, name)| format!("BEGIN:VEVENT\nDTSTART;VALUE=DATE:{day}\nSUMMARY:{name}\nEND:VEVENT\n"))
        .collect();
    let ics = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", events.concat());
    NewHolidays { name: Some("Philippines.ics".into()), ics: Some(ics), address: None }
}

fn from_address(address: &str) -> NewHolidays {
    NewHolidays { name: None, ics: None, address: Some(address.into()) }
}

async fn set(world: &World, by: &Actor, new: NewHolidays) -> Result<(), people::Error> {
    world.does(by, move |tx, actor| async move { holidays::set(&tx, &actor, new).await }).await.map(|_| ())
}

async fn source(world: &World, by: &Actor) -> (HolidaySource, Vec<String>) {
    let found = world.reads(by, |tx, actor| async move { holidays::read(&tx, &actor).await }).await.unwrap();
    (found.source, found.days.into_iter().map(|day| format!("{} {}", day.date, day.name)).collect())
}

/// Kind, key and payload of the jobs that wait.
async fn jobs(world: &World) -> Vec<(String, String, String, String)> {
    let rows = world.context.db.read(|tx| async move {
        tx.all(sql!("SELECT kind, key, payload, run_at FROM jobs ORDER BY kind, key"), args![]).await
    });
    rows.await
        .unwrap()
        .iter()
        .map(|row| {
            let at: jiff::Timestamp = row.get("run_at").unwrap();
            (row.get("kind").unwrap(), row.get("key").unwrap(), row.get("payload").unwrap(), at.to_string())
        })
        .filter(|job: &(String, String, String, String)| job.0 != "deliver")
        .collect()
}

async fn why_changed(world: &World, member: &Actor) -> Option<Because> {
    let key = member.member.to_string();
    let (.., payload, _) =
        jobs(world).await.into_iter().find(|(kind, of, ..)| kind == "time.changed" && *of == key)?;
    let changed: Changed = serde_json::from_str(&payload).unwrap();
    assert_eq!(changed.member, member.member);
    Some(changed.because)
}

store::both!(migrations(); async fn what_changes_somebodys_time_says_why(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    assert_eq!(why_changed(&world, &yuki).await, None);
    working_in(&world, &yuki, "Asia/Tokyo").await;
    assert_eq!(why_changed(&world, &yuki).await, Some(Because::Hours), "the first hours");
    working_in(&world, &yuki, "Asia/Manila").await;
    assert_eq!(why_changed(&world, &yuki).await, Some(Because::Zone));
    working_in(&world, &yuki, "Asia/Manila").await;
    assert_eq!(why_changed(&world, &yuki).await, Some(Because::Hours));
    let id = world.context.ids.make();
    let new = NewTimeOff {
        id, from: "2026-12-07T00:00".into(), to: "2026-12-19T00:00".into(), cover: None, note: None,
    };
    world.does(&yuki, |tx, actor| async move { time_off::create(&tx, &actor, new).await }).await.unwrap();
    assert_eq!(why_changed(&world, &yuki).await, Some(Because::TimeOff));
    set(&world, &yuki, file(&[("20261130", "Bonifacio Day")])).await.unwrap();
    assert_eq!(why_changed(&world, &yuki).await, Some(Because::Holiday));
    let mine = yuki.member;
    world.does(&yuki, move |tx, actor| async move { schedules::remove(&tx, &actor, mine).await }).await.unwrap();
    assert_eq!(why_changed(&world, &yuki).await, Some(Because::Hours));
});

store::both!(migrations(); async fn a_holiday_is_a_day_off_with_a_name(test: &TestDb) {
    let world = World::new(test).await;
    let althea = world.person("Althea", Role::Member).await;
    working_in(&world, &althea, "Asia/Manila").await;
    assert_eq!(source(&world, &althea).await, (HolidaySource::None, vec![]));
    set(&world, &althea, file(&[
        ("20261130", "Bonifacio Day"), ("20261020", "Long ago"), ("20261101", "All Saints"), ("20261225", "Christmas"),
    ])).await.unwrap();
    let (from, days) = source(&world, &althea).await;
    assert_eq!(from, HolidaySource::File { name: "Philippines.ics".into() });
    assert_eq!(days, ["2026-11-01 All Saints", "2026-11-30 Bonifacio Day", "2026-12-25 Christmas"], "from 30 days ago on");
    // Friday evening in Manila: Monday is a holiday.
    world.set_clock("2026-11-27T11:00:00Z");
    let time = time_of(&world, &althea).await;
    assert_eq!(time.next_start, Some("2026-12-01T01:00:00Z".parse().unwrap()), "Tuesday");
    assert_eq!(time.away, None, "a holiday is no leave");
    let named: Vec<_> = time.holidays.iter().map(|day| format!("{} {} {}", day.from, day.until, day.name)).collect();
    assert_eq!(named, ["2026-11-29T16:00:00Z 2026-11-30T16:00:00Z Bonifacio Day"]);
    // Everybody else sees it, and the log has it.
    let others = card(&world, &world.owner).await;
    assert_eq!(others.schedule.holidays, vec![]);
    let log = world.log().await;
    assert!(log.iter().any(|change| change.verb == "holidays.set"));
    world.does(&althea, |tx, actor| async move { holidays::remove(&tx, &actor).await }).await.unwrap();
    assert_eq!(source(&world, &althea).await, (HolidaySource::None, vec![]));
    assert_eq!(time_of(&world, &althea).await.next_start, Some("2026-11-30T01:00:00Z".parse().unwrap()));
});

store::both!(migrations(); async fn a_calendar_that_cannot_be_read_changes_nothing(test: &TestDb) {
    let world = World::new(test).await;
    let althea = world.person("Althea", Role::Member).await;
    let broken = NewHolidays { name: Some("x".into()), ics: Some("<html>".into()), address: None };
    assert_eq!(wrong_field(set(&world, &althea, broken).await), "ics");
    let both = NewHolidays { address: Some("https://example.com/x.ics".into()), ..file(&[("20261225", "Christmas")]) };
    assert_eq!(wrong_field(set(&world, &althea, both).await), "ics");
    let nameless = NewHolidays { name: None, ..file(&[("20261225", "Christmas")]) };
    assert_eq!(wrong_field(set(&world, &althea, nameless).await), "ics");
    for address in ["", "ftp://example.com/x", "https://", "https:///x", "https://exa mple.com", "file:///etc/passwd"] {
        assert_eq!(wrong_field(set(&world, &althea, from_address(address)).await), "address", "{address:?}");
    }
    assert_eq!(source(&world, &althea).await, (HolidaySource::None, vec![]));
});

store::both!(migrations(); async fn an_address_is_read_later_and_again(test: &TestDb) {
    let world = World::new(test).await;
    let althea = world.person("Althea", Role::Member).await;
    working_in(&world, &althea, "Asia/Manila").await;
    set(&world, &althea, from_address("webcal://example.com/holidays.ics")).await.unwrap();
    let address = "https://example.com/holidays.ics";
    let member = althea.member;
    let fetch = jobs(&world).await.into_iter().find(|(kind, ..)| kind == holidays::FETCH_JOB).unwrap();
    assert_eq!(fetch.2, format!("{{\"member\":\"{member}\"}}"));
    let asked = world.reads(&althea, move |tx, actor| async move {
        holidays::address_of(&tx, actor.workspace, member).await
    });
    assert_eq!(asked.await.unwrap().as_deref(), Some(address));
    let text = file(&[("20261130", "Bonifacio Day")]).ics.unwrap();
    let take = async |address: &'static str, text: String| {
        world.does(&althea, move |tx, actor| async move {
            holidays::replace(&tx, actor.workspace, member, address, &text, actor.at).await
        }).await.unwrap()
    };
    assert_eq!(take(address, text.clone()).await.changes.len(), 1);
    let (from, days) = source(&world, &althea).await;
    let at = "2026-11-25T12:00:00Z".parse().ok();
    assert_eq!(from, HolidaySource::Address { address: address.into(), fetched_at: at, problem: None });
    assert_eq!(days, ["2026-11-30 Bonifacio Day"]);
    assert_eq!(take(address, text.clone()).await.changes.len(), 0, "the same days are no news");
    assert_eq!(take("https://example.com/another.ics", file(&[("20261225", "x")]).ics.unwrap()).await.changes.len(), 0);
    take(address, "<html>".into()).await;
    let (from, days) = source(&world, &althea).await;
    let problem = Some("The calendar cannot be read in line 1: it is not iCalendar.".to_owned());
    assert_eq!(from, HolidaySource::Address { address: address.into(), fetched_at: at, problem });
    assert_eq!(days, ["2026-11-30 Bonifacio Day"], "what was known stays");
});

fn to_lisbon(until: &str) -> NewTravel {
    NewTravel { zone: "Europe/Lisbon".into(), city: Some("Lisbon".into()), until: until.into() }
}

async fn go(world: &World, by: &Actor, travel: NewTravel) -> Result<(), people::Error> {
    world.does(by, move |tx, actor| async move { travel::set(&tx, &actor, travel).await }).await.map(|_| ())
}

async fn end_of_journey(world: &World, of: &Actor) -> usize {
    let member = of.member;
    let told = world.does(of, move |tx, actor| async move {
        travel::ended(&tx, actor.workspace, member, actor.at).await
    });
    told.await.unwrap().changes.len()
}

store::both!(migrations(); async fn a_journey_takes_the_hours_along_and_ends_by_itself(test: &TestDb) {
    let world = World::new(test).await;
    let camila = world.person("Camila", Role::Member).await;
    working_in(&world, &camila, "America/Bogota").await;
    // Wednesday; she is in Lisbon up to and with Thursday.
    go(&world, &camila, to_lisbon("2026-11-26")).await.unwrap();
    let card_now = card(&world, &camila).await;
    assert_eq!(card_now.city.as_deref(), Some("Lisbon"));
    let time = card_now.schedule;
    assert_eq!(time.zone.as_deref(), Some("Europe/Lisbon"));
    let home = time.home.clone().unwrap();
    assert_eq!((home.zone.as_str(), home.until), ("America/Bogota", "2026-11-27T00:00:00Z".parse().unwrap()));
    assert_eq!(working(&time), [
        "2026-11-24T12:00:00Z 2026-11-24T17:00:00Z",
        "2026-11-25T09:00:00Z 2026-11-25T17:00:00Z",
        "2026-11-26T09:00:00Z 2026-11-26T17:00:00Z",
        // At home again: nine o'clock in Bogotá.
        "2026-11-27T14:00:00Z 2026-11-27T22:00:00Z",
    ]);
    world.set_clock("2026-11-26T18:00:00Z");
    assert_eq!(time_of(&world, &camila).await.next_start, Some("2026-11-27T14:00:00Z".parse().unwrap()));
    assert_eq!(end_of_journey(&world, &camila).await, 0, "it is not over");
    world.set_clock("2026-11-27T00:00:00Z");
    let time = time_of(&world, &camila).await;
    assert_eq!((time.zone.as_deref(), time.home), (Some("America/Bogota"), None), "exact, whenever the job runs");
    assert_eq!(end_of_journey(&world, &camila).await, 1, "everybody is told");
    assert_eq!(end_of_journey(&world, &camila).await, 0, "once");
    assert_eq!(card(&world, &camila).await.city, None);
    assert_eq!(world.log().await.last().unwrap().actor, None);
    assert_eq!(why_changed(&world, &camila).await, Some(Because::Zone));
});

store::both!(migrations(); async fn a_journey_can_be_altered_and_ended_early(test: &TestDb) {
    let world = World::new(test).await;
    let camila = world.person("Camila", Role::Member).await;
    assert!(is_conflict(go(&world, &camila, to_lisbon("2026-11-26")).await), "no hours to take along");
    working_in(&world, &camila, "America/Bogota").await;
    for until in ["2026-11-24", "2027-12-01", "26 November", "2026-11-31"] {
        assert_eq!(wrong_field(go(&world, &camila, to_lisbon(until)).await), "until", "{until}");
    }
    let nowhere = NewTravel { zone: "Europe/Lisboa".into(), ..to_lisbon("2026-11-26") };
    assert_eq!(wrong_field(go(&world, &camila, nowhere).await), "zone");
    let home = NewTravel { zone: "America/Bogota".into(), ..to_lisbon("2026-11-26") };
    assert_eq!(wrong_field(go(&world, &camila, home).await), "zone");
    go(&world, &camila, to_lisbon("2026-11-26")).await.unwrap();
    // From there to Tokyo, longer: home is still home.
    let on = NewTravel { zone: "Asia/Tokyo".into(), city: Some("Tokyo".into()), until: "2026-12-01".into() };
    go(&world, &camila, on).await.unwrap();
    let time = time_of(&world, &camila).await;
    let home = time.home.unwrap();
    assert_eq!((time.zone.as_deref(), home.zone.as_str()), (Some("Asia/Tokyo"), "America/Bogota"));
    assert_eq!(home.until, "2026-12-01T15:00:00Z".parse().unwrap());
    // A name that is changed on the way does not make Tokyo her city for good.
    let id = camila.member;
    let named = MemberPatch { name: Some("Camila Torres".into()), ..MemberPatch::default() };
    world.does(&camila, move |tx, actor| async move { members::change(&tx, &actor, id, named).await }).await.unwrap();
    world.does(&camila, |tx, actor| async move { travel::end(&tx, &actor).await }).await.unwrap();
    let back = card(&world, &camila).await;
    assert_eq!((back.schedule.zone.as_deref(), back.schedule.home, back.city), (Some("America/Bogota"), None, None));
    world.set_clock("2026-12-05T12:00:00Z");
    assert_eq!(time_of(&world, &camila).await.zone.as_deref(), Some("America/Bogota"));
    assert_eq!(end_of_journey(&world, &camila).await, 0, "a job that was left behind does nothing");
});

store::both!(migrations(); async fn hours_that_are_set_on_a_journey_hold_at_home_too(test: &TestDb) {
    let world = World::new(test).await;
    let camila = world.person("Camila", Role::Member).await;
    let id = camila.member;
    working_in(&world, &camila, "America/Bogota").await;
    go(&world, &camila, to_lisbon("2026-11-26")).await.unwrap();
    let early = || vec![("07:00".to_owned(), "15:00".to_owned())];
    let week = Week([early(), early(), early(), early(), early(), vec![], vec![]]);
    let hours = NewSchedule { zone: "Europe/Lisbon".into(), week: week.clone() };
    world.does(&camila, move |tx, actor| async move { schedules::set(&tx, &actor, id, &hours).await }).await.unwrap();
    world.set_clock("2026-11-28T12:00:00Z");
    let time = time_of(&world, &camila).await;
    assert_eq!((time.zone.as_deref(), time.week), (Some("America/Bogota"), Some(week)));
    // Another zone is a move: the journey is over.
    go(&world, &camila, to_lisbon("2026-12-10")).await.unwrap();
    working_in(&world, &camila, "Asia/Manila").await;
    assert_eq!(time_of(&world, &camila).await.home, None);
    world.set_clock("2026-12-20T12:00:00Z");
    assert_eq!(time_of(&world, &camila).await.zone.as_deref(), Some("Asia/Manila"));
});

store::both!(migrations(); async fn a_clock_that_changes_is_announced(test: &TestDb) {
    let world = World::new(test).await;
    let ana = world.person("Ana Two", Role::Member).await;
    working_in(&world, &ana, "Europe/Lisbon").await;
    assert_eq!(time_of(&world, &ana).await.clock_change, None, "none in the coming 14 days");
    world.set_clock("2027-03-20T12:00:00Z");
    let change = time_of(&world, &ana).await.clock_change.unwrap();
    assert_eq!((change.at, change.minutes), ("2027-03-28T01:00:00Z".parse().unwrap(), 60));
    world.set_clock("2027-10-20T12:00:00Z");
    let change = time_of(&world, &ana).await.clock_change.unwrap();
    assert_eq!((change.at, change.minutes), ("2027-10-31T01:00:00Z".parse().unwrap(), -60));
});
