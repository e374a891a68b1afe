use axum::{
    extract::{FromRequestParts, OptionalFromRequestParts},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
};
use edge::{App, Problem};
use jiff::Timestamp;
use kernel::Refusal;

use crate::{MemberId, Result, Role, WorkspaceId, sessions::Credential};

/// Who does something, when, and under which operation. Every rule is asked with one.
#[derive(Clone)]
pub struct Actor {
    /// The workspace they are in.
    pub workspace: WorkspaceId,
    /// The member they are.
    pub member: MemberId,
    /// What they may do there.
    pub role: Role,
    /// When they do it.
    pub at: Timestamp,
    /// The client's name for what they do: the `Idempotency-Key`.
    pub operation: Option<String>,
    /// For what is new.
    pub ids: kernel::Ids,
}

impl Actor {
    /// The same as a writer for [`edge::commit`].
    pub fn writer(&self) -> edge::Writer {
        edge::Writer { workspace: self.workspace.uuid(), member: self.member.uuid(), at: self.at }
    }

    /// A change that this actor made, for [`store::Tx::record`].
    pub fn change(
        &self,
        verb: &'static str,
        audience: store::Audience,
        rows: Vec<store::RowChange>,
    ) -> store::NewChange {
        store::NewChange {
            workspace: self.workspace.uuid(),
            at: self.at,
            actor: Some(self.member.uuid()),
            verb,
            audience,
            operation: self.operation.clone(),
            rows,
        }
    }

    /// Whether they run the workspace: owner or admin.
    pub fn is_admin(&self) -> bool {
        matches!(self.role, Role::Owner | Role::Admin)
    }

    /// Whether they are a guest, who sees only the spaces they were invited to.
    pub fn is_guest(&self) -> bool {
        self.role == Role::Guest
    }

    /// Refuses all but owners and admins.
    pub(crate) fn must_be_admin(&self, why: &str) -> Result<()> {
        if self.is_admin() { Ok(()) } else { Err(Refusal::forbidden(why).named("admins_only").into()) }
    }
}

/// The program itself, when it does what nobody asked for at that moment: deliveries, clocks of asks.
#[derive(Debug, Clone, Copy)]
pub struct System {
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// When.
    pub at: Timestamp,
}

impl System {
    /// A change that nobody made, for [`store::Tx::record`].
    pub fn change(
        &self,
        verb: &'static str,
        audience: store::Audience,
        rows: Vec<store::RowChange>,
    ) -> store::NewChange {
        store::NewChange {
            workspace: self.workspace.uuid(),
            at: self.at,
            actor: None,
            verb,
            audience,
            operation: None,
            rows,
        }
    }

    /// The same as one member, for the rules that are asked with an actor.
    pub fn acting_as(&self, member: MemberId, role: Role, ids: kernel::Ids) -> Actor {
        Actor { workspace: self.workspace, member, role, at: self.at, operation: None, ids }
    }
}

/// The member who sends a request: by the session's cookie, or by a token in `Authorization`.
/// A request without either, or of a removed member, is answered with 401; a write by cookie that
/// comes from another site with 403.
pub struct SignedIn(pub Actor);

impl FromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        actor_of(parts, app).await?.map(Self).ok_or_else(|| Refusal::SignedOut.into())
    }
}

impl OptionalFromRequestParts<App> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Option<Self>, Problem> {
        Ok(actor_of(parts, app).await?.map(Self))
    }
}

async fn actor_of(parts: &Parts, app: &App) -> Result<Option<Actor>, Problem> {
    let Some(credential) = Credential::of(&parts.headers) else { return Ok(None) };
    if matches!(credential, Credential::Session(_))
        && is_write(&parts.method)
        && !is_same_site(&parts.headers)
    {
        return Err(Problem::new(StatusCode::FORBIDDEN, "This request came from another site."));
    }
    let at = app.context.clock.now();
    let holder = app.context.db.read(move |tx| async move { credential.holder(&tx, at).await }).await?;
    Ok(holder.map(|holder| Actor {
        workspace: holder.workspace,
        member: holder.member,
        role: holder.role,
        at,
        operation: operation(&parts.headers),
        ids: app.context.ids.clone(),
    }))
}

fn is_write(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// A browser says where a request comes from: `Sec-Fetch-Site`, or in older ones `Origin`.
fn is_same_site(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let origin = text(header::ORIGIN.as_str()).and_then(|origin| origin.split_once("://"));
    match (origin, text(header::HOST.as_str())) {
        (Some((_, origin)), Some(host)) => origin.eq_ignore_ascii_case(host),
        _ => false,
    }
}

/// A malformed key is not an operation; [`edge::Write`] refuses it where it matters.
fn operation(headers: &HeaderMap) -> Option<String> {
    headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .filter(|key| (1..=64).contains(&key.len()))
        .filter(|key| key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_our_own_pages_may_write_with_a_cookie() {
        assert!(is_same_site(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(is_same_site(&headers(&[("sec-fetch-site", "none")])));
        assert!(!is_same_site(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(!is_same_site(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(is_same_site(&headers(&[("origin", "http://m.example:7600"), ("host", "m.example:7600")])));
        assert!(!is_same_site(&headers(&[("origin", "https://evil.example"), ("host", "m.example")])));
        assert!(!is_same_site(&headers(&[("origin", "null"), ("host", "m.example")])));
        assert!(!is_same_site(&headers(&[("host", "m.example")])));
    }

    #[test]
    fn a_malformed_key_is_no_operation() {
        assert_eq!(operation(&headers(&[("idempotency-key", "op-1_A")])).as_deref(), Some("op-1_A"));
        assert_eq!(operation(&headers(&[("idempotency-key", "a b")])), None);
        assert_eq!(operation(&headers(&[])), None);
    }
}
