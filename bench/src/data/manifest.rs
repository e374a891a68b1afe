//! What a made workspace holds, for those who put load on it: a file in the data folder.

use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// The name of the file.
pub const FILE: &str = "bench.json";

/// How large a workspace is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Size {
    /// Members, guests not counted.
    pub members: usize,
    /// Posts.
    pub posts: usize,
}

/// A made workspace.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// How large it is.
    pub size: Size,
    /// The present of its clock.
    pub now: String,
    /// Everybody who can sign in; the owner, who sees every space, is the first.
    pub people: Vec<Person>,
    /// Its spaces.
    pub spaces: Vec<Space>,
    /// Threads of exactly 50 posts, and one of their people.
    pub fifty: Vec<Thread>,
    /// Words to search for.
    pub words: Words,
}

/// Somebody.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// Their id.
    pub id: String,
    /// The secret of their session.
    pub session: String,
    /// An API token of theirs.
    pub token: String,
    /// Whether they are a guest.
    pub guest: bool,
    /// How many spaces they see.
    pub sees: usize,
}

/// A space.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Space {
    /// Its id.
    pub id: String,
    /// What it is for in measurements.
    pub part: Part,
    /// Who is in it, as places in [`Manifest::people`].
    pub people: Vec<usize>,
    /// Its newest threads.
    pub threads: Vec<String>,
}

/// What a space is for in measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Everybody is in it.
    Company,
    /// 500 members are in it, or all if there are fewer.
    Large,
    /// 50 members are in it.
    Small,
    /// A team.
    Team,
}

/// A thread and somebody who follows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Thread {
    /// Its id.
    pub id: String,
    /// A place in [`Manifest::people`].
    pub person: usize,
}

/// Words to search for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Words {
    /// In very many posts.
    pub common: Vec<String>,
    /// In few posts.
    pub rare: Vec<String>,
    /// Characters that are words by themselves.
    pub characters: Vec<String>,
}

impl Manifest {
    /// Reads what a data folder holds.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(FILE);
        let text = std::fs::read(&path)
            .with_context(|| format!("{} is missing: make the data with bench data", path.display()))?;
        Ok(serde_json::from_slice(&text)?)
    }

    /// Writes it into a data folder.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        std::fs::write(folder.join(FILE), serde_json::to_string(self)?)?;
        Ok(())
    }

    /// The space for a part.
    pub fn space(&self, part: Part) -> anyhow::Result<&Space> {
        self.spaces.iter().find(|space| space.part == part).context("there is no such space")
    }

    /// Somebody by their place.
    pub fn person(&self, place: usize) -> anyhow::Result<&Person> {
        self.people.get(place).context("there is no such person")
    }
}

impl Person {
    /// The headers of a request as their browser sends it.
    pub fn by_session(&self) -> Vec<String> {
        vec![
            format!("Cookie: {}={}", people::sessions::COOKIE, self.session),
            "Sec-Fetch-Site: same-origin".to_owned(),
            "Accept-Encoding: gzip, deflate, br".to_owned(),
        ]
    }

    /// The headers of a request as a program sends it.
    pub fn by_token(&self) -> Vec<String> {
        vec![format!("Authorization: Bearer {}", self.token)]
    }
}
