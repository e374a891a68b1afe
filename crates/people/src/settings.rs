//! Settings: how one member likes the client to look and behave. Only they see them.

use kernel::Refusal;
use serde::{Deserialize, Serialize};
use store::{Tx, args, sql};
use utoipa::ToSchema;

use crate::{Actor, MemberId, Result, WorkspaceId, patch::present};

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the device is set.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// How much fits on a screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// Two lines in a row.
    #[default]
    Comfortable,
    /// One line in a row.
    Compact,
}

/// How a time of day is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum HourClock {
    /// 17:30.
    #[default]
    #[serde(rename = "24")]
    TwentyFour,
    /// 5:30 pm.
    #[serde(rename = "12")]
    Twelve,
}

/// The day that weeks begin with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FirstWeekday {
    /// Monday.
    #[default]
    Mon,
    /// Sunday.
    Sun,
    /// Saturday.
    Sat,
}

/// The language of the client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
    /// Portuguese.
    Pt,
}

/// A member's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Settings {
    /// Light or dark.
    #[schema(required = true)]
    pub theme: Theme,
    /// How much fits on a screen.
    #[schema(required = true)]
    pub density: Density,
    /// Percent of the normal size, 90 to 130.
    #[schema(required = true, minimum = 90, maximum = 130)]
    pub text_size: u16,
    /// How a time of day is written.
    #[schema(required = true)]
    pub clock: HourClock,
    /// The day that weeks begin with.
    #[schema(required = true)]
    pub first_weekday: FirstWeekday,
    /// The language of the client.
    #[schema(required = true)]
    pub language: Language,
    /// Whether single keys do things: `e` for Done.
    #[schema(required = true)]
    pub single_keys: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            density: Density::default(),
            text_size: 100,
            clock: HourClock::default(),
            first_weekday: FirstWeekday::default(),
            language: Language::default(),
            single_keys: true,
        }
    }
}

/// What to alter in the settings.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsPatch {
    /// Light or dark.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub theme: Option<Theme>,
    /// How much fits on a screen.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub density: Option<Density>,
    /// Percent of the normal size, 90 to 130.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false, minimum = 90, maximum = 130)]
    pub text_size: Option<u16>,
    /// How a time of day is written.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub clock: Option<HourClock>,
    /// The day that weeks begin with.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub first_weekday: Option<FirstWeekday>,
    /// The language of the client.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub language: Option<Language>,
    /// Whether single keys do things.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    pub single_keys: Option<bool>,
}

/// A member's settings, complete.
pub async fn of(tx: &Tx, workspace: WorkspaceId, member: MemberId) -> Result<Settings> {
    let kept: String = tx
        .one(sql!("SELECT settings FROM members WHERE workspace = $1 AND id = $2"), args![workspace, member])
        .await?
        .get("settings")?;
    Ok(serde_json::from_str(&kept)?)
}

/// Alters the actor's own settings and answers all of them.
pub async fn change(tx: &Tx, actor: &Actor, patch: SettingsPatch) -> Result<Settings> {
    let now = of(tx, actor.workspace, actor.member).await?;
    let settings = Settings {
        theme: patch.theme.unwrap_or(now.theme),
        density: patch.density.unwrap_or(now.density),
        text_size: patch.text_size.unwrap_or(now.text_size),
        clock: patch.clock.unwrap_or(now.clock),
        first_weekday: patch.first_weekday.unwrap_or(now.first_weekday),
        language: patch.language.unwrap_or(now.language),
        single_keys: patch.single_keys.unwrap_or(now.single_keys),
    };
    if !(90..=130).contains(&settings.text_size) {
        return Err(Refusal::invalid_because("text_size", "is out of range", "90 to 130 percent")
            .named("out_of_range")
            .into());
    }
    tx.run(
        sql!("UPDATE members SET settings = $3 WHERE workspace = $1 AND id = $2"),
        args![actor.workspace, actor.member, serde_json::to_string(&settings)?],
    )
    .await?;
    Ok(settings)
}
