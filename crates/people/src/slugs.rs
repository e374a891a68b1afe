use std::fmt::Display;

/// How many numbered slugs are tried before the id makes it unique.
const TRIES: u32 = 100;

/// What may follow `/people/` or `/space/`: the readable slug of `text`, then `-2`, `-3` …, and at
/// last one with the end of the id. Later renames keep the slug: addresses stay.
pub(crate) fn candidates(text: &str, fallback: &str, id: impl Display) -> impl Iterator<Item = String> {
    let slug = kernel::slug(text);
    let base: String = if slug.is_empty() { fallback.to_owned() } else { slug.chars().take(48).collect() };
    let base = base.trim_end_matches('-').to_owned();
    let id = id.to_string();
    let tail: String = id.chars().skip(id.chars().count().saturating_sub(10)).collect();
    let last = format!("{base}-{tail}");
    let numbered =
        (1..=TRIES).map(move |number| if number == 1 { base.clone() } else { format!("{base}-{number}") });
    numbered.chain(std::iter::once(last))
}

#[cfg(test)]
mod tests {
    use super::candidates;

    #[test]
    fn candidates_are_numbered_and_end_with_the_id() {
        let all: Vec<String> = candidates("Minh Anh", "member", "mem_0123456789abcdef").collect();
        assert_eq!(all[..3], ["minh-anh", "minh-anh-2", "minh-anh-3"]);
        assert_eq!(all.last().unwrap(), "minh-anh-6789abcdef");
        assert_eq!(candidates("???", "member", "x").next().unwrap(), "member");
    }
}
