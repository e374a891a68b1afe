kernel::kinds! {
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
