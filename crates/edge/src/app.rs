use std::sync::Arc;

use kernel::Site;
use store::Context;

use crate::Limits;

/// What every handler may reach: the stores, the clock, the counters of attempts and the settings.
#[derive(Clone)]
pub struct App {
    /// Database, blobs, clock and ids.
    pub context: Context,
    /// Attempts counted against guessing and flooding.
    pub limits: Limits,
    /// What the operator has said: the public address, how mail goes out.
    pub site: Arc<Site>,
}
