//! Boards and tables of other tools: a real board whole, twice, and after it was killed; what a file may say and
//! what it may not; imports that are begun and followed in the browser.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering},
};

use axum::http::Method;
use serde_json::{Value, json};
use testkit::{App, Person, World, both};
use tokio::sync::mpsc;
use work::import::{self, Order, Progress, Report, Watch};

use crate::requests::PNG;

/// A board of one card.
const SMALL: &str = r#"{"id": "5ca3d99a0378a65090e676ca", "name": "Small", "lists": [{"id": "l1", "name": "To Do"}],
    "cards": [{"id": "5ceedf1bc6515254e2db2b28", "name": "A card", "idList": "l1"}]}"#;

/// Uploads a file; answers its id.
async fn uploaded(app: &App, by: &Person, name: &str, content: impl Into<Vec<u8>>) -> Value {
    let request = app.by(by).send(Method::POST, &format!("/files?name={name}"));
    request.bytes("application/octet-stream", content.into()).await.expect(201)["id"].clone()
}

/// The wish to import a small board into a space.
pub async fn wish(app: &App, by: &Person, space: &str) -> Value {
    json!({ "file": uploaded(app, by, "board.json", SMALL).await, "space": space, "files": [],
        "project": null, "name": "Small", "key": null, "people": [],
        "table": { "columns": null, "dates": "day_first" } })
}

/// An import that was begun; answers its id.
pub async fn begun(app: &App, by: &Person, space: &str) -> String {
    let id = app.new_id("imp");
    let new = json!({ "id": id, "wish": wish(app, by, space).await });
    app.by(by).post("/imports", new).await.ok();
    id
}

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name)
}

/// The real board, and what must come of it; none where it is not at hand.
fn real_board() -> Option<(PathBuf, Value)> {
    let (board, expected) = (data("trello-board.json"), std::fs::read(data("trello-board.expect.json")));
    if !board.exists() || expected.is_err() {
        println!("skipped: the export trello-board.json is not here");
        return None;
    }
    Some((board, serde_json::from_slice(&expected.unwrap()).unwrap()))
}

fn order(file: &Path) -> Order {
    Order {
        file: file.to_owned(),
        workspace: Some("cordel".to_owned()),
        space: "Company".to_owned(),
        ..Order::default()
    }
}

async fn run(app: &App, order: Order) -> Report {
    Box::pin(import::file(app.context(), order, Watch::default())).await.unwrap()
}

/// A folder with an export in it, and what stands beside it.
fn folder(json: &str, beside: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.json");
    std::fs::write(&path, json).unwrap();
    for (name, content) in beside {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    (folder, path)
}

fn counted(counts: import::Counts) -> Value {
    serde_json::to_value(counts).unwrap()
}

/// A board whose expectation does not say everything: what it says is there.
fn assert_reaches(counts: import::Counts, expected: &Value) {
    let counts = counted(counts);
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&counts[name], value, "{name}");
    }
}

/// All tasks of a project, those put away as well, by title.
async fn tasks(app: &App, by: &Person, key: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for archived in [false, true] {
        let read = app.by(by).get(&format!("/projects/{key}/tasks?archived={archived}")).await.ok();
        all.extend(read["items"].as_array().unwrap().clone());
    }
    all
}

async fn whole(app: &App, by: &Person, key: &str) -> Value {
    app.by(by).get(&format!("/tasks/{key}")).await.ok()
}

async fn posts(app: &App, by: &Person, task: &Value) -> Vec<Value> {
    let id = task["task"]["id"].as_str().unwrap();
    app.by(by).get(&format!("/topics/{id}/posts")).await.ok()["items"].as_array().unwrap().clone()
}

both!(
    async fn a_real_board_comes_whole(app: &App) {
        let Some((board, expected)) = real_board() else { return };
        let world = World::new(app).await;
        let heads = world.heads().await;
        let look = run(app, Order { dry_run: true, ..order(&board) }).await;
        assert_eq!(world.heads().await, heads, "a look changes nothing");
        assert_reaches(look.carried, &expected);
        assert!(look.project_created && look.key.is_none() && look.new_people == 11);

        let report = run(app, order(&board)).await;
        assert_reaches(report.carried, &expected);
        assert_eq!(counted(report.added), counted(report.carried));
        assert_eq!((report.project.as_str(), report.key.as_deref()), ("Test Drive", Some("TD")));
        // The export has the newest 1,000 entries of the history; the cards know of 133 comments.
        assert_eq!(report.missing_comments.as_ref().unwrap().count, 40);
        assert_eq!(report.missing_comments.as_ref().unwrap().cards.len(), 13);
        assert!(report.notes.iter().any(|note| note.in_english().contains("older comments may be missing")));
        let left: u64 = report
            .not_carried
            .iter()
            .filter(|group| group.kind == "content of a file")
            .map(|group| group.count)
            .sum();
        assert_eq!(left, 19);

        // What the report says is there.
        let all = tasks(app, &world.camila, "TD").await;
        assert_eq!(all.len(), 122);
        let count = |which: &dyn Fn(&Value) -> bool| all.iter().filter(|task| which(task)).count() as u64;
        assert_eq!(json!(count(&|task| !task["archived_at"].is_null())), expected["cards_archived"]);
        assert_eq!(json!(count(&|task| !task["due"].is_null())), expected["cards_with_due"]);
        assert_eq!(json!(count(&|task| !task["owner"].is_null())), expected["cards_with_owner"]);
        let sum = |name: &str| all.iter().map(|task| task[name].as_u64().unwrap()).sum::<u64>();
        assert_eq!(
            (json!(sum("steps")), json!(sum("steps_done"))),
            (expected["check_items"].clone(), expected["check_items_done"].clone())
        );
        let labels: usize = all.iter().map(|task| task["labels"].as_array().unwrap().len()).sum();
        assert_eq!(json!(labels), expected["labels_on_cards"]);
        let project = app.by(&world.camila).get("/projects/TD").await.ok()["project"].clone();
        let stages: Vec<&str> = project["stages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|stage| stage["name"].as_str().unwrap())
            .collect();
        assert_eq!(
            stages,
            [
                "Backlog/Future Work/Ideas",
                "To Do",
                "In Progress",
                "Ready to merge",
                "Ready for QA",
                "Done",
                "Not now"
            ]
        );
        assert_eq!(project["fields"][0]["choices"].as_array().unwrap().len(), 12);

        // A card with its number, its words, its people and their comments at their dates.
        let card = whole(app, &world.camila, "TD-110").await;
        assert_eq!(card["task"]["title"], "Option for templates");
        let said = posts(app, &world.camila, &card).await;
        let verified =
            said.iter().find(|post| post["source"].as_str().unwrap().starts_with("Verified on")).unwrap();
        assert_eq!(
            (&verified["created_at"], &verified["imported"]),
            (&json!("2019-06-10T21:31:37.832Z"), &json!(true))
        );
        let author = verified["author"].as_str().unwrap();
        let member = app.by(&world.camila).get(&format!("/members/{author}")).await.ok();
        assert_eq!(
            (&member["member"]["name"], &member["member"]["state"]),
            (&json!("Ankit"), &json!("imported"))
        );
        // A link to another card of the board leads to its task here.
        let linking = whole(app, &world.camila, "TD-107").await;
        let linking = posts(app, &world.camila, &linking).await;
        assert!(!linking.is_empty());

        // Nobody is told of what is years old.
        assert_eq!(app.by(&world.camila).get("/inbox").await.ok()["items"], json!([]));

        // Again: nothing changes, and everything is still counted.
        let heads = world.heads().await;
        let again = run(app, order(&board)).await;
        assert_eq!(world.heads().await, heads, "a second import changes nothing");
        assert_reaches(again.carried, &expected);
        assert_eq!(counted(again.added), counted(import::Counts::default()));
        assert!(!again.project_created && again.new_people == 0);
    }
);

both!(
    async fn a_killed_import_goes_on(app: &App) {
        let Some((board, expected)) = real_board() else { return };
        let world = World::new(app).await;
        let (tell, mut told) = mpsc::unbounded_channel::<Progress>();
        let watch = Watch {
            progress: Arc::new(move |progress| tell.send(progress).unwrap_or_default()),
            ..Watch::default()
        };
        let (context, asked) = (app.context().clone(), order(&board));
        let running = tokio::spawn(async move { Box::pin(import::file(&context, asked, watch)).await });
        let first = told.recv().await.unwrap();
        assert!(first.done > 0 && first.of == 122);
        running.abort();
        let _ = running.await;

        let rest = run(app, order(&board)).await;
        assert_reaches(rest.carried, &expected);
        assert!(rest.complete && !rest.project_created && rest.added.cards < 122);
        let all = tasks(app, &world.camila, "TD").await;
        assert_eq!(all.len(), 122);
        let keys: std::collections::BTreeSet<&str> =
            all.iter().map(|task| task["key"].as_str().unwrap()).collect();
        assert_eq!(keys.len(), 122);
    }
);

both!(
    async fn a_stopped_import_leaves_whole_tasks(app: &App) {
        let Some((board, expected)) = real_board() else { return };
        let world = World::new(app).await;
        let watch = Watch::default();
        let stop = watch.stop.clone();
        let watch = Watch { progress: Arc::new(move |_| stop.store(true, Ordering::Relaxed)), ..watch };
        let part = Box::pin(import::file(app.context(), order(&board), watch)).await.unwrap();
        assert!(!part.complete && part.carried.cards < 122);
        assert_eq!(tasks(app, &world.camila, "TD").await.len() as u64, part.carried.cards);
        let rest = run(app, order(&board)).await;
        assert_reaches(rest.carried, &expected);
    }
);

/// A board with one of everything.
fn made_board() -> Value {
    let who =
        |id: &str, name: &str, username: &str| json!({ "id": id, "fullName": name, "username": username });
    json!({
        "id": "60000000aaaaaaaaaaaaaaaa", "name": "Entregas ñ", "desc": "What it is for",
        "members": [who("m1", "Camila Torres", "camila"), who("m2", "J. Weber", "jw"), who("m3", "Ana Nobody", "ana")],
        "labels": [{ "id": "b1", "name": "", "color": "sky_dark" }, { "id": "b2", "name": "Maps", "color": "red" },
            { "id": "b3", "name": "maps", "color": "green" }],
        "lists": [{ "id": "l1", "name": "A hacer", "pos": 1, "softLimit": 4 }, { "id": "l2", "name": "Hecho", "pos": 2 },
            { "id": "l3", "name": "Antiguo", "pos": 3, "closed": true }],
        "customFields": [{ "id": "f1", "name": "Cost", "type": "number" }, { "id": "f2", "name": "Sure", "type": "checkbox" },
            { "id": "f3", "name": "Country", "type": "list", "options": [{ "id": "o1", "value": { "text": "Perú" } }] },
            { "id": "f4", "name": "Day", "type": "date" }, { "id": "f5", "name": "Note", "type": "text" }],
        "cards": [
            { "id": "61000000aaaaaaaaaaaaaaa1", "idShort": 7, "shortLink": "AbCdEf12", "idList": "l1", "pos": 2,
                "name": "Plan the route", "desc": "Why **this**", "due": "2026-12-17T17:00:00.000Z",
                "start": "2026-12-14T12:00:00.000Z", "idMembers": ["m1", "m2"], "idLabels": ["b1", "b2", "nowhere"],
                "idMembersVoted": ["m3"], "idAttachmentCover": "a1000000",
                "attachments": [
                    { "id": "a1000000", "name": "map.png", "url": "https://trello.com/x/map.png", "isUpload": true, "idMember": "m2", "date": "2026-01-02T10:00:00Z" },
                    { "id": "a2000000", "name": "click", "url": "javascript:alert(1)", "isUpload": false, "idMember": "m3", "date": "2026-01-03T10:00:00Z" },
                    { "id": "a3000000", "name": "../../../../etc/passwd", "fileName": "../secret", "url": "https://x.example/p", "isUpload": true, "date": "2026-01-04T10:00:00Z" },
                    { "id": "a4000000", "name": "https://trello.com/c/ZyXwVu98", "url": "https://trello.com/c/ZyXwVu98/8-other", "isUpload": false, "date": "2026-01-05T10:00:00Z" }],
                "customFieldItems": [
                    { "id": "i1", "idCustomField": "f1", "value": { "number": "12.5" } }, { "id": "i2", "idCustomField": "f2", "value": { "checked": "true" } },
                    { "id": "i3", "idCustomField": "f3", "idValue": "o1" }, { "id": "i4", "idCustomField": "f4", "value": { "date": "2026-12-24T12:00:00.000Z" } },
                    { "id": "i5", "idCustomField": "f5", "value": { "text": "A note" } }, { "id": "i6", "idCustomField": "gone", "value": { "text": "x" } }] },
            { "id": "61000000aaaaaaaaaaaaaaa2", "idShort": 8, "shortLink": "ZyXwVu98", "idList": "l1", "pos": 1,
                "name": "x".repeat(100_000), "dueComplete": true, "due": "2026-12-01T17:00:00.000Z", "start": "2026-12-05T12:00:00.000Z", "idLabels": ["b3"] },
            { "id": "61000000aaaaaaaaaaaaaaa3", "idShort": 9, "idList": "l3", "name": "In an old list", "cover": { "color": "blue" } },
            { "id": "61000000aaaaaaaaaaaaaaa3", "idShort": 10, "idList": "l1", "name": "The same id again" }],
        "checklists": [
            { "id": "c1", "idCard": "61000000aaaaaaaaaaaaaaa1", "name": "Before", "pos": 1, "checkItems": [
                { "id": "t1", "name": "Ask", "state": "complete", "pos": 1 }, { "id": "t2", "name": "Wait", "state": "incomplete", "pos": 2, "idMember": "m2", "due": "2026-12-01T00:00:00Z" }] },
            { "id": "c2", "idCard": "61000000aaaaaaaaaaaaaaa1", "name": "After", "pos": 2, "checkItems": [{ "id": "t3", "name": "Tell", "state": "incomplete" }] },
            { "id": "c3", "idCard": "gone", "name": "Lost", "checkItems": [] }],
        "actions": [
            { "id": "e1", "type": "commentCard", "date": "2026-01-06T10:00:00.000Z", "idMemberCreator": "m3", "memberCreator": who("m3", "Ana Nobody", "ana"),
                "data": { "text": "@camila see https://trello.com/c/ZyXwVu98/8-x and [this](https://trello.com/c/ZyXwVu98) <script>x</script>", "card": { "id": "61000000aaaaaaaaaaaaaaa1", "name": "Plan" } } },
            { "id": "e2", "type": "updateCard", "date": "2026-01-07T10:00:00.000Z", "idMemberCreator": "m2",
                "data": { "old": { "idList": "l2" }, "card": { "id": "61000000aaaaaaaaaaaaaaa1" }, "listBefore": { "name": "Hecho" }, "listAfter": { "name": "A hacer" } } },
            { "id": "e3", "type": "commentCard", "date": "2026-01-06T10:00:00.000Z", "idMemberCreator": "m3", "data": { "text": "On nothing", "card": { "id": "gone", "name": "Deleted" } } },
            { "id": "e4", "type": "createCard", "date": "2026-01-01T10:00:00.000Z", "idMemberCreator": "m2", "data": { "card": { "id": "61000000aaaaaaaaaaaaaaa1" } } },
            { "id": "e5", "type": "makeAdminOfBoard", "date": "2026-01-01T10:00:00.000Z", "idMemberCreator": "m2", "data": {} }]
    })
}

both!(
    async fn everything_that_a_board_can_have_comes_or_is_named(app: &App) {
        let world = World::new(app).await;
        let (_folder, path) = folder(&made_board().to_string(), &[("map.png", PNG), ("secret", b"no")]);
        let members = vec![("jw".to_owned(), world.jonas.email.clone())];
        let report = run(app, Order { members, ..order(&path) }).await;
        let by: Vec<(String, import::FoundBy)> =
            report.people.iter().map(|person| (person.name.clone(), person.by)).collect();
        assert_eq!(
            by,
            [
                ("Camila Torres".to_owned(), import::FoundBy::Name),
                ("J. Weber".to_owned(), import::FoundBy::Hand),
                ("Ana Nobody".to_owned(), import::FoundBy::Nothing)
            ]
        );
        assert_eq!((report.carried.cards, report.carried.cards_archived, report.files), (3, 1, 1));
        let key = report.key.unwrap();
        let card = whole(app, &world.camila, &format!("{key}-7")).await;
        let (task, page) = (&card["task"], &card["page"]);
        assert_eq!((&task["owner"], &task["requester"]), (&json!(world.camila.id), &json!(world.jonas.id)));
        // 17:00 UTC on the clock of Camila, who is in Bogotá.
        assert_eq!(
            task["due"],
            json!({ "date": "2026-12-17", "time": "12:00", "zone": "America/Bogota", "at": "2026-12-17T17:00:00Z" })
        );
        assert_eq!((&task["starts_on"], task["labels"].as_array().unwrap().len()), (&json!("2026-12-14"), 2));
        assert_eq!((&page["why"], task["cover"].is_string()), (&json!("Why **this**"), true));
        let steps: Vec<(&str, bool)> = page["done_when"]
            .as_array()
            .unwrap()
            .iter()
            .map(|step| (step["text"].as_str().unwrap(), step["done_at"].is_string()))
            .collect();
        assert_eq!(steps, [("Before: Ask", true), ("Before: Wait", false), ("After: Tell", false)]);
        assert_eq!(page["done_when"][1]["owner"], json!(world.jonas.id));
        assert_eq!(
            (&page["stages"][0]["from"], &page["stages"][0]["by"]),
            (&json!("Hecho"), &json!(world.jonas.id))
        );
        let fields = card["project"]["fields"].as_array().unwrap();
        let value = |name: &str| {
            task["values"][fields.iter().find(|field| field["name"] == name).unwrap()["id"].as_str().unwrap()]
                .clone()
        };
        assert_eq!(
            (value("Cost"), value("Note"), value("Day")),
            (json!(12.5), json!("A note"), json!("2026-12-24"))
        );
        assert_eq!(card["project"]["stages"][0]["limit"], 4);

        let said = posts(app, &world.camila, &card).await;
        let html = |index: usize| said[index]["html"].as_str().unwrap().to_owned();
        assert_eq!(said[0]["files"][0]["name"], "map.png");
        assert!(!html(1).contains("href") && html(1).contains("javascript"), "{}", html(1));
        assert!(html(2).contains("href=\"https://x.example/p\""), "{}", html(2));
        let other = format!("/task/{key}-8");
        assert!(html(3).contains(&other), "{}", html(3));
        assert_eq!(html(4).matches(&other).count(), 2, "{}", html(4));
        assert!(html(4).contains("Camila") && !html(4).contains("<script"), "{}", html(4));

        let long = whole(app, &world.camila, &format!("{key}-8")).await;
        assert!(long["task"]["title"].as_str().unwrap().chars().count() <= 200);
        assert!(long["task"]["starts_on"].is_null() && long["task"]["done_at"].is_string());
        assert!(posts(app, &world.camila, &long).await[0]["source"].as_str().unwrap().len() >= 90_000);
        // It goes back to its list when it is not done after all.
        let undone = app
            .by(&world.camila)
            .patch(&format!("/tasks/{}", long["task"]["id"].as_str().unwrap()), json!({ "done": false }))
            .await;
        undone.ok();
        assert_eq!(whole(app, &world.camila, &format!("{key}-8")).await["task"]["stage"], task["stage"]);

        let named = |kind: &str| {
            report.not_carried.iter().filter(|group| group.kind == kind).map(|group| group.count).sum::<u64>()
        };
        for kind in [
            "label on a card",
            "vote",
            "link",
            "content of a file",
            "title",
            "start date",
            "card",
            "checklist",
            "comment",
            "value of a field",
            "due date of a checklist item",
            "colour of a cover",
            "history: makeAdminOfBoard",
        ] {
            assert_eq!(named(kind), 1, "{kind}: {:?}", report.not_carried);
        }
        // Whoever is on a card follows it, and nothing of it waits for them.
        for person in [&world.camila, &world.jonas] {
            assert_eq!(app.by(person).get("/inbox").await.ok()["items"], json!([]));
        }
    }
);

both!(
    async fn a_board_that_has_grown_brings_what_is_new(app: &App) {
        let world = World::new(app).await;
        let mut board = made_board();
        let (_folder, path) = folder(&board.to_string(), &[]);
        let key = run(app, order(&path)).await.key.unwrap();
        let mine = json!({ "title": "Renamed here", "owner": null });
        let card = whole(app, &world.camila, &format!("{key}-7")).await;
        app.by(&world.camila)
            .patch(&format!("/tasks/{}", card["task"]["id"].as_str().unwrap()), mine)
            .await
            .ok();
        board["cards"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "id": "62000000aaaaaaaaaaaaaaa1", "idShort": 11, "idList": "l1", "name": "New" }));
        board["actions"].as_array_mut().unwrap().push(json!({ "id": "e9", "type": "commentCard", "date": "2026-02-06T10:00:00.000Z", "idMemberCreator": "m3",
            "data": { "text": "Later", "card": { "id": "61000000aaaaaaaaaaaaaaa1" } } }));
        board["checklists"][1]["checkItems"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "id": "t9", "name": "Then", "state": "complete" }));
        std::fs::write(&path, board.to_string()).unwrap();
        let report = run(app, order(&path)).await;
        assert_eq!(
            (
                report.added.cards,
                report.added.comments,
                report.added.check_items,
                report.added.check_items_done
            ),
            (1, 1, 1, 1)
        );
        let card = whole(app, &world.camila, &format!("{key}-7")).await;
        // What people did here since stays.
        assert_eq!((&card["task"]["title"], &card["task"]["owner"]), (&json!("Renamed here"), &Value::Null));
        assert_eq!(posts(app, &world.camila, &card).await.last().unwrap()["source"], "Later");
        assert_eq!(card["task"]["steps"], 4);
        assert_eq!(app.by(&world.camila).get("/inbox").await.ok()["items"], json!([]));
    }
);

both!(
    async fn what_cannot_be_imported_is_refused_with_the_reason(app: &App) {
        let world = World::new(app).await;
        let heads = world.heads().await;
        let half = &made_board().to_string()[..500];
        for (content, code) in [
            (half, "not_whole"),
            ("[1, 2, 3]", "not_a_table"),
            ("[{\"title\": \"Of another tool\"}]", "not_a_board"),
            ("Name,Due\n\"Half a title,2026-12-01\n", "not_whole"),
            ("{\"name\": \"x\"}", "not_a_board"),
            ("{\"id\": \"x\", \"lists\": 7, \"cards\": []}", "not_a_board"),
            ("", "not_a_table"),
            ("Name\n", "not_a_table"),
        ] {
            let file = uploaded(app, &world.camila, "x.json", content).await;
            let wish = json!({ "file": file, "space": world.company });
            let refused = app.by(&world.camila).post("/imports/preview", wish.clone()).await.expect(422);
            assert_eq!(refused["code"], code, "{content}");
            let begun = json!({ "id": app.new_id("imp"), "wish": wish });
            app.by(&world.camila).post("/imports", begun).await.expect(422);
        }
        assert_eq!(world.heads().await, heads);
        let missing =
            Box::pin(import::file(app.context(), order(Path::new("nowhere.json")), Watch::default())).await;
        assert!(missing.unwrap_err().to_string().contains("nowhere.json"));
    }
);

both!(
    async fn a_board_that_was_saved_in_another_encoding_is_the_same(app: &App) {
        let world = World::new(app).await;
        let saved = format!("\u{feff}{}", made_board());
        let wide: Vec<u8> = saved.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for content in [saved.into_bytes(), wide] {
            let file = uploaded(app, &world.camila, "board.json", content).await;
            let wish = json!({ "file": file, "space": world.company });
            let preview = app.by(&world.camila).post("/imports/preview", wish).await.ok();
            assert_eq!(
                (&preview["source"], &preview["report"]["carried"]["cards"]),
                (&json!("trello"), &json!(3))
            );
        }
    }
);

both!(
    async fn an_import_is_previewed_begun_and_followed(app: &App) {
        let world = World::new(app).await;
        let camila = app.by(&world.camila);
        let file = uploaded(app, &world.camila, "board.json", made_board().to_string()).await;
        let map = uploaded(app, &world.camila, "map.png", PNG).await;
        let people = json!([{ "origin": "trello:m2", "member": world.jonas.id }]);
        let wish = json!({ "file": file, "files": [map], "space": world.company, "people": people });
        let preview = camila.post("/imports/preview", wish.clone()).await.ok();
        assert_eq!(
            (&preview["source"], &preview["report"]["carried"]["cards"]),
            (&json!("trello"), &json!(3))
        );
        assert_eq!(preview["report"]["people"][1]["member"], json!(world.jonas.id));
        let id = app.new_id("imp");
        let begun = camila.post("/imports", json!({ "id": id, "wish": wish })).await.ok();
        assert_eq!((&begun["state"], &begun["project"]), (&json!("running"), &Value::Null));
        camila.post("/imports", json!({ "id": id, "wish": wish })).await.expect(409);
        app.work().await;
        let done = camila.get(&format!("/imports/{id}")).await.ok();
        assert_eq!((&done["state"], &done["done"], &done["tasks"]), (&json!("done"), &json!(3), &json!(3)));
        assert_eq!((&done["report"]["added"]["cards"], &done["report"]["files"]), (&json!(3), &json!(1)));
        let project = done["project"].as_str().unwrap();
        assert_eq!(
            camila.get(&format!("/projects/{project}/tasks")).await.ok()["items"].as_array().unwrap().len(),
            2
        );
        let list = camila.get("/imports").await.ok();
        assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["report"]), (1, &Value::Null));

        // Stopped before it began, it has done nothing; then it goes on.
        let id = app.new_id("imp");
        let file = uploaded(app, &world.camila, "board.json", SMALL).await;
        camila
            .post("/imports", json!({ "id": id, "wish": { "file": file, "space": world.company } }))
            .await
            .ok();
        assert_eq!(camila.send(Method::POST, &format!("/imports/{id}/stop")).await.ok()["state"], "stopping");
        app.work().await;
        let stopped = camila.get(&format!("/imports/{id}")).await.ok();
        assert!(stopped["state"] == "done" || stopped["state"] == "stopped");
        camila.send(Method::POST, &format!("/imports/{id}/continue")).await.ok();
        app.work().await;
        assert_eq!(camila.get(&format!("/imports/{id}")).await.ok()["state"], "done");

        // A space that was put away meanwhile ends it with the reason.
        let id = app.new_id("imp");
        let file = uploaded(app, &world.camila, "board.json", SMALL.replace("e676ca", "e676cb")).await;
        camila
            .post("/imports", json!({ "id": id, "wish": { "file": file, "space": world.delivery } }))
            .await
            .ok();
        camila.patch(&format!("/spaces/{}", world.delivery), json!({ "archived": true })).await.ok();
        app.work().await;
        let failed = camila.get(&format!("/imports/{id}")).await.ok();
        assert_eq!(failed["state"], "failed");
        assert!(failed["problem"].as_str().unwrap().contains("archived"));
    }
);

const ASANA: &str = "\u{feff}Task ID,Created At,Completed At,Last Modified,Name,Section/Column,Assignee,Assignee Email,Start Date,Due Date,Tags,Notes,Projects,Parent task,Blocked By (Dependencies),Blocking (Dependencies)\r\n\
    1,2026-01-02,,2026-01-05,Design,Doing,Jonas Weber,,2026-01-03,2026-01-09,\"ui, web\",\"Why\r\nnot\",Site,,Build,\r\n\
    2,2026-01-02,2026-01-06,2026-01-06,Draw,,,,,,ui,,,Design,,\r\n\
    3,2026-01-02,,2026-01-05,Build,To do,,,,2026-01-20,,,Site,,Design,\r\n";

both!(
    async fn a_table_is_read_by_its_columns(app: &App) {
        let world = World::new(app).await;
        let camila = app.by(&world.camila);
        let file = uploaded(app, &world.camila, "Site.csv", ASANA).await;
        let wish = json!({ "file": file, "space": world.company });
        let preview = camila.post("/imports/preview", wish.clone()).await.ok();
        assert_eq!((&preview["table"]["asana"], &preview["table"]["lines"]), (&json!(true), &json!(3)));
        let import = app.new_id("imp");
        camila.post("/imports", json!({ "id": import, "wish": wish })).await.ok();
        app.work().await;
        let done = camila.get(&format!("/imports/{import}")).await.ok();
        assert_eq!((&done["state"], &done["report"]["added"]["cards"]), (&json!("done"), &json!(3)));
        // Design waits for Build, which would wait for Design.
        let left = &done["report"]["not_carried"][0];
        assert_eq!(left["reason"], "The tasks would wait for each other.");
        assert_eq!((&left["thing"], &left["code"]), (&json!("dependency"), &json!("wait_loop")));
        let all = tasks(app, &world.camila, "SITE").await;
        let task = |title: &str| all.iter().find(|task| task["title"] == title).unwrap();
        assert_eq!(
            (&task("Draw")["parent"], task("Draw")["done_at"].is_string()),
            (&task("Design")["id"], true)
        );
        assert_eq!(
            (&task("Design")["owner"], &task("Design")["due"]["date"]),
            (&json!(world.jonas.id), &json!("2026-01-09"))
        );
        assert_eq!((&task("Design")["waits"], &task("Build")["waits"]), (&json!(1), &json!(0)));

        // The same lines again, and into a project that is there, with columns chosen by hand.
        let heads = world.heads().await;
        let again = app.new_id("imp");
        camila
            .post("/imports", json!({ "id": again, "wish": { "file": file, "space": world.company } }))
            .await
            .ok();
        app.work().await;
        assert_eq!(camila.get(&format!("/imports/{again}")).await.ok()["report"]["added"]["cards"], 0);
        assert_eq!(world.heads().await, heads);
        let file =
            uploaded(app, &world.camila, "more.csv", "Wer;Was;Bis\nJonas Weber;'=1+1;31.12.2026\n").await;
        let wish = json!({ "file": file, "space": world.company, "project": done["project"],
            "table": { "columns": ["owner", "title", "due"] } });
        let more = app.new_id("imp");
        camila.post("/imports", json!({ "id": more, "wish": wish })).await.ok();
        app.work().await;
        let all = tasks(app, &world.camila, "SITE").await;
        let task = all.iter().find(|task| task["title"] == "=1+1").unwrap();
        assert_eq!((&task["owner"], &task["due"]["date"]), (&json!(world.jonas.id), &json!("2026-12-31")));
    }
);

/// All pages of what an import left behind.
async fn left_behind(app: &App, by: &Person, import: &str) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let page = app.by(by).get(&format!("/imports/{import}/left-out?after={after}")).await.ok();
        all.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_i64() {
            Some(next) => after = next,
            None => return all,
        }
    }
}

both!(
    async fn a_report_names_every_object(app: &App) {
        let world = World::new(app).await;
        let camila = app.by(&world.camila);
        let entries: Vec<Value> = (0..2_300)
            .map(|n| json!({ "id": format!("a{n}"), "type": if n % 2 == 0 { "addMember" } else { "updateBoard" },
                "date": "2026-01-05T10:00:00Z", "data": { "card": { "id": "5ceedf1bc6515254e2db2b28", "name": "A card" } } }))
            .collect();
        let mut board: Value = serde_json::from_str(SMALL).unwrap();
        board["actions"] = json!(entries);

        let (_folder, path) = folder(&board.to_string(), &[]);
        let report = run(app, Order { dry_run: true, ..order(&path) }).await;
        let named: usize = report.not_carried.iter().map(|group| group.objects.len()).sum();
        assert_eq!(named, 2_300, "a report of the command line has them all");

        let file = uploaded(app, &world.camila, "board.json", board.to_string()).await;
        let wish = json!({ "file": file, "space": world.company });
        let preview = camila.post("/imports/preview", wish.clone()).await.ok();
        assert_eq!(preview["report"]["not_carried"][0]["objects"].as_array().unwrap().len(), 30);
        let import = app.new_id("imp");
        camila.post("/imports", json!({ "id": import, "wish": wish })).await.ok();
        app.work().await;
        let report = camila.get(&format!("/imports/{import}")).await.ok()["report"].clone();
        let groups = report["not_carried"].as_array().unwrap();
        assert_eq!(
            (&groups[0]["kind"], &groups[0]["detail"]),
            (&json!("history: addMember"), &json!("addMember"))
        );
        assert_eq!((&groups[1]["count"], &groups[1]["named"]), (&json!(1_150), &json!(1_150)));
        let all = left_behind(app, &world.camila, &import).await;
        assert_eq!(all.len(), 2_300);
        assert_eq!((&all[0]["id"], &all[0]["group"]), (&json!("a0"), &json!(0)));
        assert_eq!((&all[2_299]["id"], &all[2_299]["group"]), (&json!("a2299"), &json!(1)));

        // Run again, it tells of its last run and not twice.
        camila.send(Method::POST, &format!("/imports/{import}/continue")).await.ok();
        app.work().await;
        assert_eq!(left_behind(app, &world.camila, &import).await.len(), 2_300);
        app.by(&world.jonas).get(&format!("/imports/{import}/left-out")).await.expect(403);
    }
);

both!(
    async fn a_file_goes_into_a_project_that_is_there(app: &App) {
        let world = World::new(app).await;
        let (_boards, board) = folder(SMALL, &[]);
        let first = run(app, order(&board)).await;
        let key = first.key.clone().unwrap();
        let into = |file: &Path| Order {
            file: file.to_owned(),
            workspace: Some("cordel".to_owned()),
            project: Some(key.to_lowercase()),
            ..Order::default()
        };

        let (_tables, table) = folder("Title,Section\nFrom a table,To Do\n", &[]);
        let look = run(app, Order { dry_run: true, ..into(&table) }).await;
        assert!(!look.project_created && look.key.as_ref() == Some(&key));
        let report = run(app, into(&table)).await;
        assert!(!report.project_created && !report.space_created);
        assert_eq!((report.key.as_ref(), report.space.as_str()), (Some(&key), "Company"));
        let (_asana, asana) = folder(ASANA, &[]);
        assert_eq!(run(app, into(&asana)).await.added.cards, 3);
        // Another board as well; a number that is taken is not given twice.
        let (_others, other) = folder(&SMALL.replace("5c", "6c").replace("A card", "Another card"), &[]);
        assert_eq!(run(app, into(&other)).await.added.cards, 1);

        let all = tasks(app, &world.camila, &key).await;
        let titles: Vec<&str> = all.iter().map(|task| task["title"].as_str().unwrap()).collect();
        for title in ["A card", "From a table", "Design", "Draw", "Build", "Another card"] {
            assert!(titles.contains(&title), "{title}: {titles:?}");
        }
        assert_eq!(all.len(), 6);
        assert_eq!(run(app, into(&asana)).await.added.cards, 0, "what is there is not brought twice");

        let nowhere = Order { project: Some("NONE".to_owned()), ..into(&table) };
        let refused = Box::pin(import::file(app.context(), nowhere, Watch::default())).await;
        assert!(refused.unwrap_err().to_string().contains("project"));
    }
);
