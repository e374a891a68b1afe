//! The workspace of the storm: people in a space for all, in private spaces and in direct threads.

use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use kernel::{Clock, Ids};
use people::{
    Actor, MemberId, MemberState, Role, SpaceId, Visibility, Week, WorkspaceId, delivery,
    members::{self, NewMember},
    schedules, sessions,
    spaces::{self, NewSpace},
    workspaces::{self, NewOwner, NewWorkspace, SetUp},
};
use serde_json::{Value, json};
use store::{Audience, Blobs, Context, Db, Options, Tx};

use crate::{http, server::Start};

/// People besides the owner.
const MEMBERS: usize = 35;
/// Guests; each is in one private space.
const GUESTS: usize = 4;
/// Private spaces.
const PRIVATE: usize = 8;
/// Threads that each space begins with.
const THREADS: usize = 3;
/// Direct threads.
const DIRECT: usize = 12;

/// Somebody who takes part.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their id.
    pub id: MemberId,
    /// What their browser sends with each request.
    pub headers: [String; 2],
}

/// Threads in which the same people write.
#[derive(Debug, Default)]
pub struct Room {
    /// Their places among the people.
    pub people: Vec<usize>,
    /// The threads.
    pub threads: Vec<String>,
}

/// Everybody, and where they write.
pub struct World {
    /// For new things.
    pub ids: Ids,
    /// The owner is the first.
    pub people: Vec<Person>,
    /// The first is the space for all.
    pub rooms: Vec<Room>,
}

impl World {
    /// The rooms that somebody is in.
    pub fn rooms_of(&self, person: usize) -> Vec<&Room> {
        self.rooms.iter().filter(|room| room.people.contains(&person)).collect()
    }
}

/// The people and the spaces, before anybody has written.
pub struct Founded {
    ids: Ids,
    people: Vec<Person>,
    spaces: Vec<(SpaceId, Vec<usize>)>,
}

/// Makes the workspace in the database that the server will find.
pub async fn found(start: &Start) -> anyhow::Result<Founded> {
    let url = database(start);
    let db = Db::open(Options::new(url), &server::migrations()).await?;
    let clock = Clock::system();
    let blobs = Blobs::local(start.data.join("files"))?;
    let context = Context { db, blobs, ids: Ids::new(clock.clone()), clock };
    let owner = NewOwner {
        name: "Olga Owner".to_owned(),
        email: "owner@storm.example".to_owned(),
        password: "correct horse battery".to_owned(),
        zone: "Europe/Lisbon".to_owned(),
    };
    let workspace = NewWorkspace { name: "Storm".to_owned() };
    let founded = workspaces::set_up(&context, SetUp { workspace, owner }).await?;
    let founding = Founding { context: &context, workspace: founded.workspace, owner: founded.member };
    let people = founding.people().await?;
    let everybody: Vec<usize> = (0..people.len()).collect();
    founding.join(founded.company, &people).await?;
    let mut spaces = vec![(founded.company, everybody)];
    for number in 0..PRIVATE {
        // The owner sees some of them and not others.
        let inside: Vec<usize> = (0..people.len()).filter(|place| (place + number) % PRIVATE < 2).collect();
        spaces.push((founding.space(number, &inside, &people).await?, inside));
    }
    let ids = context.ids.clone();
    context.db.close().await;
    Ok(Founded { ids, people, spaces })
}

/// Where the server has its data.
pub fn database(start: &Start) -> String {
    let file = || format!("sqlite:{}", start.data.join("meridian.db").display());
    start.database.clone().unwrap_or_else(file)
}

struct Founding<'a> {
    context: &'a Context,
    workspace: WorkspaceId,
    owner: MemberId,
}

impl Founding<'_> {
    fn actor(&self, member: MemberId, role: Role) -> Actor {
        let (at, ids) = (self.context.clock.now(), self.context.ids.clone());
        Actor { workspace: self.workspace, member, role, at, operation: None, ids }
    }

    /// Everybody with a session, the owner first and the guests last.
    async fn people(&self) -> anyhow::Result<Vec<Person>> {
        let actor = self.actor(self.owner, Role::Owner);
        let roles = [Role::Member; MEMBERS].into_iter().chain([Role::Guest; GUESTS]);
        let new: Vec<_> = roles.map(|role| (self.context.ids.make(), role)).collect();
        let written = self.context.db.write(move |tx| async move {
            let mut sessions = vec![session(&tx, &actor, actor.member).await?];
            for (place, (id, role)) in new.into_iter().enumerate() {
                arrive(&tx, &actor, id, role, place).await?;
                sessions.push(session(&tx, &actor, id).await?);
            }
            Ok::<_, people::Error>(sessions)
        });
        Ok(written.await?.value)
    }

    async fn join(&self, space: SpaceId, people: &[Person]) -> anyhow::Result<()> {
        let actor = self.actor(self.owner, Role::Owner);
        let others: Vec<MemberId> = people.iter().skip(1).map(|person| person.id).collect();
        let joined = self.context.db.write(move |tx| async move {
            for member in others {
                spaces::join(&tx, &actor, space, member).await?;
            }
            Ok::<_, people::Error>(())
        });
        joined.await?;
        Ok(())
    }

    async fn space(&self, number: usize, inside: &[usize], people: &[Person]) -> anyhow::Result<SpaceId> {
        let mut members = inside.iter().filter_map(|place| people.get(*place)).map(|person| person.id);
        let maker = members.next().context("nobody is in the space")?;
        let role = if maker == self.owner { Role::Owner } else { Role::Member };
        let id = self.context.ids.make();
        let new = NewSpace {
            id,
            name: format!("Private {number}"),
            purpose: String::new(),
            visibility: Visibility::Private,
            social: false,
            hue: None,
            members: members.collect(),
        };
        let actor = self.actor(maker, role);
        self.context.db.write(move |tx| async move { spaces::create(&tx, &actor, new).await }).await?;
        Ok(id)
    }
}

async fn session(tx: &Tx, actor: &Actor, id: MemberId) -> people::Result<Person> {
    let secret = sessions::open(tx, actor.workspace, id, "A storm", actor.at, &actor.ids).await?;
    let headers = [format!("Cookie: meridian_session={secret}"), "Sec-Fetch-Site: same-origin".to_owned()];
    Ok(Person { id, headers })
}

/// A member; every third has hours that never end, so that deliveries happen.
async fn arrive(tx: &Tx, by: &Actor, id: MemberId, role: Role, place: usize) -> people::Result<()> {
    let new = NewMember {
        id,
        role,
        state: MemberState::Active,
        email: Some(format!("p{place}@storm.example")),
        // Nobody signs in with a password here, and hashing one for each takes long.
        password_hash: Some("none".to_owned()),
        name: format!("Person {place}"),
        short_name: None,
        city: None,
        hue: None,
        at: by.at,
    };
    members::create(tx, by.workspace, new).await?;
    if place.is_multiple_of(3) {
        let week = Week(std::array::from_fn(|_| vec![("00:00".to_owned(), "23:30".to_owned())]));
        schedules::keep(tx, by.workspace, id, Some("Asia/Manila"), Some(&week), by.at).await?;
    }
    delivery::begin(tx, by.workspace, id, by.at).await?;
    let card = members::read(tx, by.workspace, id, by.at).await?;
    tx.record(by.change("member.joined", Audience::Person(id.uuid()), vec![edge::put("members", id, &card)]));
    Ok(())
}

impl World {
    /// Starts the threads, through the running server.
    pub async fn begin(address: SocketAddr, founded: Founded) -> anyhow::Result<Self> {
        let Founded { ids, people, spaces } = founded;
        let mut world = Self { ids, people, rooms: Vec::new() };
        for (space, inside) in spaces {
            let mut room = Room { people: inside, threads: Vec::new() };
            for number in 0..THREADS {
                let new = json!({ "space": space, "title": format!("Thread {number}") });
                room.threads.push(world.start(address, &room, new).await?);
            }
            world.rooms.push(room);
        }
        for number in 0..DIRECT {
            let (one, other) = (number, number + 1 + number % 5);
            let with = world.people.get(other).context("too few people")?.id;
            let room = Room { people: vec![one, other], threads: Vec::new() };
            let new = json!({ "participants": [with], "title": format!("Between us {number}") });
            let thread = world.start(address, &room, new).await?;
            world.rooms.push(Room { threads: vec![thread], ..room });
        }
        Ok(world)
    }

    async fn start(&self, address: SocketAddr, room: &Room, place: Value) -> anyhow::Result<String> {
        let by = room.people.first().and_then(|place| self.people.get(*place)).context("nobody is there")?;
        let id = self.ids.make::<topics::TopicKind>().to_string();
        let post = self.ids.make::<topics::PostKind>();
        let post = json!({ "id": post, "source": format!("The beginning of {id}") });
        let mut new = json!({ "id": id, "kind": "thread", "post": post });
        if let (Some(new), Value::Object(place)) = (new.as_object_mut(), place) {
            new.extend(place);
        }
        let request = http::request("POST", "/api/v1/topics", &by.headers, Some(&new.to_string()));
        let mut connection = http::Connection::open(address).await?;
        let answer = connection.send(&request).await?;
        ensure!(answer.status == 200, "{}: {}", answer.status, String::from_utf8_lossy(answer.body));
        Ok(id)
    }
}
