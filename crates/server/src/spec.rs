//! The specification of the API, OpenAPI 3.1, generated from the handlers' own types.

use edge::Problem;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
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
    crate::router::api_router().split_for_parts().1
}
