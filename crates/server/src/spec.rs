//! The specification of the API, OpenAPI 3.1, generated from the handlers' own types.

use edge::Problem;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, ObjectBuilder, OpenApi as Document, RefOr, Required,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        schema::Type,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::live::{LiveChange, Reload};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Meridian",
        description = "Everything that the web client does, it does through this API. Times are RFC 3339 in UTC. \
            Ids are a prefix and 26 base32 characters, made by whoever creates the thing (UUIDv7). \
            Errors are RFC 9457 problem details that name the field.",
        license(name = "AGPL-3.0-or-later", identifier = "AGPL-3.0-or-later"),
    ),
    components(schemas(Problem, LiveChange, Reload)),
    modifiers(&SignIn),
    security(("session" = []), ("token" = [])),
)]
pub(crate) struct Base;

/// The two ways to be somebody: a browser's cookie, a program's token.
struct SignIn;

impl Modify for SignIn {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let cookie = ApiKey::Cookie(ApiKeyValue::new("meridian_session"));
        components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// The whole specification.
pub fn document() -> Document {
    finished(crate::router::api_router().split_for_parts().1)
}

/// Adds what the routes do not say one by one: every write that answers [`edge::Written`] can be
/// repeated with its `Idempotency-Key`, and a success is described, which OpenAPI 3.1 demands.
pub(crate) fn finished(mut document: Document) -> Document {
    for item in document.paths.paths.values_mut() {
        let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        all.into_iter().flatten().for_each(describe_successes);
        let operations = [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten().filter(|operation| answers_written(operation)) {
            operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
        }
    }
    document
}

fn describe_successes(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            let description = if status == "201" { "Made" } else { "The answer" };
            description.clone_into(&mut response.description);
        }
    }
}

fn answers_written(operation: &Operation) -> bool {
    let Some(RefOr::T(success)) = operation.responses.responses.get("200") else { return false };
    success.content.values().any(|content| match content {
        RefOr::T(Content { schema: Some(RefOr::Ref(schema)), .. }) => {
            schema.ref_location.ends_with("/Written")
        }
        _ => false,
    })
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "1 to 64 letters, digits, _ and -. A retried key gets the first answer again; the same key with \
             another request is refused.",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[A-Za-z0-9_-]{1,64}$"))))
        .build()
}
