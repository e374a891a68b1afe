use std::{
    io::{Read, Write},
    net::TcpListener,
    path::Path,
};

use clap::Parser;
use store::{
    Blobs, Db, Options, args, sql,
    testing::{self},
};
use tempfile::TempDir;
use tokio::sync::watch;

use super::{Finding, State, examine};
use crate::config::Config;

fn config(data: &Path, more: &[&str]) -> Config {
    let data = data.to_str().unwrap();
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let mut line = vec!["meridian", "--data", data, "--clock", "2026-11-25T15:00:00Z"];
    if !more.contains(&"--listen") {
        line.extend(["--listen", &listen]);
    }
    line.extend(more);
    line.push("version");
    Config::read(crate::Arguments::parse_from(line).options).unwrap()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

async fn findings(config: &Config) -> Vec<Finding> {
    examine(config, &Options::new(&config.database), true).await
}

/// What is wrong apart from the client, which a build without `web/dist` does not have.
fn wrong(findings: &[Finding]) -> Vec<&'static str> {
    findings
        .iter()
        .filter(|finding| finding.state == State::Wrong && finding.what != "Web client")
        .inspect(|finding| assert!(finding.remedy.as_ref().is_some_and(|remedy| !remedy.is_empty())))
        .map(|finding| finding.what)
        .collect()
}

/// A data folder with a workspace that has a picture.
async fn data() -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let config = config(folder.path(), &[]);
    let db = Db::open(Options::new(&config.database), &server::migrations()).await.unwrap();
    let blobs = Blobs::local(config.files()).unwrap();
    let hash = fill(&db, &blobs).await;
    db.close().await;
    (folder, hash)
}

async fn fill(db: &Db, blobs: &Blobs) -> String {
    let clock = kernel::Clock::fixed("2026-11-25T14:00:00Z".parse().unwrap());
    let ids = kernel::Ids::seeded(1, clock.clone());
    let context = store::Context { db: db.clone(), blobs: blobs.clone(), clock, ids };
    let owner = people::workspaces::NewOwner {
        name: "Jo".to_owned(),
        email: "jo@example.org".to_owned(),
        password: "correct horse battery".to_owned(),
        zone: "Europe/Berlin".to_owned(),
    };
    let workspace = people::workspaces::NewWorkspace { name: "Ours".to_owned() };
    people::workspaces::set_up(&context, people::workspaces::SetUp { workspace, owner }).await.unwrap();
    let hash = blobs.put(b"GIF89a".to_vec()).await.unwrap().hash;
    let picture = hash.clone();
    db.write(move |tx| async move { tx.run(sql!("UPDATE members SET picture = $1"), args![picture]).await })
        .await
        .unwrap();
    hash
}

async fn alter(config: &Config, sql: store::Sql) {
    let db = Db::open(Options::new(&config.database), &server::migrations()).await.unwrap();
    db.write(move |tx| async move { tx.run(sql, args![]).await }).await.unwrap();
    db.close().await;
}

#[tokio::test]
async fn a_healthy_folder_has_nothing_wrong() {
    let (folder, _) = data().await;
    let findings = findings(&config(folder.path(), &[])).await;
    assert_eq!(wrong(&findings), Vec::<&str>::new(), "{findings:#?}");
    assert_eq!(findings.len(), 17);
}

#[tokio::test]
async fn a_healthy_postgres_has_nothing_wrong() {
    let Some(test) = testing::postgres(&server::migrations()).await else { return };
    let folder = TempDir::new().unwrap();
    let url = std::env::var(testing::POSTGRES).unwrap();
    let config = config(folder.path(), &["--database", &url]);
    fill(&test.db, &Blobs::local(config.files()).unwrap()).await;
    let schema = test.schema().map(str::to_owned);
    let options = Options { postgres_schema: schema, ..Options::new(url) };
    let findings = examine(&config, &options, true).await;
    assert_eq!(wrong(&findings), Vec::<&str>::new(), "{findings:#?}");
    test.end().await;
}

#[tokio::test]
async fn nothing_is_made_where_there_is_nothing() {
    let folder = TempDir::new().unwrap();
    let nowhere = folder.path().join("nowhere");
    assert_eq!(wrong(&findings(&config(&nowhere, &[])).await), ["Data folder", "Database"]);
    assert!(!nowhere.exists());
}

#[tokio::test]
async fn a_broken_database_is_found() {
    let (folder, _) = data().await;
    std::fs::write(folder.path().join("meridian.db"), vec![b'x'; 8192]).unwrap();
    assert_eq!(wrong(&findings(&config(folder.path(), &[])).await), ["Database"]);
}

#[tokio::test]
async fn a_database_that_waits_for_migrations_is_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let config = config(folder.path(), &[]);
    let older = [store::MIGRATIONS, people::MIGRATIONS].concat();
    Db::open(Options::new(&config.database), &older).await.unwrap().close().await;
    for _ in 0..2 {
        assert_eq!(wrong(&findings(&config).await), ["Migrations"]);
    }
}

#[tokio::test]
async fn files_that_are_missing_or_different_are_found() {
    let (folder, hash) = data().await;
    let config = config(folder.path(), &[]);
    let (directory, name) = hash.split_at(2);
    let path = config.files().join(directory).join(name);
    std::fs::write(&path, "GIF89b").unwrap();
    assert_eq!(wrong(&findings(&config).await), ["Files"]);
    let shallow = examine(&config, &Options::new(&config.database), false).await;
    assert_eq!(wrong(&shallow), Vec::<&str>::new());
    std::fs::remove_file(path).unwrap();
    let shallow = examine(&config, &Options::new(&config.database), false).await;
    assert_eq!(wrong(&shallow), ["Files"]);
    std::fs::remove_dir_all(config.files()).unwrap();
    assert_eq!(wrong(&findings(&config).await), ["Files"]);
    assert!(!config.files().exists());
}

#[tokio::test]
async fn a_clock_that_went_back_a_zone_that_is_gone_and_dead_jobs_are_found() {
    let (folder, _) = data().await;
    let config = config(folder.path(), &[]);
    alter(&config, sql!("UPDATE changes SET at = at + 86400000000")).await;
    assert_eq!(wrong(&findings(&config).await), ["Clock"]);
    alter(&config, sql!("UPDATE changes SET at = at - 86400000000")).await;
    alter(&config, sql!("UPDATE schedules SET zone = 'Mars/Olympus'")).await;
    assert_eq!(wrong(&findings(&config).await), ["Zones of members"]);
    alter(&config, sql!("UPDATE schedules SET zone = 'Europe/Berlin'")).await;
    alter(
        &config,
        sql!(
            "INSERT INTO jobs (workspace, kind, key, payload, run_at, attempts, last_error, dead)
             SELECT id, 'send', 'letter', 'null', 0, 10, 'nobody answered', TRUE FROM workspaces"
        ),
    )
    .await;
    let findings = findings(&config).await;
    assert_eq!(wrong(&findings), ["Background work"]);
    assert!(findings.iter().any(|finding| finding.found.contains("nobody answered")));
}

#[tokio::test]
async fn deliveries_that_are_late_and_people_who_never_work_are_found() {
    let (folder, _) = data().await;
    let config = config(folder.path(), &[]);
    alter(&config, sql!("UPDATE deliveries SET quiet = TRUE")).await;
    let said = |findings: &[Finding]| {
        findings.iter().find(|finding| finding.what == "Deliveries").map(|one| (one.state, one.found.clone()))
    };
    let (state, found) = said(&findings(&config).await).unwrap();
    assert_eq!(state, State::Note);
    assert!(found.contains("1 members have hours without working time"), "{found}");
    // Half an hour before the clock of these tests.
    alter(&config, sql!("UPDATE deliveries SET run_at = 1795617000000000")).await;
    let (state, found) = said(&findings(&config).await).unwrap();
    assert_eq!(state, State::Wrong);
    assert!(found.contains("due at 2026-11-25T14:30:00Z"), "{found}");
}

#[tokio::test]
async fn a_port_is_free_ours_or_somebody_elses() {
    let (folder, _) = data().await;
    let somebody = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = somebody.local_addr().unwrap().to_string();
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = somebody.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nanother program");
    });
    assert_eq!(wrong(&findings(&config(folder.path(), &["--listen", &listen])).await), ["Port"]);
    answering.join().unwrap();

    let test = testing::sqlite(&server::migrations()).await;
    let context = test.context("2026-11-25T15:00:00Z".parse().unwrap());
    let app = edge::App { context, limits: edge::Limits::default(), site: std::sync::Arc::default() };
    let ours = server::Server::bind("127.0.0.1:0".parse().unwrap(), app).await.unwrap();
    let listen = ours.address().unwrap().to_string();
    let (stop, ended) = watch::channel(false);
    let serving = tokio::spawn(ours.run(ended));
    let findings = findings(&config(folder.path(), &["--listen", &listen])).await;
    assert_eq!(wrong(&findings), Vec::<&str>::new());
    assert!(findings.iter().any(|finding| finding.found.contains("Meridian answers")));
    stop.send_replace(true);
    serving.await.unwrap().unwrap();
    test.end().await;
}

#[tokio::test]
async fn an_address_for_others_comes_with_a_hint() {
    let folder = TempDir::new().unwrap();
    let listen = format!("0.0.0.0:{}", free_port());
    let findings = findings(&config(folder.path(), &["--listen", &listen])).await;
    assert!(findings.iter().any(|finding| finding.what == "Address" && finding.state == State::Note));
}
