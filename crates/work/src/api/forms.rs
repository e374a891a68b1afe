use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use edge::{App, Path, Problem, Problems, Rate};
use kernel::Refusal;
use people::Visitor;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Error, Result,
    forms::{self, Filled, OpenForm, page, page::Language},
};

/// How much may be sent through one form from one address: ten at once, then one a minute.
const PER_ADDRESS: Rate = Rate { burst: 10, seconds_each: 60 };
/// And through one form from everywhere.
const PER_FORM: Rate = Rate { burst: 120, seconds_each: 10 };
/// How often pages of forms are looked at from one address: who guesses gets nowhere.
const LOOKS: Rate = Rate { burst: 120, seconds_each: 1 };
/// The largest body, in bytes.
const LARGEST: usize = 64 * 1024;
/// The most fields that are read.
const MOST_FIELDS: usize = 60;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_form, send_form))
}

/// A page.
#[derive(ToSchema)]
#[schema(value_type = String)]
struct FormPage(#[expect(dead_code, reason = "it only names the text in the specification")] String);

/// The page of a form, for anybody who has its address
#[utoipa::path(get, path = "/f/{secret}", tag = "work", operation_id = "show_form", security(()),
    params(("secret" = String, Path)),
    responses(Problems, (status = 200, description = "A page with the form", body = FormPage, content_type = "text/html"),
        (status = 404, description = "A page that says so", content((FormPage = "text/html"), (Problem = "application/problem+json"))),
        (status = 429, description = "A page that says so", content((FormPage = "text/html"), (Problem = "application/problem+json")))))]
async fn show_form(
    State(app): State<App>,
    Path(secret): Path<String>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let language = Language::of(&headers);
    let now = app.context.clock.now();
    if app.limits.attempt(format!("forms from {}", visitor.address), LOOKS, now).is_err() {
        return Ok(answer(StatusCode::TOO_MANY_REQUESTS, page::too_many(language)));
    }
    match found(&app, secret).await? {
        Some(form) => Ok(answer(StatusCode::OK, page::form(language, &form, &Filled::new(), &Vec::new()))),
        None => Ok(answer(StatusCode::NOT_FOUND, page::gone(language))),
    }
}

/// Send a form: it becomes a task
#[utoipa::path(post, path = "/f/{secret}", tag = "work", operation_id = "send_form", security(()),
    params(("secret" = String, Path)),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(Problems, (status = 200, description = "A page that says that it was sent", body = FormPage, content_type = "text/html"),
        (status = 404, description = "A page that says so", content((FormPage = "text/html"), (Problem = "application/problem+json"))),
        (status = 413, description = "A page that says so", content((FormPage = "text/html"), (Problem = "application/problem+json"))),
        (status = 422, description = "The form, with what is wrong", content((FormPage = "text/html"), (Problem = "application/problem+json"))),
        (status = 429, description = "A page that says so", content((FormPage = "text/html"), (Problem = "application/problem+json")))))]
async fn send_form(
    State(app): State<App>,
    Path(secret): Path<String>,
    visitor: Visitor,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let language = Language::of(&headers);
    let Some(form) = found(&app, secret.clone()).await? else {
        return Ok(answer(StatusCode::NOT_FOUND, page::gone(language)));
    };
    let now = app.context.clock.now();
    let by_address = format!("form {} from {}", form.form.id, visitor.address);
    let within = app.limits.attempt(by_address, PER_ADDRESS, now);
    if within.and_then(|()| app.limits.attempt(format!("form {}", form.form.id), PER_FORM, now)).is_err() {
        return Ok(answer(StatusCode::TOO_MANY_REQUESTS, page::too_many(language)));
    }
    if body.len() > LARGEST {
        return Ok(answer(StatusCode::PAYLOAD_TOO_LARGE, page::too_large(language)));
    }
    let filled: Filled = form_urlencoded::parse(&body)
        .take(MOST_FIELDS)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    if filled.get(forms::TRAP).is_some_and(|text| !text.is_empty()) {
        // A program filled in what people do not see. It need not know.
        return Ok(answer(StatusCode::OK, page::thanks(language, &form)));
    }
    let (ids, sent) = (app.context.ids.clone(), filled.clone());
    let written = app.context.db.write(move |tx| async move {
        // Read again: it may have been closed meanwhile.
        let form = forms::open(&tx, ids, now, &secret).await?;
        forms::send(&tx, &form, &sent).await
    });
    match written.await {
        Ok(done) => match done.value {
            Ok(_) => Ok(answer(StatusCode::OK, page::thanks(language, &form))),
            Err(wrong) => {
                Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, page::form(language, &form, &filled, &wrong)))
            }
        },
        Err(Error::Refused(Refusal::NotFound { .. })) => {
            Ok(answer(StatusCode::NOT_FOUND, page::gone(language)))
        }
        Err(error) => Err(error.into()),
    }
}

async fn found(app: &App, secret: String) -> Result<Option<OpenForm>, Problem> {
    let (ids, now) = (app.context.ids.clone(), app.context.clock.now());
    match app.context.db.read(move |tx| async move { forms::open(&tx, ids, now, &secret).await }).await {
        Ok(form) => Ok(Some(form)),
        Err(Error::Refused(Refusal::NotFound { .. })) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn answer(status: StatusCode, html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ];
    (status, headers, html).into_response()
}
