//! The HTTP edge: the trades' routers joined under `/api/v1`, the live stream, the web client,
//! the specification.

mod admin;
mod client;
mod listen;
mod live;
mod load;
mod router;
mod spec;
mod upkeep;
mod view;

pub use live::Hub;
pub use router::{Server, api, migrations};
pub use spec::document;
pub use upkeep::worker;
