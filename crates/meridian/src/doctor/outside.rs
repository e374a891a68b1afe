//! The ways to people who do not look: mail and push.

use std::time::Duration;

use connect::{
    mailing::{self, MailState},
    smtp,
};
use jiff::Timestamp;
use kernel::Site;
use store::{Db, args, sql};

use super::Finding;

/// How long the mail server may take to let us in.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether mail goes out: the server is asked, and what the program has noted is looked at.
pub async fn mail(db: &Db, site: &Site, now: Timestamp) -> Finding {
    const WHAT: &str = "Mail";
    const REMEDY: &str =
        "Check mail.server, and the mail server's own log. Mails are tried again for two days.";
    let (Some(server), Some(address)) = (&site.mail, &site.address) else {
        return Finding::note(
            WHAT,
            "is not set up: nobody gets asks or their day by mail",
            "Set address, mail.server and mail.from in meridian.toml to send some.",
        );
    };
    let route = match smtp::route(server) {
        Ok(route) => route.with_patience(PATIENCE),
        Err(bad) => return Finding::wrong(WHAT, bad.to_string(), "Correct meridian.toml."),
    };
    if let Err(problem) = route.check(&smtp::hello(address)).await {
        return Finding::wrong(WHAT, format!("the mail server does not let us in: {problem}"), REMEDY);
    }
    match db.read(move |tx| async move { mailing::health(&tx, true, now).await }).await {
        Ok(health) if health.state == MailState::Failing => {
            let problem = health.problem.unwrap_or_default();
            Finding::wrong(
                WHAT,
                format!("the mail server lets us in, and mails were not taken: {problem}"),
                REMEDY,
            )
        }
        Ok(_) => Finding::well(WHAT, "the mail server lets us in"),
        Err(error) => Finding::wrong(WHAT, format!("cannot be looked at: {error}"), REMEDY),
    }
}

/// Whether browsers can be told.
pub async fn push(db: &Db, site: &Site) -> Finding {
    const WHAT: &str = "Push";
    let read = db.read(|tx| async move {
        let row = tx
            .one(
                sql!(
                    "SELECT (SELECT COUNT(*) FROM program_secrets WHERE name = 'push') AS keys,
                     (SELECT COUNT(*) FROM push_subscriptions) AS browsers,
                     (SELECT COUNT(*) FROM push_subscriptions WHERE problem IS NOT NULL) AS problems"
                ),
                args![],
            )
            .await?;
        Ok::<_, store::Error>((
            row.get::<i64>("keys")?,
            row.get::<i64>("browsers")?,
            row.get::<i64>("problems")?,
        ))
    });
    match read.await {
        Ok((0, ..)) => Finding::well(WHAT, "the key is made at the first start"),
        Ok((_, browsers, problems)) if site.address.is_none() => Finding::note(
            WHAT,
            format!("{browsers} browsers are connected, {problems} with a problem; the address is not set"),
            "Set address in meridian.toml: some push services want to know whose messages they carry.",
        ),
        Ok((_, browsers, problems)) => {
            Finding::well(WHAT, format!("{browsers} browsers are connected, {problems} with a problem"))
        }
        Err(error) => Finding::wrong(WHAT, format!("cannot be read: {error}"), "Look at “Database”."),
    }
}
