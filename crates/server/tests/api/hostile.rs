//! Bad input for every operation: always a problem that names the field where there is one, never
//! an error of the server, and nothing half-written.

use axum::http::Method;
use serde_json::{Value, json};
use testkit::{Answer, App, Operation, World, both};

use crate::requests::{Call, call};

/// Texts that somebody may send as anything.
const TEXTS: [&str; 10] = [
    "",
    " \t\n ",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[x](javascript:alert(1)) <iframe src='//evil.example'></iframe>",
    "\u{202e}drow\u{202c} \u{2066}abc\u{2069} \u{200f}",
    "\u{200b}\u{feff}\u{2060}",
    "a\u{0}b",
    "'; DROP TABLE members; --",
    "%00%ff../../etc/passwd",
    "e\u{301}\u{301}\u{301}\u{301}\u{301} \u{1f469}\u{200d}\u{1f4bb} \u{10ffff}",
];

/// Whether the operation reads JSON.
fn takes_json(operation: &Operation) -> bool {
    operation.said.pointer("/requestBody/content/application~1json").is_some()
}

/// The leaves and containers of a JSON value, each by its pointer.
fn places(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(i, value)| (i.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, child) in children {
        found.extend(places(child).into_iter().map(|place| format!("/{name}{place}")));
    }
    found
}

/// `/week/0/1` as problems write it: `week[0][1]`.
fn as_field(place: &str) -> String {
    place.split('/').skip(1).fold(String::new(), |field, part| match part.parse::<usize>() {
        Ok(number) => format!("{field}[{number}]"),
        Err(_) if field.is_empty() => part.to_owned(),
        Err(_) => format!("{field}.{part}"),
    })
}

fn with(body: &Value, place: &str, value: Value) -> Value {
    let mut body = body.clone();
    *body.pointer_mut(place).unwrap() = value;
    body
}

/// Sends a changed body as its rightful sender.
async fn send(app: &App, world: &World<'_>, call: &Call, body: &Value) -> Answer {
    Call { body: Some(body.clone()), ..call.clone() }.by(&app.by(&world.camila)).await
}

/// A refusal of the form: not understood, and this field, or one around it, is why.
fn assert_names(answer: &Answer, place: &str, body: &Value) {
    let (status, problem) = (answer.status.as_u16(), answer.json());
    assert!(status == 400 || status == 422, "{} took {body}: {status} {problem}", answer.request);
    let (named, wrong) = (problem["field"].as_str().unwrap_or_default(), as_field(place));
    // The address of a field in an alternative (`budget`) ends at the alternative.
    let fits =
        !named.is_empty() && (wrong.starts_with(named) || wrong.is_empty() || named.starts_with(&wrong));
    assert!(fits, "{}: {named:?} is named, {wrong:?} was wrong in {body}: {problem}", answer.request);
}

/// The operations of one half of the specification, so that two tests share the work.
fn half(app: &App, number: usize) -> Vec<Operation> {
    app.specification.operations.iter().skip(number).step_by(2).cloned().collect()
}

async fn wrong_types_and_unknown_and_missing_fields(app: &App, number: usize) {
    let world = World::new(app).await;
    for operation in half(app, number).iter().filter(|operation| takes_json(operation)) {
        let call = call(app, &world, &operation.id).await;
        let Some(body) = call.body.clone() else { panic!("{} has no body in requests.rs", operation.id) };
        let before = world.heads().await;
        for place in places(&body) {
            let kept = body.pointer(&place).unwrap().clone();
            let wrong: Vec<Value> = match &kept {
                Value::Object(_) => vec![json!(1), json!("x"), json!([1]), json!(true)],
                Value::Array(_) => vec![json!(1), json!("x"), json!({ "a": 1 })],
                Value::String(_) => {
                    vec![json!(1), json!(-1.5e300), json!(["x"]), json!({ "a": 1 }), json!(true)]
                }
                // A measure may be any number.
                Value::Number(number) if number.is_f64() => {
                    vec![json!("1"), json!([1]), json!({}), json!(true)]
                }
                Value::Number(_) => vec![json!("1"), json!(1.5), json!([1]), json!({}), json!(u64::MAX)],
                Value::Bool(_) => vec![json!("true"), json!(1), json!([]), json!({})],
                Value::Null => vec![json!(1), json!([1])],
            };
            for value in wrong {
                let body = with(&body, &place, value);
                assert_names(&send(app, &world, &call, &body).await, &place, &body);
            }
            if let Value::Object(fields) = &kept {
                let mut more = kept.clone();
                more["unheard_of"] = json!(1);
                let body_with_more = with(&body, &place, more);
                let answer = send(app, &world, &call, &body_with_more).await;
                answer.expect(400);
                let inner = format!("{place}/unheard_of");
                assert_names(&answer, &inner, &body_with_more);
                for name in fields.keys() {
                    missing(app, &world, operation, &call, &body, &place, name).await;
                }
            }
        }
        assert_eq!(world.heads().await, before, "{} wrote something", operation.id);
    }
}

/// A body without a field that the specification demands.
async fn missing(
    app: &App,
    world: &World<'_>,
    operation: &Operation,
    call: &Call,
    body: &Value,
    place: &str,
    name: &str,
) {
    let mut less = body.clone();
    less.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(name);
    let schema = operation.said.pointer("/requestBody/content/application~1json/schema/$ref").unwrap();
    let schema = schema.as_str().unwrap().rsplit('/').next().unwrap();
    if app.specification.problems(schema, &less).is_empty() {
        return;
    }
    let answer = send(app, world, call, &less).await;
    answer.expect(400);
    assert_names(&answer, &format!("{place}/{name}"), &less);
}

both!(
    async fn a_wrong_unknown_or_missing_field_is_named_1(app: &App) {
        wrong_types_and_unknown_and_missing_fields(app, 0).await;
    }
);

both!(
    async fn a_wrong_unknown_or_missing_field_is_named_2(app: &App) {
        wrong_types_and_unknown_and_missing_fields(app, 1).await;
    }
);

/// Every text replaced by strange ones. What is taken must be harmless; what is refused must leave
/// everything as it was.
async fn strange_texts(app: &App, number: usize) {
    let world = World::new(app).await;
    for operation in half(app, number).iter().filter(|operation| takes_json(operation)) {
        let body = call(app, &world, &operation.id).await.body.unwrap();
        for place in places(&body) {
            if !body.pointer(&place).unwrap().is_string() {
                continue;
            }
            // Of what is no text of people, a few strange ones are enough.
            let is_text = body.pointer(&place).unwrap().as_str().unwrap().contains(' ');
            let texts = if is_text { &TEXTS[..] } else { &TEXTS[5..8] };
            let mut strange: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            strange.push("a".repeat(150_000));
            strange.push("Mars/Olympus_Mons".to_owned());
            strange.push("+999999-12-31T23:59:59Z".to_owned());
            strange.push("9999-12-30T21:59:59.999999Z".to_owned());
            strange.push("-009998-01-02T00:00:00Z".to_owned());
            strange.push("2026-02-30T25:61".to_owned());
            let mut new = call(app, &world, &operation.id).await;
            for text in strange {
                let before = world.heads().await;
                let changed = with(new.body.as_ref().unwrap(), &place, json!(text));
                let answer = send(app, &world, &new, &changed).await;
                if answer.status.is_success() {
                    assert_harmless(&answer);
                    // What was taken cannot be sent twice.
                    new = call(app, &world, &operation.id).await;
                } else {
                    assert_eq!(world.heads().await, before, "{} was refused and wrote", answer.request);
                }
                if [400, 422].contains(&answer.status.as_u16()) {
                    let named = answer.json()["field"].as_str().unwrap_or_default().to_owned();
                    assert!(!named.is_empty(), "{} names no field: {:?}", answer.request, answer.json());
                }
            }
        }
    }
}

/// No answer carries live script in what it calls HTML.
fn assert_harmless(answer: &Answer) {
    fn walk(name: &str, value: &Value, request: &str) {
        match value {
            Value::String(text) if name.ends_with("html") => {
                for live in ["<script", "<iframe", "<img", "href=\"javascript"] {
                    assert!(!text.to_lowercase().contains(live), "{request} answered {text}");
                }
            }
            Value::Object(fields) => fields.iter().for_each(|(name, value)| walk(name, value, request)),
            Value::Array(items) => items.iter().for_each(|value| walk(name, value, request)),
            _ => {}
        }
    }
    if answer.header("content-type") == "application/json" {
        walk("", &answer.json(), &answer.request);
    }
}

both!(
    async fn strange_texts_are_harmless_1(app: &App) {
        strange_texts(app, 0).await;
    }
);

both!(
    async fn strange_texts_are_harmless_2(app: &App) {
        strange_texts(app, 1).await;
    }
);

both!(
    async fn what_is_no_json_is_not_understood(app: &App) {
        let world = World::new(app).await;
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let huge = format!("{{\"id\":\"{}\"}}", "a".repeat(1024 * 1024));
        for operation in app.specification.operations.iter().filter(|operation| takes_json(operation)) {
            let call = call(app, &world, &operation.id).await;
            let before = world.heads().await;
            let good = call.body.as_ref().unwrap().to_string();
            let name = call.body.as_ref().unwrap().as_object().unwrap().keys().next().unwrap().clone();
            let twice = good.replacen('{', &format!("{{{}:null,", json!(name)), 1);
            let sender = app.by(&world.camila);
            let raw = |media_type: &str, bytes: Vec<u8>| {
                sender.send(call.method.clone(), &call.path).bytes(media_type, bytes)
            };
            let json = "application/json";
            for broken in [&b"{"[..], b"nonsense", b"\xef\xbb\xbf{}", deep.as_bytes()] {
                raw(json, broken.to_vec()).await.refuses(400, "body");
            }
            for broken in [&b"{\"a\":\"\xff\xfe\"}"[..], b"\"\xff\"", b"{} {}"] {
                let problem = raw(json, broken.to_vec()).await.expect(400);
                assert!(problem["field"].is_string(), "{problem}");
            }
            for other in ["null", "[]", "1", "\"x\""] {
                raw(json, other.into()).await.refuses(400, "body");
            }
            let repeated = raw(json, twice.into()).await;
            assert!([400, 422].contains(&repeated.status.as_u16()), "{}: {}", operation.id, repeated.status);
            raw(json, huge.clone().into()).await.expect(413);
            for other in [
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data",
                "application/jsonx",
            ] {
                raw(other, good.clone().into()).await.expect(415);
            }
            assert_eq!(world.heads().await, before, "{} wrote something", operation.id);
        }
    }
);

both!(
    async fn an_address_of_nothing_is_not_found(app: &App) {
        let world = World::new(app).await;
        let zoe = world.zoe.id.to_string();
        for operation in app.specification.operations.iter().filter(|operation| operation.path.contains('{'))
        {
            let before = world.heads().await;
            let call = call(app, &world, &operation.id).await;
            let after_making = world.heads().await;
            assert!(after_making.0 >= before.0);
            for strange in [
                "x",
                "%00",
                "%20",
                "%ff%fe",
                "%E2%80%AE",
                "..%2f..%2fetc",
                "mem_",
                "NULL",
                "-1",
                "0",
                zoe.as_str(),
                world.elsewhere.as_str(),
                "mem_zzzzzzzzzzzzzzzzzzzzzzzzzz",
                "%3Cscript%3E",
                &"a".repeat(3000),
            ] {
                // The last parameter of the address, or the only one.
                let words: Vec<&str> = operation.path.split('/').collect();
                let place = words.iter().rposition(|word| word.starts_with('{')).unwrap();
                let mut path: Vec<&str> = call.path.split('/').collect();
                path[place] = strange;
                let strange_call = Call { path: path.join("/"), ..call.clone() };
                let answer = strange_call.by(&app.by(&world.camila)).await;
                let status = answer.status.as_u16();
                // Any short text is a word to respond with.
                let is_word = operation.path.ends_with("{word}");
                let fine = status == 404 || (is_word && [200, 422].contains(&status)) || status == 403;
                assert!(fine, "{} {status}: {}", answer.request, String::from_utf8_lossy(&answer.body));
                if !is_word {
                    assert_eq!(world.heads().await, after_making, "{} wrote something", answer.request);
                }
            }
        }
    }
);

both!(
    async fn a_strange_query_is_not_understood(app: &App) {
        let world = World::new(app).await;
        let thread = world.thread(&world.camila, &world.delivery, "Pages").await;
        let camila = app.by(&world.camila);
        for operation in
            app.specification.operations.iter().filter(|operation| operation.method == Method::GET)
        {
            let call = call(app, &world, &operation.id).await;
            let parameters = operation.said["parameters"].as_array().cloned().unwrap_or_default();
            let in_query = parameters.iter().filter(|parameter| parameter["in"] == "query");
            for parameter in in_query {
                let name = parameter["name"].as_str().unwrap();
                let path = call.path.split('?').next().unwrap();
                let required = call.path.split_once('?').map(|(_, query)| query).unwrap_or_default();
                let others: Vec<&str> = required
                    .split('&')
                    .filter(|pair| !pair.is_empty() && !pair.starts_with(&format!("{name}=")))
                    .collect();
                for value in [
                    "",
                    "0",
                    "-1",
                    "201",
                    "9223372036854775807",
                    "-9223372036854775808",
                    "99999999999999999999",
                    "x",
                    "%00",
                    "%ff",
                    "1.5",
                    "null",
                    "%E2%80%AE",
                    "1.1",
                    "0.x",
                    "%27%22%2A%28",
                    &"9".repeat(5000),
                ] {
                    let address =
                        format!("{path}?{}", [&others[..], &[&format!("{name}={value}")]].concat().join("&"));
                    let answer = camila.get(&address).await;
                    let status = answer.status.as_u16();
                    assert!([200, 400, 422].contains(&status), "{address}: {status}");
                    if status != 200 {
                        let named = answer.json()["field"].as_str().unwrap_or_default().to_owned();
                        assert_eq!(named, name, "{address}");
                    }
                }
            }
            if parameters.iter().any(|parameter| parameter["in"] == "query") {
                let joint = if call.path.contains('?') { '&' } else { '?' };
                camila.get(&format!("{}{joint}unheard_of=1", call.path)).await.refuses(400, "unheard_of");
            }
        }
        let posts = format!("/topics/{}/posts", thread.id);
        camila.get(&format!("{posts}?limit=0")).await.refuses(400, "limit");
        camila.get(&format!("{posts}?limit=201")).await.refuses(400, "limit");
    }
);

both!(
    async fn an_id_of_another_workspace_names_nothing(app: &App) {
        let world = World::new(app).await;
        let others = [
            ("mem", world.zoe.id.to_string()),
            ("spc", world.elsewhere.clone()),
            ("top", world.thread(&world.zoe, &world.elsewhere, "Not yours").await.id),
        ];
        for operation in app.specification.operations.iter().filter(|operation| takes_json(operation)) {
            let body = call(app, &world, &operation.id).await.body.unwrap();
            for place in places(&body) {
                let Some(kept) = body.pointer(&place).unwrap().as_str() else { continue };
                // An id that the sender makes is not an id of anything.
                let is_new = place == "/id" || place == "/post/id" || place == "/ask/id";
                // A draft is its author's alone and is kept as it is; where it goes is checked when it
                // is sent, under ids that its author makes.
                let is_new = is_new || ["save_draft", "send_draft"].contains(&operation.id.as_str());
                let Some((_, other)) =
                    others.iter().find(|(prefix, _)| kept.starts_with(&format!("{prefix}_")))
                else {
                    continue;
                };
                if is_new {
                    continue;
                }
                let new = call(app, &world, &operation.id).await;
                let before = world.heads().await;
                let answer =
                    send(app, &world, &new, &with(new.body.as_ref().unwrap(), &place, json!(other))).await;
                let status = answer.status.as_u16();
                assert!(
                    [404, 422].contains(&status),
                    "{} took {place} of another workspace: {status}",
                    operation.id
                );
                assert_eq!(world.heads().await, before);
            }
        }
    }
);

both!(
    async fn a_made_id_that_exists_elsewhere_harms_nobody(app: &App) {
        // Ids are unique in a workspace; the same id in another one is another thing.
        let world = World::new(app).await;
        let theirs = world.thread(&world.zoe, &world.elsewhere, "Theirs").await;
        let new = json!({ "id": theirs.id, "kind": "thread", "title": "Mine", "space": world.company,
            "post": { "id": theirs.post, "source": "Mine" } });
        let mine = app.by(&world.camila).post("/topics", new.clone()).await;
        assert_eq!(mine.row("topics", &theirs.id)["title"], "Mine");
        let kept = app.by(&world.zoe).get(&format!("/topics/{}", theirs.id)).await.ok();
        assert_eq!(kept["topic"]["title"], "Theirs");
        let before = world.heads().await;
        app.by(&world.jonas).post("/topics", new).await.expect(409);
        let again = json!({ "id": theirs.post, "source": "Again" });
        app.by(&world.jonas).post(&format!("/topics/{}/posts", theirs.id), again).await.expect(409);
        assert_eq!(world.heads().await, before);
    }
);
