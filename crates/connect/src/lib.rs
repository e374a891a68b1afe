//! The outside world. For now: reading archives of mail, without writing anything anywhere.

pub mod mail;
