use axum::http::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use crate::{Answer, schema};

/// The tables that rows of changes belong to, with the schemas of their rows.
pub(crate) const TABLES: &[(&str, &str)] = &[
    ("workspaces", "Workspace"),
    ("members", "Member"),
    ("spaces", "Space"),
    ("space_members", "SpaceMember"),
    ("topics", "Topic"),
    ("posts", "Post"),
    ("asks", "Ask"),
    ("marks", "Mark"),
    ("groups", "Group"),
    ("deliveries", "Delivery"),
    ("drafts", "Draft"),
    ("shows", "Show"),
    ("projects", "Project"),
    ("rhythms", "Rhythm"),
    ("tasks", "Task"),
    ("task_pages", "TaskPage"),
    ("goals", "Goal"),
    ("views", "View"),
    ("handoffs", "Handoff"),
];

/// One operation of the specification.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its name: `create_post`.
    pub id: String,
    /// Its method.
    pub method: Method,
    /// Its address with parameters in braces, below `/api/v1`.
    pub path: String,
    /// Everything that the document says about it.
    pub said: Value,
}

/// The OpenAPI document of the server.
pub struct Specification {
    /// As it is served.
    pub document: Value,
    /// All that can be asked.
    pub operations: Vec<Operation>,
}

impl Specification {
    /// Reads what the server says about itself.
    pub fn of_the_server() -> Self {
        let document = serde_json::to_value(server::document()).unwrap();
        let mut operations = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            let path = path.strip_prefix("/api/v1").unwrap_or_else(|| panic!("{path} is elsewhere"));
            for (method, said) in methods.as_object().unwrap() {
                let id = said["operationId"].as_str().unwrap_or_else(|| panic!("{path} has no name"));
                operations.push(Operation {
                    id: id.to_owned(),
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.to_owned(),
                    said: said.clone(),
                });
            }
        }
        Self { document, operations }
    }

    /// The operation behind a method and an address below `/api/v1`, query and all.
    pub fn find(&self, method: &Method, address: &str) -> Option<&Operation> {
        let path = address.split('?').next().unwrap_or_default();
        // A named segment counts more than a parameter: `/sessions/current`.
        let parameters = |operation: &&Operation| operation.path.matches('{').count();
        self.operations
            .iter()
            .filter(|operation| operation.method == *method && matches(&operation.path, path))
            .min_by_key(parameters)
    }

    /// What is wrong with a value by the schema of this name.
    pub fn problems(&self, schema: &str, value: &Value) -> Vec<String> {
        let reference = serde_json::json!({ "$ref": format!("#/components/schemas/{schema}") });
        schema::problems(&self.document, &reference, value)
    }

    /// Holds an answer, and the request that was accepted, against the document.
    pub(crate) fn check(
        &self,
        method: &Method,
        address: &str,
        headers: &HeaderMap,
        sent: &[u8],
        answer: &Answer,
    ) {
        let (status, asked) = (answer.status, &answer.request);
        let body = String::from_utf8_lossy(&answer.body);
        // A server elsewhere may fail without our fault, where the specification says so.
        let ours = status.is_server_error() && status != StatusCode::BAD_GATEWAY;
        assert!(!ours, "{asked}: {status} {body}");
        let operation = self
            .find(method, address.strip_prefix("/api/v1").unwrap_or_default())
            .unwrap_or_else(|| panic!("{asked} is not in the specification"));
        let promised = operation.said["responses"]
            .get(status.as_str())
            .unwrap_or_else(|| panic!("{asked}: {status} is not in the specification: {body}"));
        match promised["content"].as_object() {
            None => {
                assert!(answer.body.is_empty(), "{asked}: {status} has a body that is not specified: {body}");
            }
            Some(content) => self.check_body(content, answer),
        }
        if status.is_success() && headers.get("content-type").is_some_and(|value| value == "application/json")
        {
            self.check_accepted(operation, sent, asked);
        }
    }

    fn check_body(&self, content: &serde_json::Map<String, Value>, answer: &Answer) {
        let asked = &answer.request;
        let said = answer.header("content-type").split(';').next().unwrap_or_default().trim();
        let kind = said.split('/').next().unwrap_or_default();
        let described = content
            .get(said)
            .or_else(|| content.get(&format!("{kind}/*")))
            .or_else(|| content.get("*/*"))
            .unwrap_or_else(|| panic!("{asked}: {said:?} is none of {:?}", content.keys()));
        if said != "application/json" && said != "application/problem+json" {
            return;
        }
        let value = answer.json();
        let problems = schema::problems(&self.document, &described["schema"], &value);
        assert!(problems.is_empty(), "{asked}: {} is not as specified: {problems:#?}", answer.status);
        if answer.status.is_success() {
            self.check_rows(&value, asked);
        } else {
            assert_eq!(said, "application/problem+json", "{asked}");
            assert_eq!(value["status"], answer.status.as_u16(), "{asked}: {value}");
            assert_ne!(answer.status, StatusCode::OK);
        }
    }

    /// The rows of a write, or of the changes of a page of the log.
    pub(crate) fn check_rows(&self, answer: &Value, asked: &str) {
        for item in answer["items"].as_array().into_iter().flatten() {
            if item["verb"].is_string() {
                self.check_rows(item, asked);
            }
        }
        let Some(rows) = answer["rows"].as_array() else { return };
        for change in rows.iter().filter(|change| !change["row"].is_null()) {
            let table = change["table"].as_str().unwrap();
            let schema = TABLES.iter().find(|(known, _)| *known == table);
            let (_, schema) = schema.unwrap_or_else(|| panic!("{asked}: nobody knows the table {table}"));
            let problems = self.problems(schema, &change["row"]);
            assert!(problems.is_empty(), "{asked}: a row of {table} is not as specified: {problems:#?}");
        }
    }

    /// What the server accepted must have been described as acceptable.
    fn check_accepted(&self, operation: &Operation, sent: &[u8], asked: &str) {
        let schema = operation.said.pointer("/requestBody/content/application~1json/schema");
        let Some(schema) = schema else {
            let nothing = sent.is_empty() || sent == b"{}";
            return assert!(nothing, "{asked}: a body was accepted that is not specified");
        };
        let sent: Value = serde_json::from_slice(sent).unwrap();
        let problems = schema::problems(&self.document, schema, &sent);
        assert!(problems.is_empty(), "{asked}: this was accepted and is not specified: {problems:#?}");
    }
}

fn matches(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(wanted, segment)| wanted.starts_with('{') || wanted == segment)
}
