//! The tests of working time: given vectors, a minute-stepping model, laws, and cases from the calendar.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod against_the_model;
mod cases;
mod laws;
mod model;
mod vectors;
