//! Team time, with the overlaps of the walkthroughs.

use jiff::Timestamp;
use people::{
    Actor, MemberId, MemberKind, Role, Visibility, Week,
    schedules::{self, NewSchedule},
    team::{self, TeamTime, Together, Who},
    time_off::{self, NewTimeOff},
};
use store::testing::TestDb;

use crate::{
    migrations,
    world::{World, is_not_found, wrong_field},
};

fn hours(zone: &str, day: &[(&str, &str)]) -> NewSchedule {
    let day: Vec<_> = day.iter().map(|(start, end)| ((*start).to_owned(), (*end).to_owned())).collect();
    let week = Week([day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]]);
    NewSchedule { zone: zone.into(), week }
}

async fn works(world: &World, by: &Actor, schedule: NewSchedule) {
    let id = by.member;
    world
        .does(by, move |tx, actor| async move { schedules::set(&tx, &actor, id, &schedule).await })
        .await
        .unwrap();
}

/// The people of the walkthroughs.
struct Cast {
    world: World,
    camila: Actor,
    jonas: Actor,
    althea: Actor,
}

impl Cast {
    async fn new(test: &TestDb) -> Self {
        let world = World::new(test).await;
        let camila = world.person("Camila", Role::Member).await;
        let jonas = world.person("Jonas", Role::Member).await;
        let althea = world.person("Althea", Role::Member).await;
        works(&world, &camila, hours("America/Bogota", &[("08:30", "12:30"), ("13:30", "17:30")])).await;
        works(&world, &jonas, hours("Europe/Berlin", &[("09:00", "12:30"), ("13:15", "17:45")])).await;
        works(&world, &althea, hours("Asia/Manila", &[("09:00", "12:00"), ("13:00", "18:00")])).await;
        Self { world, camila, jonas, althea }
    }

    async fn read(
        &self,
        by: &Actor,
        who: Who,
        from: Option<&str>,
        days: u32,
    ) -> Result<TeamTime, people::Error> {
        let from: Option<Timestamp> = from.map(|from| from.parse().unwrap());
        self.world
            .reads(by, move |tx, actor| async move { team::read(&tx, &actor, who, from, Some(days)).await })
            .await
    }

    /// What these people have on Thursday 26 November, seen by the first of them.
    async fn thursday(&self, people: &[&Actor]) -> TeamTime {
        self.world.set_clock("2026-11-25T21:40:00Z");
        let who = named(people);
        self.read(people[0], who, Some("2026-11-26T00:00:00Z"), 1).await.unwrap()
    }

    fn name(&self, member: MemberId) -> &'static str {
        match member {
            id if id == self.camila.member => "Camila",
            id if id == self.jonas.member => "Jonas",
            id if id == self.althea.member => "Althea",
            _ => "somebody",
        }
    }

    fn windows(&self, time: &TeamTime) -> Vec<String> {
        time.windows
            .iter()
            .map(|window| {
                let working: Vec<_> = window.working.iter().map(|id| self.name(*id)).collect();
                let near: Vec<_> = window
                    .near
                    .iter()
                    .map(|near| format!("{} {}", self.name(near.member), near.minutes))
                    .collect();
                format!("{} {} {} ({})", window.from, window.until, working.join("+"), near.join(", "))
            })
            .collect()
    }

    fn common(&self, time: &TeamTime) -> Vec<String> {
        time.common
            .iter()
            .map(|step| {
                let members: Vec<_> = step.members.iter().map(|id| self.name(*id)).collect();
                format!("{} {} {}", step.from, step.until, members.join("+"))
            })
            .collect()
    }
}

fn named(people: &[&Actor]) -> Who {
    Who { members: Some(people.iter().map(|actor| actor.member).collect()), ..Who::default() }
}

store::both!(migrations(); async fn the_overlaps_are_those_of_the_walkthroughs(test: &TestDb) {
    let cast = Cast::new(test).await;
    // 14:30 to 17:45 in Berlin; one hour ahead of UTC in winter.
    let two = cast.thursday(&[&cast.camila, &cast.jonas]).await;
    assert_eq!(cast.common(&two), ["2026-11-26T13:30:00Z 2026-11-26T16:45:00Z Camila+Jonas"]);
    assert_eq!(cast.windows(&two), ["2026-11-26T13:30:00Z 2026-11-26T16:45:00Z Camila+Jonas ()"]);
    assert_eq!(two.suggestion.kind, Together::Call);
    let all = two.all.unwrap();
    assert_eq!(all.from, "2026-11-26T13:30:00Z".parse().unwrap());
    // 9:00 to 11:00 in Berlin.
    let two = cast.thursday(&[&cast.jonas, &cast.althea]).await;
    assert_eq!(cast.common(&two), ["2026-11-26T08:00:00Z 2026-11-26T10:00:00Z Althea+Jonas"]);
    let two = cast.thursday(&[&cast.camila, &cast.althea]).await;
    assert_eq!(cast.common(&two), [] as [&str; 0]);
    assert_eq!((two.windows.len(), two.all), (0, None));
    assert_eq!(two.suggestion.kind, Together::Thread, "each in their own time");
    assert_eq!(two.suggestion.members.len(), 2);
});

store::both!(migrations(); async fn the_best_windows_name_who_is_nearly_there(test: &TestDb) {
    let cast = Cast::new(test).await;
    let three = cast.thursday(&[&cast.jonas, &cast.camila, &cast.althea]).await;
    assert_eq!(cast.windows(&three), [
        "2026-11-26T08:00:00Z 2026-11-26T10:00:00Z Althea+Jonas ()",
        "2026-11-26T13:30:00Z 2026-11-26T16:45:00Z Camila+Jonas ()",
    ]);
    assert_eq!(three.suggestion.kind, Together::Clip, "two of three are there");
    assert_eq!(three.all, None);
    // Somebody whose hours are unknown changes nothing for the others.
    let tunde = cast.world.person("Tunde", Role::Member).await;
    let four = cast.thursday(&[&cast.jonas, &cast.camila, &cast.althea, &tunde]).await;
    assert_eq!(four.windows.len(), 2);
    let unknown = four.people.iter().find(|person| person.member == tunde.member).unwrap();
    assert_eq!((unknown.zone.as_deref(), unknown.working.len()), (None, 0));
    // Rui in Lisbon, 10:30 to 16:00 there: half an hour late for the mornings.
    let rui = cast.world.person("Rui", Role::Member).await;
    works(&cast.world, &rui, hours("Europe/Lisbon", &[("08:30", "12:00")])).await;
    let near = cast.thursday(&[&cast.jonas, &cast.althea, &rui]).await;
    assert_eq!(cast.windows(&near)[0], "2026-11-26T08:30:00Z 2026-11-26T10:00:00Z Althea+Jonas+somebody ()");
    works(&cast.world, &rui, hours("Europe/Lisbon", &[("11:00", "12:00")])).await;
    let near = cast.thursday(&[&cast.jonas, &cast.althea, &rui]).await;
    assert_eq!(cast.windows(&near)[0], "2026-11-26T08:00:00Z 2026-11-26T10:00:00Z Althea+Jonas ()", "three hours are far");
    works(&cast.world, &rui, hours("Europe/Lisbon", &[("09:45", "12:00")])).await;
    let near = cast.thursday(&[&cast.jonas, &cast.althea, &rui]).await;
    assert_eq!(cast.windows(&near)[0], "2026-11-26T08:00:00Z 2026-11-26T10:00:00Z Althea+Jonas (somebody 105)");
});

store::both!(migrations(); async fn time_off_is_named_only_where_it_is_public(test: &TestDb) {
    let cast = Cast::new(test).await;
    let new = NewTimeOff {
        id: cast.world.context.ids.make(),
        from: "2026-11-26T00:00".into(), to: "2026-11-28T00:00".into(), cover: None, note: Some("The dentist".into()),
    };
    cast.world.does(&cast.camila, |tx, actor| async move { time_off::create(&tx, &actor, new).await }).await.unwrap();
    let two = cast.thursday(&[&cast.jonas, &cast.camila]).await;
    let camila = two.people.iter().find(|person| person.member == cast.camila.member).unwrap();
    assert_eq!((camila.working.len(), camila.off.len()), (0, 1));
    assert_eq!(camila.off[0].name, None);
    assert_eq!(camila.off[0].from, "2026-11-26T05:00:00Z".parse().unwrap());
    let all = two.all.unwrap();
    assert_eq!(all.from, "2026-11-30T13:30:00Z".parse().unwrap(), "the first day both are there");
    assert_eq!(cast.windows(&two), [] as [&str; 0]);
});

store::both!(migrations(); async fn a_clock_change_moves_an_overlap(test: &TestDb) {
    let cast = Cast::new(test).await;
    // Berlin goes forward on 28 March 2027, Bogotá never: 3 h 15 become 2 h 15.
    cast.world.set_clock("2027-03-20T12:00:00Z");
    let two = cast.read(&cast.camila, named(&[&cast.camila, &cast.jonas]), None, 1).await.unwrap();
    let [change] = two.changes[..] else { panic!("{:?}", two.changes) };
    assert_eq!((change.member, change.minutes), (cast.jonas.member, 60));
    assert_eq!(change.at, "2027-03-28T01:00:00Z".parse().unwrap());
    assert_eq!((change.overlap_before, change.overlap_after), (195, 135));
    // Read without a beginning: from her own midnight, one day of hers.
    assert_eq!((two.from, two.until), ("2027-03-20T05:00:00Z".parse().unwrap(), "2027-03-21T05:00:00Z".parse().unwrap()));
});

store::both!(migrations(); async fn a_team_is_a_space_or_named_people_that_one_sees(test: &TestDb) {
    let cast = Cast::new(test).await;
    let space = cast.world.space(&cast.camila, "Delivery", Visibility::Private, &[&cast.jonas]).await;
    let who = || Who { space: Some(space), ..Who::default() };
    assert_eq!(cast.read(&cast.jonas, who(), None, 1).await.unwrap().people.len(), 2);
    assert!(is_not_found(cast.read(&cast.althea, who(), None, 1).await));
    let everybody = cast.read(&cast.althea, Who::default(), None, 1).await.unwrap();
    assert_eq!(everybody.people.len(), 4, "the owner too");
    let nobody: MemberId = cast.world.context.ids.make::<MemberKind>();
    let who_else = Who { members: Some(vec![nobody]), ..Who::default() };
    assert!(is_not_found(cast.read(&cast.jonas, who_else, None, 1).await));
    let two_ways = Who { space: Some(space), members: Some(vec![]), ..Who::default() };
    assert_eq!(wrong_field(cast.read(&cast.jonas, two_ways, None, 1).await), "space");
    assert_eq!(wrong_field(cast.read(&cast.jonas, who(), None, 8).await), "days");
    assert_eq!(wrong_field(cast.read(&cast.jonas, who(), Some("2031-01-01T00:00:00Z"), 1).await), "from");
    let guest = cast.world.person("Noor", Role::Guest).await;
    assert_eq!(cast.read(&guest, Who::default(), None, 1).await.unwrap().people.len(), 1, "a guest sees themselves");
});

store::both!(migrations(); async fn a_week_of_500_people_comes_in_one_answer(test: &TestDb) {
    let cast = Cast::new(test).await;
    let zones = ["America/Bogota", "America/New_York", "Europe/Lisbon", "Europe/Berlin", "Asia/Kolkata", "Asia/Manila",
        "Asia/Tokyo", "Australia/Sydney", "Africa/Lagos", "America/Sao_Paulo"];
    let (workspace, at) = (cast.world.workspace, cast.world.context.clock.now());
    let people: Vec<_> = (0..496).map(|index| {
        let zone = zones[index % zones.len()];
        let start = format!("{:02}:{:02}", 7 + index % 4, index % 4 * 15);
        (cast.world.new_member(&format!("Person {index:03}"), Role::Member), hours(zone, &[(&start, "12:30"), ("13:30", "17:45")]))
    }).collect();
    cast.world.context.db.write(move |tx| async move {
        for (new, hours) in people {
            let id = new.id;
            people::members::create(&tx, workspace, new).await?;
            schedules::keep(&tx, workspace, id, Some(&hours.zone), Some(&hours.week), at).await?;
        }
        Ok::<_, people::Error>(())
    }).await.unwrap();
    let all = cast.read(&cast.jonas, Who::default(), Some("2026-11-23T00:00:00Z"), 7).await.unwrap();
    assert_eq!(all.people.len(), 500);
    assert_eq!(all.common, vec![], "more than 50: from what each works");
    assert_eq!(all.windows.len(), 3);
    // Nobody comes or goes unseen: the best window has as many as any quarter of an hour has.
    let best = &all.windows[0];
    let there = |at: Timestamp| all.people.iter().filter(|person| {
        person.working.iter().any(|(start, end)| *start <= at && at < *end)
    }).count();
    let from: Timestamp = "2026-11-25T12:00:00Z".parse().unwrap();
    let most = (0..4 * 24 * 4).map(|quarter| there(from + jiff::SignedDuration::from_mins(15 * quarter))).max().unwrap();
    assert!(best.working.len() <= most);
    assert!(best.working.len() * 10 >= most * 9, "{} of {most}", best.working.len());
    for person in &all.people {
        let throughout = person.working.iter().any(|(start, end)| *start <= best.from && best.until <= *end);
        assert_eq!(throughout, best.working.contains(&person.member));
    }
});
