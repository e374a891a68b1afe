//! The people of a workspace: who they are, how they sign in, when they work, and the spaces they
//! belong to. What anybody may see of the others is decided here, in two views of the schema.

mod actor;
mod api;
mod error;
mod ids;
pub mod invitations;
pub mod members;
mod patch;
mod pictures;
pub mod schedules;
pub mod sessions;
pub mod settings;
mod sight;
pub mod sign_in;
mod slugs;
pub mod spaces;
mod time;
pub mod time_off;
pub mod tokens;
mod words;
pub mod workspaces;

pub use actor::{Actor, SignedIn};
pub use api::{Items, routes};
pub use error::{Error, Result};
pub use ids::{
    InvitationId, InvitationKind, MemberId, MemberKind, SessionId, SessionKind, SpaceId, SpaceKind,
    TimeOffId, TimeOffKind, TokenId, TokenKind, WorkspaceId, WorkspaceKind,
};
pub use members::{Member, MemberState, Role};
pub use patch::present;
pub use settings::Settings;
pub use spaces::{Space, SpaceMember, Visibility};
pub use time::{Away, MemberTime, Week};
pub use workspaces::Workspace;

/// The tables of this crate.
pub const MIGRATIONS: &[store::Migration] =
    &[store::Migration { name: "people-0001", sql: include_str!("../migrations/0001_people.sql") }];
