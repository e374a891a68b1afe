//! The pictures of the sample: maps, as the driver app draws them.

use anyhow::Context as _;
use store::Blobs;

/// One of the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// A saved route.
    Route,
    /// The same at night.
    Night,
}

impl Picture {
    const ALL: [Self; 2] = [Self::Route, Self::Night];

    /// What the file is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Route => "saved-route.png",
            Self::Night => "night-colours.png",
        }
    }

    /// What is in it.
    pub fn bytes(self) -> &'static [u8] {
        match self {
            Self::Route => include_bytes!("pictures/route.png"),
            Self::Night => include_bytes!("pictures/night.png"),
        }
    }
}

/// Pictures that are among the files: what is in them has a name there.
pub struct Pictures(Vec<(Picture, String, u64)>);

impl Pictures {
    /// Puts all of them among the files. What no post carries in the end is swept with all else.
    pub async fn put(blobs: &Blobs) -> anyhow::Result<Self> {
        let mut kept = Vec::new();
        for picture in Picture::ALL {
            let blob = blobs.put(picture.bytes()).await?;
            kept.push((picture, blob.hash, blob.size));
        }
        Ok(Self(kept))
    }

    /// The name of its content, and its size.
    pub fn kept(&self, picture: Picture) -> anyhow::Result<(String, u64)> {
        let found = self.0.iter().find(|(kept, ..)| *kept == picture);
        found.map(|(_, hash, size)| (hash.clone(), *size)).context("every picture is put first")
    }
}
