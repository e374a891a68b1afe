use serde::Deserialize;
use utoipa::ToSchema;

/// How many items a page may hold: 1 to 200, 50 when nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(try_from = "u32")]
#[schema(value_type = u32, minimum = 1, maximum = 200, default = 50)]
pub struct Limit(u32);

impl Limit {
    /// The largest page.
    pub const MOST: u32 = 200;

    /// The number itself.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<u32> for Limit {
    type Error = String;
    fn try_from(value: u32) -> Result<Self, String> {
        if (1..=Self::MOST).contains(&value) {
            Ok(Self(value))
        } else {
            Err(format!("a page holds 1 to {} items", Self::MOST))
        }
    }
}
