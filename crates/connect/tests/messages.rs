//! What one message becomes, one fixture for each thing mail does.
#![expect(clippy::unwrap_used, reason = "the functions that tests share may fail a test")]

use std::fmt::Write as _;

use connect::mail::mbox::{Entry, Span};
use connect::mail::message::{Broken, DateSource, Message};

fn entry(raw: &[u8]) -> Entry {
    Entry {
        span: Span { offset: 0, len: raw.len() as u64 },
        separated_at: Some("2001-02-03T04:05:06Z".parse().unwrap()),
        bytes: Some(raw.to_vec()),
    }
}

fn parse(raw: impl AsRef<[u8]>) -> Message {
    Message::parse(&entry(raw.as_ref())).unwrap()
}

/// A message with these further header lines and this body.
fn with(fields: &str, body: impl AsRef<[u8]>) -> Message {
    let mut raw =
        format!("From: Ann <ann@x.example>\nMessage-ID: <1@x>\nMIME-Version: 1.0\n{fields}\n\n").into_bytes();
    raw.extend_from_slice(body.as_ref());
    parse(raw)
}

/// Name, media type and content of each attachment.
fn files(message: &Message) -> Vec<(&str, &str, &[u8])> {
    message.attachments.iter().map(|file| (&*file.name, &*file.media_type, &*file.bytes)).collect()
}

#[test]
fn the_whole_header() {
    let message = parse(
        "From: =?iso-8859-1?Q?J=FCrgen_M=FCller?= <J.Mueller@x.example>\r\n\
         To: r-sig-hpc@lists.example\r\nDate: Wed, 15 Oct 2008 21:44:23 +0200\r\n\
         Message-ID: <2@x>\r\nIn-Reply-To: <1@x>\r\nReferences: <0@x>\r\n\t<1@x>\r\n\
         List-Id: HPC with R <r-sig-hpc.lists.example>\r\n\
         Subject: Re: [R-sig-hpc] =?utf-8?B?w5xiZXI=?= snow\r\n\r\nHi\r\n",
    );
    let envelope = &message.envelope;
    assert_eq!(envelope.message_id, "2@x");
    assert_eq!(envelope.in_reply_to.ids, ["1@x"]);
    assert_eq!(envelope.references.ids, ["0@x", "1@x"]);
    assert_eq!((&*envelope.from.name, &*envelope.from.email), ("Jürgen Müller", "J.Mueller@x.example"));
    assert_eq!(envelope.from.key(), "j.mueller@x.example");
    assert_eq!(envelope.date.unwrap().to_string(), "2008-10-15T19:44:23Z");
    assert_eq!(envelope.date_source, DateSource::Header);
    assert_eq!(message.subject, "Re: [R-sig-hpc] Über snow");
    assert_eq!(message.title, "Über snow");
    assert_eq!(message.list_id.as_deref(), Some("r-sig-hpc.lists.example"));
    assert_eq!(message.body_markdown, "Hi");
}

#[test]
fn obfuscated_sender_of_a_list_archive() {
    let message = parse("From: ann.lee at x.example (Ann Lee)\nSubject: [R-sig-hpc] Hi\n\nHi\n");
    assert_eq!(
        (&*message.envelope.from.name, &*message.envelope.from.email),
        ("Ann Lee", "ann.lee@x.example")
    );
    assert_eq!(message.title, "Hi");
}

#[test]
fn a_missing_id_is_made_of_the_content() {
    let (once, again) = (parse("From: a@x.example\n\nHi\n"), parse("From: a@x.example\r\n\r\nHi\r\n\r\n"));
    assert_eq!(once.envelope.message_id, again.envelope.message_id);
    assert_ne!(once.envelope.message_id, parse("From: a@x.example\n\nHo\n").envelope.message_id);
    assert_eq!(parse("From: a@x.example\nMessage-ID: odd one\n\nHi").envelope.message_id, "odd one");
}

#[test]
fn dates_from_other_places() {
    let found = |fields: &str| {
        let message = parse(format!("From: a@x.example\n{fields}\n\nHi"));
        (message.envelope.date.unwrap().to_string(), message.envelope.date_source)
    };
    assert_eq!(
        found("Date: soon\nReceived: from a by b; Wed, 15 Oct 2008 10:00:00 +0000\nReceived: from c by a; x"),
        ("2008-10-15T10:00:00Z".to_owned(), DateSource::Received)
    );
    assert_eq!(found("Date: 99 Foo"), ("2001-02-03T04:05:06Z".to_owned(), DateSource::Separator));
    let bare = Entry { separated_at: None, ..entry(b"From: a@x.example\n\nHi") };
    assert_eq!(Message::parse(&bare).unwrap().envelope.date_source, DateSource::Unknown);
}

#[test]
fn broken_messages_have_a_reason() {
    for (raw, reason) in [
        (b"".as_slice(), Broken::NoHeader),
        (b"just words\nand more\n\nFrom: ann@x.example\n", Broken::NoHeader),
        (b"\x00\xff\xfe\x80", Broken::NoHeader),
        (b"Subject: who\n\nHi", Broken::NoSender),
        (b"From: nobody\n\nHi", Broken::NoSender),
    ] {
        assert_eq!(Message::parse(&entry(raw)).unwrap_err(), reason, "{raw:?}");
    }
    let large = Entry { bytes: None, ..entry(b"") };
    assert_eq!(Message::parse(&large).unwrap_err(), Broken::TooLarge);
}

#[test]
fn transfer_encodings() {
    let quoted = "Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable";
    assert_eq!(with(quoted, "M=FCnchen is =\nlong=3D\n").body_markdown, "München is long=");
    let base64 = "Content-Type: text/plain; charset=\"UTF-8\"\nContent-Transfer-Encoding: BASE64";
    assert_eq!(with(base64, "TcO8\nbmNo\nZW4=\n").body_markdown, "München");
}

#[test]
fn character_sets_right_wrong_and_missing() {
    assert_eq!(
        with("Content-Type: text/plain; charset=koi8-r", b"\xf0\xd2\xc9\xd7\xc5\xd4").body_markdown,
        "Привет"
    );
    assert_eq!(with("Content-Type: text/plain; charset=gb2312", b"\xc4\xe3\xba\xc3").body_markdown, "你好");
    assert_eq!(with("Content-Type: text/plain; charset=utf-8", b"M\xfcnchen").body_markdown, "München");
    assert_eq!(with("Content-Type: text/plain; charset=iso-8859-1", "München").body_markdown, "München");
    assert_eq!(with("Subject: x", b"M\xfcnchen").body_markdown, "München");
    assert_eq!(with("Subject: M\u{fc}nchen", "").subject, "München");
    assert_eq!(parse(b"From: J\xfcrgen <j@x.example>\nSubject: M\xfcnchen\n\n").envelope.from.name, "Jürgen");
}

#[test]
fn flowed_text_quotes_and_signature() {
    let message = with(
        "Content-Type: text/plain; charset=utf-8; format=flowed",
        "This is \none line.\n\n> asked \n> here\n\n-- \nAnn\nLab\n",
    );
    assert_eq!(message.body_markdown, "This is one line.\n\n> asked here");
    assert_eq!(message.signature_markdown.as_deref(), Some("Ann\nLab"));
    assert!(message.whole_markdown().ends_with("here\n\n---\n\nAnn\nLab"));
}

#[test]
fn html_only_becomes_markdown() {
    let message = with(
        "Content-Type: text/html; charset=utf-8",
        "<style>p{}</style><p>Hello <b>you</b></p><img src='https://t.example/1' width=1><blockquote>old</blockquote>",
    );
    assert_eq!(message.body_markdown, "Hello **you**\n\n> old");
}

#[test]
fn alternatives_give_one_text() {
    let both = "--b\nContent-Type: text/plain\n\nplain\n--b\nContent-Type: text/html\n\n<p>rich</p>\n--b--\n";
    let message = with("Content-Type: multipart/alternative; boundary=b", both);
    assert_eq!(message.body_markdown, "plain");
    assert!(message.attachments.is_empty());
    let blank = both.replace("\nplain\n", "\n \n");
    assert_eq!(with("Content-Type: multipart/alternative; boundary=b", blank).body_markdown, "rich");
}

#[test]
fn nested_parts_with_files() {
    let body = "\
This is a message of several parts.
--outer
Content-Type: multipart/related; boundary=\"in ner\"

--in ner
Content-Type: multipart/alternative; boundary=deep

--deep
Content-Type: text/html

<p>See <img src=\"cid:plan@x\" alt=\"plan.png\"></p>
--deep--
--in ner
Content-Type: image/png; name=plan.png
Content-ID: <plan@x>
Content-Transfer-Encoding: base64

iVBORw==
--in ner--
--outer
Content-Type: application/pdf
Content-Disposition: attachment; filename*=utf-8''%C3%9Cbersicht.pdf

%PDF
--outer
Content-Type: text/x-patch; name=\"=?utf-8?Q?fix=5Fit.diff?=\"

+ line
--outer
Content-Type: application/octet-stream

raw
--outer
Content-Type: text/plain

and a last word
--outer--
epilogue
";
    let message = with("Content-Type: multipart/mixed; boundary=outer", body);
    assert_eq!(message.body_markdown, "See [image: plan.png]\n\nand a last word");
    assert_eq!(
        files(&message),
        [
            ("plan.png", "image/png", b"\x89PNG".as_slice()),
            ("Übersicht.pdf", "application/pdf", b"%PDF"),
            ("fix_it.diff", "text/x-patch", b"+ line"),
            ("attachment-4", "application/octet-stream", b"raw"),
        ]
    );
    assert_eq!(message.attachments[0].content_id.as_deref(), Some("plan@x"));
}

#[test]
fn forwarded_messages_and_digests_are_kept_whole() {
    let inner = "From: bob@x.example\nSubject: Old / news\n\nOld text\n";
    let body = format!("--b\n\nSee below\n--b\nContent-Type: message/rfc822\n\n{inner}--b--\n");
    let message = with("Content-Type: multipart/mixed; boundary=b", &body);
    assert_eq!(message.body_markdown, "See below");
    assert_eq!(files(&message), [("news.eml", "message/rfc822", inner.trim_end().as_bytes())]);

    let digest = format!("--d\n\n{inner}\n--d--\n");
    let message = with("Content-Type: multipart/digest; boundary=d", &digest);
    assert_eq!(message.attachments[0].media_type, "message/rfc822");
}

#[test]
fn a_body_that_looks_like_a_header_stays_body() {
    assert_eq!(
        with("Content-Type: multipart/mixed; boundary=b", "--b\n\nNote: this\n\nmore\n--b--").body_markdown,
        "Note: this\n\nmore"
    );
}

#[test]
fn damaged_structure_is_still_shown() {
    assert_eq!(
        with("Content-Type: multipart/mixed; boundary=b", "no parts here").body_markdown,
        "no parts here"
    );
    assert_eq!(with("Content-Type: multipart/mixed", "no boundary").body_markdown, "no boundary");
    assert_eq!(with("Content-Type: multipart/mixed; boundary=b", "--b\n\ncut off").body_markdown, "cut off");
    assert_eq!(with("Content-Type: nonsense", "text").body_markdown, "text");
    assert_eq!(with("Content-Type: text/plain; charset=", "text").body_markdown, "text");
    assert_eq!(with("Content-Type: text/calendar", "BEGIN:VCALENDAR").body_markdown, "BEGIN:VCALENDAR");
    let pdf = with("Content-Type: application/pdf; name=a.pdf", "%PDF");
    assert_eq!(
        (pdf.body_markdown.as_str(), files(&pdf)),
        ("", vec![("a.pdf", "application/pdf", b"%PDF".as_slice())])
    );
}

#[test]
fn endless_nesting_ends() {
    let mut body = String::new();
    for level in 0..5000 {
        let _ = write!(body, "--b{level}\nContent-Type: multipart/mixed; boundary=b{}\n\n", level + 1);
    }
    assert_eq!(with("Content-Type: multipart/mixed; boundary=b0", body).attachments.len(), 1);
}

#[test]
fn a_text_too_long_to_read_is_attached() {
    let long = "word ".repeat(300_000);
    let message = with("Content-Type: text/plain", &long);
    assert_eq!(message.body_markdown, "");
    assert_eq!(files(&message), [("attachment-1.txt", "text/plain", long.as_bytes())]);
}
