//! The people and the spaces of a made workspace.

use people::{
    Actor, MemberId, MemberState, Role, SpaceId, Visibility, Week, WorkspaceId, delivery,
    members::{self, NewMember},
    schedules, sign_in,
    spaces::{self, NewSpace},
    workspaces::{self, NewOwner, NewWorkspace, SetUp},
};
use rand::{RngExt, rngs::StdRng, seq::SliceRandom};
use store::{Audience, Context, Tx};

use super::manifest::{Part, Size};

/// How many members the large space has.
const LARGE: usize = 500;
/// How many the small one has.
const SMALL: usize = 50;
/// With how many a space may begin; the others join.
const AT_ONCE: usize = 200;
/// How many people are written in one transaction.
const GROUP: usize = 50;

/// Where people live and when they work there.
const HOURS: [(&str, &str, &str); 8] = [
    ("America/Bogota", "08:30", "17:30"),
    ("America/Sao_Paulo", "09:00", "18:00"),
    ("America/New_York", "09:00", "17:00"),
    ("Europe/Lisbon", "09:00", "17:30"),
    ("Europe/Berlin", "08:00", "16:30"),
    ("Asia/Kolkata", "10:00", "18:30"),
    ("Asia/Ho_Chi_Minh", "08:30", "17:30"),
    ("Asia/Tokyo", "09:30", "18:30"),
];
/// Everybody's password.
const PASSWORD: &str = "correct horse battery";
const FIRST_NAMES: &str = "Ada Bruno Camila Dana Elif Farid Greta Hugo Ines Jonas Kaya Lucia Mina Noor Otto Piotr Rafael Sana Tariq Uma \
                           Vera Wanda Yuki Zoe";
const LAST_NAMES: &str = "Alves Brandt Costa Duarte Ekstrom Ferrari Gomez Haddad Ito Jansen Klein Lopes Moreau Nakamura Ortega Petrov \
                          Quiroga Rossi Sato Torres";

/// Somebody of the workspace.
#[derive(Debug, Clone, Copy)]
pub struct Someone {
    /// Their place in the manifest.
    pub place: usize,
    /// Their id.
    pub id: MemberId,
    /// What they may do.
    pub role: Role,
}

/// A space with its people.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its id.
    pub id: SpaceId,
    /// What it is for in measurements.
    pub part: Part,
    /// Who is in it.
    pub people: Vec<Someone>,
    /// How much is written there, beside the others.
    pub weight: u32,
}

/// A workspace in which nothing has been written.
pub struct Founded {
    /// Its id.
    pub workspace: WorkspaceId,
    /// Everybody; the owner is the first.
    pub people: Vec<Someone>,
    /// Its spaces.
    pub places: Vec<Place>,
}

/// Brings everybody in and makes the spaces: the company, one of 500, one of 50, and teams, every other one private. The
/// owner is in all of them; guests are in one team each.
pub async fn found(context: &Context, size: Size, rng: &mut StdRng) -> anyhow::Result<Founded> {
    let owner = NewOwner {
        name: "Olga Owner".to_owned(),
        email: "owner@bench.example".to_owned(),
        password: PASSWORD.to_owned(),
        zone: "Europe/Lisbon".to_owned(),
    };
    let workspace = NewWorkspace { name: "Bench".to_owned() };
    let founded = workspaces::set_up(context, SetUp { workspace, owner }).await?;
    let owner = Someone { place: 0, id: founded.member, role: Role::Owner };
    // One hash for all: computing thousands of them would take most of the time.
    let password_hash = sign_in::hash_password(PASSWORD.to_owned()).await?;
    let made = Founding { context, workspace: founded.workspace, owner, password_hash };
    let mut people = vec![owner];
    people.extend(made.people(size.members, rng).await?);
    let staff: Vec<_> = people.iter().filter(|someone| someone.role != Role::Guest).copied().collect();
    let guests: Vec<_> = people.iter().filter(|someone| someone.role == Role::Guest).copied().collect();
    made.join_all(founded.company, &staff).await?;
    let mut places =
        vec![Place { id: founded.company, part: Part::Company, people: staff.clone(), weight: 10 }];
    for (part, name, most, weight) in
        [(Part::Large, "Everything", LARGE, 15), (Part::Small, "Delivery", SMALL, 10)]
    {
        let inside: Vec<_> = staff.iter().take(most).copied().collect();
        places.push(made.space(part, name, Visibility::Open, inside, weight).await?);
    }
    let teams = (size.members / 12).clamp(6, 60);
    let mut guests = guests.into_iter().peekable();
    for team in 0..teams {
        let mut others = staff.get(1..).unwrap_or_default().to_vec();
        others.shuffle(rng);
        others.truncate(rng.random_range(4..40.min(staff.len())));
        let left = teams - team;
        let of_guests = guests.len().div_ceil(left);
        let inside = [owner].into_iter().chain(others).chain(guests.by_ref().take(of_guests)).collect();
        let visibility = if team % 2 == 0 { Visibility::Private } else { Visibility::Open };
        let weight = (60 / teams as u32).max(1);
        places.push(made.space(Part::Team, &format!("Team {team}"), visibility, inside, weight).await?);
    }
    Ok(Founded { workspace: made.workspace, people, places })
}

struct Founding<'a> {
    context: &'a Context,
    workspace: WorkspaceId,
    owner: Someone,
    password_hash: String,
}

impl Founding<'_> {
    /// The members besides the owner, every fiftieth an admin, and a guest for each twenty-five.
    async fn people(&self, members: usize, rng: &mut StdRng) -> anyhow::Result<Vec<Someone>> {
        let roles = (1..members).map(|place| if place % 50 == 0 { Role::Admin } else { Role::Member });
        let roles: Vec<Role> = roles.chain((0..members / 25).map(|_| Role::Guest)).collect();
        let names = |list: &'static str| list.split_whitespace().collect::<Vec<_>>();
        let (first, last) = (names(FIRST_NAMES), names(LAST_NAMES));
        let mut people = Vec::with_capacity(roles.len());
        for group in roles.chunks(GROUP) {
            let mut new = Vec::with_capacity(group.len());
            for role in group {
                let place = people.len() + new.len() + 1;
                let one = |list: &[&'static str], rng: &mut StdRng| {
                    list.get(rng.random_range(0..list.len().max(1))).copied().unwrap_or_default()
                };
                let name = format!("{} {}", one(&first, rng), one(&last, rng));
                let someone = Someone { place, id: self.context.ids.make(), role: *role };
                new.push((someone, name, HOURS.get(rng.random_range(0..HOURS.len())).copied()));
            }
            people.extend(new.iter().map(|(someone, ..)| *someone));
            let (actor, password_hash) = (self.actor(), self.password_hash.clone());
            let written = self.context.db.write(move |tx| async move {
                for (someone, name, hours) in new {
                    arrive(&tx, &actor, someone, name, password_hash.clone(), hours).await?;
                }
                Ok::<_, people::Error>(())
            });
            written.await?;
        }
        Ok(people)
    }

    async fn space(
        &self,
        part: Part,
        name: &str,
        visibility: Visibility,
        people: Vec<Someone>,
        weight: u32,
    ) -> anyhow::Result<Place> {
        let id = self.context.ids.make();
        let first = people.iter().filter(|someone| someone.id != self.owner.id).take(AT_ONCE);
        let new = NewSpace {
            id,
            name: name.to_owned(),
            purpose: "A space of people who work on the same things.".to_owned(),
            visibility,
            social: false,
            hue: None,
            members: first.map(|someone| someone.id).collect(),
        };
        let actor = self.actor();
        self.context.db.write(move |tx| async move { spaces::create(&tx, &actor, new).await }).await?;
        self.join_all(id, people.get(AT_ONCE..).unwrap_or_default()).await?;
        Ok(Place { id, part, people, weight })
    }

    async fn join_all(&self, space: SpaceId, people: &[Someone]) -> anyhow::Result<()> {
        for group in people.chunks(GROUP) {
            let (actor, group) = (self.actor(), group.to_vec());
            let joined = self.context.db.write(move |tx| async move {
                for someone in group {
                    spaces::join(&tx, &actor, space, someone.id).await?;
                }
                Ok::<_, people::Error>(())
            });
            joined.await?;
        }
        Ok(())
    }

    fn actor(&self) -> Actor {
        Actor {
            workspace: self.workspace,
            member: self.owner.id,
            role: Role::Owner,
            at: self.context.clock.now(),
            operation: None,
            ids: self.context.ids.clone(),
        }
    }
}

/// Writes a member as accepting an invitation does.
async fn arrive(
    tx: &Tx,
    by: &Actor,
    someone: Someone,
    name: String,
    password_hash: String,
    hours: Option<(&str, &str, &str)>,
) -> people::Result<()> {
    let new = NewMember {
        id: someone.id,
        role: someone.role,
        state: MemberState::Active,
        email: Some(format!("p{}@bench.example", someone.place)),
        password_hash: Some(password_hash),
        name,
        short_name: None,
        city: None,
        hue: None,
        at: by.at,
    };
    members::create(tx, by.workspace, new).await?;
    if let Some((zone, start, end)) = hours {
        let day = vec![(start.to_owned(), end.to_owned())];
        let week = Week([day.clone(), day.clone(), day.clone(), day.clone(), day, vec![], vec![]]);
        schedules::keep(tx, by.workspace, someone.id, Some(zone), Some(&week), by.at).await?;
    }
    delivery::begin(tx, by.workspace, someone.id, by.at).await?;
    let card = members::read(tx, by.workspace, someone.id, by.at).await?;
    let row = edge::put("members", someone.id, &card);
    tx.record(by.change("member.joined", Audience::Person(someone.id.uuid()), vec![row]));
    Ok(())
}
