//! The specification is valid, complete, and says something useful.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use serde_json::Value;
use testkit::{App, Specification, World, both};

/// Every value in a document, with its place.
fn walk<'a>(place: &str, value: &'a Value, visit: &mut dyn FnMut(&str, &'a Value)) {
    visit(place, value);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                walk(&format!("{place}/{name}"), value, visit);
            }
        }
        Value::Array(items) => items.iter().for_each(|value| walk(place, value, visit)),
        _ => {}
    }
}

#[test]
fn every_reference_resolves() {
    let document = Specification::of_the_server().document;
    let mut references = 0;
    walk("", &document, &mut |place, value| {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{place}: {reference} leads nowhere");
            references += 1;
        }
    });
    assert!(references > 500);
    // The rows of changes: a change names its table, not its schema. And what streams send.
    for schema in [
        "Workspace",
        "Member",
        "Space",
        "SpaceMember",
        "Topic",
        "Post",
        "Ask",
        "Mark",
        "LiveChange",
        "Reload",
    ] {
        assert!(document["components"]["schemas"][schema].is_object(), "{schema}");
    }
}

#[test]
fn the_document_has_what_openapi_3_1_demands() {
    let document = Specification::of_the_server().document;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    for scheme in ["session", "token"] {
        assert!(document["components"]["securitySchemes"][scheme]["type"].is_string());
    }
    let mut names = BTreeMap::new();
    for operation in Specification::of_the_server().operations {
        let (id, said) = (operation.id.clone(), &operation.said);
        assert!(names.insert(id.clone(), operation.path.clone()).is_none(), "{id} is there twice");
        assert!(said["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{id} has no summary");
        assert_eq!(said["tags"].as_array().map(Vec::len), Some(1), "{id} has one tag");
        for (status, response) in said["responses"].as_object().unwrap() {
            let described = response["description"].as_str().is_some_and(|text| !text.is_empty());
            assert!(described, "{id}: {status} has no description");
        }
        let parameters = said["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in &parameters {
            let place = parameter["in"].as_str().unwrap();
            assert!(["path", "query", "header"].contains(&place), "{id}");
            assert!(parameter["schema"].is_object(), "{id}: {parameter}");
            assert!(place != "path" || parameter["required"] == true, "{id}: {parameter}");
        }
        let named: BTreeSet<&str> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let braces: BTreeSet<&str> =
            operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        assert_eq!(named, braces, "{id}: the parameters of its address");
        if operation.method == Method::GET {
            assert!(said.get("requestBody").is_none(), "{id} reads with a body");
        }
    }
}

#[test]
fn who_need_not_sign_in_is_said() {
    let open = [
        "accept_invitation",
        "ask_to_unsubscribe",
        "open_feed",
        "open_invitation",
        "read_health",
        "send_form",
        "set_up",
        "show_form",
        "sign_in",
        "state",
        "unsubscribe",
    ];
    let document = Specification::of_the_server();
    assert_eq!(document.document["security"].as_array().map(Vec::len), Some(2));
    for operation in document.operations {
        let nobody_needs_to = operation.said["security"].as_array().is_some_and(|ways| {
            ways.iter().any(|way| way.as_object().is_some_and(serde_json::Map::is_empty))
        });
        assert_eq!(nobody_needs_to, open.contains(&operation.id.as_str()), "{}", operation.id);
    }
}

#[test]
fn writes_that_can_be_repeated_say_so() {
    let document = Specification::of_the_server();
    for operation in document.operations {
        let answer = operation.said.pointer("/responses/200/content/application~1json/schema/$ref");
        let writes = answer.is_some_and(|schema| schema == "#/components/schemas/Written");
        let parameters = operation.said["parameters"].as_array().cloned().unwrap_or_default();
        let has_key = parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key");
        assert_eq!(writes, has_key, "{}", operation.id);
    }
}

#[test]
fn schemas_say_what_is_in_them() {
    let document = Specification::of_the_server().document;
    // A row of a change is one of a few schemas, by the name of its table, and so is what a conflict
    // answers; null is all that a patch of a picture can say; an ask in a draft may be half written.
    let open = [
        "/components/schemas/RowChange/properties/row",
        "/components/schemas/MemberPatch/properties/picture",
        "/components/schemas/Draft/properties/ask",
        "/components/schemas/NewDraft/properties/ask",
        "/components/schemas/Problem/properties/current",
    ];
    walk("", &document, &mut |place, value| {
        let is_object = match &value["type"] {
            Value::String(name) => name == "object",
            Value::Array(names) => names.iter().any(|name| name == "object"),
            _ => false,
        };
        let more = &value["additionalProperties"];
        let says = value["properties"].is_object() || more.is_object() || *more == false;
        assert!(!is_object || says || open.contains(&place), "{place} is an object of anything");
        if value["format"] == "binary" || place.ends_with("/schema") && value["type"] == "array" {
            assert_ne!(value["items"]["type"], "integer", "{place}: bytes are no list of numbers");
        }
    });
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let described = schema["description"].is_string() || schema["pattern"].is_string();
        assert!(described || name.starts_with("Items_"), "{name} has no description");
    }
}

both!(
    async fn every_route_is_in_the_specification(app: &App) {
        let world = World::new(app).await;
        let served = app.by_nobody().get("/openapi.json").unlisted_document().await;
        assert_eq!(served, app.specification.document, "what is served is what is checked");
        // Each method of each known address, and nothing else, has an answer.
        let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        let addresses: BTreeSet<&str> =
            app.specification.operations.iter().map(|o| o.path.as_str()).collect();
        for address in addresses {
            let filled: String =
                address.split('{').enumerate().fold(String::new(), |filled, (place, part)| {
                    if place == 0 {
                        part.to_owned()
                    } else {
                        format!("{filled}x{}", part.split_once('}').unwrap().1)
                    }
                });
            for method in &methods {
                let known =
                    app.specification.operations.iter().any(|o| o.path == address && o.method == *method);
                // The address of another operation may fit as well: `/sessions/{session}`.
                if !known && app.specification.find(method, &filled).is_none() {
                    app.by(&world.camila).send(method.clone(), &filled).unlisted().await.expect(405);
                }
            }
        }
        app.by(&world.camila).get("/nothing").unlisted().await.expect(404);
        app.by(&world.camila).get("").unlisted().await.expect(404);
    }
);

both!(
    async fn every_statement_prepares(app: &App) {
        assert!(store::testing::prepare_all(&app.context().db).await > 150);
    }
);

/// What grows without end.
const GROWING: &[&str] = &[
    "topics",
    "posts",
    "post_versions",
    "files",
    "responses",
    "marks",
    "asks",
    "changes",
    "receipts",
    "notices",
    "search_entries",
    "tasks",
    "acceptances",
    "slips",
    "goal_changes",
    "handoffs",
    "task_seen",
    "task_clocks",
    "repeated",
    "rule_events",
    "rule_runs",
    "reminders",
    "import_origins",
    "imports",
    "import_left_out",
];

/// Where everything may be read: the numbers on the admins' page; the least number of the log, which is
/// one step in its index; a stage that is taken away; the newest imports, read from their index up to a
/// limit.
const MAY: [&str; 4] = [
    "crates/server/src/admin.rs",
    "crates/store/src/changes.rs",
    "crates/work/src/import/runs.rs",
    "crates/work/src/stage.rs",
];

#[tokio::test]
async fn no_statement_reads_everything_that_there_is() {
    let test = store::testing::sqlite(&server::migrations()).await;
    let mut found = store::testing::whole_reads(&test, GROWING);
    found.retain(|found| !MAY.iter().any(|file| found.starts_with(file)));
    assert!(found.is_empty(), "{}", found.join("\n"));
    test.end().await;
}
