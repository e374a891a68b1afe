use kernel::{Id, Kind};

macro_rules! kinds {
    ($($(#[$about:meta])* $kind:ident, $id:ident, $prefix:literal;)*) => {$(
        $(#[$about])*
        #[derive(Debug)]
        pub enum $kind {}
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$about])*
        pub type $id = Id<$kind>;
    )*};
}

kinds! {
    /// Names a workspace.
    WorkspaceKind, WorkspaceId, "wsp";
    /// Names a member.
    MemberKind, MemberId, "mem";
    /// Names a space.
    SpaceKind, SpaceId, "spc";
    /// Names an invitation.
    InvitationKind, InvitationId, "inv";
    /// Names a session.
    SessionKind, SessionId, "ses";
    /// Names an API token.
    TokenKind, TokenId, "tok";
    /// Names a group.
    GroupKind, GroupId, "grp";
    /// Names a time off.
    TimeOffKind, TimeOffId, "off";
}
