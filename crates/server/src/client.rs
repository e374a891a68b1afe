//! The web client: static files embedded in the binary, compressed when they were built.

use std::sync::OnceLock;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// What the client's build left in `web/dist`; in debug builds read from there at each request.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Files;

/// Scripts, styles and pictures come from here, nothing else does; nobody may frame the page. Of scripts in the page
/// itself only those that the build put there run.
const POLICY: &str = "default-src 'self'; script-src 'self'{}; img-src 'self' data: blob:; media-src 'self' blob:; \
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
    headers.insert(header::CONTENT_SECURITY_POLICY, policy());
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

/// The policy with the hashes of the scripts in the page. A debug build reads its files at each request, so the page may
/// have changed.
fn policy() -> HeaderValue {
    static POLICY_OF_BUILD: OnceLock<HeaderValue> = OnceLock::new();
    if cfg!(debug_assertions) { policy_now() } else { POLICY_OF_BUILD.get_or_init(policy_now).clone() }
}

fn policy_now() -> HeaderValue {
    let page = Files::get("index.html").map(|page| String::from_utf8_lossy(&page.data).into_owned());
    let page = page.unwrap_or_default();
    let hashes: Vec<String> = scripts_in(&page)
        .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script))))
        .collect();
    HeaderValue::try_from(POLICY.replacen("{}", &hashes.concat(), 1))
        .unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// The texts of the scripts that stand in a page; those with attributes are files.
fn scripts_in(page: &str) -> impl Iterator<Item = &str> {
    page.split("<script>").skip(1).filter_map(|rest| rest.split_once("</script>").map(|(script, _)| script))
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
    use super::{is_file_name, scripts_in};

    #[test]
    fn only_scripts_that_stand_in_the_page_are_found() {
        let page =
            "<head><script>a < b</script><script type=\"module\" src=\"/x.js\"></script><script>c</script>";
        assert_eq!(scripts_in(page).collect::<Vec<_>>(), ["a < b", "c"]);
        assert_eq!(scripts_in("<p>").count(), 0);
        assert_eq!(scripts_in("<script>never ended").count(), 0);
    }

    #[test]
    fn an_address_of_days_is_a_place_and_no_file() {
        assert!(is_file_name("index-1a2b.js"));
        assert!(is_file_name("font.woff2"));
        assert!(!is_file_name("2025-10-06..2025-10-17"));
        assert!(!is_file_name("k3qf7-route-without-signal"));
        assert!(!is_file_name(""));
    }
}
