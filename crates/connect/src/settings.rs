//! What the operator has set: understood when the program starts, so that a typing mistake does
//! not wait for the first mail.

use kernel::Site;
use url::Url;

/// What is wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {problem}")]
pub struct BadSetting {
    /// Which, as in `meridian.toml`.
    pub setting: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

fn bad(setting: &'static str, problem: impl Into<String>) -> BadSetting {
    BadSetting { setting, problem: problem.into() }
}

/// The same site with its address in the form in which links are made of it. Refuses what could
/// not work.
pub fn checked(site: Site) -> Result<Site, BadSetting> {
    let address = site.address.as_deref().map(base).transpose()?;
    if let Some(mail) = &site.mail {
        if address.is_none() {
            return Err(bad("address", "mail links to the pages: set where people reach the server"));
        }
        crate::smtp::route(mail)?;
        crate::smtp::sender(mail)?;
    }
    Ok(Site { address, ..site })
}

/// `https://work.example.org`, without a slash at the end.
fn base(address: &str) -> Result<String, BadSetting> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some(url) = url.filter(|url| url.host().is_some()) else {
        return Err(bad("address", "expected an address like https://work.example.org"));
    };
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(bad(
            "address",
            "expected only scheme, host and port: Meridian is at the root of its host",
        ));
    }
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_begin_with_the_origin() {
        assert_eq!(base("https://work.example.org").unwrap(), "https://work.example.org");
        assert_eq!(base("https://work.example.org/").unwrap(), "https://work.example.org");
        assert_eq!(base("http://localhost:7600").unwrap(), "http://localhost:7600");
        assert_eq!(base("https://Work.Example.org:443/").unwrap(), "https://work.example.org");
        for wrong in ["work.example.org", "ftp://a", "https://a/b", "https://a/?b", "https://me@a", ""] {
            assert!(base(wrong).is_err(), "{wrong}");
        }
    }
}
