use people::{
    Actor, MemberId, MemberKind, MemberState, Role, SpaceId, SpaceKind, Visibility, Week, WorkspaceId,
    WorkspaceKind, delivery,
    members::{self, NewMember},
    schedules, sessions,
    spaces::{self, NewSpace},
    workspaces,
};
use serde_json::{Value, json};
use store::{Audience, Tx, args, sql};

use crate::App;

/// Everybody's password.
pub const PASSWORD: &str = "a long password";
/// Its argon2id hash: hashing it anew for every member of every test would take most of the time.
const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$tQczTflJtk2z9kQP2i6Avw$Ip0mjMqtIeuEqF45txmYghvBkbPPYXi4nWIAW8exEmw";

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    /// The member they are.
    pub id: MemberId,
    /// What they may do.
    pub role: Role,
    /// The end of their address.
    pub slug: String,
    /// How they sign in, with [`PASSWORD`].
    pub email: String,
    /// The secret of their session.
    pub session: String,
    /// Their workspace.
    pub workspace: WorkspaceId,
}

/// A thread with one post.
#[derive(Debug, Clone)]
pub struct Thread {
    /// Its id.
    pub id: String,
    /// Its code.
    pub code: String,
    /// The id of its first post.
    pub post: String,
}

/// Two workspaces. In the first, Cordel: a space for all, a private one, one with a guest, and
/// people in four zones. Nothing has been written yet.
pub struct World<'a> {
    app: &'a App,
    /// The workspace of most.
    pub workspace: WorkspaceId,
    /// Owner, in Bogotá; in Delivery.
    pub camila: Person,
    /// Admin, in Lisbon; not in Delivery.
    pub ines: Person,
    /// Member, in Berlin; in Delivery.
    pub jonas: Person,
    /// Member, in Manila; not in Delivery.
    pub althea: Person,
    /// Guest in Delivery.
    pub rui: Person,
    /// Guest in Vendors, and so elsewhere.
    pub noor: Person,
    /// Owner of the other workspace.
    pub zoe: Person,
    /// Open: everybody but the guests is in it.
    pub company: String,
    /// Private: Camila, Jonas and the guest Rui.
    pub delivery: String,
    /// Private: Ines and the guest Noor.
    pub vendors: String,
    /// In the other workspace.
    pub elsewhere: String,
}

impl<'a> World<'a> {
    /// Founds both workspaces.
    pub async fn new(app: &'a App) -> Self {
        let (camila, company) = found(
            app,
            "Cordel",
            "Camila Torres",
            "America/Bogota",
            &[("08:30", "12:30"), ("13:30", "17:30")],
        )
        .await;
        let (zoe, elsewhere) = found(app, "Elsewhere", "Zoe Elgin", "UTC", &[("09:00", "17:00")]).await;
        let hours = Hours {
            berlin: week(&[("09:00", "12:30"), ("13:15", "17:45")]),
            manila: week(&[("09:00", "12:00"), ("13:00", "18:00")]),
        };
        let ines =
            arrive(app, &camila, "Ines Alves", Role::Admin, Some(("Europe/Lisbon", &hours.berlin))).await;
        let jonas =
            arrive(app, &camila, "Jonas Weber", Role::Member, Some(("Europe/Berlin", &hours.berlin))).await;
        let althea =
            arrive(app, &camila, "Althea Reyes", Role::Member, Some(("Asia/Manila", &hours.manila))).await;
        let rui = arrive(app, &camila, "Rui Costa", Role::Guest, None).await;
        let noor = arrive(app, &camila, "Noor Haddad", Role::Guest, None).await;
        for person in [&ines, &jonas, &althea] {
            enter(app, &camila, company, person.id).await;
        }
        let delivery = space(app, &camila, "Delivery", Visibility::Private, &[&jonas, &rui]).await;
        let vendors = space(app, &ines, "Vendors", Visibility::Private, &[&noor]).await;
        Self {
            app,
            workspace: camila.workspace,
            camila,
            ines,
            jonas,
            althea,
            rui,
            noor,
            zoe,
            company: company.to_string(),
            delivery: delivery.to_string(),
            vendors: vendors.to_string(),
            elsewhere: elsewhere.to_string(),
        }
    }

    /// A thread that somebody starts in a space, with one post of the same words.
    pub async fn thread(&self, by: &Person, space: &str, title: &str) -> Thread {
        self.start(by, json!({ "space": space, "title": title })).await
    }

    /// A direct thread.
    pub async fn direct(&self, by: &Person, with: &[&Person], title: &str) -> Thread {
        let with: Vec<MemberId> = with.iter().map(|person| person.id).collect();
        self.start(by, json!({ "participants": with, "title": title })).await
    }

    async fn start(&self, by: &Person, mut new: Value) -> Thread {
        let (id, post) = (self.app.new_id("top"), self.app.new_id("pst"));
        new["id"] = json!(id);
        new["kind"] = json!("thread");
        new["post"] = json!({ "id": post, "source": new["title"] });
        let topic = self.app.by(by).post("/topics", new).await.row("topics", &id);
        Thread { id, code: topic["code"].as_str().unwrap().to_owned(), post }
    }

    /// A post; answers its id.
    pub async fn post(&self, by: &Person, thread: &Thread, source: &str) -> String {
        let id = self.app.new_id("pst");
        let path = format!("/topics/{}/posts", thread.id);
        self.app.by(by).post(&path, json!({ "id": id, "source": source })).await.row("posts", &id);
        id
    }

    /// An ask of half a working day; answers its id.
    pub async fn ask(&self, by: &Person, thread: &Thread, asked: &Person, question: &str) -> String {
        let id = self.app.new_id("ask");
        let new = json!({
            "id": id, "kind": "answer", "question": question, "asked": asked.id, "budget": { "kind": "half_day" },
        });
        self.app.by(by).post(&format!("/topics/{}/asks", thread.id), new).await.row("asks", &id);
        id
    }

    /// Another member of the first workspace, in no space.
    pub async fn newcomer(&self, name: &str, role: Role) -> Person {
        arrive(self.app, &self.camila, name, role, None).await
    }

    /// The first workspace's number, and the other's: whatever was refused leaves them as they are.
    pub async fn heads(&self) -> (i64, i64) {
        (self.app.head(self.workspace).await, self.app.head(self.zoe.workspace).await)
    }
}

struct Hours {
    berlin: Week,
    manila: Week,
}

/// Monday to Friday.
fn week(shifts: &[(&str, &str)]) -> Week {
    let day: Vec<_> = shifts.iter().map(|(start, end)| ((*start).to_owned(), (*end).to_owned())).collect();
    Week([day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]])
}

/// What the rules are asked with.
fn actor(app: &App, workspace: WorkspaceId, member: MemberId, role: Role) -> Actor {
    Actor { workspace, member, role, at: app.now(), operation: None, ids: app.context().ids.clone() }
}

impl Person {
    /// The same as the rules know them.
    pub fn actor(&self, app: &App) -> Actor {
        actor(app, self.workspace, self.id, self.role)
    }

    /// The same person in another browser.
    pub async fn signs_in(&self, app: &App) -> Self {
        let (workspace, member, at) = (self.workspace, self.id, app.now());
        let ids = app.context().ids.clone();
        let opened = app.context().db.write(move |tx| async move {
            sessions::open(&tx, workspace, member, "Another browser", at, &ids).await
        });
        Self { session: opened.await.unwrap().value, ..self.clone() }
    }
}

/// A workspace with its owner and the space Company.
async fn found(app: &App, name: &str, owner: &str, zone: &str, hours: &[(&str, &str)]) -> (Person, SpaceId) {
    let (workspace, member) = (app.id::<WorkspaceKind>(), app.id::<MemberKind>());
    let actor = actor(app, workspace, member, Role::Owner);
    let (name, slug, at) = (name.to_owned(), kernel::slug(name), app.now());
    let founding = actor.clone();
    app.context()
        .db
        .write(move |tx| async move {
            tx.run(
                sql!("INSERT INTO workspaces (id, name, slug, created_at) VALUES ($1, $2, $3, $4)"),
                args![workspace, name, slug, at],
            )
            .await?;
            tx.run(
                sql!("INSERT INTO first_start (one, at) VALUES (1, $1) ON CONFLICT (one) DO NOTHING"),
                args![at],
            )
            .await?;
            let row = edge::put("workspaces", workspace, &workspaces::read(&tx, workspace).await?);
            tx.record(founding.change("workspace.created", Audience::Workspace, vec![row]));
            Ok::<_, people::Error>(())
        })
        .await
        .unwrap();
    let hours = week(hours);
    let person = settle(app, &actor, member, owner, Role::Owner, Some((zone, &hours))).await;
    let company = space(app, &person, "Company", Visibility::Open, &[]).await;
    (person, company)
}

/// A member who is signed in.
async fn arrive(app: &App, by: &Person, name: &str, role: Role, hours: Option<(&str, &Week)>) -> Person {
    settle(app, &by.actor(app), app.id(), name, role, hours).await
}

async fn settle(
    app: &App,
    by: &Actor,
    id: MemberId,
    name: &str,
    role: Role,
    hours: Option<(&str, &Week)>,
) -> Person {
    let slug = kernel::slug(name);
    let email = format!("{slug}@example.com");
    let new = NewMember {
        id,
        role,
        state: MemberState::Active,
        email: Some(email.clone()),
        password_hash: Some(PASSWORD_HASH.to_owned()),
        name: name.to_owned(),
        short_name: None,
        city: None,
        hue: None,
        at: by.at,
    };
    let hours = hours.map(|(zone, week)| (zone.to_owned(), week.clone()));
    let actor = by.clone();
    let settled =
        app.context().db.write(move |tx| async move { write_member(&tx, &actor, new, hours).await });
    Person { id, role, slug, email, session: settled.await.unwrap().value, workspace: by.workspace }
}

async fn write_member(
    tx: &Tx,
    by: &Actor,
    new: NewMember,
    hours: Option<(String, Week)>,
) -> people::Result<String> {
    let id = new.id;
    members::create(tx, by.workspace, new).await?;
    if let Some((zone, week)) = hours {
        schedules::keep(tx, by.workspace, id, Some(&zone), Some(&week), by.at).await?;
    }
    delivery::begin(tx, by.workspace, id, by.at).await?;
    let card = edge::put("members", id, &members::read(tx, by.workspace, id, by.at).await?);
    tx.record(by.change("member.joined", Audience::Person(id.uuid()), vec![card]));
    sessions::open(tx, by.workspace, id, "A test", by.at, &by.ids).await
}

async fn space(app: &App, by: &Person, name: &str, visibility: Visibility, with: &[&Person]) -> SpaceId {
    let id = app.id::<SpaceKind>();
    let new = NewSpace {
        id,
        name: name.to_owned(),
        purpose: String::new(),
        visibility,
        social: false,
        hue: None,
        members: with.iter().map(|person| person.id).collect(),
    };
    let actor = by.actor(app);
    app.context().db.write(move |tx| async move { spaces::create(&tx, &actor, new).await }).await.unwrap();
    id
}

async fn enter(app: &App, by: &Person, space: SpaceId, member: MemberId) {
    let actor = by.actor(app);
    let joined =
        app.context().db.write(move |tx| async move { spaces::join(&tx, &actor, space, member).await });
    joined.await.unwrap();
}
