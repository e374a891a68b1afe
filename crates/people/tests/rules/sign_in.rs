use axum::{
    extract::FromRequestParts,
    http::{Method, Request, StatusCode, header},
};
use edge::Problem;
use jiff::ToSpan;
use kernel::Refusal;
use people::{
    Actor, Role, SignedIn, members, sessions,
    sign_in::{self, Credentials, NewPassword, Proved},
    tokens,
};
use store::testing::TestDb;

use crate::{
    migrations,
    world::{PASSWORD, World, is_not_found, refusal, wrong_field},
};

fn credentials(email: &str, password: &str) -> Credentials {
    Credentials { email: email.into(), password: password.into(), workspace: None }
}

/// Who sends a request with this header.
async fn sender(world: &World, method: Method, headers: &[(&str, &str)]) -> Result<Actor, Problem> {
    let request = headers
        .iter()
        .fold(Request::builder().method(method), |request, (name, value)| request.header(*name, *value))
        .body(())
        .unwrap();
    let mut parts = request.into_parts().0;
    let SignedIn(actor) =
        <SignedIn as FromRequestParts<_>>::from_request_parts(&mut parts, &world.app).await?;
    Ok(actor)
}

async fn session(world: &World, label: &str) -> String {
    let proved = Proved { workspace: world.workspace, member: world.owner.member };
    let secret = sign_in::open_session(&world.context, proved, label.into()).await.unwrap();
    format!("meridian_session={secret}")
}

async fn cookie_works(world: &World, cookie: &str) -> bool {
    sender(world, Method::GET, &[("cookie", cookie)]).await.is_ok()
}

store::both!(migrations(); async fn the_right_password_signs_in(test: &TestDb) {
    let world = World::new(test).await;
    let proved = sign_in::sign_in(&world.app, "a", credentials(" ANA@example.com", PASSWORD)).await.unwrap();
    assert_eq!(proved, Some(Proved { workspace: world.workspace, member: world.owner.member }));
    let named = Credentials { workspace: Some("cordel".into()), ..credentials("ana@example.com", PASSWORD) };
    assert!(sign_in::sign_in(&world.app, "a", named).await.unwrap().is_some());
    let elsewhere = Credentials { workspace: Some("other".into()), ..credentials("ana@example.com", PASSWORD) };
    assert!(sign_in::sign_in(&world.app, "a", elsewhere).await.unwrap().is_none());
});

store::both!(migrations(); async fn a_wrong_password_and_an_unknown_email_answer_the_same(test: &TestDb) {
    let world = World::new(test).await;
    let wrong = sign_in::sign_in(&world.app, "a", credentials("ana@example.com", "correct horse batterx")).await.unwrap();
    let unknown = sign_in::sign_in(&world.app, "a", credentials("eve@example.com", PASSWORD)).await.unwrap();
    assert_eq!((wrong, unknown), (None, None));
    let endless = sign_in::sign_in(&world.app, "a", credentials("ana@example.com", &"x".repeat(201))).await.unwrap();
    assert_eq!(endless, None);
});

store::both!(migrations(); async fn guessing_is_slowed_down_and_forgotten_after_success(test: &TestDb) {
    let world = World::new(test).await;
    let too_long = "x".repeat(201);
    for _ in 0..9 {
        sign_in::sign_in(&world.app, "a", credentials("ana@example.com", &too_long)).await.unwrap();
    }
    assert!(sign_in::sign_in(&world.app, "a", credentials("ana@example.com", PASSWORD)).await.unwrap().is_some());
    for _ in 0..10 {
        sign_in::sign_in(&world.app, "b", credentials("ana@example.com", &too_long)).await.unwrap();
    }
    let refused = sign_in::sign_in(&world.app, "c", credentials("ana@example.com", PASSWORD)).await;
    assert!(matches!(refusal(refused), Refusal::TooMany { retry_after: 60 }));
});

store::both!(migrations(); async fn one_address_cannot_guess_for_everybody(test: &TestDb) {
    let world = World::new(test).await;
    let too_long = "x".repeat(201);
    for guess in 0..60 {
        let email = format!("person-{guess}@example.com");
        sign_in::sign_in(&world.app, "a", credentials(&email, &too_long)).await.unwrap();
    }
    let refused = sign_in::sign_in(&world.app, "a", credentials("ana@example.com", PASSWORD)).await;
    assert!(matches!(refusal(refused), Refusal::TooMany { .. }));
    assert!(sign_in::sign_in(&world.app, "b", credentials("ana@example.com", PASSWORD)).await.unwrap().is_some());
});

store::both!(migrations(); async fn a_session_lasts_thirty_days(test: &TestDb) {
    let world = World::new(test).await;
    let cookie = session(&world, "Firefox on Linux").await;
    let actor = sender(&world, Method::GET, &[("cookie", &cookie), ("idempotency-key", "op-1")]).await.unwrap();
    assert_eq!((actor.member, actor.role, actor.operation.as_deref()), (world.owner.member, Role::Owner, Some("op-1")));
    world.set_clock("2026-12-25T11:59:59Z");
    assert!(cookie_works(&world, &cookie).await);
    world.set_clock("2026-12-25T12:00:00Z");
    assert!(!cookie_works(&world, &cookie).await);
});

store::both!(migrations(); async fn without_a_proof_the_answer_is_401(test: &TestDb) {
    let world = World::new(test).await;
    for headers in [&[][..], &[("cookie", "meridian_session=guess")], &[("authorization", "Bearer mrd_guess")], &[("authorization", "Basic x")]] {
        let problem = sender(&world, Method::GET, headers).await.err().unwrap();
        assert_eq!(problem.status, StatusCode::UNAUTHORIZED.as_u16());
    }
});

store::both!(migrations(); async fn a_write_by_cookie_must_come_from_our_own_page(test: &TestDb) {
    let world = World::new(test).await;
    let cookie = session(&world, "x").await;
    let with = |site| [("cookie", cookie.as_str()), ("sec-fetch-site", site)];
    assert!(sender(&world, Method::POST, &with("same-origin")).await.is_ok());
    assert_eq!(sender(&world, Method::POST, &with("cross-site")).await.err().unwrap().status, 403);
    assert_eq!(sender(&world, Method::DELETE, &[("cookie", &cookie)]).await.err().unwrap().status, 403);
    assert!(sender(&world, Method::GET, &with("cross-site")).await.is_ok());
});

store::both!(migrations(); async fn a_token_acts_for_its_member_until_it_is_revoked(test: &TestDb) {
    let world = World::new(test).await;
    let created = world.does(&world.owner, |tx, actor| async move {
        tokens::create(&tx, actor.workspace, actor.member, " CI ", actor.at, &actor.ids).await
    }).await.unwrap().value;
    assert!(created.secret.starts_with("mrd_"));
    let bearer = format!("Bearer {}", created.secret);
    let actor = sender(&world, Method::POST, &[(header::AUTHORIZATION.as_str(), &bearer)]).await.unwrap();
    assert_eq!(actor.member, world.owner.member);
    let kept = world.reads(&world.owner, |tx, actor| async move { tokens::list(&tx, &actor).await }).await.unwrap();
    assert_eq!(kept.iter().map(|token| token.label.as_str()).collect::<Vec<_>>(), ["CI"]);
    let stranger = world.person("Yuki", Role::Member).await;
    let id = created.id;
    let theirs = world.does(&stranger, move |tx, actor| async move { tokens::revoke(&tx, &actor, id).await }).await;
    assert!(is_not_found(theirs));
    world.does(&world.owner, move |tx, actor| async move { tokens::revoke(&tx, &actor, id).await }).await.unwrap();
    assert!(sender(&world, Method::GET, &[("authorization", &bearer)]).await.is_err());
});

store::both!(migrations(); async fn a_removed_member_is_signed_out(test: &TestDb) {
    let world = World::new(test).await;
    let yuki = world.person("Yuki", Role::Member).await;
    let id = yuki.member;
    let (secret, token) = world.does(&yuki, |tx, actor| async move {
        let secret = sessions::open(&tx, actor.workspace, actor.member, "x", actor.at, &actor.ids).await?;
        Ok((secret, tokens::create(&tx, actor.workspace, actor.member, "x", actor.at, &actor.ids).await?.secret))
    }).await.unwrap().value;
    let cookie = format!("meridian_session={secret}");
    assert!(cookie_works(&world, &cookie).await);
    world.does(&world.owner, move |tx, actor| async move { members::remove(&tx, &actor, id).await }).await.unwrap();
    assert!(!cookie_works(&world, &cookie).await);
    assert!(sender(&world, Method::GET, &[("authorization", &format!("Bearer {token}"))]).await.is_err());
    let proved = Proved { workspace: world.workspace, member: id };
    let late = sign_in::open_session(&world.context, proved, "x".into()).await;
    assert_eq!(refusal(late), Refusal::SignedOut);
});

store::both!(migrations(); async fn a_new_password_ends_the_other_sessions(test: &TestDb) {
    let world = World::new(test).await;
    let (one, other) = (session(&world, "one").await, session(&world, "other").await);
    let passwords = |current: &str, new: &str| NewPassword { current: current.into(), new: new.into() };
    let wrong = sign_in::change_password(&world.app, &world.owner, None, passwords("not the password", "a new password")).await;
    assert_eq!(wrong_field(wrong), "current");
    let short = sign_in::change_password(&world.app, &world.owner, None, passwords(PASSWORD, "short")).await;
    assert_eq!(wrong_field(short), "new");
    assert!(cookie_works(&world, &one).await && cookie_works(&world, &other).await);
    sign_in::change_password(&world.app, &world.owner, None, passwords(PASSWORD, "a new password")).await.unwrap();
    assert!(!cookie_works(&world, &one).await && !cookie_works(&world, &other).await);
    assert!(sign_in::sign_in(&world.app, "a", credentials("ana@example.com", "a new password")).await.unwrap().is_some());
    assert!(sign_in::sign_in(&world.app, "a", credentials("ana@example.com", PASSWORD)).await.unwrap().is_none());
});

async fn kept_sessions(world: &World) -> i64 {
    let count = world.reads(&world.owner, |tx, _| async move {
        Ok(tx.one(store::sql!("SELECT COUNT(*) AS kept FROM sessions"), vec![]).await?.get("kept")?)
    });
    count.await.unwrap()
}

store::both!(migrations(); async fn ended_sessions_are_forgotten_at_the_next_one(test: &TestDb) {
    let world = World::new(test).await;
    session(&world, "old").await;
    world.context.clock.set(world.context.clock.now() + (31 * 24).hours());
    session(&world, "new").await;
    assert_eq!(kept_sessions(&world).await, 1);
});

store::both!(migrations(); async fn upkeep_forgets_only_ended_sessions(test: &TestDb) {
    let world = World::new(test).await;
    session(&world, "one").await;
    let prune = async || world.does(&world.owner, |tx, actor| async move { sessions::prune(&tx, actor.at).await }).await.unwrap().value;
    assert_eq!((prune().await, kept_sessions(&world).await), (0, 1));
    world.context.clock.set(world.context.clock.now() + (31 * 24).hours());
    assert_eq!((prune().await, kept_sessions(&world).await), (1, 0));
});
