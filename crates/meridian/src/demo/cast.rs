//! The eight people of Cordel, a delivery company in eight cities.

use std::collections::HashMap;

use people::{
    Actor, MemberId, Role, WorkspaceId,
    delivery::{self, DeliveryPatch},
    holidays::{self, NewHolidays},
    invitations::{self, Acceptance, NewInvitation},
    members::{self, MemberPatch},
    schedules::{self, NewSchedule},
    spaces::{self, SpacePatch},
    time_off::{self, NewTimeOff},
    workspaces::{self, NewOwner, NewWorkspace, SetUp},
};
use store::{Context, args, sql};

use super::{
    calendar::{self, Calendar},
    faces,
};

/// How many working days ago the sample begins.
pub const BEGAN: usize = 18;

/// The colour of the space that a workspace begins with.
pub const COMPANY_HUE: u8 = 1;

/// One of the eight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Who {
    Camila,
    Rafael,
    Lucia,
    Ines,
    Piotr,
    Ananya,
    MinhAnh,
    Yuki,
}

/// What is known about one of them.
pub struct Person {
    pub name: &'static str,
    pub short: &'static str,
    pub email: &'static str,
    pub city: &'static str,
    pub zone: &'static str,
    /// Monday to Friday.
    pub shifts: &'static [(&'static str, &'static str)],
}

macro_rules! person {
    ($name:literal, $short:literal, $email:literal, $city:literal, $zone:literal, $shifts:expr) => {
        Person { name: $name, short: $short, email: $email, city: $city, zone: $zone, shifts: &$shifts }
    };
}

const CAMILA: Person = person!(
    "Camila Duarte",
    "Camila",
    "camila@cordel.example",
    "Bogotá",
    "America/Bogota",
    [("09:00", "17:30")]
);
const RAFAEL: Person = person!(
    "Rafael Nogueira",
    "Rafael",
    "rafael@cordel.example",
    "São Paulo",
    "America/Sao_Paulo",
    [("09:00", "18:00")]
);
const LUCIA: Person = person!(
    "Lucía Ferreyra",
    "Lucía",
    "lucia@cordel.example",
    "Buenos Aires",
    "America/Argentina/Buenos_Aires",
    [("10:00", "18:30")]
);
const INES: Person =
    person!("Inês Marques", "Inês", "ines@cordel.example", "Lisbon", "Europe/Lisbon", [("09:30", "18:00")]);
const PIOTR: Person = person!(
    "Piotr Zieliński",
    "Piotr",
    "piotr@cordel.example",
    "Kraków",
    "Europe/Warsaw",
    [("09:00", "17:00")]
);
const ANANYA: Person = person!(
    "Ananya Rao",
    "Ananya",
    "ananya@cordel.example",
    "Bengaluru",
    "Asia/Kolkata",
    [("10:00", "13:00"), ("14:00", "18:30")]
);
const MINH_ANH: Person = person!(
    "Nguyễn Minh Anh",
    "Minh Anh",
    "minhanh@cordel.example",
    "Hanoi",
    "Asia/Ho_Chi_Minh",
    [("08:30", "17:30")]
);
const YUKI: Person =
    person!("Yuki Tanabe", "Yuki", "yuki@cordel.example", "Tokyo", "Asia/Tokyo", [("09:30", "18:30")]);

impl Who {
    /// Everybody, from west to east.
    pub const ALL: [Self; 8] = [
        Self::Camila,
        Self::Rafael,
        Self::Lucia,
        Self::Ines,
        Self::Piotr,
        Self::Ananya,
        Self::MinhAnh,
        Self::Yuki,
    ];

    /// What is known about them.
    pub fn person(self) -> &'static Person {
        match self {
            Self::Camila => &CAMILA,
            Self::Rafael => &RAFAEL,
            Self::Lucia => &LUCIA,
            Self::Ines => &INES,
            Self::Piotr => &PIOTR,
            Self::Ananya => &ANANYA,
            Self::MinhAnh => &MINH_ANH,
            Self::Yuki => &YUKI,
        }
    }

    /// When they work undisturbed, on these days of the week from Monday on.
    pub fn focus(self) -> &'static [(usize, &'static str, &'static str)] {
        match self {
            Self::Camila => &[(1, "14:00", "16:00"), (3, "14:00", "16:00")],
            Self::Piotr => &[(0, "14:00", "16:00"), (1, "14:00", "16:00"), (2, "14:00", "16:00")],
            Self::MinhAnh => &[(1, "13:30", "15:00"), (3, "13:30", "15:00")],
            Self::Yuki => &[(1, "13:00", "15:00"), (2, "13:00", "15:00"), (4, "10:00", "12:00")],
            Self::Rafael | Self::Lucia | Self::Ines | Self::Ananya => &[],
        }
    }
}

/// The people as members of a workspace.
#[derive(Clone)]
pub struct Cast {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Whether it is all theirs.
    pub founded: bool,
    members: HashMap<Who, MemberId>,
    context: std::sync::Arc<Backdated>,
}

/// A clock that is set to each event, and ids by it.
struct Backdated {
    clock: kernel::Clock,
    ids: kernel::Ids,
}

impl Cast {
    /// Somebody who does something at an instant.
    pub fn actor(&self, who: Who, at: jiff::Timestamp) -> anyhow::Result<Actor> {
        self.context.clock.set(at);
        let role = if self.founded && who == Who::Camila { Role::Owner } else { Role::Member };
        let ids = self.context.ids.clone();
        Ok(Actor { workspace: self.workspace, member: self.id(who)?, role, at, operation: None, ids })
    }

    /// Their id.
    pub fn id(&self, who: Who) -> anyhow::Result<MemberId> {
        self.members.get(&who).copied().ok_or_else(|| anyhow::anyhow!("{who:?} is not here"))
    }

    /// Whose id this is.
    pub fn who(&self, id: MemberId) -> anyhow::Result<Who> {
        let found = self.members.iter().find(|(_, member)| **member == id);
        found.map(|(who, _)| *who).ok_or_else(|| anyhow::anyhow!("{id} is not of the sample"))
    }

    /// A text with everybody's `@Name` as a mention.
    pub fn with_mentions(&self, text: &str) -> String {
        Who::ALL.into_iter().fold(text.to_owned(), |text, who| match self.members.get(&who) {
            Some(id) => {
                let short = who.person().short;
                text.replace(&format!("@{short}"), &format!("@[{short}]({id})"))
            }
            None => text,
        })
    }
}

/// Brings everybody in: into a new workspace of theirs, or into the one that is there, invited by
/// its owner. The changes are those that people would have made at those times.
pub async fn gather(context: &Context, calendar: &Calendar, password: &str) -> anyhow::Result<Cast> {
    let began = calendar.days_before(Who::Camila, "09:05", BEGAN)?;
    let clock = kernel::Clock::fixed(began);
    let ids = kernel::Ids::new(clock.clone());
    let past = Context { clock: clock.clone(), ids: ids.clone(), ..context.clone() };
    let workspace = context.db.read(|tx| async move { workspaces::find(&tx, None).await }).await?;
    let (mut cast, inviter) = match workspace {
        Some(workspace) => {
            let owner = owner_of(context, workspace).await?;
            let mut cast = new_cast(workspace, false, clock, ids.clone());
            cast.members = who_is_there(context, workspace).await?;
            (cast, (owner, Role::Owner))
        }
        None => found(&past, password, clock, ids.clone()).await?,
    };
    let invited_at = began.checked_add(jiff::SignedDuration::from_mins(10))?;
    let mut joining = Vec::new();
    for (place, who) in (0_i64..).zip(Who::ALL) {
        let later = invited_at.checked_add(jiff::SignedDuration::from_mins(4 + 7 * place))?;
        joining.push((calendar.working(who, later)?, who));
    }
    joining.sort_by_key(|(at, _)| *at);
    for (at, who) in joining {
        if !cast.members.contains_key(&who) {
            let (member, role) = inviter;
            let workspace = cast.workspace;
            let owner = Actor { workspace, member, role, at: invited_at, operation: None, ids: ids.clone() };
            let member = join(&past, owner, at, who, password).await?;
            cast.members.insert(who, member);
        }
    }
    Ok(cast)
}

fn new_cast(workspace: WorkspaceId, founded: bool, clock: kernel::Clock, ids: kernel::Ids) -> Cast {
    let context = std::sync::Arc::new(Backdated { clock, ids });
    Cast { workspace, founded, members: HashMap::new(), context }
}

async fn owner_of(context: &Context, workspace: WorkspaceId) -> anyhow::Result<MemberId> {
    let owner = context.db.read(move |tx| async move {
        let owner = sql!(
            "SELECT id FROM members WHERE workspace = $1 AND role = 'owner' AND state = 'active'
             ORDER BY id LIMIT 1"
        );
        tx.one(owner, args![workspace]).await?.get("id")
    });
    Ok(owner.await?)
}

/// Those whom an earlier run, which was broken off, has brought in.
async fn who_is_there(context: &Context, workspace: WorkspaceId) -> anyhow::Result<HashMap<Who, MemberId>> {
    let found = context.db.read(move |tx| async move {
        let mut found = HashMap::new();
        for who in Who::ALL {
            if let Some(member) = members::by_email(&tx, workspace, who.person().email).await? {
                found.insert(who, member);
            }
        }
        Ok::<_, people::Error>(found)
    });
    Ok(found.await?)
}

/// Camila makes the workspace and sets her hours.
async fn found(
    past: &Context,
    password: &str,
    clock: kernel::Clock,
    ids: kernel::Ids,
) -> anyhow::Result<(Cast, (MemberId, Role))> {
    let camila = Who::Camila.person();
    let owner = NewOwner {
        name: camila.name.to_owned(),
        email: camila.email.to_owned(),
        password: password.to_owned(),
        zone: camila.zone.to_owned(),
    };
    let workspace = NewWorkspace { name: "Cordel".to_owned() };
    // The workspace has an id before its owner.
    let drawn = Context { ids: faces::ids(Who::Camila, 1, past)?, ..past.clone() };
    let founded = workspaces::set_up(&drawn, SetUp { workspace, owner }).await?;
    let mut cast = new_cast(founded.workspace, true, clock, ids);
    cast.members.insert(Who::Camila, founded.member);
    let at = past.clock.now().checked_add(jiff::SignedDuration::from_mins(4))?;
    let actor = cast.actor(Who::Camila, at)?;
    let company = founded.company;
    let hours = NewSchedule { zone: camila.zone.to_owned(), week: calendar::week(Who::Camila) };
    let settled = past.db.write(move |tx| async move {
        let patch = MemberPatch { city: Some(Some(camila.city.to_owned())), ..MemberPatch::default() };
        members::change(&tx, &actor, actor.member, patch).await?;
        schedules::set(&tx, &actor, actor.member, &hours).await?;
        let colour = SpacePatch { hue: Some(COMPANY_HUE), ..SpacePatch::default() };
        spaces::change(&tx, &actor, company, colour).await
    });
    settled.await?;
    Ok((cast, (founded.member, Role::Owner)))
}

/// Somebody is invited and comes.
async fn join(
    past: &Context,
    owner: Actor,
    at: jiff::Timestamp,
    who: Who,
    password: &str,
) -> anyhow::Result<MemberId> {
    let person = who.person();
    past.clock.set(owner.at);
    let invitation =
        NewInvitation { role: Role::Member, email: Some(person.email.to_owned()), spaces: Vec::new() };
    let made = past.db.write(move |tx| async move { invitations::create(&tx, &owner, invitation).await });
    let made = made.await?.value;
    let secret = made.url_path.trim_start_matches("/invite/").to_owned();
    past.clock.set(at);
    let past = Context { ids: faces::ids(who, 0, past)?, ..past.clone() };
    let acceptance = Acceptance {
        name: person.name.to_owned(),
        short_name: Some(person.short.to_owned()),
        email: person.email.to_owned(),
        password: password.to_owned(),
        zone: person.zone.to_owned(),
        week: Some(calendar::week(who)),
        city: Some(person.city.to_owned()),
    };
    Ok(invitations::accept(&past, &secret, acceptance).await?.member)
}

/// Lucía enters her time off, the last working afternoon before it.
pub async fn leave(tx: &store::Tx, cast: &Cast, calendar: &Calendar) -> anyhow::Result<()> {
    let at = leaves_at(calendar)?;
    let actor = cast.actor(Who::Lucia, at)?;
    let new = NewTimeOff {
        id: actor.ids.make(),
        from: format!("{}T00:00", calendar.away.0),
        to: format!("{}T00:00", calendar.away.1),
        cover: Some(cast.id(Who::Rafael)?),
        note: None,
    };
    Ok(time_off::create(tx, &actor, new).await?)
}

/// Somebody says when they work undisturbed.
pub async fn focus(tx: &store::Tx, cast: &Cast, who: Who, at: jiff::Timestamp) -> anyhow::Result<()> {
    let actor = cast.actor(who, at)?;
    let patch = DeliveryPatch { focus: Some(calendar::focus(who)), ..DeliveryPatch::default() };
    let settings = delivery::settings(tx, actor.workspace, actor.member).await?.patched(patch, at)?;
    Ok(delivery::change(tx, &actor, &settings).await?)
}

/// Ananya takes the public holidays of her state from a file, when she has just come.
pub async fn take_holidays(tx: &store::Tx, cast: &Cast, calendar: &Calendar) -> anyhow::Result<()> {
    let actor = cast.actor(Who::Ananya, takes_holidays_at(calendar)?)?;
    let day = calendar.holiday.strftime("%Y%m%d");
    let ics = format!(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:{day}\nSUMMARY:State holiday\nEND:VEVENT\nEND:VCALENDAR\n"
    );
    let new = NewHolidays { name: Some("Karnataka.ics".to_owned()), ics: Some(ics), address: None };
    Ok(holidays::set(tx, &actor, new).await?)
}

/// When that is.
pub fn takes_holidays_at(calendar: &Calendar) -> anyhow::Result<jiff::Timestamp> {
    calendar.days_before(Who::Ananya, "11:20", BEGAN - 3)
}

/// When Lucía does.
pub fn leaves_at(calendar: &Calendar) -> anyhow::Result<jiff::Timestamp> {
    let first_day = calendar.away.0.in_tz(Who::Lucia.person().zone)?.timestamp();
    calendar.last(Who::Lucia, "17:10", first_day)
}
