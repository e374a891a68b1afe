//! The outside world: reading archives of mail, and bringing them into a space.

mod error;
pub mod import;
pub mod mail;

pub use error::{Error, Result};
