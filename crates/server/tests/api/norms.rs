//! How people reply here: what a guest may know of it, and what becomes of it when somebody leaves.

use serde_json::{Value, json};
use testkit::{App, Person, World, both};

fn norms(rota: &[&Person]) -> Value {
    let rota: Vec<_> = rota.iter().map(|person| person.id).collect();
    json!({ "budgets": { "answer": "half_day" }, "urgent_reasons": ["The vault is open"], "rota": rota,
        "note": "We never tell the vendors." })
}

/// What a guest reads where the workspace has [`norms`].
fn for_guest() -> Value {
    json!({ "budgets": { "answer": "half_day" }, "urgent_reasons": [], "rota": [], "note": "" })
}

async fn workspace_norms(app: &App, by: &Person) -> Value {
    app.by(by).get("/me").await.ok()["workspace"]["norms"].clone()
}

async fn space(app: &App, by: &Person, id: &str) -> Value {
    app.by(by).get(&format!("/spaces/{id}")).await.ok()["space"].clone()
}

/// The whole log as this member reads it.
async fn log(app: &App, by: &Person) -> String {
    app.by(by).get("/changes/log?after=0&limit=200").await.ok().to_string()
}

both!(
    async fn a_guest_reads_nothing_that_was_written_for_colleagues(app: &App) {
        let world = World::new(app).await;
        let change = json!({ "norms": norms(&[&world.althea, &world.jonas]) });
        app.by(&world.camila).patch("/workspace", change).await.ok();
        assert_eq!(workspace_norms(app, &world.althea).await, norms(&[&world.althea, &world.jonas]));
        assert_eq!(workspace_norms(app, &world.rui).await, for_guest());
        let rui = app.by(&world.rui);
        let gate = json!({ "asked": world.jonas.id, "space": world.delivery });
        let gate = rui.post("/urgent/preview", gate).await.ok();
        assert_eq!(gate["reasons"], json!([]));
        let thread = world.thread(&world.camila, &world.delivery, "The new vendor").await;
        let ask = json!({ "id": app.new_id("ask"), "kind": "do", "question": "Now?", "asked": world.jonas.id,
            "budget": { "kind": "urgent", "reason": "Guess", "cost": "Much." } });
        let refused = rui.post(&format!("/topics/{}/asks", thread.id), ask).await.expect(422);
        assert_eq!(refused["field"], "budget.reason");
        let known = format!("{refused}{gate}{}", log(app, &world.rui).await);
        for hidden in ["vault", "vendors.", &world.althea.id.to_string()] {
            assert!(!known.contains(hidden), "a guest reads {hidden}");
        }
    }
);

both!(
    async fn the_rota_of_a_space_names_only_those_who_are_in_it(app: &App) {
        let world = World::new(app).await;
        let path = format!("/spaces/{}", world.delivery);
        let own = norms(&[&world.althea, &world.jonas, &world.camila]);
        let row = app.by(&world.jonas).patch(&path, json!({ "norms": own })).await;
        let kept = norms(&[&world.jonas, &world.camila]);
        assert_eq!(row.row("spaces", &world.delivery)["norms"], kept);
        // A guest of the space reads its norms, and sees whom they name.
        assert_eq!(space(app, &world.rui, &world.delivery).await["norms"], kept);
        assert!(!log(app, &world.rui).await.contains(&world.althea.id.to_string()));
        app.by(&world.jonas).delete(&format!("{path}/members/{}", world.jonas.id)).await.ok();
        assert_eq!(space(app, &world.camila, &world.delivery).await["norms"], norms(&[&world.camila]));
        assert!(!log(app, &world.noor).await.contains(&world.jonas.id.to_string()));
    }
);

both!(
    async fn who_leaves_is_on_no_rota_and_leads_no_space(app: &App) {
        let world = World::new(app).await;
        let (camila, company) = (app.by(&world.camila), format!("/spaces/{}", world.company));
        let before = norms(&[&world.jonas, &world.althea]);
        camila.patch("/workspace", json!({ "norms": before })).await.ok();
        let own = json!({ "norms": norms(&[&world.ines, &world.jonas]), "lead": world.jonas.id });
        camila.patch(&company, own).await.ok();
        camila.post(&format!("/members/{}/remove", world.jonas.id), json!({})).await.ok();
        assert_eq!(workspace_norms(app, &world.ines).await, norms(&[&world.althea]));
        let left = space(app, &world.ines, &world.company).await;
        assert_eq!((&left["lead"], &left["norms"]), (&Value::Null, &norms(&[&world.ines])));
        // What was opened before they left can still be saved.
        let mut later = before;
        later["note"] = json!("Slowly.");
        let row = camila.patch("/workspace", json!({ "norms": later })).await.ok();
        assert_eq!(row["rows"][0]["row"]["norms"]["rota"], json!([world.althea.id]));
    }
);

both!(
    async fn who_becomes_a_guest_gives_up_what_colleagues_have(app: &App) {
        let world = World::new(app).await;
        let camila = app.by(&world.camila);
        camila.patch("/workspace", json!({ "norms": norms(&[&world.jonas]) })).await.ok();
        let path = format!("/spaces/{}", world.delivery);
        let own = json!({ "norms": norms(&[&world.jonas, &world.camila]), "lead": world.jonas.id });
        camila.patch(&path, own).await.ok();
        let since = app.head(world.workspace).await;
        let role = |role: &str| json!({ "role": role });
        let jonas = format!("/members/{}", world.jonas.id);
        camila.patch(&jonas, role("guest")).await.ok();
        assert_eq!(workspace_norms(app, &world.camila).await, norms(&[]));
        let left = space(app, &world.camila, &world.delivery).await;
        assert_eq!((&left["lead"], &left["norms"]), (&Value::Null, &norms(&[&world.camila])));
        let log = app.by(&world.jonas).get(&format!("/changes/log?after={since}&limit=200")).await.ok();
        let told = told_workspace(&log);
        assert_eq!(told["norms"], for_guest());
        let since = app.head(world.workspace).await;
        camila.patch(&jonas, role("member")).await.ok();
        let log = app.by(&world.jonas).get(&format!("/changes/log?after={since}&limit=200")).await.ok();
        assert_eq!(told_workspace(&log)["norms"], norms(&[]));
    }
);

/// The workspace as the last change of a log gives it.
fn told_workspace(log: &Value) -> Value {
    let mut rows =
        log["items"].as_array().unwrap().iter().flat_map(|change| change["rows"].as_array().unwrap());
    rows.rfind(|row| row["table"] == "workspaces").unwrap()["row"].clone()
}
