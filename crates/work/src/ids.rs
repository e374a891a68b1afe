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
    /// Names a handoff.
    HandoffKind, HandoffId, "han";
    /// Names a view that is kept.
    ViewIdKind, ViewId, "viw";
    /// Names a series of tasks that come again.
    SeriesKind, SeriesId, "ser";
    /// Names a rule.
    RuleKind, RuleId, "rul";
    /// Names something that happened, for rules.
    RuleEventKind, RuleEventId, "rev";
    /// Names what came of a rule.
    RuleRunKind, RuleRunId, "run";
    /// Names a template.
    TemplateKind, TemplateId, "tpl";
    /// Names a form.
    FormKind, FormId, "frm";
    /// Names one thing that a task waits for.
    WaitKind, WaitId, "wai";
    /// Names an import.
    ImportKind, ImportId, "imp";
    /// Names a goal.
    GoalKind, GoalId, "goa";
    /// Names a key result of a goal.
    KeyResultIdKind, KeyResultId, "krs";
    /// Names what somebody who left had in their hands, on its way to others.
    DepartureKind, DepartureId, "dep";
}

/// Names a task: the id of its topic.
pub type TaskId = topics::TopicId;
