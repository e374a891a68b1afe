//! Search: the words of texts, queries as typed, and what both databases are asked.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use jiff::civil::date;
use proptest::prelude::*;
use rusqlite::Connection;
use topics::query::{LONGEST_QUERY, MOST_WORDS, Query, parse};
use topics::words::{LONGEST_TOKEN, Term, fts5, highlight, tokens, tsquery, tsvector};

fn word(text: &str) -> Term {
    Term::Word(text.into())
}

fn prefix(text: &str) -> Term {
    Term::Prefix(text.into())
}

fn phrase(words: &[&str]) -> Term {
    Term::Phrase(words.iter().map(|word| (*word).to_owned()).collect())
}

#[test]
fn words_lose_case_and_accents() {
    assert_eq!(tokens("Café CRÈME, Ærøskøbing!"), ["cafe", "creme", "aeroskobing"]);
    assert_eq!(
        tokens("Łódź Đà Nẵng Straße İstanbul ılık Señor Öl œuvre"),
        ["lodz", "da", "nang", "strasse", "istanbul", "ilik", "senor", "ol", "oeuvre"]
    );
    assert_eq!(tokens("cafe\u{301}"), tokens("café"));
    assert_eq!(tokens("ΟΔΥΣΣΕΎΣ οδυσσευς"), ["οδυσσευσ", "οδυσσευσ"]);
    assert_eq!(tokens("ﬁle ＡＢＣ１２ Ⅳ x² ½"), ["file", "abc12", "iv", "x2", "1", "2"]);
    assert_eq!(tokens("שָׁלוֹם مُحَمَّد محـــمد"), ["שלום", "محمد", "محمد"]);
}

#[test]
fn spelling_marks_of_indian_scripts_are_kept() {
    assert_eq!(tokens("हिन्दी बिल बल"), ["हिन्दी", "बिल", "बल"]);
    assert_eq!(tokens("தமிழ்"), ["தமிழ்"]);
}

#[test]
fn scripts_without_spaces_give_single_characters() {
    assert_eq!(tokens("日本語のがぎ"), ["日", "本", "語", "の", "が", "ぎ"]);
    assert_eq!(tokens("か\u{3099}ｶﾞ"), ["が", "ガ"]);
    assert_ne!(tokens("が"), tokens("か"));
    assert_eq!(tokens("한국어"), ["한", "국", "어"]);
    assert_eq!(tokens("\u{1112}\u{1161}\u{11AB}"), ["한"]);
    assert_eq!(tokens("กินข้าว"), ["ก", "ิ", "น", "ข", "\u{E49}", "า", "ว"]);
    assert_eq!(tokens("ລາວ ខ្មែរ").len(), 8);
    assert_eq!(tokens("မြန်မာ").len(), 6);
    assert_eq!(tokens("API設計v2です"), ["api", "設", "計", "v2", "で", "す"]);
    assert_eq!(tokens("㌔𠮷"), ["キ", "ロ", "𠮷"]);
}

#[test]
fn addresses_and_names_of_things_fall_apart() {
    assert_eq!(tokens("rafael.lima@example.com"), ["rafael", "lima", "example", "com"]);
    assert_eq!(
        tokens("https://example.com/a-b?c=d_e#f"),
        ["https", "example", "com", "a", "b", "c", "d", "e", "f"]
    );
    assert_eq!(tokens("it's C:\\temp\\x.rs"), ["it", "s", "c", "temp", "x", "rs"]);
}

#[test]
fn invisible_characters_do_not_divide_words() {
    assert_eq!(tokens("re\u{AD}fu\u{200B}nd\u{200D} \u{202E}x\u{202C}"), ["refund", "x"]);
    assert_eq!(tokens("\u{FEFF} \u{200B} … — 🙂\u{FE0F}"), Vec::<String>::new());
}

#[test]
fn long_words_are_cut() {
    let long = tokens(&"ß".repeat(500));
    assert_eq!(long, ["s".repeat(LONGEST_TOKEN)]);
    assert_eq!(parse(&"a".repeat(100)).terms, [prefix(&"a".repeat(LONGEST_TOKEN))]);
}

#[test]
fn both_databases_are_asked_for_the_same() {
    let terms = [word("refund"), prefix("deliv"), phrase(&["card", "on", "file"])];
    assert_eq!(fts5(&terms), r#""refund" AND "deliv" * AND "card" + "on" + "file""#);
    assert_eq!(tsquery(&terms), "'refund' & 'deliv':* & ('card' <-> 'on' <-> 'file')");
    let odd = [word("o'b\\r\"x"), word(""), word("\0"), phrase(&[]), phrase(&["", " "])];
    assert_eq!(fts5(&odd), r#""o'b\r""x""#);
    assert_eq!(tsquery(&odd), r#"'o''b\\r"x'"#);
    assert_eq!((fts5(&[]), tsquery(&[])), ("\"\"".to_owned(), String::new()));
}

#[test]
fn vectors_have_positions_within_what_postgres_holds() {
    assert_eq!(tsvector(&tokens("Card on card")), "'card':1,3 'on':2");
    assert_eq!(tsvector(&["it's\\".to_owned()]), "'it''s\\\\':1");
    assert_eq!(tsvector(&[]), "");
    let repeated = tsvector(&vec!["a".to_owned(); 1_000]);
    assert_eq!(repeated.split(',').count(), 255);
    let many: Vec<String> = (0..20_000).map(|number| format!("w{number}")).collect();
    let vector = tsvector(&many);
    assert!(
        vector.contains("'w16382':16383 ") && vector.ends_with("'w19999'") && vector.contains(" 'w16383' ")
    );
    let huge: Vec<String> = (0..60_000).map(|number| format!("{number:064}")).collect();
    assert!(tsvector(&huge).len() < 1_200_000);
}

#[test]
fn excerpts_mark_what_was_found() {
    assert_eq!(
        highlight("The <b>Café</b> & the\ncard on file", &[word("cafe"), phrase(&["card", "on"])], 100),
        "The &lt;b&gt;<mark>Café</mark>&lt;/b&gt; &amp; the <mark>card on</mark> file"
    );
    assert_eq!(
        highlight("Delivered delivery", &[prefix("deliver")], 100),
        "<mark>Delivered</mark> <mark>delivery</mark>"
    );
    assert_eq!(
        highlight("東京で会議をします", &[phrase(&["会", "議"])], 100),
        "東京で<mark>会議</mark>をします"
    );
    assert_eq!(
        highlight("cafe\u{301}s ﬁn", &[word("cafes"), word("fin")], 100),
        "<mark>cafe\u{301}s</mark> <mark>ﬁn</mark>"
    );
    assert_eq!(highlight("nothing here", &[word("absent")], 100), "nothing here");
    assert_eq!(highlight("one two three four", &[], 8), "one two…");
    assert_eq!(highlight("abcdefghij", &[word("abcdefghij")], 4), "<mark>abcd</mark>…");
    assert_eq!(highlight("", &[word("x")], 10), "");
}

#[test]
fn excerpts_are_taken_where_most_terms_meet() {
    let text = format!("refund {} refund for the card {}", "filler ".repeat(50), "more ".repeat(50));
    let excerpt = highlight(&text, &[word("refund"), word("card")], 60);
    assert!(excerpt.contains("<mark>refund</mark> for the <mark>card</mark>"), "{excerpt}");
    assert!(excerpt.starts_with('…') && excerpt.ends_with('…'), "{excerpt}");
    let shown = excerpt.replace("<mark>", "").replace("</mark>", "").replace('…', "");
    assert!(
        shown.chars().count() <= 60 && shown.starts_with("filler") && shown.ends_with("more"),
        "{excerpt}"
    );
    let japanese = format!("{}会議{}", "あ".repeat(200), "い".repeat(200));
    let excerpt = highlight(&japanese, &[phrase(&["会", "議"])], 20);
    assert_eq!(excerpt, format!("…{}<mark>会議</mark>{}…", "あ".repeat(6), "い".repeat(12)));
}

#[test]
fn queries_are_read_as_typed() {
    assert_eq!(parse("Refund the card").terms, [word("refund"), word("the"), prefix("card")]);
    assert_eq!(parse("deliv* now ").terms, [prefix("deliv"), prefix("now")]);
    assert_eq!(parse("\"card on file\"").terms, [phrase(&["card", "on", "file"])]);
    assert_eq!(parse("“Card” on").terms, [word("card"), prefix("on")]);
    assert_eq!(parse("a \"card on").terms, [word("a"), phrase(&["card", "on"])]);
    assert_eq!(parse("日本語").terms, [phrase(&["日", "本", "語"])]);
    assert_eq!(parse("会").terms, [word("会")]);
    assert_eq!(parse("日本go").terms, [phrase(&["日", "本"]), prefix("go")]);
    assert_eq!(parse("日本語 x").terms, [phrase(&["日", "本", "語"]), prefix("x")]);
    assert_eq!(parse("ana@example.com x").terms, [phrase(&["ana", "example", "com"]), prefix("x")]);
    assert_eq!(parse(" * \" \" ? ").terms, []);
    assert!(parse("  ").is_empty() && !parse("in:x").is_empty());
}

#[test]
fn filters_are_taken_out() {
    let query = parse("Refund in:Billing from:@Inês before:2026-10-01 AFTER:2026-09-01");
    assert_eq!(
        query,
        Query {
            terms: vec![word("refund")],
            in_space: Some("billing".into()),
            from: Some("inês".into()),
            before: Some(date(2026, 10, 1)),
            after: Some(date(2026, 9, 1)),
            problems: vec![],
        }
    );
    assert_eq!(parse("from:\"Inês Prado\" x").from.as_deref(), Some("inês prado"));
    assert_eq!(parse("in:a in:#b").in_space.as_deref(), Some("b"));
    assert_eq!(parse("note:x 12:30").terms, [phrase(&["note", "x"]), word("12"), prefix("30")]);
}

#[test]
fn what_cannot_be_used_is_said() {
    assert_eq!(parse("in: x").problems, ["“in:” needs a space, for example in:billing."]);
    assert_eq!(parse("from:@").problems, ["“from:” needs a person, for example from:camila."]);
    for wrong in ["2026-13-01", "2026-02-30", "yesterday", "", "2026-10-01T10:00", "20261001", "-02026-10-01"]
    {
        let query = parse(&format!("before:{wrong}"));
        assert_eq!(query.before, None, "{wrong}");
        assert_eq!(query.problems, ["“before:” needs a date, for example before:2026-10-01."], "{wrong}");
    }
    let many = parse(&"a ".repeat(400));
    assert_eq!((many.terms.len(), many.problems.len()), (MOST_WORDS, 1));
    let long = parse(&format!("x {} y", " ".repeat(LONGEST_QUERY)));
    assert_eq!((long.terms, long.problems.len()), (vec![prefix("x")], 1));
}

/// An index as the product keeps it, with one text.
fn sqlite(text: &str) -> Connection {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch("CREATE VIRTUAL TABLE texts USING fts5(tokens, tokenize = 'ascii')").unwrap();
    db.execute("INSERT INTO texts (tokens) VALUES ($1)", [tokens(text).join(" ")]).unwrap();
    db
}

fn sqlite_finds(db: &Connection, terms: &[Term]) -> bool {
    db.query_row("SELECT count(*) FROM texts WHERE texts MATCH $1", [fts5(terms)], |row| row.get::<_, i64>(0))
        .unwrap()
        > 0
}

const LETTER: &str =
    "Ærøskøbing: the card, on file. 日本語の会議が東京で。 กินข้าว 한국어 हिन्दी ana.lima@example.com";
const FOUND: [&str; 17] = [
    "aeroskobing",
    "ÆRØSK",
    "\"card on file\"",
    "card file",
    "会",
    "会議",
    "会議が",
    "日本語の会議が東京で",
    "กิน",
    "ข้าว",
    "ก",
    "한국",
    "어",
    "हिन्दी",
    "ana.lima@example.com",
    "example.co",
    "lima 東京",
];
const NOT_FOUND: [&str; 11] = [
    "\"on card\"",
    "cards",
    "議会",
    "会議か",
    "กน",
    "국한",
    "हन्दी",
    "lima@ana letter",
    "\"lima ana\"",
    "\"lim\"",
    "* \"\"",
];

#[test]
fn sqlite_finds_what_it_should() {
    let db = sqlite(LETTER);
    for query in FOUND {
        assert!(sqlite_finds(&db, &parse(query).terms), "{query}");
    }
    for query in NOT_FOUND {
        assert!(!sqlite_finds(&db, &parse(query).terms), "{query}");
    }
}

/// Runs against the server that `MERIDIAN_TEST_POSTGRES` names, when it does; writes nothing.
#[tokio::test]
async fn postgres_finds_what_sqlite_finds() {
    let Ok(url) = std::env::var("MERIDIAN_TEST_POSTGRES") else { return };
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    let connection = tokio::spawn(connection);
    let finds = "SELECT $1::text::tsvector @@ $2::text::tsquery";
    let letter = tsvector(&tokens(LETTER));
    for (queries, expected) in [(&FOUND[..], true), (&NOT_FOUND[..], false)] {
        for query in queries {
            let row = client.query_one(finds, &[&letter, &tsquery(&parse(query).terms)]).await.unwrap();
            assert_eq!(row.get::<_, bool>(0), expected, "{query}");
        }
    }
    let odd = [word("o'b\\r\"x"), prefix("a:*&|!()<->"), phrase(&["'", "\\", "\\'"])];
    client.query_one("SELECT $1::text::tsquery", &[&tsquery(&odd)]).await.unwrap();
    let huge: Vec<String> =
        (0..60_000).map(|number| format!("{number:064}")).chain(vec!["a".into(); 1_000]).collect();
    let repeated = vec!["it's\\".to_owned(); 20_000];
    for tokens in [huge, repeated] {
        client.query_one("SELECT length($1::text::tsvector)", &[&tsvector(&tokens)]).await.unwrap();
    }
    drop(client);
    connection.await.unwrap().unwrap();
}

/// Reads the operands and operators of what `tsquery` writes; refuses what PostgreSQL would refuse.
fn is_tsquery(text: &str) -> bool {
    let mut rest = text;
    loop {
        rest = rest.strip_prefix('(').unwrap_or(rest);
        let Some(mut inside) = rest.strip_prefix('\'') else { return text.is_empty() };
        loop {
            let end = inside.find(['\'', '\\']).unwrap_or(inside.len());
            let tail = &inside[end..];
            if tail.starts_with("''") || tail.starts_with("\\\\") {
                inside = &tail[2..];
            } else if let Some(after) = tail.strip_prefix('\'') {
                rest = after;
                break;
            } else {
                return false;
            }
        }
        rest = rest.strip_prefix(":*").unwrap_or(rest);
        rest = rest.strip_prefix(')').unwrap_or(rest);
        if rest.is_empty() {
            return true;
        }
        match rest.strip_prefix(" & ").or_else(|| rest.strip_prefix(" <-> ")) {
            Some(next) => rest = next,
            None => return false,
        }
    }
}

fn unmarked(excerpt: &str) -> String {
    excerpt
        .replace("<mark>", "")
        .replace("</mark>", "")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "Bc",
        "é",
        "e\u{301}",
        "ß",
        "日",
        "が",
        "か\u{3099}",
        "ｶﾞ",
        "한",
        "\u{1112}",
        "\u{1161}",
        "ก",
        "ิ",
        "न्",
        "\"",
        "“",
        "'",
        "\\",
        "*",
        ":",
        "in:",
        "from:",
        "before:",
        "2026-10-01",
        "AND",
        "OR",
        "NOT",
        "NEAR(",
        "(",
        ")",
        "+",
        "-",
        "^",
        "{",
        "}",
        "&",
        "|",
        "!",
        "<->",
        " ",
        "\n",
        "\0",
        "\u{200B}",
        "\u{202E}",
        "🙂",
        "\u{FE0F}",
        "<b>",
        "ﬁ",
        "½",
        "İ",
        "x.y@z",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn any_terms() -> impl Strategy<Value = Vec<Term>> {
    let text = || prop_oneof![soup(), any::<String>()];
    let term = prop_oneof![
        text().prop_map(Term::Word),
        text().prop_map(Term::Prefix),
        prop::collection::vec(text(), 0..5).prop_map(Term::Phrase),
    ];
    prop::collection::vec(term, 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tokens_of_tokens_are_the_same(text in prop_oneof![soup(), any::<String>()]) {
        let once = tokens(&text);
        prop_assert!(once.iter().all(|token| (1..=LONGEST_TOKEN).contains(&token.chars().count())));
        prop_assert!(once.iter().all(|token| !token.contains(|c: char| c.is_whitespace() || c.is_control())));
        prop_assert_eq!(tokens(&once.join(" ")), once);
    }

    #[test]
    fn any_query_is_valid_in_both_databases(text in prop_oneof![soup(), any::<String>()]) {
        let query = parse(&text);
        sqlite_finds(&sqlite("a"), &query.terms);
        prop_assert!(is_tsquery(&tsquery(&query.terms)));
    }

    #[test]
    fn any_terms_are_valid_in_both_databases(terms in any_terms()) {
        sqlite_finds(&sqlite("a"), &terms);
        prop_assert!(is_tsquery(&tsquery(&terms)), "{}", tsquery(&terms));
    }

    #[test]
    fn a_text_is_found_by_itself(text in prop_oneof![soup(), any::<String>()]) {
        let terms = [Term::Phrase(tokens(&text))];
        prop_assert_eq!(sqlite_finds(&sqlite(&text), &terms), !tokens(&text).is_empty());
    }

    #[test]
    fn excerpts_are_parts_of_the_text(text in prop_oneof![soup(), any::<String>()], typed in soup(), most in 0_usize..60) {
        let excerpt = unmarked(&highlight(&text, &parse(&typed).terms, most));
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown = if line.contains(&excerpt) { &excerpt } else { excerpt.trim_matches('…') };
        prop_assert!(line.contains(shown), "{:?} in {:?}", shown, line);
        prop_assert!(shown.chars().count() <= most);
    }
}
