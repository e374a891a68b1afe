use people::{
    Actor, MemberState, Role, Visibility, Week,
    invitations::{self, Acceptance, CreatedInvitation, NewInvitation},
    members::{self, NewMember},
    sign_in::{Credentials, Proved, sign_in},
    spaces,
};
use store::testing::TestDb;

use crate::{
    migrations,
    world::{PASSWORD, World, is_conflict, is_forbidden, is_not_found, wrong_field},
};

fn anybody(role: Role) -> NewInvitation {
    NewInvitation { role, email: None, spaces: vec![] }
}

async fn invite(world: &World, by: &Actor, new: NewInvitation) -> Result<CreatedInvitation, people::Error> {
    let made = world.does(by, move |tx, actor| async move { invitations::create(&tx, &actor, new).await });
    Ok(made.await?.value)
}

fn secret(invitation: &CreatedInvitation) -> &str {
    invitation.url_path.strip_prefix("/invite/").unwrap()
}

fn acceptance(name: &str) -> Acceptance {
    Acceptance {
        name: name.into(),
        short_name: None,
        email: format!("{}@example.com", kernel::slug(name)),
        password: PASSWORD.into(),
        zone: "Asia/Tokyo".into(),
        week: None,
        city: Some("Tokyo".into()),
    }
}

async fn accept(
    world: &World,
    invitation: &CreatedInvitation,
    with: Acceptance,
) -> Result<Proved, people::Error> {
    invitations::accept(&world.context, secret(invitation), with).await
}

async fn open(world: &World, secret: &str) -> Result<invitations::OpenInvitation, people::Error> {
    let (secret, at) = (secret.to_owned(), world.context.clock.now());
    world.context.db.read(move |tx| async move { invitations::open(&tx, &secret, at).await }).await
}

fn actor_of(world: &World, proved: Proved, role: Role) -> Actor {
    crate::world::actor(&world.context, proved.workspace, proved.member, role)
}

store::both!(migrations(); async fn an_invitation_makes_a_member_who_is_in_company(test: &TestDb) {
    let world = World::new(test).await;
    let space = world.space(&world.owner, "Driver app", Visibility::Private, &[]).await;
    let invitation = invite(&world, &world.owner, NewInvitation { spaces: vec![space], ..anybody(Role::Member) }).await.unwrap();
    let told = open(&world, secret(&invitation)).await.unwrap();
    assert_eq!((told.workspace.name.as_str(), told.invited_by.name.as_str(), told.role), ("Cordel", "Ana Reis", Role::Member));
    let mut week = Week::default();
    week.0[0] = vec![("22:00".into(), "06:00".into())];
    let yuki = accept(&world, &invitation, Acceptance { week: Some(week.clone()), ..acceptance("Yuki Tanabe") }).await.unwrap();
    let yuki = actor_of(&world, yuki, Role::Member);
    let (card, mine) = world.reads(&yuki, |tx, actor| async move {
        Ok((members::see(&tx, &actor, actor.member).await?, spaces::memberships(&tx, &actor).await?))
    }).await.unwrap();
    assert_eq!((card.short_name.as_str(), card.slug.as_str(), card.city.as_deref()), ("Yuki", "yuki-tanabe", Some("Tokyo")));
    assert_eq!((card.schedule.zone.as_deref(), card.schedule.week), (Some("Asia/Tokyo"), Some(week)));
    let in_spaces: Vec<_> = mine.iter().filter(|row| row.member == yuki.member).map(|row| row.space).collect();
    assert!(in_spaces.contains(&world.company) && in_spaces.contains(&space));
    assert!(mine.iter().any(|row| row.space == space && row.member == world.owner.member), "a private space shows who is in it");
    let credentials = Credentials { email: "yuki-tanabe@example.com".into(), password: PASSWORD.into(), workspace: None };
    assert!(sign_in(&world.app, "a", credentials).await.unwrap().is_some());
    assert!(world.log().await.iter().any(|change| change.verb == "member.joined"));
});

store::both!(migrations(); async fn of_two_who_accept_at_once_one_wins(test: &TestDb) {
    let world = World::new(test).await;
    let invitation = invite(&world, &world.owner, anybody(Role::Member)).await.unwrap();
    let (one, other) = tokio::join!(
        accept(&world, &invitation, acceptance("Yuki")),
        accept(&world, &invitation, acceptance("Piotr"))
    );
    assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
    assert!(is_not_found(one.and(other)));
    assert_eq!(world.seen_by(&world.owner).await.len(), 2);
    assert!(is_not_found(accept(&world, &invitation, acceptance("Inês")).await));
});

store::both!(migrations(); async fn an_invitation_ends_after_seven_days_or_when_revoked(test: &TestDb) {
    let world = World::new(test).await;
    let old = invite(&world, &world.owner, anybody(Role::Member)).await.unwrap();
    let revoked = invite(&world, &world.owner, anybody(Role::Member)).await.unwrap();
    let id = revoked.id;
    world.does(&world.owner, move |tx, actor| async move { invitations::revoke(&tx, &actor, id).await }).await.unwrap();
    assert!(is_not_found(open(&world, secret(&revoked)).await));
    assert!(is_not_found(accept(&world, &revoked, acceptance("Yuki")).await));
    world.set_clock("2026-12-02T11:59:59Z");
    assert!(open(&world, secret(&old)).await.is_ok());
    world.set_clock("2026-12-02T12:00:00Z");
    assert!(is_not_found(open(&world, secret(&old)).await));
    assert!(is_not_found(accept(&world, &old, acceptance("Yuki")).await));
    assert!(is_not_found(open(&world, "guess").await));
});

store::both!(migrations(); async fn a_used_invitation_cannot_be_revoked(test: &TestDb) {
    let world = World::new(test).await;
    let invitation = invite(&world, &world.owner, anybody(Role::Member)).await.unwrap();
    accept(&world, &invitation, acceptance("Yuki")).await.unwrap();
    let id = invitation.id;
    let revoke = world.does(&world.owner, move |tx, actor| async move { invitations::revoke(&tx, &actor, id).await }).await;
    assert!(is_conflict(revoke));
    let listed = world.reads(&world.owner, |tx, actor| async move { invitations::list(&tx, &actor).await }).await.unwrap();
    assert!(listed[0].used_by.is_some() && listed[0].revoked_at.is_none());
});

store::both!(migrations(); async fn only_admins_invite_and_only_owners_invite_admins(test: &TestDb) {
    let world = World::new(test).await;
    let admin = world.person("Admin", Role::Admin).await;
    let member = world.person("Member", Role::Member).await;
    let guest = world.person("Guest", Role::Guest).await;
    assert!(is_forbidden(invite(&world, &member, anybody(Role::Member)).await));
    assert!(is_forbidden(invite(&world, &guest, anybody(Role::Member)).await));
    assert!(is_forbidden(invite(&world, &admin, anybody(Role::Admin)).await));
    assert_eq!(wrong_field(invite(&world, &world.owner, anybody(Role::Owner)).await), "role");
    assert_eq!(wrong_field(invite(&world, &admin, anybody(Role::Guest)).await), "spaces");
    invite(&world, &admin, anybody(Role::Member)).await.unwrap();
    invite(&world, &world.owner, anybody(Role::Admin)).await.unwrap();
    let listing = world.reads(&member, |tx, actor| async move { invitations::list(&tx, &actor).await });
    assert!(is_forbidden(listing.await));
});

store::both!(migrations(); async fn nobody_invites_into_a_private_space_they_are_not_in(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Admin).await;
    let hidden = world.space(&yuki, "Salaries", Visibility::Private, &[]).await;
    let into = NewInvitation { spaces: vec![world.company, hidden], ..anybody(Role::Guest) };
    assert_eq!(wrong_field(invite(&world, &world.owner, into.clone()).await), "spaces[1]");
    invite(&world, &yuki, into).await.unwrap();
    let listed = world.reads(&world.owner, |tx, actor| async move { invitations::list(&tx, &actor).await }).await.unwrap();
    assert_eq!(listed[0].spaces, [world.company], "the list does not tell of it either");
});

store::both!(migrations(); async fn a_guest_is_in_the_invited_spaces_only(test: &TestDb) {
    let world = World::new(test).await;
    let space = world.space(&world.owner, "Client", Visibility::Open, &[]).await;
    let invitation = invite(&world, &world.owner, NewInvitation { spaces: vec![space], ..anybody(Role::Guest) }).await.unwrap();
    let gil = accept(&world, &invitation, acceptance("Gil")).await.unwrap();
    let gil = actor_of(&world, gil, Role::Guest);
    assert_eq!(world.spaces_of(&gil).await, ["Client"]);
    assert_eq!(world.seen_by(&gil).await, ["Ana Reis", "Gil"]);
});

store::both!(migrations(); async fn an_invitation_to_an_email_is_for_that_email(test: &TestDb) {
    let world = World::new(test).await;
    let to = NewInvitation { email: Some("Yuki@Example.com".into()), ..anybody(Role::Member) };
    let invitation = invite(&world, &world.owner, to).await.unwrap();
    assert_eq!(wrong_field(accept(&world, &invitation, acceptance("Piotr")).await), "email");
    accept(&world, &invitation, acceptance("Yuki")).await.unwrap();
    let again = invite(&world, &world.owner, anybody(Role::Member)).await.unwrap();
    let taken = Acceptance { email: "YUKI@example.com".into(), ..acceptance("Eve") };
    assert_eq!(wrong_field(accept(&world, &again, taken).await), "email");
    assert!(open(&world, secret(&again)).await.is_ok(), "a refused acceptance does not use it up");
});

store::both!(migrations(); async fn an_imported_author_comes_back_only_by_their_own_email(test: &TestDb) {
    let world = World::new(test).await;
    let imported = NewMember { state: MemberState::Imported, password_hash: None, ..world.new_member("Dirk", Role::Member) };
    let id = world.create(imported).await.unwrap();
    let open_to_all = invite(&world, &world.owner, anybody(Role::Member)).await.unwrap();
    assert_eq!(wrong_field(accept(&world, &open_to_all, acceptance("Dirk")).await), "email");
    let to = NewInvitation { email: Some("dirk@example.com".into()), ..anybody(Role::Member) };
    let own = invite(&world, &world.owner, to).await.unwrap();
    assert_eq!(accept(&world, &own, acceptance("Dirk")).await.unwrap().member, id);
    let card = world.reads(&world.owner, move |tx, actor| async move { members::see(&tx, &actor, id).await }).await.unwrap();
    assert_eq!((card.state, card.slug.as_str()), (MemberState::Active, "dirk"));
});

store::both!(migrations(); async fn a_removed_admin_leaves_no_way_back(test: &TestDb) {
    let world = World::new(test).await;
    let admin = world.person("Admin", Role::Admin).await;
    let invitation = invite(&world, &admin, anybody(Role::Member)).await.unwrap();
    let id = admin.member;
    world.does(&world.owner, move |tx, actor| async move { members::remove(&tx, &actor, id).await }).await.unwrap();
    assert!(is_not_found(accept(&world, &invitation, acceptance("Admin")).await));
});

store::both!(migrations(); async fn an_acceptance_names_the_wrong_field(test: &TestDb) {
    let world = World::new(test).await;
    let invitation = invite(&world, &world.owner, anybody(Role::Member)).await.unwrap();
    let mut week = Week::default();
    week.0[2] = vec![("09:00".into(), "25:00".into())];
    for (wrong, field) in [
        (Acceptance { name: "\u{202e}".into(), ..acceptance("Yuki") }, "name"),
        (Acceptance { password: "x".repeat(201), ..acceptance("Yuki") }, "password"),
        (Acceptance { zone: "Tokyo".into(), ..acceptance("Yuki") }, "zone"),
        (Acceptance { city: Some("x".repeat(61)), ..acceptance("Yuki") }, "city"),
        (Acceptance { week: Some(week), ..acceptance("Yuki") }, "week.wed[0].end"),
    ] {
        assert_eq!(wrong_field(accept(&world, &invitation, wrong).await), field);
    }
    accept(&world, &invitation, acceptance("Yuki")).await.unwrap();
});
