//! measure
fn main() {
    use std::io::BufReader;
    let path = std::env::args().nth(1).unwrap_or_default();
    let start = std::time::Instant::now();
    let Ok(file) = std::fs::File::open(&path) else { return };
    let Ok(archive) = connect::mail::threads::Archive::index(BufReader::with_capacity(1 << 16, &file)) else { return };
    println!("{} messages {} threads in {:?}", archive.messages(), archive.threads().len(), start.elapsed());
    let mut bytes = 0;
    if archive.messages() < 10_000 {
        for span in archive.threads().flatten() {
            if let Ok(e) = connect::mail::mbox::read_at(&file, *span) {
                bytes += connect::mail::message::Message::parse(&e).map_or(0, |m| m.whole_markdown().len());
            }
        }
    }
    println!("{bytes} {:?}", start.elapsed());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or_default());
}
