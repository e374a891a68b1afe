//! `meridian serve`.

use anyhow::Context as _;
use edge::App;
use jiff::SignedDuration;
use serde_json::value::RawValue;
use server::Server;
use store::jobs::Schedule;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

use crate::{config::Config, program};

/// How long what was begun may take to finish once the program is told to stop.
const GRACE: std::time::Duration = std::time::Duration::from_secs(10);

/// Serves until SIGTERM or Ctrl-C, then finishes what was begun.
pub async fn run(config: &Config) -> anyhow::Result<()> {
    let app = program::open(config).await?;
    let started = app.context.clock.now();
    app.context.blobs.sweep(started).await.context("cannot clean up unfinished uploads")?;
    schedule_upkeep(&app).await?;
    connect::start(&app).await.context("cannot prepare push and mail")?;
    let server = Server::bind(config.listen, app.clone())
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    let (stop, ended) = watch::channel(false);
    let mut until = ended.clone();
    let worker = tokio::spawn(server::worker(&app).run_until(async move {
        let _ = until.wait_for(|ended| *ended).await;
    }));
    // Standard output, so that a program that starts this one can read where it listens.
    println!("Meridian {} is ready: http://{}", env!("CARGO_PKG_VERSION"), server.address()?);
    let serving = tokio::spawn(server.run(ended));
    told_to_stop().await?;
    tracing::info!("stopping");
    stop.send_replace(true);
    if let Ok(served) = tokio::time::timeout(GRACE, serving).await {
        served.context("the server failed")??;
    } else {
        tracing::warn!("some requests took too long and were cut");
    }
    worker.await.context("the worker failed")?;
    app.context.db.close().await;
    Ok(())
}

async fn schedule_upkeep(app: &App) -> anyhow::Result<()> {
    let first_at = app.context.clock.now();
    app.context
        .db
        .write(move |tx| async move {
            let upkeep = Schedule {
                workspace: uuid::Uuid::nil(),
                name: "upkeep".to_owned(),
                kind: "upkeep",
                payload: RawValue::NULL.to_owned(),
                every: SignedDuration::from_hours(1),
                first_at,
            };
            store::jobs::schedule(&tx, &upkeep).await?;
            // What fell due while nobody ran comes first.
            people::delivery::wake(&tx, first_at).await
        })
        .await?;
    Ok(())
}

async fn told_to_stop() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    tokio::select! {
        _ = terminate.recv() => {}
        pressed = tokio::signal::ctrl_c() => pressed.context("cannot listen for Ctrl-C")?,
    }
    Ok(())
}
