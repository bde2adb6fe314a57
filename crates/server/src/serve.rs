//! `mana-auth serve`: start, answer, and go down in order.

use crate::app::App;
use crate::database::{Database, context};
use crate::descriptors;
use crate::disk::{FULL_MIB, free_mib};
use crate::text::say;
use platform::config::Config;
use platform::http::TrustedProxies;
use platform::http::serve::serve;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long load balancers may still find us, answering 503 on readiness, before we stop accepting.
const LAME_DUCK: Duration = Duration::from_millis(500);

pub(crate) async fn run(
    config: Arc<Config>,
    listener: std::net::TcpListener,
) -> Result<(), Box<dyn std::error::Error>> {
    platform::telemetry::metrics();
    let database = Database::open(&config).await?;
    let outcome = answer(&config, &database, listener).await;
    database.close().await;
    outcome
}

async fn answer(
    config: &Arc<Config>,
    database: &Database,
    listener: std::net::TcpListener,
) -> Result<(), Box<dyn std::error::Error>> {
    let applied = database.migrate(config).await?;
    if applied > 0 {
        tracing::info!(applied, "migrations applied");
    }
    let app = App::build(
        config.clone(),
        context(),
        database.db.clone(),
        database.direct.clone(),
    )
    .await?;
    let listener = TcpListener::from_std(listener)?;
    let address = listener.local_addr()?;
    for advice in config.advice() {
        tracing::warn!(setting = advice.key, "{}", advice.message);
    }
    announce(config, database, address);
    if let Some(link) = app.identity.make_admin_link().await? {
        say(
            "Nobody administers this server yet. This link makes the first administrator, once, within 24 hours:",
        );
        say(format!("  {link}"));
    }
    let work = CancellationToken::new();
    let feed = {
        let (identity, direct, stop) =
            (app.identity.clone(), database.direct.clone(), work.clone());
        tokio::spawn(async move { identity.follow_changes(direct, stop).await })
    };
    let jobs = {
        let (jobs, registry, stop) = (app.jobs.clone(), app.registry.clone(), work.clone());
        tokio::spawn(async move { jobs.run(&registry, stop).await })
    };
    let bounds = descriptors::bounds(config);
    if bounds.max_connections < config.max_connections {
        tracing::warn!(
            connections = bounds.max_connections,
            "the limit of file descriptors leaves room for fewer connections than MAX_CONNECTIONS"
        );
    }
    let proxies = TrustedProxies::new(config.trusted_proxies.clone());
    let drain = Duration::from_secs(config.shutdown_drain_seconds);
    let (router, health) = (app.router.clone(), app.health.clone());
    let is_production = config.is_production;
    let stopped = async move {
        wait_for_stop().await;
        health.drain();
        if is_production {
            tokio::time::sleep(LAME_DUCK).await;
        }
        tracing::info!("shutting down: running requests may finish");
    };
    let upkeep = app.upkeep(work.clone());
    let serving = async {
        tokio::select! {
            () = serve(listener, router, bounds, proxies, stopped, drain) => Ok(()),
            reason = database_death(config, database) => Err(reason),
        }
    };
    let outcome = tokio::select! {
        outcome = serving => outcome,
        () = upkeep => Ok(()),
    };
    app.credits.drain().await;
    work.cancel();
    let _ = tokio::join!(feed, jobs);
    outcome.map_err(Into::into)
}

/// Resolves with a reason when the private cluster ends on its own; never for an operator's database.
async fn database_death(config: &Config, database: &Database) -> String {
    let Some(private) = &database.private else {
        return std::future::pending().await;
    };
    let said = private.exited().await;
    let is_full = free_mib(&config.data_dir).is_ok_and(|free| free < FULL_MIB);
    let why = if is_full { "the disk is full; " } else { "" };
    format!("the private PostgreSQL ended: {why}{said}")
}

async fn wait_for_stop() {
    let terminate = signal(SignalKind::terminate());
    let interrupt = signal(SignalKind::interrupt());
    match (terminate, interrupt) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        _ => std::future::pending().await,
    }
}

fn announce(config: &Config, database: &Database, address: SocketAddr) {
    let data = match &database.private {
        Some(private) => format!(
            "{} (PostgreSQL {})",
            config.data_dir.display(),
            private.major()
        ),
        None => "your PostgreSQL (DATABASE_URL)".to_owned(),
    };
    say("Mana Auth is listening");
    say(format!(
        "  address     http://{address}  (people and apps: {})",
        config.base()
    ));
    say(format!("  data        {data}"));
    say(format!("  API reader  {}/docs", config.base()));
    if !config.is_production {
        say("  mode        development: secrets were made for you, limits and checks are the same");
    }
}
