//! What every room needs and nothing owns: typed ids, the clock, randomness, refusals and pages.
//! No I/O here.

mod clock;
mod id;
mod ids;
mod kinds;
mod page;
mod refusal;
mod site;
mod text;

pub use clock::Clock;
pub use id::{Id, Kind, ParseIdError};
pub use ids::{Ids, SHORT_ALPHABET};
pub use page::Limit;
pub use refusal::Refusal;
pub use site::{Allowed, MailServer, NotAnAddress, Site};
pub use text::{SlugError, clean_line, clean_text, slug};
