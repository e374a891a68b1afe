//! The people of a workspace: who they are, how they sign in, when they work, and the spaces they
//! belong to. What anybody may see of the others is decided here, in two views of the schema.

mod actor;
mod api;
pub mod changed;
pub mod delivery;
pub mod destination;
mod error;
pub mod groups;
pub mod holidays;
mod ids;
pub mod invitations;
pub mod members;
pub mod norms;
mod patch;
mod pictures;
pub mod schedules;
pub mod sessions;
pub mod settings;
mod sight;
pub mod sign_in;
mod slugs;
pub mod spaces;
pub mod team;
mod time;
pub mod time_off;
pub mod tokens;
pub mod travel;
pub mod workspaces;

pub use actor::{Actor, SignedIn, System};
pub use api::{Items, Visitor, routes};
pub use delivery::{Delivery, Plan};
pub use error::{Error, Result};
pub use groups::Group;
pub use holidays::Holiday;
pub use ids::{
    GroupId, GroupKind, InvitationId, InvitationKind, MemberId, MemberKind, SessionId, SessionKind, SpaceId,
    SpaceKind, TimeOffId, TimeOffKind, TokenId, TokenKind, WorkspaceId, WorkspaceKind,
};
pub use members::{Member, MemberState, Role};
pub use norms::Norms;
pub use patch::present;
pub use settings::Settings;
pub use spaces::{Space, SpaceMember, Visibility};
pub use time::{Away, ClockChange, HolidayTime, Home, MemberTime, Week};
pub use workspaces::Workspace;

/// The tables of this crate.
pub const MIGRATIONS: &[store::Migration] = &[
    store::Migration { name: "people-0001", sql: include_str!("../migrations/0001_people.sql") },
    store::Migration { name: "people-0002", sql: include_str!("../migrations/0002_delivery.sql") },
    store::Migration { name: "people-0003", sql: include_str!("../migrations/0003_groups.sql") },
    store::Migration { name: "people-0004", sql: include_str!("../migrations/0004_time.sql") },
    store::Migration { name: "people-0005", sql: include_str!("../migrations/0005_counts.sql") },
];
