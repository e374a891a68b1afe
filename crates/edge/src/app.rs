use store::Context;

use crate::Limits;

/// What every handler may reach: the stores, the clock and the counters of attempts.
#[derive(Clone)]
pub struct App {
    /// Database, blobs, clock and ids.
    pub context: Context,
    /// Attempts counted against guessing and flooding.
    pub limits: Limits,
}
