use kernel::{Id, Kind};

/// Marks an id as that of a browser that is told by push.
#[derive(Debug)]
pub enum SubscriptionKind {}

impl Kind for SubscriptionKind {
    const PREFIX: &'static str = "psh";
}

/// Names a browser that is told by push.
pub type SubscriptionId = Id<SubscriptionKind>;
