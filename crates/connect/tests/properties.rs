//! No input makes reading a mail archive panic, hang or lose a message.

use std::io::Cursor;

use connect::mail::mbox::{Entry, Span, Splitter, read_at};
use connect::mail::message::{Envelope, Message};
use connect::mail::threads::Archive;
use connect::mail::{charset, date, headers, html, plain};
use proptest::prelude::*;

const SEPARATOR: &str = "From ann@x.example Wed Oct 15 19:44:23 2008\n";

/// Pieces of mail, so that chance finds its way into the grammar.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        SEPARATOR,
        "From ",
        ">From here",
        ">>From there",
        "From: Ann <ann@x.example>\n",
        "From: ann at x.example (Ann)\n",
        "Message-ID: <a@b>\n",
        "References: <a@b> <c@d>\n",
        "In-Reply-To: <a@b> (x)\n",
        "Date: Wed, 15 Oct 2008 19:44:23 +0200\n",
        "Date: 15-Oct-08 9:9:9 +-99999\n",
        "Subject: =?utf-8?B?w7zD?= =?utf-8?B?vA==?= =?x?Q?=?=\n",
        "Content-Type: multipart/mixed; boundary=b\n",
        "Content-Type: multipart/digest; boundary=\"b\"\n",
        "Content-Type: message/rfc822\n",
        "Content-Type: text/html; charset=utf-7\n",
        "Content-Type: text/plain; charset=iso-2022-jp; format=flowed; delsp=yes\n",
        "Content-Type: text/plain; charset=utf-16\n",
        "Content-Disposition: attachment; filename*0*=utf-8''%zz; filename*1=b\n",
        "Content-Transfer-Encoding: quoted-printable\n",
        "Content-Transfer-Encoding: base64\n",
        "--b\n",
        "--b--\n",
        "\n",
        "\r\n",
        "=\n",
        "=E9",
        "+AAA-",
        "> > quoted\n",
        "-- \n",
        "____________________________________\nmailing list\n",
        "    x <- f(1)   ;\n",
        "> x[1]\n[1] 2\n",
        "```\n",
        "* a\n1. b\n",
        "https://x.example/a_(b)_c) <ann@x.example> <b>&amp;",
        "<blockquote><ul><li><p><b>",
        "</b></blockquote></li>",
        "<a href='https://x.example'>x<pre>",
        "<div style='display:none'><br><br><td>",
        "\u{1f600}é\u{200b}",
    ]);
    prop_oneof![
        4 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..20),
        1 => "\\PC{0,20}".prop_map(String::into_bytes),
    ]
}

fn soup() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(fragment(), 0..40).prop_map(|fragments| fragments.concat())
}

fn entry(bytes: Vec<u8>) -> Entry {
    Entry { span: Span { offset: 0, len: bytes.len() as u64 }, separated_at: None, bytes: Some(bytes) }
}

/// Writes an mbox as RFC 4155 and the mboxrd rule for `From ` lines want it.
fn join(messages: &[String]) -> String {
    let mut mbox = String::new();
    for message in messages {
        mbox += SEPARATOR;
        for line in message.lines() {
            if line.trim_start_matches('>').starts_with("From ") {
                mbox.push('>');
            }
            mbox += line;
            mbox.push('\n');
        }
        mbox.push('\n');
    }
    mbox
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_file_can_be_read_and_every_byte_is_accounted_for(bytes in soup()) {
        let entries: Vec<Entry> = Splitter::new(&*bytes).map(Result::unwrap).collect();
        let mut position = entries.first().map_or(0, |entry| entry.span.offset);
        for entry in &entries {
            prop_assert_eq!(entry.span.offset, position);
            position += entry.span.len;
            prop_assert_eq!(&read_at(Cursor::new(&bytes), entry.span).unwrap(), entry);
        }
        prop_assert!(entries.is_empty() || position == bytes.len() as u64);

        let archive = Archive::index(&*bytes).unwrap();
        prop_assert_eq!(archive.messages() + archive.duplicates.len() + archive.skipped.len(), entries.len());
        prop_assert_eq!(archive.threads().map(<[_]>::len).sum::<usize>(), archive.messages());
        prop_assert!(archive.threads().all(|thread| !thread.is_empty()));
    }

    #[test]
    fn any_message_can_be_read(bytes in soup()) {
        let mut with_sender = b"From: Ann <ann@x.example>\n".to_vec();
        with_sender.extend_from_slice(&bytes);
        for bytes in [bytes, with_sender] {
            let entry = entry(bytes);
            match (Message::parse(&entry), Envelope::read(&entry)) {
                (Ok(message), Ok(envelope)) => {
                    prop_assert_eq!(&message.envelope, &envelope);
                    prop_assert!(message.attachments.iter().all(|file| !file.name.is_empty()));
                    prop_assert!(!message.body_markdown.contains('\0'));
                }
                (Err(message), Err(envelope)) => prop_assert_eq!(message, envelope),
                (message, envelope) => prop_assert!(false, "{message:?} but {envelope:?}"),
            }
        }
    }

    #[test]
    fn any_text_can_be_converted(bytes in soup(), label in "[a-z0-9-]{0,12}") {
        let text = charset::tidy(&charset::decode(&bytes, Some(&label)));
        for label in ["utf-7", "utf-16", "utf-16le", "iso-2022-jp", "big5", "gb18030", "euc-jp", "shift_jis", "euc-kr"] {
            charset::decode(&bytes, Some(label));
        }
        plain::to_markdown(&text);
        plain::flowed_to_markdown(&text, true);
        html::to_markdown(&text);
        date::parse_header(&text);
        date::parse_separator(&text);
        headers::read_address(&text);
    }

    #[test]
    fn splitting_undoes_joining(messages in prop::collection::vec("A: 1\n\n((>{0,3}From [a-z ]{0,9}|[ -~é]{0,30}|>)\n){0,8}", 0..6)) {
        let found: Vec<String> = Splitter::new(join(&messages).as_bytes())
            .map(|entry| String::from_utf8(entry.unwrap().bytes.unwrap()).unwrap())
            .collect();
        prop_assert_eq!(found, messages);
    }

    #[test]
    fn plain_words_survive(words in prop::collection::vec("[a-zA-Zéü]{1,9}", 1..30)) {
        let text = words.chunks(7).map(|line| line.join(" ")).collect::<Vec<_>>().join("\n");
        let found = plain::to_markdown(&text).body;
        prop_assert_eq!(found.split_whitespace().collect::<Vec<_>>(), words);
    }
}
