//! Letters as a mail archive holds them: threads by reply headers, short and long texts in many languages, quotes,
//! signatures, and sometimes a file.

use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{SEED, text::Texts};

/// How many people write.
const PEOPLE: u64 = 2000;
/// How many of the last letters may be answered.
const ANSWERED: usize = 500;
/// One of so many letters carries a file of up to this many lines.
const FILES: (u32, usize) = (200, 8000);

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Writes one letter after the other, the same ones each time.
pub struct Letters {
    rng: StdRng,
    texts: Texts,
    number: u64,
    /// Number, subject and language of those that may be answered.
    recent: Vec<(u64, String, usize)>,
}

impl Letters {
    /// Ready for the first.
    pub fn new() -> Self {
        let mut rng = StdRng::seed_from_u64(SEED);
        Self { texts: Texts::new(&mut rng), rng, number: 0, recent: Vec::new() }
    }

    /// The next one, as it stands in an archive.
    pub fn next_letter(&mut self) -> String {
        let number = self.number;
        self.number += 1;
        let answered = if !self.recent.is_empty() && self.rng.random_bool(0.8) {
            let place = self.rng.random_range(0..self.recent.len());
            self.recent.get(place).cloned()
        } else {
            None
        };
        let language =
            answered.as_ref().map_or_else(|| self.texts.language(&mut self.rng), |(.., language)| *language);
        let subject = match &answered {
            Some((_, subject, _)) => subject.clone(),
            None => self.texts.title(language, &mut self.rng),
        };
        self.remember(number, &subject, language);
        let person = self.rng.random_range(0..PEOPLE);
        let reply = answered.map_or_else(String::new, |(parent, ..)| {
            format!("In-Reply-To: <{parent}@bench.example>\nReferences: <{parent}@bench.example>\n")
        });
        let (minute, hour, day) = (number % 60, number / 60 % 24, number / 1440 % 28 + 1);
        let (month, year) = (number / 40_320 % 12, 2010 + number / 483_840 % 15);
        let month = MONTHS.get(month as usize).copied().unwrap_or("Jan");
        let body = self.body(language);
        let (kind, content) = self.with_file(body);
        format!(
            "From p{person}@bench.example Wed Oct 15 19:44:23 2008\nFrom: Person {person} <p{person}@bench.example>\n\
             Message-ID: <{number}@bench.example>\n{reply}Subject: {subject}\n\
             Date: {day} {month} {year} {hour:02}:{minute:02}:00 +0000\nMIME-Version: 1.0\nContent-Type: {kind}\n\
             Content-Transfer-Encoding: 8bit\n\n{content}\n\n"
        )
    }

    fn remember(&mut self, number: u64, subject: &str, language: usize) {
        if self.recent.len() >= ANSWERED {
            let place = self.rng.random_range(0..self.recent.len());
            self.recent.swap_remove(place);
        }
        self.recent.push((number, subject.to_owned(), language));
    }

    fn body(&mut self, language: usize) -> String {
        let mut body = String::new();
        for _ in 0..self.rng.random_range(1..6) {
            body.push_str(&self.texts.post(language, &mut self.rng));
            body.push_str("\n\n> ");
            body.push_str(&self.texts.title(language, &mut self.rng));
            body.push_str("\n\n");
        }
        body.push_str("-- \nSent from a desk\n");
        body
    }

    fn with_file(&mut self, body: String) -> (&'static str, String) {
        let (rarely, most) = FILES;
        if self.rng.random_range(0..rarely) > 0 {
            return ("text/plain; charset=utf-8", body);
        }
        let lines = self.rng.random_range(10..most);
        let line = format!("{:A<76}\n", self.number);
        let file = "Content-Type: application/pdf; name=plan.pdf\nContent-Transfer-Encoding: base64";
        let text = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit";
        (
            "multipart/mixed; boundary=b",
            format!("--b\n{text}\n\n{body}\n--b\n{file}\n\n{}\n--b--\n", line.repeat(lines)),
        )
    }
}
