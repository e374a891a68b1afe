use people::{
    Actor, Role, SpaceId, Visibility,
    spaces::{self, NewSpace, SpacePatch},
};
use store::{Audience, Change, testing::TestDb};

use crate::{
    migrations,
    world::{World, is_conflict, is_forbidden, is_not_found, rows_of, told_to, wrong_field},
};

type Changes = Result<Vec<std::sync::Arc<Change>>, people::Error>;

async fn join(world: &World, by: &Actor, space: SpaceId, who: &Actor) -> Changes {
    let who = who.member;
    Ok(world
        .does(by, move |tx, actor| async move { spaces::join(&tx, &actor, space, who).await })
        .await?
        .changes)
}

async fn leave(world: &World, by: &Actor, space: SpaceId, who: &Actor) -> Changes {
    let who = who.member;
    Ok(world
        .does(by, move |tx, actor| async move { spaces::leave(&tx, &actor, space, who).await })
        .await?
        .changes)
}

async fn change(world: &World, by: &Actor, space: SpaceId, patch: SpacePatch) -> Changes {
    Ok(world
        .does(by, move |tx, actor| async move { spaces::change(&tx, &actor, space, patch).await })
        .await?
        .changes)
}

async fn see(world: &World, by: &Actor, space: SpaceId) -> Result<spaces::Space, people::Error> {
    world.reads(by, move |tx, actor| async move { spaces::see(&tx, &actor, space).await }).await
}

fn archived(archived: bool) -> SpacePatch {
    SpacePatch { archived: Some(archived), ..SpacePatch::default() }
}

store::both!(migrations(); async fn a_private_space_exists_only_for_those_in_it(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let piotr = world.person("Piotr", Role::Member).await;
    let space = world.space(&yuki, "Salaries", Visibility::Private, &[]).await;
    assert_eq!(world.spaces_of(&yuki).await, ["Company", "Salaries"]);
    assert_eq!(world.spaces_of(&world.owner).await, ["Company"], "not even for the owner");
    assert!(is_not_found(see(&world, &world.owner, space).await));
    let by_slug = world.reads(&piotr, |tx, actor| async move { spaces::by_slug_or_id(&tx, &actor, "salaries").await });
    assert!(is_not_found(by_slug.await));
    assert!(is_not_found(join(&world, &piotr, space, &piotr).await));
    assert!(is_not_found(join(&world, &world.owner, space, &world.owner).await));
    assert!(is_not_found(change(&world, &world.owner, space, archived(true)).await));
    assert!(is_not_found(leave(&world, &piotr, space, &yuki).await));
    let created = world.log().await.pop().unwrap();
    assert_eq!(created.audience, Audience::Space(space.uuid()));
});

store::both!(migrations(); async fn who_is_added_to_a_private_space_is_given_it(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let piotr = world.person("Piotr", Role::Member).await;
    let space = world.space(&yuki, "Salaries", Visibility::Private, &[]).await;
    let changes = join(&world, &yuki, space, &piotr).await.unwrap();
    assert_eq!(changes[0].audience, Audience::Space(space.uuid()));
    assert!(rows_of(&changes[0]).contains(&("space_members".into(), format!("{space}/{}", piotr.member), true)));
    let told = told_to(&changes, &piotr);
    assert!(told.contains(&("spaces".into(), space.to_string(), true)));
    assert!(told.contains(&("space_members".into(), format!("{space}/{}", yuki.member), true)), "and who is in it");
    assert_eq!(see(&world, &piotr, space).await.unwrap().member_count, 2);
    assert_eq!(join(&world, &yuki, space, &piotr).await.unwrap().len(), 0, "twice is once");
    let changes = leave(&world, &yuki, space, &piotr).await.unwrap();
    let told = told_to(&changes, &piotr);
    assert!(told.contains(&("spaces".into(), space.to_string(), false)));
    assert!(told.contains(&("space_members".into(), format!("{space}/{}", piotr.member), false)));
    assert!(is_not_found(see(&world, &piotr, space).await));
});

store::both!(migrations(); async fn open_spaces_are_joined_and_left_freely(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let piotr = world.person("Piotr", Role::Member).await;
    let space = world.space(&yuki, "Driver app", Visibility::Open, &[]).await;
    assert_eq!(world.log().await.pop().unwrap().audience, Audience::Workspace);
    join(&world, &piotr, space, &piotr).await.unwrap();
    join(&world, &piotr, space, &world.owner).await.unwrap();
    assert!(is_forbidden(leave(&world, &piotr, space, &yuki).await), "nobody is thrown out by just anybody");
    leave(&world, &yuki, space, &piotr).await.unwrap();
    leave(&world, &world.owner, space, &yuki).await.unwrap();
    leave(&world, &world.owner, space, &world.owner).await.unwrap();
    assert_eq!(see(&world, &piotr, space).await.unwrap().member_count, 0);
    assert_eq!(leave(&world, &piotr, space, &piotr).await.unwrap().len(), 0);
});

store::both!(migrations(); async fn guests_neither_make_spaces_nor_add_people(test: &TestDb) {
    let world = World::new(test).await;
    let guest = world.person("Gil", Role::Guest).await;
    let other = world.person("Other", Role::Guest).await;
    let space = world.space(&world.owner, "Client", Visibility::Open, &[&guest, &other]).await;
    let new = world.new_space("Mine", Visibility::Private);
    let made = world.does(&guest, move |tx, actor| async move { spaces::create(&tx, &actor, new).await }).await;
    assert!(is_forbidden(made));
    assert!(is_not_found(join(&world, &guest, world.company, &guest).await));
    leave(&world, &world.owner, space, &other).await.unwrap();
    assert!(is_forbidden(join(&world, &guest, space, &other).await));
    assert!(is_forbidden(leave(&world, &guest, space, &world.owner).await));
    assert!(is_forbidden(change(&world, &guest, space, archived(true)).await));
    leave(&world, &guest, space, &guest).await.unwrap();
    assert!(is_not_found(see(&world, &guest, space).await));
});

store::both!(migrations(); async fn guests_are_told_whom_they_gain_and_lose(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let guest = world.person("Gil", Role::Guest).await;
    let space = world.space(&world.owner, "Client", Visibility::Open, &[]).await;
    let changes = join(&world, &world.owner, space, &guest).await.unwrap();
    let told = told_to(&changes, &guest);
    assert!(told.contains(&("members".into(), world.owner.member.to_string(), true)));
    assert!(told.contains(&("spaces".into(), space.to_string(), true)));
    let changes = join(&world, &yuki, space, &yuki).await.unwrap();
    assert!(told_to(&changes, &guest).contains(&("members".into(), yuki.member.to_string(), true)));
    let changes = leave(&world, &yuki, space, &yuki).await.unwrap();
    assert!(told_to(&changes, &guest).contains(&("members".into(), yuki.member.to_string(), false)));
    let changes = leave(&world, &world.owner, space, &guest).await.unwrap();
    let told = told_to(&changes, &guest);
    assert!(told.contains(&("members".into(), world.owner.member.to_string(), false)));
    assert!(told.contains(&("spaces".into(), space.to_string(), false)));
    assert_eq!(world.seen_by(&guest).await, ["Gil"]);
});

store::both!(migrations(); async fn the_last_of_a_private_space_archives_it_first(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let space = world.space(&yuki, "Salaries", Visibility::Private, &[]).await;
    assert!(is_conflict(leave(&world, &yuki, space, &yuki).await));
    change(&world, &yuki, space, archived(true)).await.unwrap();
    leave(&world, &yuki, space, &yuki).await.unwrap();
    assert!(is_not_found(see(&world, &yuki, space).await));
});

store::both!(migrations(); async fn of_the_last_two_who_leave_at_once_one_stays(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let piotr = world.person("Piotr", Role::Member).await;
    let space = world.space(&yuki, "Salaries", Visibility::Private, &[&piotr]).await;
    let (one, other) = tokio::join!(leave(&world, &yuki, space, &yuki), leave(&world, &piotr, space, &piotr));
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    assert!(is_conflict(one.and(other)));
});

store::both!(migrations(); async fn an_archived_space_keeps_its_members(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let piotr = world.person("Piotr", Role::Member).await;
    let space = world.space(&yuki, "Old", Visibility::Open, &[]).await;
    assert!(is_forbidden(change(&world, &piotr, space, archived(true)).await), "who is not in it does not run it");
    change(&world, &yuki, space, archived(true)).await.unwrap();
    assert!(see(&world, &yuki, space).await.unwrap().archived_at.is_some());
    assert!(is_forbidden(join(&world, &piotr, space, &piotr).await));
    join(&world, &world.owner, space, &piotr).await.unwrap();
    assert!(is_forbidden(leave(&world, &yuki, space, &piotr).await));
    change(&world, &world.owner, space, archived(false)).await.unwrap();
    leave(&world, &yuki, space, &piotr).await.unwrap();
});

store::both!(migrations(); async fn a_space_that_becomes_private_is_gone_for_the_others(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let piotr = world.person("Piotr", Role::Member).await;
    let space = world.space(&yuki, "Driver app", Visibility::Open, &[]).await;
    let visibility = |visibility| SpacePatch { visibility: Some(visibility), ..SpacePatch::default() };
    assert!(is_forbidden(change(&world, &world.owner, space, visibility(Visibility::Private)).await), "nobody locks themselves out");
    let changes = change(&world, &yuki, space, visibility(Visibility::Private)).await.unwrap();
    assert_eq!(told_to(&changes, &piotr), [("spaces".into(), space.to_string(), false)]);
    assert_eq!(told_to(&changes, &yuki), []);
    assert!(is_not_found(see(&world, &piotr, space).await));
    let changes = change(&world, &yuki, space, visibility(Visibility::Open)).await.unwrap();
    assert_eq!(told_to(&changes, &piotr), [("spaces".into(), space.to_string(), true)]);
});

store::both!(migrations(); async fn a_space_is_checked(test: &TestDb) {
    let world = World::new(test).await;
    let open = || world.new_space("Driver app", Visibility::Open);
    let create = async |new: NewSpace| world.does(&world.owner, move |tx, actor| async move { spaces::create(&tx, &actor, new).await }).await;
    for (wrong, field) in [
        (NewSpace { name: "x".repeat(61), ..open() }, "name"),
        (NewSpace { purpose: "x".repeat(2001), ..open() }, "purpose"),
        (NewSpace { hue: Some(9), ..open() }, "hue"),
        (NewSpace { members: vec![world.owner.member, world.context.ids.make()], ..open() }, "members[1]"),
    ] {
        assert_eq!(wrong_field(create(wrong).await), field);
    }
    let first = open();
    create(first.clone()).await.unwrap();
    assert!(is_conflict(create(first).await), "an id is used once");
    let second = open();
    let id = second.id;
    create(second).await.unwrap();
    assert_eq!(see(&world, &world.owner, id).await.unwrap().slug, "driver-app-2");
    let renamed = SpacePatch { name: Some("Drivers".into()), ..SpacePatch::default() };
    change(&world, &world.owner, id, renamed).await.unwrap();
    let space = see(&world, &world.owner, id).await.unwrap();
    assert_eq!((space.name.as_str(), space.slug.as_str()), ("Drivers", "driver-app-2"), "addresses stay");
});

store::both!(migrations(); async fn what_is_recorded_is_what_is_read(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let space = world.space(&yuki, "Driver app", Visibility::Open, &[]).await;
    join(&world, &world.owner, space, &world.owner).await.unwrap();
    let read = serde_json::to_value(see(&world, &yuki, space).await.unwrap()).unwrap();
    let last = world.log().await.pop().unwrap();
    let rows: Vec<serde_json::Value> = serde_json::from_str(last.rows.get()).unwrap();
    assert_eq!(rows[0]["row"], read);
});
