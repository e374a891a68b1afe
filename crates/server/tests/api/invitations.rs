//! Invitations: a link for one person.

use serde_json::{Value, json};
use testkit::{App, PASSWORD, World, both};

/// Makes an invitation; answers its id and secret.
async fn invite(app: &App, world: &World<'_>, invitation: Value) -> (String, String) {
    let made = app.by(&world.camila).post("/invitations", invitation).await.expect(201);
    let secret = made["url_path"].as_str().unwrap().strip_prefix("/invite/").unwrap();
    (made["id"].as_str().unwrap().to_owned(), secret.to_owned())
}

fn acceptance(name: &str, email: &str) -> Value {
    json!({ "name": name, "email": email, "password": PASSWORD, "zone": "Asia/Kolkata" })
}

both!(
    async fn of_two_who_accept_at_once_one_gets_in(app: &App) {
        let world = World::new(app).await;
        let (id, secret) = invite(app, &world, json!({ "role": "member" })).await;
        let path = format!("/invitations/open/{secret}/accept");
        let accepts = |name: &'static str| {
            let path = path.clone();
            async move {
                let email = format!("{}@example.com", name.to_lowercase());
                app.by_nobody().post(&path, acceptance(name, &email)).await
            }
        };
        let (one, two) = tokio::join!(accepts("One"), accepts("Two"));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 404]);
        let listed = app.by(&world.camila).get("/invitations").await.ok();
        let used = listed["items"].as_array().unwrap().iter().find(|item| item["id"] == id).unwrap();
        assert!(used["used_by"].is_string());
        app.by(&world.camila).delete(&format!("/invitations/{id}")).await.expect(409);
        let members = app.by(&world.camila).get("/members").await.ok();
        let new: Vec<_> = members["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|member| ["One", "Two"].contains(&member["name"].as_str().unwrap()))
            .collect();
        assert_eq!(new.len(), 1);
        assert_eq!(new[0]["schedule"]["zone"], "Asia/Kolkata");
        assert_eq!(new[0]["schedule"]["week"], Value::Null, "hours that nobody set are unknown");
    }
);

both!(
    async fn an_invitation_ends(app: &App) {
        let world = World::new(app).await;
        let (id, revoked) = invite(app, &world, json!({ "role": "member" })).await;
        let (_, expired) = invite(app, &world, json!({ "role": "member" })).await;
        app.by(&world.camila).delete(&format!("/invitations/{id}")).await.expect(204);
        app.by_nobody().get(&format!("/invitations/open/{revoked}")).await.expect(404);
        app.by_nobody().get(&format!("/invitations/open/{expired}")).await.ok();
        app.set_clock("2026-12-02T21:40:00Z");
        let heads = world.heads().await;
        for secret in [revoked, expired, "0".repeat(64)] {
            let path = format!("/invitations/open/{secret}/accept");
            app.by_nobody().post(&path, acceptance("Late", "late@example.com")).await.expect(404);
        }
        assert_eq!(world.heads().await, heads);
    }
);

both!(
    async fn an_invitation_to_an_email_is_for_that_email(app: &App) {
        let world = World::new(app).await;
        let (_, secret) =
            invite(app, &world, json!({ "role": "member", "email": "Priya@example.com" })).await;
        let path = format!("/invitations/open/{secret}/accept");
        let other = app.by_nobody().post(&path, acceptance("Priya", "other@example.com")).await;
        other.refuses(422, "email");
        let taken = app.by_nobody().post(&path, acceptance("Priya", &world.jonas.email)).await;
        taken.refuses(422, "email");
        app.by_nobody().post(&path, acceptance("Priya", "priya@EXAMPLE.com")).await.expect(201);
    }
);

both!(
    async fn a_guest_is_invited_to_spaces_and_sees_nothing_else(app: &App) {
        let world = World::new(app).await;
        let camila = app.by(&world.camila);
        camila.post("/invitations", json!({ "role": "guest" })).await.refuses(422, "spaces");
        camila.post("/invitations", json!({ "role": "owner" })).await.refuses(422, "role");
        app.by(&world.ines).post("/invitations", json!({ "role": "admin" })).await.expect(403);
        let (_, secret) = invite(app, &world, json!({ "role": "guest", "spaces": [world.delivery] })).await;
        let path = format!("/invitations/open/{secret}/accept");
        let accepted = app.by_nobody().post(&path, acceptance("Guest", "guest@example.com")).await;
        accepted.expect(201);
        let guest = app.by_cookie(accepted.header("set-cookie").split(';').next().unwrap());
        let me = guest.get("/me").await.ok();
        let names = |rows: &Value| -> Vec<String> {
            rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(names(&me["spaces"]), ["Delivery"]);
        assert_eq!(names(&me["members"]), ["Camila Torres", "Guest", "Jonas Weber", "Rui Costa"]);
        guest.get("/members/althea-reyes").await.expect(404);
        guest.get("/spaces/company").await.expect(404);
        guest.get(&format!("/spaces/{}", world.vendors)).await.expect(404);
    }
);

both!(
    async fn who_was_removed_comes_back_as_the_same_member(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.althea, &world.company, "Before I leave").await;
        let (camila, althea) = (app.by(&world.camila), world.althea.id.to_string());
        camila.post(&format!("/members/{althea}/remove"), json!({})).await.ok();
        app.by(&world.althea).get("/me").await.expect(401);
        let card = camila.get(&format!("/members/{althea}")).await.ok();
        assert_eq!(card["member"]["state"], "removed");
        assert_eq!(card["spaces"], json!([]));
        camila.get(&format!("/topics/{}", thread.id)).await.ok();
        let (_, open) = invite(app, &world, json!({ "role": "member" })).await;
        let path = format!("/invitations/open/{open}/accept");
        app.by_nobody().post(&path, acceptance("Impostor", &world.althea.email)).await.refuses(422, "email");
        let (_, named) = invite(app, &world, json!({ "role": "member", "email": world.althea.email })).await;
        let path = format!("/invitations/open/{named}/accept");
        let back = app.by_nobody().post(&path, acceptance("Althea Reyes", &world.althea.email)).await;
        assert_eq!(back.expect(201)["member"], althea);
    }
);
