//! A real mailing list of sixteen years, read in the two passes of an import.

use std::collections::HashSet;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use connect::mail::mbox::read_at;
use connect::mail::message::{DateSource, Message};
use connect::mail::threads::Archive;
use serde_json::Value;

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name)
}

#[test]
fn the_archive_gives_the_expected_figures() {
    let (Ok(mbox), Ok(expected)) =
        (File::open(data("r-sig-hpc.mbox")), std::fs::read_to_string(data("r-sig-hpc.expect.json")))
    else {
        println!("skipped: the archive r-sig-hpc.mbox is not here");
        return;
    };
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let archive = Archive::index(BufReader::new(&mbox)).unwrap();

    assert!(archive.skipped.is_empty());
    assert!(archive.duplicates.is_empty());
    assert_eq!(archive.messages() as u64, expected["messages"]);
    assert_eq!(archive.threads().len() as u64, expected["threads"]);
    assert_eq!(archive.authors as u64, expected["authors"]);

    let mut sizes: Vec<usize> = archive.threads().map(<[_]>::len).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let largest: Vec<u64> =
        expected["largest_threads"].as_array().unwrap().iter().map(|size| size.as_u64().unwrap()).collect();
    assert_eq!(sizes.iter().take(largest.len()).map(|size| *size as u64).collect::<Vec<_>>(), largest);
    assert_eq!(sizes.iter().filter(|size| **size == 1).count() as u64, expected["single_message_threads"]);

    let (first, last) = archive.dates.unwrap();
    let written =
        |name: &str| expected[name].as_str().unwrap().replace(' ', "T").parse::<jiff::Timestamp>().unwrap();
    assert_eq!((first, last), (written("first"), written("last")));

    let mut ids = HashSet::new();
    let mut previous_thread = jiff::Timestamp::MIN;
    for thread in archive.threads() {
        let messages: Vec<Message> =
            thread.iter().map(|span| Message::parse(&read_at(&mbox, *span).unwrap()).unwrap()).collect();
        let started = messages[0].envelope.date.unwrap();
        assert!(started >= previous_thread);
        previous_thread = started;
        for message in messages {
            assert_eq!(message.envelope.date_source, DateSource::Header);
            assert!(!message.title.to_lowercase().starts_with("re:"), "{}", message.subject);
            assert!(!message.title.to_lowercase().contains("[r-sig-hpc]"), "{}", message.subject);
            assert!(ids.insert(message.envelope.message_id));
        }
    }
    assert_eq!(ids.len(), archive.messages());
}
