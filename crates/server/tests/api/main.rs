//! The API from outside, on both engines: what people do with it, what it refuses, and what it
//! keeps to itself.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod asks;
mod conversation;
mod files;
mod hostile;
mod idempotency;
mod invitations;
mod live;
mod members;
mod pages;
mod permissions;
mod requests;
mod search;
mod sessions;
mod specification;
mod threads;
