//! What readers have made of many rows at once, kept for whoever reads them next. Unlike an encoded
//! row it has no version of its own: whoever keeps it says in it of which rows it was made, and looks
//! whether they are still the same.

use std::{
    any::Any,
    collections::HashMap,
    fmt, mem,
    sync::{Arc, Mutex, PoisonError},
};

use uuid::Uuid;

/// How many bytes are kept, at most twice as many for a moment.
const KEPT: usize = 32 * 1024 * 1024;

/// The name of some rows that stand beside each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PortionKey {
    /// What is made of them, in one word.
    pub what: &'static str,
    /// Where.
    pub workspace: Uuid,
    /// What they belong to.
    pub of: Uuid,
    /// The first of them.
    pub first: Uuid,
}

/// The portions of one database handle that were made last.
#[derive(Clone, Default)]
pub struct Portions {
    generations: Arc<Mutex<Generations>>,
}

type Portion = Arc<dyn Any + Send + Sync>;

/// Two generations: when the young one is full it becomes the old one, and what was in the old one
/// and was not asked for since is forgotten.
#[derive(Default)]
struct Generations {
    young: HashMap<PortionKey, (Portion, usize)>,
    old: HashMap<PortionKey, (Portion, usize)>,
    bytes: usize,
}

impl Portions {
    /// The portion that was kept last under this name.
    pub fn get<T: Any + Send + Sync>(&self, key: &PortionKey) -> Option<Arc<T>> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.get(key)?.downcast().ok()
    }

    /// Keeps a portion in the place of the one before. `bytes`: what it takes, about.
    pub fn keep<T: Any + Send + Sync>(&self, key: PortionKey, portion: Arc<T>, bytes: usize) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.keep(key, portion, bytes);
    }
}

impl fmt::Debug for Portions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Portions").finish_non_exhaustive()
    }
}

impl Generations {
    fn get(&mut self, key: &PortionKey) -> Option<Portion> {
        if let Some((portion, _)) = self.young.get(key) {
            return Some(portion.clone());
        }
        let (portion, bytes) = self.old.remove(key)?;
        self.keep(*key, portion.clone(), bytes);
        Some(portion)
    }

    fn keep(&mut self, key: PortionKey, portion: Portion, bytes: usize) {
        self.old.remove(&key);
        self.bytes += bytes;
        if let Some((_, before)) = self.young.insert(key, (portion, bytes)) {
            self.bytes -= before;
        }
        if self.bytes > KEPT / 2 {
            self.old = mem::take(&mut self.young);
            self.bytes = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(first: u128) -> PortionKey {
        PortionKey { what: "words", workspace: Uuid::nil(), of: Uuid::nil(), first: Uuid::from_u128(first) }
    }

    #[test]
    fn the_last_one_kept_is_found_as_what_it_is() {
        let portions = Portions::default();
        portions.keep(key(1), Arc::new("before"), 10);
        portions.keep(key(1), Arc::new("after"), 10);
        assert_eq!(portions.get::<&str>(&key(1)).as_deref(), Some(&"after"));
        assert_eq!(portions.get::<u8>(&key(1)), None, "it is no number");
        assert_eq!(portions.get::<&str>(&key(2)), None);
        assert_eq!(portions.generations.lock().unwrap().bytes, 10, "the one before takes nothing");
    }

    #[test]
    fn what_nobody_asks_for_is_forgotten() {
        let portions = Portions::default();
        portions.keep(key(0), Arc::new(0_u8), 1);
        for first in 1..=200 {
            portions.keep(key(first), Arc::new(0_u8), KEPT / 20);
            assert!(portions.get::<u8>(&key(0)).is_some(), "it was asked for after {first} others");
        }
        assert!(portions.get::<u8>(&key(1)).is_none());
        assert!(portions.generations.lock().unwrap().bytes <= KEPT);
    }
}
