//! The vocabulary of the HTTP edge that every trade's `api.rs` speaks: problem details, strict
//! reading of requests, and the one way in which a request becomes a durable write.

mod app;
mod gzip;
mod limits;
mod problem;
mod problems;
mod read;
mod written;

pub use app::App;
pub use gzip::{Packed, Pieces};
pub use limits::{Limits, Rate};
pub use problem::Problem;
pub use problems::Problems;
pub use read::{Json, Nothing, Params, Path, Write};
pub use written::{RowChange, Writer, Written, commit, gone, put};
