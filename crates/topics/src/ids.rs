//! The kinds of ids that topics introduce.

kernel::kinds! {
    /// Names a topic.
    TopicKind, TopicId, "top";
    /// Names a post.
    PostKind, PostId, "pst";
    /// Names an ask.
    AskKind, AskId, "ask";
    /// Names a file.
    FileKind, FileId, "fil";
    /// Names a draft.
    DraftKind, DraftId, "drf";
    /// Names a notice.
    NoticeIdKind, NoticeId, "ntc";
}
