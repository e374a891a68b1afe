//! The kinds of ids that work introduces. A task has the id of its topic.

kernel::kinds! {
    /// Names a project.
    ProjectKind, ProjectId, "prj";
    /// Names a stage.
    StageIdKind, StageId, "stg";
    /// Names a label.
    LabelKind, LabelId, "lbl";
    /// Names a field.
    FieldIdKind, FieldId, "fld";
    /// Names a choice of a field.
    ChoiceKind, ChoiceId, "cho";
    /// Names a step.
    StepKind, StepId, "stp";
    /// Names one thing that a task waits for.
    WaitKind, WaitId, "wai";
}

/// Names a task: the id of its topic.
pub type TaskId = topics::TopicId;
