//! The kinds of ids that work introduces. A task has the id of its topic.

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

kind!(ProjectKind, ProjectId, "prj", "a project");
kind!(StageIdKind, StageId, "stg", "a stage");
kind!(LabelKind, LabelId, "lbl", "a label");
kind!(FieldIdKind, FieldId, "fld", "a field");
kind!(ChoiceKind, ChoiceId, "cho", "a choice of a field");
kind!(StepKind, StepId, "stp", "a step");
kind!(WaitKind, WaitId, "wai", "that a task waits");

/// Names a task: the id of its topic.
pub type TaskId = topics::TopicId;
