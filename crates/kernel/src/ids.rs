use std::sync::{Arc, Mutex, PoisonError};

use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use crate::{Clock, Id, Kind};

/// The characters of short codes: no 0/O, 1/I/L, and no vowels that would spell words.
pub const SHORT_ALPHABET: &[u8] = b"23456789bcdfghjkmnpqrstvwxz";

/// Makes ids, short codes and secrets. Tests seed it.
#[derive(Clone)]
pub struct Ids {
    random: Arc<Mutex<StdRng>>,
    clock: Clock,
}

impl Ids {
    /// Ids from the operating system's randomness.
    pub fn new(clock: Clock) -> Self {
        Self::from_random(StdRng::from_rng(&mut rand::rng()), clock)
    }

    /// The same ids in the same order for the same seed and clock.
    pub fn seeded(seed: u64, clock: Clock) -> Self {
        Self::from_random(StdRng::seed_from_u64(seed), clock)
    }

    fn from_random(random: StdRng, clock: Clock) -> Self {
        Self { random: Arc::new(Mutex::new(random)), clock }
    }

    /// A new UUIDv7, ordered by the clock's milliseconds.
    pub fn make<K: Kind>(&self) -> Id<K> {
        Id::from_uuid(self.uuid())
    }

    /// The same without a kind.
    pub fn uuid(&self) -> Uuid {
        let millis = u64::try_from(self.clock.now().as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A code for people to read aloud, from [`SHORT_ALPHABET`].
    pub fn short_code(&self, length: usize) -> String {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        (0..length)
            .filter_map(|_| SHORT_ALPHABET.get(random.random_range(0..SHORT_ALPHABET.len())))
            .map(|byte| *byte as char)
            .collect()
    }

    /// Random bytes, good for keys.
    pub fn bytes<const LENGTH: usize>(&self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        self.fill(&mut bytes);
        bytes
    }

    /// 256 random bits in lower-case hexadecimal: sessions, invitations, API tokens.
    pub fn secret(&self) -> String {
        self.bytes::<32>().iter().fold(String::with_capacity(64), |mut text, byte| {
            use std::fmt::Write;
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}
