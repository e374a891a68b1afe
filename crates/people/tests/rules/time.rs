use people::{
    Actor, MemberTime, Role, Week, members,
    schedules::{self, NewSchedule},
    time_off::{self, NewTimeOff, TimeOffPatch},
};
use store::testing::TestDb;

use crate::{
    migrations,
    world::{World, is_conflict, is_forbidden, is_not_found, wrong_field},
};

/// Monday to Friday from nine to five.
fn office(zone: &str) -> NewSchedule {
    let day = || vec![("09:00".to_owned(), "17:00".to_owned())];
    NewSchedule { zone: zone.into(), week: Week([day(), day(), day(), day(), day(), vec![], vec![]]) }
}

async fn set(world: &World, by: &Actor, schedule: NewSchedule) -> Result<(), people::Error> {
    let id = by.member;
    world.does(by, move |tx, actor| async move { schedules::set(&tx, &actor, id, &schedule).await }).await?;
    Ok(())
}

async fn time_of(world: &World, of: &Actor) -> MemberTime {
    let id = of.member;
    world
        .reads(of, move |tx, actor| async move { members::see(&tx, &actor, id).await })
        .await
        .unwrap()
        .schedule
}

fn days_off(world: &World, from: &str, to: &str) -> NewTimeOff {
    NewTimeOff { id: world.context.ids.make(), from: from.into(), to: to.into(), cover: None, note: None }
}

async fn take(world: &World, by: &Actor, new: NewTimeOff) -> Result<(), people::Error> {
    world.does(by, move |tx, actor| async move { time_off::create(&tx, &actor, new).await }).await?;
    Ok(())
}

store::both!(migrations(); async fn a_schedule_says_when_somebody_works(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    assert_eq!(time_of(&world, &yuki).await, MemberTime::default(), "no schedule is unknown");
    set(&world, &yuki, office("Asia/Tokyo")).await.unwrap();
    // It is Wednesday 12:00 UTC, 21:00 in Tokyo.
    let time = time_of(&world, &yuki).await;
    let working: Vec<_> = time.working.iter().map(|(start, end)| format!("{start} {end}")).collect();
    assert_eq!(working, [
        "2026-11-25T00:00:00Z 2026-11-25T08:00:00Z",
        "2026-11-26T00:00:00Z 2026-11-26T08:00:00Z",
        "2026-11-27T00:00:00Z 2026-11-27T08:00:00Z",
    ]);
    assert_eq!(time.working_until, Some("2026-11-28T12:00:00Z".parse().unwrap()));
    assert_eq!(time.next_start, Some("2026-11-26T00:00:00Z".parse().unwrap()));
    world.set_clock("2026-11-27T01:00:00Z");
    let time = time_of(&world, &yuki).await;
    assert_eq!(time.next_start, Some("2026-11-30T00:00:00Z".parse().unwrap()), "working on Friday: Monday is next");
});

store::both!(migrations(); async fn the_newest_version_of_a_schedule_holds(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let id = yuki.member;
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    set(&world, &yuki, office("Asia/Tokyo")).await.unwrap();
    set(&world, &yuki, office("Europe/Lisbon")).await.unwrap();
    world.set_clock("2026-12-01T12:00:00Z");
    set(&world, &yuki, office("America/Bogota")).await.unwrap();
    world.set_clock("2026-12-10T12:00:00Z");
    world.does(&yuki, move |tx, actor| async move { schedules::remove(&tx, &actor, id).await }).await.unwrap();
    let zone_at = async |instant: &str| {
        let instant = at(instant);
        let of = world.reads(&yuki, move |tx, actor| async move {
            schedules::of(&tx, actor.workspace, &[actor.member], instant).await
        }).await.unwrap();
        of.get(&id).map(|schedule| schedule.zone_name().to_owned())
    };
    assert_eq!(zone_at("2026-11-25T11:59:59Z").await, None);
    assert_eq!(zone_at("2026-11-25T12:00:00Z").await.as_deref(), Some("Europe/Lisbon"), "the later of one instant");
    assert_eq!(zone_at("2026-12-05T12:00:00Z").await.as_deref(), Some("America/Bogota"));
    assert_eq!(zone_at("2026-12-10T12:00:00Z").await, None, "taken away: unknown");
    assert_eq!(time_of(&world, &yuki).await, MemberTime::default());
});

store::both!(migrations(); async fn hours_are_set_by_their_member_and_checked(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let id = yuki.member;
    let by_another = world.does(&world.owner, move |tx, actor| async move {
        schedules::set(&tx, &actor, id, &office("Asia/Tokyo")).await
    });
    assert!(is_forbidden(by_another.await));
    assert_eq!(wrong_field(set(&world, &yuki, office("Asia/Tokio")).await), "zone");
    let mut crowded = office("Asia/Tokyo");
    crowded.week.0[6] = vec![("09:00".into(), "09:10".into()); 13];
    assert_eq!(wrong_field(set(&world, &yuki, crowded).await), "week.sun");
    let mut endless = office("Asia/Tokyo");
    endless.week.0[0] = vec![("9".into(), "17:00".into())];
    assert_eq!(wrong_field(set(&world, &yuki, endless).await), "week.mon[0].start");
});

store::both!(migrations(); async fn a_preview_saves_nothing(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let preview = async |schedule| world.reads(&yuki, move |tx, actor| async move {
        schedules::preview(&tx, &actor, schedule, actor.at).await
    }).await;
    let planned = preview(Some(office("Asia/Tokyo"))).await.unwrap();
    assert_eq!(planned.working.len(), 3);
    assert_eq!(preview(None).await.unwrap(), MemberTime::default());
    assert_eq!(wrong_field(preview(Some(office("Nowhere"))).await), "schedule.zone");
});

store::both!(migrations(); async fn time_off_is_announced_without_its_reason(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let rafael = world.person("Rafael", Role::Member).await;
    set(&world, &yuki, office("Asia/Tokyo")).await.unwrap();
    let first = NewTimeOff {
        cover: Some(rafael.member),
        note: Some("surgery".into()),
        ..days_off(&world, "2026-11-26T00:00", "2026-11-28T00:00")
    };
    let id = first.id;
    take(&world, &yuki, first).await.unwrap();
    take(&world, &yuki, days_off(&world, "2026-11-28T00:00", "2026-12-01T00:00")).await.unwrap();
    let time = time_of(&world, &yuki).await;
    let away = time.away.unwrap();
    assert_eq!((away.from, away.until), ("2026-11-25T15:00:00Z".parse().unwrap(), "2026-11-30T15:00:00Z".parse().unwrap()));
    assert_eq!(away.cover, Some(rafael.member));
    assert_eq!(time.next_start, Some("2026-12-01T00:00:00Z".parse().unwrap()));
    let of = yuki.member;
    let listed = async |by: &Actor| world.reads(by, move |tx, actor| async move { time_off::list(&tx, &actor, of).await }).await.unwrap();
    assert_eq!(listed(&yuki).await[0].note.as_deref(), Some("surgery"));
    assert_eq!(listed(&rafael).await[0].note, None);
    assert_eq!(listed(&rafael).await.len(), 2);
    for change in world.log().await {
        assert!(!change.rows.get().contains("surgery"));
    }
    let covering = rafael.member;
    world.does(&world.owner, move |tx, actor| async move { members::remove(&tx, &actor, covering).await }).await.unwrap();
    assert_eq!(time_of(&world, &yuki).await.away.unwrap().cover, None, "who has left covers nobody");
    world.set_clock("2026-12-09T00:00:00Z");
    assert_eq!(time_of(&world, &yuki).await.away, None);
    assert_eq!(listed(&world.owner).await.len(), 0, "what is over is for oneself alone");
    assert_eq!(listed(&yuki).await.len(), 2);
    let patch = TimeOffPatch { to: Some("2026-12-20T00:00".into()), note: Some(None), ..TimeOffPatch::default() };
    world.does(&yuki, move |tx, actor| async move { time_off::change(&tx, &actor, id, patch).await }).await.unwrap();
    assert!(time_of(&world, &yuki).await.away.is_some());
    assert_eq!(listed(&yuki).await[0].note, None);
    world.does(&yuki, move |tx, actor| async move { time_off::remove(&tx, &actor, id).await }).await.unwrap();
    assert_eq!(time_of(&world, &yuki).await.away, None);
});

store::both!(migrations(); async fn time_off_beyond_a_fortnight_is_not_announced_yet(test: &TestDb) {
    let world = World::new(test).await;
    let current = async || world.reads(&world.owner, |tx, actor| async move {
        time_off::current_or_next(&tx, actor.workspace, actor.member, actor.at).await
    }).await.unwrap();
    take(&world, &world.owner, days_off(&world, "2026-12-09T12:00", "2026-12-24T00:00")).await.unwrap();
    assert_eq!(current().await, None);
    world.set_clock("2026-11-25T12:00:01Z");
    assert!(current().await.is_some(), "a zone without hours is enough");
});

store::both!(migrations(); async fn time_off_is_checked(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let plain = |from: &str, to: &str| days_off(&world, from, to);
    let fine = || plain("2026-12-01T00:00", "2026-12-02T00:00");
    assert!(is_conflict(take(&world, &yuki, fine()).await), "local time needs a zone");
    set(&world, &yuki, office("Asia/Tokyo")).await.unwrap();
    for (wrong, field) in [
        (plain("2026-12-02T00:00", "2026-12-02T00:00"), "to"),
        (plain("2026-12-02T00:00", "2026-12-01T00:00"), "to"),
        (plain("2026-12-02T00:00", "2028-12-02T00:01"), "to"),
        (plain("2026-13-02T00:00", "2026-12-03T00:00"), "from"),
        (plain("2026-12-02", "2026-12-03T00:00"), "from"),
        (plain("2026-12-02T00:00", "2026-12-03T00:00Z"), "to"),
        (NewTimeOff { cover: Some(yuki.member), ..fine() }, "cover"),
        (NewTimeOff { cover: Some(world.context.ids.make()), ..fine() }, "cover"),
        (NewTimeOff { note: Some("x".repeat(501)), ..fine() }, "note"),
    ] {
        assert_eq!(wrong_field(take(&world, &yuki, wrong).await), field);
    }
    let kept = fine();
    take(&world, &yuki, kept.clone()).await.unwrap();
    assert!(is_conflict(take(&world, &yuki, kept.clone()).await), "an id is used once");
    let id = kept.id;
    let by_another = world.does(&world.owner, move |tx, actor| async move { time_off::remove(&tx, &actor, id).await });
    assert!(is_not_found(by_another.await));
});
