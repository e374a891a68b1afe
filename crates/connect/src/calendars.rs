//! Calendars of public holidays that members keep at an address.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use edge::App;
use people::{MemberId, WorkspaceId, holidays};
use serde::Deserialize;

use crate::{
    Result,
    outside::{Outside, Request},
};

/// Whose calendar is to be read.
#[derive(Deserialize)]
pub(crate) struct Fetch {
    member: MemberId,
}

/// Reads a member's calendar anew. What goes wrong is for the member to see, with the days of
/// before; it is tried again with the next turn.
pub(crate) async fn fetch(app: &App, workspace: WorkspaceId, fetch: Fetch) -> Result<()> {
    let member = fetch.member;
    let address = app
        .context
        .db
        .read(move |tx| async move { holidays::address_of(&tx, workspace, member).await })
        .await?;
    let Some(address) = address else { return Ok(()) };
    let read = read(&Outside::new(&app.site.outbound), &address).await;
    let now = app.context.clock.now();
    let written = app.context.db.write(move |tx| async move {
        match read {
            Ok(text) => holidays::replace(&tx, workspace, member, &address, &text, now).await,
            Err(problem) => holidays::could_not_fetch(&tx, workspace, member, &address, &problem).await,
        }
    });
    written.await?;
    Ok(())
}

/// The text at an address, or what is wrong.
async fn read(outside: &Outside, address: &str) -> Result<String, String> {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/calendar, text/plain;q=0.5"));
    let request = Request {
        method: Method::GET,
        address: address.to_owned(),
        headers,
        body: bytes::Bytes::new(),
        most: holidays::MOST_BYTES,
    };
    let answer = outside.send(request).await.map_err(|failure| failure.to_string())?;
    if !answer.status.is_success() {
        return Err(format!("the address answered with {}", answer.status));
    }
    if !answer.is_whole {
        return Err(format!("the calendar is larger than {} bytes", holidays::MOST_BYTES));
    }
    String::from_utf8(answer.body.to_vec()).map_err(|_| "the calendar is not text in UTF-8".to_owned())
}
