//! Numbers as people read them.

/// A number of bytes: `312 bytes`, `4.2 MB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} bytes");
    }
    let mut amount = bytes as f64;
    let mut unit = "bytes";
    for larger in UNITS {
        if amount < 999.95 {
            break;
        }
        amount /= 1000.0;
        unit = larger;
    }
    format!("{amount:.1} {unit}")
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_short() {
        let said = [0, 999, 1000, 4_213_000, 999_960, 5_000_000_000_000_000].map(size);
        assert_eq!(said, ["0 bytes", "999 bytes", "1.0 kB", "4.2 MB", "1.0 MB", "5000.0 TB"]);
    }
}
