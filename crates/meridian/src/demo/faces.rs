//! The faces of the eight. The client draws the head and the colour of somebody without a photo from
//! their id (`web/src/design/heads.ts`), so they get ids that draw them as they are: no two alike,
//! and the same faces in every sample.

use anyhow::Context as _;
use kernel::Ids;
use people::MemberId;
use store::Context;

use super::cast::Who;

/// How many ids are tried. One in 96 draws a given face: the parts of one id hang together, so that
/// there are 96 in all, and the eight are of those.
const TRIES: usize = 10_000;
const HAIRSTYLES: u32 = 8;
const SKINS: u32 = 8;
const HAIRS: u32 = 6;
const HUES: u32 = 8;

/// A face by the places of its parts in the client's lists; the hue is that of its background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Face {
    hairstyle: u32,
    skin: u32,
    hair: u32,
    hue: u32,
}

impl Face {
    /// What the client draws for an id.
    pub fn of(id: MemberId) -> Self {
        let part = |name: &str, of: u32| hash(&format!("{name} {id}")) % of;
        Self {
            hairstyle: part("hairstyle", HAIRSTYLES),
            skin: part("skin", SKINS),
            hair: part("hair", HAIRS),
            hue: hash(&id.to_string()) % HUES,
        }
    }
}

/// Everybody's.
pub fn face(who: Who) -> Face {
    let (hairstyle, skin, hair, hue) = match who {
        Who::Camila => (5, 3, 0, 6),  // a fringe
        Who::Rafael => (2, 0, 5, 1),  // a beard
        Who::Lucia => (7, 5, 2, 4),   // curls
        Who::Ines => (3, 1, 4, 0),    // long
        Who::Piotr => (0, 2, 1, 3),   // short, brown
        Who::Ananya => (1, 3, 0, 2),  // a bun
        Who::MinhAnh => (4, 6, 3, 7), // short, black
        Who::Yuki => (6, 4, 3, 5),    // to the chin
    };
    Face { hairstyle, skin, hair, hue }
}

/// Ids of which the one after `before` others draws this person's face, at the context's instant.
pub fn ids(who: Who, before: usize, context: &Context) -> anyhow::Result<Ids> {
    let wanted = face(who);
    (0..TRIES)
        .map(|_| u64::from_le_bytes(context.ids.bytes()))
        .find(|seed| {
            let tried = Ids::seeded(*seed, context.clock.clone());
            let drawn = std::iter::repeat_with(|| tried.make()).nth(before);
            drawn.map(Face::of) == Some(wanted)
        })
        .map(|seed| Ids::seeded(seed, context.clock.clone()))
        .with_context(|| format!("no id draws {who:?}"))
}

/// FNV-1a, 32 bits, as the client has it.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
