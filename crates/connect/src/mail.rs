//! Reading mail archives.
//!
//! An import makes two passes over one file:
//!
//! 1. [`threads::Archive::index`] reads the whole file once and keeps only where each message lies and which
//!    conversation it belongs to.
//! 2. [`mbox::read_at`] fetches one message at a time in that order, and [`message::Message::parse`] turns it
//!    into something a person can read.
//!
//! Nothing here panics on any input: what cannot be read becomes a [`message::Broken`] with its byte offset,
//! and the rest goes on.

pub mod charset;
pub mod date;
pub mod headers;
pub mod html;
pub mod mbox;
pub mod message;
mod mime;
pub mod plain;
pub mod threads;
