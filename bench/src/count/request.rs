//! One kind of request, answered in process on one thread some number of times: what is counted.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::{Context as _, ensure};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Method, Request, header},
};
use clap::{Args, ValueEnum};
use kernel::{Clock, Ids};
use serde_json::json;
use store::{Blobs, Db, Options};
use tokio::sync::watch;
use tower::ServiceExt as _;

use crate::data::manifest::{Manifest, Part};

/// The seed of the ids of what is written.
const SEED: u64 = 1;

/// What is answered how often.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The request
    #[arg(value_enum)]
    name: Name,
    /// How often
    #[arg(long)]
    repeats: u64,
    /// The workspace
    #[arg(long)]
    data: PathBuf,
}

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// The page of the client, for somebody who is not signed in
    Page,
    /// Whether the server is set up, and who asks
    State,
    /// Everything for the first screen
    Start,
    /// The inbox
    Inbox,
    /// A thread of 50 posts
    Thread,
    /// The front page of a space
    Space,
    /// The threads of a space
    Threads,
    /// A search for a common word
    Search,
    /// A post
    Post,
    /// A read mark
    Mark,
}

impl Name {
    /// Its name on the command line and in the file of counts.
    pub fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// Answers the requests.
pub async fn answer(arguments: Arguments) -> anyhow::Result<()> {
    let manifest = Manifest::read(&arguments.data)?;
    let clock = Clock::fixed(manifest.now.parse()?);
    let url = format!("sqlite:{}", arguments.data.join("meridian.db").display());
    let context = store::Context {
        db: Db::open(Options::new(url), &server::migrations()).await?,
        blobs: Blobs::local(arguments.data.join("files"))?,
        ids: Ids::seeded(SEED, clock.clone()),
        clock,
    };
    let (_stop, ended) = watch::channel(false);
    let app = edge::App { context: context.clone(), limits: edge::Limits::default(), site: Arc::default() };
    let router = server::api(app, server::Hub::new(context.db.clone(), ended));
    for number in 0..arguments.repeats {
        let request = request(arguments.name, &manifest, &context.ids, number)?;
        send(&router, request).await?;
    }
    context.db.close().await;
    Ok(())
}

fn request(name: Name, manifest: &Manifest, ids: &Ids, number: u64) -> anyhow::Result<Request<Body>> {
    let space = manifest.space(Part::Small)?;
    let fifty = manifest.fifty.first().context("there is no thread of 50 posts")?;
    let thread = space.threads.first().context("nothing was written in the space")?;
    let (method, path, body) = match name {
        Name::Page => (Method::GET, "/".to_owned(), None),
        Name::State => (Method::GET, "/api/v1/state".to_owned(), None),
        Name::Start => (Method::GET, "/api/v1/me".to_owned(), None),
        Name::Inbox => (Method::GET, "/api/v1/inbox".to_owned(), None),
        Name::Thread => (Method::GET, format!("/api/v1/topics/{}", fifty.id), None),
        Name::Space => (Method::GET, format!("/api/v1/spaces/{}", space.id), None),
        Name::Threads => (Method::GET, format!("/api/v1/spaces/{}/topics", space.id), None),
        Name::Search => (Method::GET, "/api/v1/search?q=route".to_owned(), None),
        Name::Post => {
            let post = ids.make::<topics::PostKind>();
            let body = json!({ "id": post, "source": "The **new route** works without a signal." });
            (Method::POST, format!("/api/v1/topics/{thread}/posts"), Some(body))
        }
        // There and back, so that each of them changes something.
        Name::Mark => {
            let body = json!({ "read_no": 1 + number % 2, "unread": true });
            (Method::PUT, format!("/api/v1/topics/{}/mark", fifty.id), Some(body))
        }
    };
    let mut request =
        Request::builder().method(method).uri(path).header(header::ACCEPT_ENCODING, "gzip, deflate, br");
    if name != Name::Page {
        let session = &manifest.person(fifty.person)?.session;
        request = request
            .header(header::COOKIE, format!("{}={session}", people::sessions::COOKIE))
            .header("sec-fetch-site", "same-origin");
    }
    let body = match body {
        Some(body) => {
            request = request
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", format!("{}-{number}", name.word()));
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    Ok(request.extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1)))).body(body)?)
}

async fn send(router: &Router, request: Request<Body>) -> anyhow::Result<()> {
    let path = request.uri().clone();
    let response = router.clone().oneshot(request).await?;
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await?;
    ensure!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&body));
    Ok(())
}
