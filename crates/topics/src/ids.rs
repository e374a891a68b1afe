//! The kinds of ids that topics introduce.

use kernel::{Id, Kind};

macro_rules! kind {
    ($kind:ident, $id:ident, $prefix:literal, $what:literal) => {
        #[doc = concat!("Marks an id as that of ", $what, ".")]
        #[derive(Debug)]
        pub enum $kind {}
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        #[doc = concat!("Names ", $what, ".")]
        pub type $id = Id<$kind>;
    };
}

kind!(TopicKind, TopicId, "top", "a topic");
kind!(PostKind, PostId, "pst", "a post");
kind!(AskKind, AskId, "ask", "an ask");
kind!(FileKind, FileId, "fil", "a file");
kind!(DraftKind, DraftId, "drf", "a draft");
kind!(NoticeIdKind, NoticeId, "ntc", "a notice");
