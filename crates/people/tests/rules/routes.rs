use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode, header},
};
use serde_json::{Value, json};
use store::testing::TestDb;
use tower::ServiceExt;

use crate::{
    migrations,
    world::{PASSWORD, World},
};

fn router(world: &World) -> Router {
    Router::from(people::routes()).with_state(world.app.clone())
}

async fn send(router: &Router, request: Request<Body>) -> Response<Body> {
    router.clone().oneshot(request).await.unwrap()
}

fn request(method: &str, path: &str, cookie: &str) -> axum::http::request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/json")
}

async fn json_of(response: Response<Body>) -> Value {
    serde_json::from_slice(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).unwrap()
}

async fn sign_in(router: &Router) -> String {
    let body = json!({ "email": "ana@example.com", "password": PASSWORD }).to_string();
    let answer = send(router, request("POST", "/sessions", "").body(body.into()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

store::both!(migrations(); async fn a_browser_signs_in_and_out(test: &TestDb) {
    let world = World::new(test).await;
    let router = router(&world);
    let wrong = json!({ "email": "ana@example.com", "password": "something else" }).to_string();
    let answer = send(&router, request("POST", "/sessions", "").body(wrong.into()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(json_of(answer).await["detail"], "E-mail or password is wrong.");
    let cookie = sign_in(&router).await;
    let answer = json_of(send(&router, request("GET", "/sessions", &cookie).body(Body::empty()).unwrap()).await).await;
    assert_eq!((&answer["seq"], &answer["items"][0]["current"]), (&json!(2), &json!(true)));
    let answer = send(&router, request("DELETE", "/sessions/current", &cookie).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let state = json_of(send(&router, request("GET", "/state", &cookie).body(Body::empty()).unwrap()).await).await;
    assert_eq!((&state["needs_setup"], &state["signed_in"]), (&json!(false), &json!(false)));
});

store::both!(migrations(); async fn a_retried_write_gets_the_first_answer(test: &TestDb) {
    let world = World::new(test).await;
    let router = router(&world);
    let cookie = sign_in(&router).await;
    let body = json!({ "id": world.context.ids.make::<people::SpaceKind>(), "name": "Driver app", "visibility": "open" });
    let create = || request("POST", "/spaces", &cookie).header("idempotency-key", "op-1").body(Body::from(body.to_string())).unwrap();
    let first = json_of(send(&router, create()).await).await;
    assert_eq!((&first["operation"], &first["rows"][0]["row"]["slug"]), (&json!("op-1"), &json!("driver-app")));
    assert_eq!(json_of(send(&router, create()).await).await["rows"], first["rows"]);
    assert_eq!(world.spaces_of(&world.owner).await.len(), 2);
    let other = json!({ "zone": "Asia/Tokyo", "week": [[], [], [], [], [], [], []] }).to_string();
    let path = format!("/members/{}/schedule", world.owner.member);
    let reused = request("PUT", &path, &cookie).header("idempotency-key", "op-1").body(other.into()).unwrap();
    let answer = send(&router, reused).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(json_of(answer).await["field"], "Idempotency-Key");
});

store::both!(migrations(); async fn a_picture_is_kept_and_served_to_those_who_see_its_member(test: &TestDb) {
    let world = World::new(test).await;
    let router = router(&world);
    let cookie = sign_in(&router).await;
    let path = format!("/members/{}/picture", world.owner.member);
    let put = |bytes: Vec<u8>| send(&router, request("PUT", &path, &cookie).body(bytes.into()).unwrap());
    assert_eq!(put(b"<svg/>".to_vec()).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let mut large = b"\x89PNG\r\n\x1a\n".to_vec();
    large.resize(5 * 1024 * 1024 + 1, 0);
    let refused = put(large.clone()).await;
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    large.truncate(3 * 1024 * 1024);
    let written = json_of(put(large.clone()).await).await;
    let picture = written["rows"][0]["row"]["picture"].as_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned();
    let answer = send(&router, request("GET", &picture, &cookie).body(Body::empty()).unwrap()).await;
    assert_eq!((&answer.headers()["content-type"], &answer.headers()["x-content-type-options"]), (&"image/png".parse().unwrap(), &"nosniff".parse().unwrap()));
    assert_eq!(to_bytes(answer.into_body(), usize::MAX).await.unwrap(), large);
    assert_eq!(send(&router, request("GET", &picture, "").body(Body::empty()).unwrap()).await.status(), StatusCode::UNAUTHORIZED);
    let private = world.context.blobs.put(b"a private file".to_vec()).await.unwrap().hash;
    let answer = send(&router, request("GET", &format!("/pictures/{private}"), &cookie).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND, "only pictures are served as pictures");
});

#[test]
fn the_specification_refers_only_to_what_it_has() {
    let specification = serde_json::to_value(people::routes().get_openapi()).unwrap();
    let schemas = specification["components"]["schemas"].as_object().unwrap();
    let text = specification.to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name} is not among the schemas");
    }
    let mut operations = Vec::new();
    for (path, methods) in specification["paths"].as_object().unwrap() {
        operations.extend(methods.as_object().unwrap().keys().map(|method| format!("{method} {path}")));
    }
    operations.sort();
    let contract = [
        "delete /invitations/{invitation}",
        "delete /me/holidays",
        "delete /me/travel",
        "delete /members/{member}/schedule",
        "delete /sessions/current",
        "delete /sessions/{session}",
        "delete /spaces/{space}/members/{member}",
        "delete /time-off/{time_off}",
        "delete /tokens/{token}",
        "get /groups",
        "get /invitations",
        "get /invitations/open/{secret}",
        "get /me/holidays",
        "get /members",
        "get /members/{member}",
        "get /members/{member}/time-off",
        "get /pictures/{hash}",
        "get /sessions",
        "get /spaces",
        "get /state",
        "get /time/team",
        "get /tokens",
        "patch /groups/{group}",
        "patch /me/settings",
        "patch /members/{member}",
        "patch /spaces/{space}",
        "patch /time-off/{time_off}",
        "patch /workspace",
        "post /groups",
        "post /invitations",
        "post /invitations/open/{secret}/accept",
        "post /members/{member}/remove",
        "post /password",
        "post /sessions",
        "post /setup",
        "post /spaces",
        "post /time-off",
        "post /time/preview",
        "post /tokens",
        "put /me/holidays",
        "put /me/travel",
        "put /members/{member}/picture",
        "put /members/{member}/schedule",
        "put /spaces/{space}/members/{member}",
    ];
    assert_eq!(operations, contract);
}
