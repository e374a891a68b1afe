use kernel::{Clock, Ids};

use crate::{Blobs, Db};

/// What the program's parts are given: built in one place, by tests as well.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub db: Db,
    /// Files.
    pub blobs: Blobs,
    /// The time.
    pub clock: Clock,
    /// New ids and secrets.
    pub ids: Ids,
}
