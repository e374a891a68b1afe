//! The API from outside, on both engines: what people do with it, what it refuses, and what it
//! keeps to itself.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod ask_choices;
mod ask_clocks;
mod asks;
mod away;
mod conversation;
mod delivery;
mod drafts;
mod feeds;
mod files;
mod goals;
mod hostile;
mod idempotency;
mod imports;
mod invitations;
mod leaving;
mod live;
mod members;
mod norms;
mod pages;
mod permissions;
mod requests;
mod rhythm;
mod search;
mod sessions;
mod specification;
mod threads;
mod urgent;
mod views;
mod work;
mod work_checks;
mod work_hands;
