//! The storm in a short form: what was acknowledged is there once, the log has no gap, and every reader has
//! what the API gives them, though the server is killed twice and then asked for too much. Nothing here is
//! about time.

#![expect(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// The program: the one that `MERIDIAN_TEST_BINARY` names, or the one that was built beside the bench.
fn program() -> PathBuf {
    let beside = || Path::new(env!("CARGO_BIN_EXE_bench")).with_file_name("meridian");
    let program = std::env::var_os("MERIDIAN_TEST_BINARY").map_or_else(beside, PathBuf::from);
    assert!(program.exists(), "build meridian first: cargo build -p meridian");
    program
}

fn storm(database: Option<&str>) {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_bench"));
    command.args(["storm", "--minutes", "0.2", "--writers", "16", "--readers", "50", "--kills", "2"]);
    command.args(["--rest", "50", "--crowd", "600", "--crowd-seconds", "2", "--settle", "0"]);
    command.arg("--binary").arg(program()).arg("--data").arg(folder.path().join("data"));
    if let Some(database) = database {
        command.args(["--database", database]);
    }
    let output = command.stderr(Stdio::inherit()).output().unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{report}");
    let report: Value = serde_json::from_str(&report).unwrap();
    let number = |pointer: &str| report.pointer(pointer).and_then(Value::as_u64).unwrap();
    assert_eq!(report.pointer("/wrong"), Some(&Value::Array(vec![])));
    assert!(number("/acknowledged/post") > 0 && number("/acknowledged/edit") > 0, "{report}");
    assert!(number("/streams") >= 150, "every stream was opened three times: {report}");
    assert!(number("/crowd/posts") > 0, "{report}");
}

#[test]
fn sqlite() {
    storm(None);
}

#[tokio::test]
async fn postgres() {
    let Ok(cluster) = std::env::var("MERIDIAN_TEST_POSTGRES") else {
        eprintln!("skipped: no MERIDIAN_TEST_POSTGRES");
        return;
    };
    let (client, connection) = tokio_postgres::connect(&cluster, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let name = format!("storm_{}", std::process::id());
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (server, _) = cluster.rsplit_once('/').expect("the address ends with a database");
    let database = format!("{server}/{name}");
    let outcome = tokio::task::spawn_blocking(move || storm(Some(&database))).await;
    client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
    outcome.unwrap();
}
