//! Texts as people write them: words by Zipf's law, posts of log-normal length, some Markdown.

use rand::{RngExt, rngs::StdRng};

use super::words::{LANGUAGES, Language};

/// How many words a language has, with its long tail.
const VOCABULARY: usize = 20_000;
/// From this rank on a word counts as rare.
const RARE: usize = 4_000;
/// The shortest and the longest post, in characters.
const LENGTH: (f64, f64) = (20.0, 2000.0);
/// Mean and deviation of the logarithm of a post's length: half of all are shorter than 180 characters.
const LOG_LENGTH: (f64, f64) = (5.2, 0.9);

/// Makes texts.
pub struct Texts {
    languages: Vec<Vocabulary>,
    /// Rare words that were written, a sample of them.
    pub rare: Vec<String>,
}

struct Vocabulary {
    language: &'static Language,
    words: Vec<String>,
    /// The sum of the weights up to each word.
    sums: Vec<f64>,
}

impl Texts {
    /// All languages with their vocabularies.
    pub fn new(rng: &mut StdRng) -> Self {
        let languages = LANGUAGES.iter().map(|language| Vocabulary::new(language, rng)).collect();
        Self { languages, rare: Vec::new() }
    }

    /// A language by its share, as its place in the list.
    pub fn language(&self, rng: &mut StdRng) -> usize {
        let mut left = rng.random_range(0..100);
        for (place, vocabulary) in self.languages.iter().enumerate() {
            if left < vocabulary.language.share {
                return place;
            }
            left -= vocabulary.language.share;
        }
        0
    }

    /// The title of a thread: three to eight words.
    pub fn title(&mut self, language: usize, rng: &mut StdRng) -> String {
        let words = rng.random_range(3..=8);
        self.sentence(language, words, rng)
    }

    /// A post in Markdown.
    pub fn post(&mut self, language: usize, rng: &mut StdRng) -> String {
        let (mean, deviation) = LOG_LENGTH;
        let length = (mean + deviation * normal(rng)).exp().clamp(LENGTH.0, LENGTH.1) as usize;
        let mut text = String::with_capacity(length * 2);
        let (mut characters, mut sentences) = (0, 0);
        while characters < length {
            if sentences > 0 {
                text.push_str(if rng.random_bool(0.2) { "\n\n" } else { " " });
            }
            let words = rng.random_range(4..=16);
            let sentence = self.sentence(language, words, rng);
            characters += sentence.chars().count() + 2;
            self.write(&mut text, &sentence, language, rng);
            sentences += 1;
        }
        text
    }

    /// A sentence plain, or with what Markdown has: emphasis, code, a list, a link.
    fn write(&mut self, text: &mut String, sentence: &str, language: usize, rng: &mut StdRng) {
        let end = if self.is_joined(language) { "。" } else { "." };
        let style = rng.random_range(0..100);
        let written = match style {
            0..2 => format!("**{sentence}**{end}"),
            2..4 => format!("`{sentence}`"),
            4..6 => format!("\n\n- {sentence}\n- {}\n\n", self.sentence(language, 4, rng)),
            6..8 => format!("[{sentence}](https://example.org/{}){end}", rng.random_range(1000..9999)),
            _ => format!("{sentence}{end}"),
        };
        text.push_str(&written);
    }

    fn sentence(&mut self, language: usize, words: usize, rng: &mut StdRng) -> String {
        let Some(vocabulary) = self.languages.get(language) else { return String::new() };
        let gap = if vocabulary.language.joined { "" } else { " " };
        let mut text = String::new();
        for place in 0..words {
            let (rank, word) = vocabulary.word(rng);
            if rank >= RARE && self.rare.len() < 2000 && rng.random_bool(0.05) {
                self.rare.push(word.to_owned());
            }
            if place == 0 {
                text.extend(word.chars().next().into_iter().flat_map(char::to_uppercase));
                text.extend(word.chars().skip(1));
            } else {
                text.push_str(gap);
                text.push_str(word);
            }
        }
        text
    }

    fn is_joined(&self, language: usize) -> bool {
        self.languages.get(language).is_some_and(|vocabulary| vocabulary.language.joined)
    }
}

impl Vocabulary {
    fn new(language: &'static Language, rng: &mut StdRng) -> Self {
        let mut words: Vec<String> = language.words.split_whitespace().map(str::to_owned).collect();
        let [starts, ends] = language.syllables.map(|list| list.split_whitespace().collect::<Vec<_>>());
        while words.len() < VOCABULARY {
            let mut word = String::new();
            for _ in 0..rng.random_range(1..=3) {
                word.push_str(chosen(&starts, rng));
            }
            word.push_str(chosen(&ends, rng));
            words.push(word);
        }
        let mut sum = 0.0;
        let sums = (0..words.len()).map(|rank| {
            sum += (rank as f64 + 2.7).powf(-1.05);
            sum
        });
        Self { language, sums: sums.collect(), words }
    }

    fn word(&self, rng: &mut StdRng) -> (usize, &str) {
        let total = self.sums.last().copied().unwrap_or(1.0);
        let wanted = rng.random_range(0.0..total);
        let rank = self.sums.partition_point(|sum| *sum < wanted);
        (rank, self.words.get(rank).map_or("", String::as_str))
    }
}

/// One of a list.
fn chosen<'a>(list: &[&'a str], rng: &mut StdRng) -> &'a str {
    list.get(rng.random_range(0..list.len().max(1))).copied().unwrap_or_default()
}

/// Nearly normally distributed, with deviation 1: the sum of twelve.
fn normal(rng: &mut StdRng) -> f64 {
    (0..12).map(|_| rng.random_range(0.0..1.0)).sum::<f64>() - 6.0
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_texts_of_the_promised_length() {
        let write = || {
            let mut rng = StdRng::seed_from_u64(1);
            let mut texts = Texts::new(&mut rng);
            (0..300)
                .map(|_| texts.language(&mut rng))
                .collect::<Vec<_>>()
                .into_iter()
                .map(|language| texts.post(language, &mut rng))
                .collect::<Vec<_>>()
        };
        let posts = write();
        assert_eq!(posts, write());
        assert!(posts.iter().all(|post| (20..2400).contains(&post.chars().count())));
        let common = posts.iter().filter(|post| post.contains(" the ")).count();
        assert!(common > 80, "a common word is common: {common}");
    }
}
