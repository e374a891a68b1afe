use people::{
    Actor, MemberState, Role, Visibility,
    members::{self, MemberPatch},
    settings::{self, SettingsPatch},
    sign_in, workspaces,
};
use store::testing::TestDb;

use crate::{
    migrations,
    world::{World, is_conflict, is_forbidden, is_not_found, rows_of, set_up_input, told_to, wrong_field},
};

async fn set_role(world: &World, by: &Actor, of: &Actor, role: Role) -> Result<(), people::Error> {
    let id = of.member;
    let patch = MemberPatch { role: Some(role), ..MemberPatch::default() };
    world.does(by, move |tx, actor| async move { members::change(&tx, &actor, id, patch).await }).await?;
    Ok(())
}

async fn remove(world: &World, by: &Actor, who: &Actor) -> Result<(), people::Error> {
    let id = who.member;
    world.does(by, move |tx, actor| async move { members::remove(&tx, &actor, id).await }).await?;
    Ok(())
}

store::both!(migrations(); async fn the_first_start_makes_a_workspace_once(test: &TestDb) {
    let context = test.context("2026-11-25T12:00:00Z".parse().unwrap());
    let (one, other) = tokio::join!(
        workspaces::set_up(&context, set_up_input()),
        workspaces::set_up(&context, set_up_input())
    );
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    assert!(is_conflict(one.and(other)));
    let count = context.db.read(|tx| async move { workspaces::count(&tx).await }).await.unwrap();
    assert_eq!(count, 1);
});

store::both!(migrations(); async fn the_owner_is_in_company(test: &TestDb) {
    let world = World::new(test).await;
    assert_eq!(world.spaces_of(&world.owner).await, ["Company"]);
    let (id, company) = (world.owner.member, world.company);
    let (member, spaces) = world.reads(&world.owner, move |tx, actor| async move {
        Ok((members::see_by_slug_or_id(&tx, &actor, "ana-reis").await?, members::spaces_of(&tx, &actor, id).await?))
    }).await.unwrap();
    assert_eq!((member.id, member.role, member.short_name.as_str()), (id, Role::Owner, "Ana"));
    assert_eq!(member.schedule.zone.as_deref(), Some("Europe/Lisbon"));
    assert_eq!(member.schedule.week, None, "a zone alone says nothing about hours");
    assert_eq!(spaces, [company]);
    let log = world.log().await;
    let verbs: Vec<_> = log.iter().map(|change| (change.seq, change.verb.as_str())).collect();
    assert_eq!(verbs, [(1, "workspace.created"), (2, "space.created")]);
});

store::both!(migrations(); async fn a_set_up_names_the_wrong_field(test: &TestDb) {
    let context = test.context("2026-11-25T12:00:00Z".parse().unwrap());
    let with = |change: fn(&mut workspaces::SetUp)| {
        let mut input = set_up_input();
        change(&mut input);
        workspaces::set_up(&context, input)
    };
    assert_eq!(wrong_field(with(|input| input.workspace.name = " ".into()).await), "workspace.name");
    assert_eq!(wrong_field(with(|input| input.owner.name = "x".repeat(81)).await), "owner.name");
    assert_eq!(wrong_field(with(|input| input.owner.email = "ana".into()).await), "owner.email");
    assert_eq!(wrong_field(with(|input| input.owner.password = "short".into()).await), "owner.password");
    assert_eq!(wrong_field(with(|input| input.owner.zone = "Mars/Base".into()).await), "owner.zone");
});

store::both!(migrations(); async fn namesakes_get_numbered_addresses(test: &TestDb) {
    let world = World::new(test).await;
    for (email, slug) in [("one@example.com", "minh-anh"), ("two@example.com", "minh-anh-2"), ("three@example.com", "minh-anh-3")] {
        let new = members::NewMember { email: Some(email.into()), ..world.new_member("Minh Anh", Role::Member) };
        let id = world.create(new).await.unwrap();
        let seen = world.reads(&world.owner, move |tx, actor| async move { members::see(&tx, &actor, id).await });
        assert_eq!(seen.await.unwrap().slug, slug);
    }
});

store::both!(migrations(); async fn an_email_belongs_to_one_member(test: &TestDb) {
    let world = World::new(test).await;
    let taken = members::NewMember { email: Some("ANA@Example.com".into()), ..world.new_member("Eve", Role::Member) };
    assert_eq!(wrong_field(world.create(taken).await), "email");
    let found = world.reads(&world.owner, |tx, actor| async move {
        members::by_email(&tx, actor.workspace, " ana@EXAMPLE.com ").await
    }).await.unwrap();
    assert_eq!(found, Some(world.owner.member));
});

store::both!(migrations(); async fn the_last_owner_stays_one(test: &TestDb) {
    let world = World::new(test).await;
    let rafael = world.person("Rafael", Role::Member).await;
    assert!(is_conflict(set_role(&world, &world.owner, &world.owner, Role::Admin).await));
    assert!(is_conflict(remove(&world, &world.owner, &world.owner).await));
    set_role(&world, &world.owner, &rafael, Role::Owner).await.unwrap();
    set_role(&world, &world.owner, &world.owner, Role::Admin).await.unwrap();
});

store::both!(migrations(); async fn of_two_owners_who_step_down_at_once_one_stays(test: &TestDb) {
    let world = World::new(test).await;
    let rafael = world.person("Rafael", Role::Owner).await;
    let (one, other) = tokio::join!(
        set_role(&world, &world.owner, &world.owner, Role::Member),
        set_role(&world, &rafael, &rafael, Role::Member)
    );
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    assert!(is_conflict(one.and(other)));
});

store::both!(migrations(); async fn only_owners_touch_owners_and_admins(test: &TestDb) {
    let world = World::new(test).await;
    let admin = world.person("Admin", Role::Admin).await;
    let other_admin = world.person("Other", Role::Admin).await;
    let member = world.person("Member", Role::Member).await;
    assert!(is_forbidden(set_role(&world, &admin, &member, Role::Admin).await));
    assert!(is_forbidden(set_role(&world, &admin, &other_admin, Role::Member).await));
    assert!(is_forbidden(set_role(&world, &admin, &world.owner, Role::Member).await));
    assert!(is_forbidden(remove(&world, &admin, &other_admin).await));
    assert!(is_forbidden(set_role(&world, &member, &member, Role::Guest).await));
    assert!(is_forbidden(remove(&world, &member, &member).await));
    set_role(&world, &admin, &member, Role::Guest).await.unwrap();
    remove(&world, &admin, &member).await.unwrap();
    set_role(&world, &world.owner, &other_admin, Role::Member).await.unwrap();
});

store::both!(migrations(); async fn a_card_is_changed_by_its_member_or_an_admin(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki Tanabe", Role::Member).await;
    let piotr = world.person("Piotr", Role::Member).await;
    let id = yuki.member;
    let patch = MemberPatch { name: Some(" Yuki  T. ".into()), city: Some(Some("Tokyo".into())), ..MemberPatch::default() };
    let theirs = patch.clone();
    assert!(is_forbidden(
        world.does(&piotr, move |tx, actor| async move { members::change(&tx, &actor, id, theirs).await }).await
    ));
    let done = world.does(&yuki, move |tx, actor| async move { members::change(&tx, &actor, id, patch).await }).await.unwrap();
    assert_eq!(done.changes.len(), 1);
    assert_eq!(done.changes[0].audience, store::Audience::Person(id.uuid()));
    let seen = world.reads(&piotr, move |tx, actor| async move { members::see(&tx, &actor, id).await }).await.unwrap();
    assert_eq!((seen.name.as_str(), seen.city.as_deref(), seen.slug.as_str()), ("Yuki T.", Some("Tokyo"), "yuki-tanabe"));
    let too_long = MemberPatch { short_name: Some("x".repeat(31)), ..MemberPatch::default() };
    let refused = world.does(&yuki, move |tx, actor| async move { members::change(&tx, &actor, id, too_long).await }).await;
    assert_eq!(wrong_field(refused), "short_name");
});

store::both!(migrations(); async fn a_guest_sees_only_those_they_share_a_space_with(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let piotr = world.person("Piotr", Role::Member).await;
    let guest = world.person("Gil", Role::Guest).await;
    assert_eq!(world.seen_by(&guest).await, ["Gil"]);
    assert_eq!(world.spaces_of(&guest).await, Vec::<String>::new());
    world.space(&yuki, "Driver app", Visibility::Private, &[&guest]).await;
    assert_eq!(world.seen_by(&guest).await, ["Gil", "Yuki"]);
    assert_eq!(world.spaces_of(&guest).await, ["Driver app"]);
    assert_eq!(world.seen_by(&piotr).await, ["Ana Reis", "Gil", "Piotr", "Yuki"]);
    let hidden = piotr.member;
    let asked = world.reads(&guest, move |tx, actor| async move { members::see(&tx, &actor, hidden).await });
    assert!(is_not_found(asked.await));
    let by_slug = world.reads(&guest, |tx, actor| async move { members::see_by_slug_or_id(&tx, &actor, "piotr").await });
    assert!(is_not_found(by_slug.await));
});

store::both!(migrations(); async fn who_becomes_a_guest_loses_sight_and_is_told(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let id = yuki.member;
    let to = |role| MemberPatch { role: Some(role), ..MemberPatch::default() };
    let (guest, member) = (to(Role::Guest), to(Role::Member));
    let done = world.does(&world.owner, move |tx, actor| async move { members::change(&tx, &actor, id, guest).await }).await.unwrap();
    let told = told_to(&done.changes, &yuki);
    assert!(told.contains(&("spaces".into(), world.company.to_string(), false)));
    assert!(told.contains(&("members".into(), world.owner.member.to_string(), false)));
    let done = world.does(&world.owner, move |tx, actor| async move { members::change(&tx, &actor, id, member).await }).await.unwrap();
    let told = told_to(&done.changes, &yuki);
    assert!(told.contains(&("spaces".into(), world.company.to_string(), true)));
    assert!(told.contains(&("members".into(), world.owner.member.to_string(), true)));
});

store::both!(migrations(); async fn a_removed_member_leaves_spaces_and_keeps_their_card(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let space = world.space(&world.owner, "Driver app", Visibility::Open, &[&yuki]).await;
    let id = yuki.member;
    let done = world.does(&world.owner, move |tx, actor| async move { members::remove(&tx, &actor, id).await }).await.unwrap();
    let rows: Vec<_> = done.changes.iter().flat_map(|change| rows_of(change)).collect();
    assert!(rows.contains(&("space_members".into(), format!("{space}/{id}"), false)));
    let seen = world.reads(&world.owner, move |tx, actor| async move { members::see(&tx, &actor, id).await }).await.unwrap();
    assert_eq!(seen.state, MemberState::Removed);
    let again = world.does(&world.owner, move |tx, actor| async move { members::remove(&tx, &actor, id).await }).await.unwrap();
    assert_eq!(again.changes.len(), 0);
    let change = MemberPatch { name: Some("Ghost".into()), ..MemberPatch::default() };
    let refused = world.does(&world.owner, move |tx, actor| async move { members::change(&tx, &actor, id, change).await }).await;
    assert!(is_conflict(refused));
    let gone = world.reads(&world.owner, |tx, _| async move { sign_in::active_by_email(&tx, None, "yuki@example.com").await });
    assert!(is_not_found(gone.await));
});

store::both!(migrations(); async fn settings_are_kept_one_by_one(test: &TestDb) {
    let world = World::new(test).await;
    let patch: SettingsPatch = serde_json::from_str(r#"{"clock": "12", "text_size": 110}"#).unwrap();
    world.does(&world.owner, move |tx, actor| async move { settings::change(&tx, &actor, patch).await }).await.unwrap();
    let patch: SettingsPatch = serde_json::from_str(r#"{"theme": "dark"}"#).unwrap();
    let settings = world.does(&world.owner, move |tx, actor| async move { settings::change(&tx, &actor, patch).await }).await.unwrap().value;
    let json = serde_json::to_value(&settings).unwrap();
    assert_eq!((&json["clock"], &json["text_size"], &json["theme"]), (&"12".into(), &110.into(), &"dark".into()));
    let patch: SettingsPatch = serde_json::from_str(r#"{"text_size": 400}"#).unwrap();
    let refused = world.does(&world.owner, move |tx, actor| async move { settings::change(&tx, &actor, patch).await }).await;
    assert_eq!(wrong_field(refused), "text_size");
});
