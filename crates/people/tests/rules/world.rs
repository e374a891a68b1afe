use edge::App;
use jiff::Timestamp;
use kernel::Refusal;
use people::{
    Actor, Error, MemberId, MemberState, Role, SpaceId, Visibility, WorkspaceId,
    members::{self, NewMember},
    spaces::{self, NewSpace},
    workspaces::{self, NewOwner, NewWorkspace, SetUp},
};
use store::{Audience, Change, Committed, Context, Tx, testing::TestDb};

pub const PASSWORD: &str = "correct horse battery";

/// A workspace on a Wednesday at 12:00 UTC, with its owner Ana in Lisbon.
pub struct World {
    pub app: App,
    pub context: Context,
    pub workspace: WorkspaceId,
    pub owner: Actor,
    pub company: SpaceId,
}

pub fn set_up_input() -> SetUp {
    SetUp {
        workspace: NewWorkspace { name: "Cordel".into() },
        owner: NewOwner {
            name: "Ana Reis".into(),
            email: "Ana@example.com".into(),
            password: PASSWORD.into(),
            zone: "Europe/Lisbon".into(),
        },
    }
}

impl World {
    pub async fn new(test: &TestDb) -> Self {
        let context = test.context("2026-11-25T12:00:00Z".parse().unwrap());
        let founded = workspaces::set_up(&context, set_up_input()).await.unwrap();
        let workspace = founded.workspace;
        let owner = actor(&context, workspace, founded.member, Role::Owner);
        let app = App {
            context: context.clone(),
            limits: edge::Limits::default(),
            site: std::sync::Arc::default(),
        };
        Self { app, context, workspace, owner, company: founded.company }
    }

    /// An active member who is in no space.
    pub async fn person(&self, name: &str, role: Role) -> Actor {
        let id = self.create(self.new_member(name, role)).await.unwrap();
        actor(&self.context, self.workspace, id, role)
    }

    pub fn new_member(&self, name: &str, role: Role) -> NewMember {
        NewMember {
            id: self.context.ids.make(),
            role,
            state: MemberState::Active,
            email: Some(format!("{}@example.com", kernel::slug(name))),
            password_hash: Some("not a hash".into()),
            name: name.into(),
            short_name: None,
            city: None,
            hue: None,
            at: self.context.clock.now(),
        }
    }

    pub async fn create(&self, new: NewMember) -> Result<MemberId, Error> {
        let (workspace, id) = (self.workspace, new.id);
        self.context.db.write(move |tx| async move { members::create(&tx, workspace, new).await }).await?;
        Ok(id)
    }

    /// A space that `actor` made, with these members.
    pub async fn space(&self, by: &Actor, name: &str, visibility: Visibility, with: &[&Actor]) -> SpaceId {
        let new = NewSpace {
            members: with.iter().map(|actor| actor.member).collect(),
            ..self.new_space(name, visibility)
        };
        let id = new.id;
        self.does(by, move |tx, actor| async move { spaces::create(&tx, &actor, new).await }).await.unwrap();
        id
    }

    pub fn new_space(&self, name: &str, visibility: Visibility) -> NewSpace {
        NewSpace {
            id: self.context.ids.make(),
            name: name.into(),
            purpose: String::new(),
            visibility,
            social: false,
            hue: None,
            members: vec![],
        }
    }

    /// What the actor does now.
    pub async fn does<T, F, Fut>(&self, actor: &Actor, work: F) -> Result<Committed<T>, Error>
    where
        T: Send + 'static,
        F: FnOnce(Tx, Actor) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let actor = self.now(actor);
        self.context.db.write(move |tx| work(tx, actor)).await
    }

    /// What the actor reads now.
    pub async fn reads<T, F, Fut>(&self, actor: &Actor, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(Tx, Actor) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let actor = self.now(actor);
        self.context.db.read(move |tx| work(tx, actor)).await
    }

    fn now(&self, actor: &Actor) -> Actor {
        Actor { at: self.context.clock.now(), ..actor.clone() }
    }

    pub fn set_clock(&self, at: &str) {
        self.context.clock.set(at.parse::<Timestamp>().unwrap());
    }

    /// The names of those whom the actor sees.
    pub async fn seen_by(&self, actor: &Actor) -> Vec<String> {
        let seen =
            self.reads(actor, |tx, actor| async move { members::list(&tx, &actor).await }).await.unwrap();
        seen.into_iter().map(|member| member.name).collect()
    }

    /// The names of the spaces that the actor sees.
    pub async fn spaces_of(&self, actor: &Actor) -> Vec<String> {
        let seen =
            self.reads(actor, |tx, actor| async move { spaces::list(&tx, &actor).await }).await.unwrap();
        seen.into_iter().map(|space| space.name).collect()
    }

    /// The whole change log.
    pub async fn log(&self) -> Vec<Change> {
        let workspace = self.workspace.uuid();
        let log = self
            .context
            .db
            .read(move |tx| async move { store::changes::since(&tx, workspace, 0, 1000).await })
            .await;
        log.unwrap()
    }
}

pub fn actor(context: &Context, workspace: WorkspaceId, member: MemberId, role: Role) -> Actor {
    let (at, ids) = (context.clock.now(), context.ids.clone());
    Actor { workspace, member, role, at, operation: None, ids }
}

/// The refusal that must have been the answer.
pub fn refusal<T>(answer: Result<T, Error>) -> Refusal {
    match answer {
        Err(Error::Refused(refusal)) => refusal,
        Err(other) => panic!("expected a refusal, got {other:?}"),
        Ok(_) => panic!("expected a refusal"),
    }
}

/// The field that must have been refused.
pub fn wrong_field<T>(answer: Result<T, Error>) -> String {
    match refusal(answer) {
        Refusal::Invalid { field, .. } => field,
        other => panic!("expected a refused field, got {other:?}"),
    }
}

pub fn is_forbidden<T>(answer: Result<T, Error>) -> bool {
    matches!(refusal(answer), Refusal::Forbidden { .. })
}

pub fn is_not_found<T>(answer: Result<T, Error>) -> bool {
    matches!(refusal(answer), Refusal::NotFound { .. })
}

pub fn is_conflict<T>(answer: Result<T, Error>) -> bool {
    matches!(refusal(answer), Refusal::Conflict { .. })
}

/// The rows of the changes that reach only this member: `(table, id, is it there)`.
pub fn told_to(changes: &[std::sync::Arc<Change>], member: &Actor) -> Vec<(String, String, bool)> {
    changes
        .iter()
        .filter(|change| change.audience == Audience::Member(member.member.uuid()))
        .flat_map(|change| rows_of(change))
        .collect()
}

/// The rows of one change.
pub fn rows_of(change: &Change) -> Vec<(String, String, bool)> {
    let rows: Vec<serde_json::Value> = serde_json::from_str(change.rows.get()).unwrap();
    rows.iter()
        .map(|row| {
            let text = |field: &str| row[field].as_str().unwrap().to_owned();
            (text("table"), text("id"), !row["row"].is_null())
        })
        .collect()
}
