use axum::{
    body::Body,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use edge::{App, Json, Params, Path, Problem, Problems};
use futures::{StreamExt, TryStreamExt};
use people::SignedIn;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::read;
use crate::{
    FileId,
    files::{self, FileCard, StoredFile, Upload},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(upload)).routes(routes!(content))
}

/// How the file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UploadParams {
    /// The file's name, 1 to 200 characters.
    name: String,
}

/// The bytes of a file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
struct FileBytes(#[expect(dead_code, reason = "it only names the bytes in the specification")] Vec<u8>);

/// The bytes of a request with what it says they are.
struct Content {
    media_type: String,
    body: Body,
}

impl<S: Send + Sync> FromRequest<S> for Content {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        Ok(Self {
            media_type: media_type.unwrap_or("application/octet-stream").to_owned(),
            body: request.into_body(),
        })
    }
}

/// Upload a file; a post can then carry it
#[utoipa::path(post, path = "/files", tag = "files", operation_id = "upload_file", params(UploadParams),
    request_body(content = FileBytes, content_type = "*/*",
        description = "The bytes, at most 100 MiB; Content-Type says what they are"),
    responses((status = 201, body = FileCard), Problems))]
async fn upload(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Params(params): Params<UploadParams>,
    content: Content,
) -> Result<(StatusCode, Json<FileCard>), Problem> {
    let mut head = Vec::new();
    let bytes = content.body.into_data_stream().inspect_ok(|chunk| {
        if head.len() < files::HEAD {
            head.extend_from_slice(chunk);
        }
    });
    let blob = app.context.blobs.put_stream(bytes, files::LARGEST).await.map_err(blob_problem)?;
    let upload = Upload {
        id: app.context.ids.make(),
        name: params.name,
        media_type: content.media_type,
        size: blob.size,
        hash: blob.hash,
        pixels: files::pixels(&head),
    };
    let written =
        app.context.db.write(move |tx| async move { files::register(&tx, &actor, &upload).await }).await;
    Ok((StatusCode::CREATED, Json(written.map_err(Problem::from)?.value)))
}

fn blob_problem(error: store::Error) -> Problem {
    match &error {
        store::Error::Blob(store::BlobError::TooLarge { .. }) => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "A file can have at most 100 MiB.")
        }
        store::Error::Blob(store::BlobError::Source(_)) => {
            Problem::malformed("body", "the upload broke off before its end")
        }
        _ => Problem::internal(&error),
    }
}

/// The content of a file; ranges work
#[utoipa::path(get, path = "/files/{file}/content", tag = "files", operation_id = "read_file",
    params(("file" = FileId, Path), ("Range" = Option<String>, Header, description = "`bytes=first-last`")),
    responses((status = 200, description = "All of it", body = FileBytes, content_type = "*/*"),
        (status = 206, description = "The range", body = FileBytes, content_type = "*/*"),
        (status = 304, description = "The client has it"),
        (status = 416, description = "No such range"), Problems))]
async fn content(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Path(id): Path<FileId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let file = read(&app, actor, move |tx, actor| async move { files::see(&tx, &actor, id).await }).await?;
    send(&app, &file, &headers).await
}

/// Media types that a browser may show in the page; everything else is a download. Nothing here
/// can run script in the site's origin.
const INLINE: [&str; 10] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "audio/mpeg",
    "audio/ogg",
    "video/mp4",
    "video/webm",
    "text/plain",
];

async fn send(app: &App, file: &StoredFile, request: &HeaderMap) -> Result<Response, Problem> {
    let tag = format!("\"{}\"", file.hash);
    let text = |name: header::HeaderName| request.get(name).and_then(|value| value.to_str().ok());
    if text(header::IF_NONE_MATCH).is_some_and(|known| known == tag) {
        return Ok(answer(StatusCode::NOT_MODIFIED, &tag, file, Body::empty()));
    }
    let size = file.card.size;
    match text(header::RANGE).map(|range| range_of(range, size)) {
        Some(Some(range)) => {
            let said = format!("bytes {}-{}/{size}", range.start, range.end - 1);
            let length = range.end - range.start;
            let stream = app.context.blobs.get_range(&file.hash, range).await?;
            let mut response =
                answer(StatusCode::PARTIAL_CONTENT, &tag, file, Body::from_stream(stream.boxed()));
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            headers.insert(header::CONTENT_RANGE, plain(&said));
            Ok(response)
        }
        Some(None) => {
            let mut response = answer(StatusCode::RANGE_NOT_SATISFIABLE, &tag, file, Body::empty());
            response.headers_mut().insert(header::CONTENT_RANGE, plain(&format!("bytes */{size}")));
            Ok(response)
        }
        None => {
            let stream = app.context.blobs.get(&file.hash).await?;
            let mut response = answer(StatusCode::OK, &tag, file, Body::from_stream(stream.boxed()));
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(size));
            Ok(response)
        }
    }
}

fn answer(status: StatusCode, tag: &str, file: &StoredFile, body: Body) -> Response {
    let inline = INLINE.contains(&file.card.media_type.as_str());
    let media_type = match file.card.media_type.as_str() {
        "text/plain" => "text/plain; charset=utf-8",
        known if inline => known,
        _ => "application/octet-stream",
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, plain(media_type));
    headers.insert(header::CONTENT_DISPOSITION, plain(&disposition(inline, &file.card.name)));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, plain(tag));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    );
    response
}

/// A header value of visible ASCII; anything else in it is dropped before.
fn plain(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

/// RFC 6266, with the name in UTF-8 by RFC 8187.
fn disposition(inline: bool, name: &str) -> String {
    let kind = if inline { "inline" } else { "attachment" };
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            encoded.push(byte as char);
        } else {
            use std::fmt::Write;
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("{kind}; filename*=UTF-8''{encoded}")
}

/// The one range of `bytes=first-last`, `bytes=first-` or `bytes=-count`; None: not satisfiable.
/// Several ranges are answered as if the first had been asked for alone.
fn range_of(header: &str, size: u64) -> Option<std::ops::Range<u64>> {
    let (first, last) = header.strip_prefix("bytes=")?.split(',').next()?.trim().split_once('-')?;
    let range = match (first.parse::<u64>().ok(), last.parse::<u64>().ok()) {
        (Some(first), Some(last)) => first..last.saturating_add(1).min(size),
        (Some(first), None) if last.is_empty() => first..size,
        (None, Some(count)) if first.is_empty() => size.saturating_sub(count)..size,
        _ => return None,
    };
    (range.start < range.end).then_some(range)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges_are_read() {
        assert_eq!(range_of("bytes=0-9", 100), Some(0..10));
        assert_eq!(range_of("bytes=90-", 100), Some(90..100));
        assert_eq!(range_of("bytes=-10", 100), Some(90..100));
        assert_eq!(range_of("bytes=50-500", 100), Some(50..100));
        assert_eq!(range_of("bytes=100-", 100), None);
        assert_eq!(range_of("bytes=9-3", 100), None);
        assert_eq!(range_of("lines=1-2", 100), None);
    }

    proptest! {
        #[test]
        fn a_range_lies_in_the_file(header: String, size in 0..1_000_000_u64) {
            for text in [header.clone(), format!("bytes={header}")] {
                if let Some(range) = range_of(&text, size) {
                    prop_assert!(range.start < range.end && range.end <= size);
                }
            }
        }

        #[test]
        fn names_fit_a_header(name: String) {
            prop_assert!(HeaderValue::from_str(&disposition(false, &name)).is_ok());
        }
    }
}
