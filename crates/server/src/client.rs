//! The web client: static files embedded in the binary, compressed when they were built.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

/// What the client's build left in `web/dist`; in debug builds read from there at each request.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// Scripts, styles and pictures come from here, nothing else does; nobody may frame the page.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; \
    style-src 'self'; connect-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// Answers everything outside `/api`: a file of the client, else its page, whose router reads the address.
pub(crate) async fn serve(request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    match file(path, request.headers()) {
        Some(response) => response,
        // A name with an ending is a file that is not there; anything else is a place in the client.
        None if path.rsplit('/').next().is_some_and(is_file_name) => StatusCode::NOT_FOUND.into_response(),
        None => file("index.html", request.headers()).unwrap_or_else(|| {
            (StatusCode::NOT_FOUND, "The web client is not part of this build. Build it with: cd web && npm ci && npm run build\n")
                .into_response()
        }),
    }
}

fn file(path: &str, request: &HeaderMap) -> Option<Response> {
    // Compressed twins are answered under the name of the original only.
    if matches!(ending(path), "" | "br" | "gz") {
        return None;
    }
    let plain = Files::get(path)?;
    let accepts =
        request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accepts =
        |coding: &str| accepts.split(',').any(|part| part.split(';').next().unwrap_or("").trim() == coding);
    let (body, coding) = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(coding, _)| accepts(coding))
        .find_map(|(coding, ending)| Some((Files::get(&format!("{path}{ending}"))?.data, Some(coding))))
        .unwrap_or((plain.data, None));
    let tag = tag(&plain.metadata.sha256_hash());
    let known = request.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        axum::body::Body::from(body).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    // Names under assets/ carry the hash of what is in them.
    let caching =
        if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if let Some(coding) = coding.filter(|_| !known) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    Some(response)
}

fn tag(hash: &[u8]) -> String {
    use std::fmt::Write;
    let mut tag = String::from("\"");
    for byte in hash.iter().take(12) {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// Whether a name ends as files do. The days of an absence, `2025-10-06..2025-10-17`, do not.
fn is_file_name(name: &str) -> bool {
    let ending = ending(name);
    ending.starts_with(|c: char| c.is_ascii_alphabetic()) && ending.chars().all(|c| c.is_ascii_alphanumeric())
}

fn ending(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

fn media_type(path: &str) -> &'static str {
    match ending(path) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::is_file_name;

    #[test]
    fn an_address_of_days_is_a_place_and_no_file() {
        assert!(is_file_name("index-1a2b.js"));
        assert!(is_file_name("font.woff2"));
        assert!(!is_file_name("2025-10-06..2025-10-17"));
        assert!(!is_file_name("k3qf7-route-without-signal"));
        assert!(!is_file_name(""));
    }
}
