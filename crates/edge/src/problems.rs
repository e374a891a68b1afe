use std::collections::BTreeMap;

use axum::http::StatusCode;
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Content, Ref, RefOr, Response, ResponseBuilder},
};

use crate::Problem;

/// The problem details that any operation for signed-in members may answer with. Name it among an
/// operation's `responses` so that the specification says so in one word.
#[derive(Debug)]
pub struct Problems;

/// What each status means here.
const MEANINGS: [(StatusCode, &str); 12] = [
    (StatusCode::BAD_REQUEST, "Not understood: malformed, a wrong type, or an unknown field, which is named"),
    (StatusCode::UNAUTHORIZED, "Nobody is signed in"),
    (StatusCode::FORBIDDEN, "The actor may see it and may not do this"),
    (StatusCode::NOT_FOUND, "It does not exist, or the actor may not know that it does"),
    (StatusCode::REQUEST_TIMEOUT, "It did not arrive in time; send it again"),
    (StatusCode::CONFLICT, "It is no longer in the state that the request took for granted"),
    (StatusCode::PAYLOAD_TOO_LARGE, "Larger than this address takes"),
    (StatusCode::UNSUPPORTED_MEDIA_TYPE, "Not the media type that this address takes"),
    (StatusCode::UNPROCESSABLE_ENTITY, "A rule refused a value; the field is named"),
    (StatusCode::TOO_MANY_REQUESTS, "Too many attempts; Retry-After says when to come back"),
    (StatusCode::INTERNAL_SERVER_ERROR, "An error of ours; the id names the entry in the log"),
    (StatusCode::SERVICE_UNAVAILABLE, "Very busy; nothing was done, and Retry-After says when to come back"),
];

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let schema = Ref::from_schema_name(Problem::name());
        MEANINGS
            .into_iter()
            .map(|(status, meaning)| {
                let response = ResponseBuilder::new()
                    .description(meaning)
                    .content("application/problem+json", Content::new(Some(schema.clone())))
                    .build();
                (status.as_str().to_owned(), RefOr::T(response))
            })
            .collect()
    }
}
