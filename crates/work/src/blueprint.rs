//! What a task is made from: another one, or a template.

use jiff::civil::Date;
use people::{Actor, MemberId};
use store::Tx;

use crate::{
    LabelId, ProjectId, Result, StageId, TaskId,
    create::{self, NewTask},
    due::NewDue,
    field::FieldValues,
    project,
    stage::StageKind,
    steps,
    task::{self, Altered, Kept},
};

/// When the task that is made starts and is due.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dates {
    pub starts_on: Option<Date>,
    pub due: Option<NewDue>,
}

/// A task to make like another one.
#[derive(Debug, Clone)]
pub(crate) struct Blueprint {
    pub title: String,
    pub why: String,
    pub labels: Vec<LabelId>,
    pub owner: Option<MemberId>,
    pub requester: Option<MemberId>,
    pub stage: Option<StageId>,
    pub parent: Option<TaskId>,
    pub deliverable: bool,
    pub values: FieldValues,
    /// The words of its steps, and whose each is.
    pub steps: Vec<(String, Option<MemberId>)>,
}

impl Blueprint {
    /// A task as it is now; its steps as if none were done.
    pub(crate) async fn of(tx: &Tx, actor: &Actor, kept: &Kept) -> Result<Self> {
        let steps = steps::of(tx, actor, kept.task.id).await?;
        Ok(Self {
            title: kept.task.title.clone(),
            why: kept.why.clone(),
            labels: kept.task.labels.clone(),
            owner: kept.task.owner,
            requester: Some(kept.task.requester),
            stage: None,
            parent: kept.task.parent,
            deliverable: kept.task.deliverable,
            values: kept.task.values.clone(),
            steps: steps.into_iter().map(|step| (step.text, step.owner)).collect(),
        })
    }

    /// Makes the task in a project. What is no longer there (a label, a stage, somebody who has left) is
    /// left out. The caller records it.
    pub(crate) async fn build(
        self,
        tx: &Tx,
        actor: &Actor,
        altered: &mut Altered,
        project: ProjectId,
        dates: Dates,
    ) -> Result<TaskId> {
        let project = project::see(tx, actor, project).await?;
        let id: TaskId = actor.ids.make();
        let is_here = |member: MemberId| project::can_reach(tx, actor, member, project.space);
        let owner = match self.owner {
            Some(owner) if is_here(owner).await? => Some(owner),
            _ => None,
        };
        let stage = self.stage.and_then(|stage| project.stage(stage)).or(project.first(StageKind::Open));
        let known = |label: &LabelId| project.labels.iter().any(|known| known.id == *label);
        let new = NewTask {
            id,
            project: project.id,
            title: self.title,
            stage: stage.map(|stage| stage.id),
            after: None,
            owner,
            due: dates.due,
            starts_on: dates.starts_on,
            labels: Some(self.labels.into_iter().filter(known).collect()),
            why: Some(self.why).filter(|why| !why.is_empty()),
            parent: self.parent,
            deliverable: Some(self.deliverable),
            from_post: None,
            from_ask: None,
        };
        create::make(tx, actor, altered, new).await?;
        steps::insert_all(tx, actor, id, &self.steps).await?;
        let mut kept = task::read(tx, actor, id).await?;
        kept.task.values = self.values;
        kept.task.values.retain(|field, _| project.fields.iter().any(|known| known.id == *field));
        if let Some(requester) = self.requester
            && is_here(requester).await?
        {
            kept.task.requester = requester;
        }
        task::save(tx, actor, &mut kept).await?;
        altered.page(id);
        Ok(id)
    }
}
