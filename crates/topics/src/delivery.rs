//! Delivering: what was held reaches its people at the instants that `people::delivery` names.
//! Nothing is dropped, nothing arrives twice, and a delivery that runs late delivers what was
//! written before its instant.
//!
//! Each member's turn is one transaction. `turn` takes it, `sweep` moves their marks, `single` is
//! what arrives apart from the deliveries, `own` is what a member says about their own.

mod own;
mod single;
mod sweep;
mod tell;
mod turn;

pub use own::{Arrival, Arrivals, DeliveryAnswer, PlanPreview, arrivals, change, check, held, preview, read};
pub use single::{ask_arrives, posted};
pub use tell::{TELL, tell};
pub use turn::{arrived_before, deliver, replan};
