//! `mana-auth doctor`: one line per thing that can be wrong, and what to do about it.

use crate::database::{Database, DatabaseError, context};
use crate::descriptors;
use crate::disk::{FULL_MIB, free_mib};
use crate::text::say;
use identity::Keys;
use kernel::crypto::seal::SealKeys;
use platform::config::Config;
use platform::db::{DirectDb, migrate};
use std::process::ExitCode;
use std::sync::Arc;

struct Finding {
    name: &'static str,
    outcome: Result<String, String>,
}

pub(crate) async fn run(config: &Config) -> Result<ExitCode, Box<dyn std::error::Error>> {
    // Reaching this point means that settings and secrets were read and accepted.
    let mut findings = vec![
        Finding {
            name: "settings",
            outcome: Ok("every setting is known and well-formed".to_owned()),
        },
        secrets(config),
        disk(config),
        files(config),
    ];
    match join(config).await {
        Err(error) => findings.push(Finding {
            name: "database",
            outcome: Err(format!(
                "{error}. Is PostgreSQL running, and is DATABASE_URL right?"
            )),
        }),
        Ok(database) => {
            findings.push(Finding {
                name: "database",
                outcome: Ok(kind(&database)),
            });
            findings.push(migrations(&database).await);
            findings.push(clock(&database).await);
            findings.push(roles(&database).await);
            findings.push(keys(config, &database).await);
            database.close().await;
        }
    }
    let mut is_well = true;
    for advice in config.advice().into_iter().chain(config.leaves_home()) {
        say(format!(
            "note  {:<11} {} {}",
            "settings", advice.key, advice.message
        ));
    }
    for Finding { name, outcome } in findings {
        match outcome {
            Ok(text) => say(format!("ok    {name:<11} {text}")),
            Err(text) => {
                is_well = false;
                say(format!("FAIL  {name:<11} {text}"));
            }
        }
    }
    Ok(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Does not wait for a database that is down, as `serve` does: the doctor is asked what is wrong now.
async fn join(config: &Config) -> Result<Database, DatabaseError> {
    if let Some(url) = &config.database_url {
        let direct = config.database_direct_url.as_ref().unwrap_or(url);
        DirectDb::new(direct)?.connect().await?;
    }
    Database::join(config).await
}

fn kind(database: &Database) -> String {
    match &database.private {
        Some(private) => format!("private PostgreSQL {} answers", private.major()),
        None => "PostgreSQL answers".to_owned(),
    }
}

fn secrets(config: &Config) -> Finding {
    let mode = if config.is_production {
        "given and strong enough"
    } else {
        "development: made in the data folder, or given"
    };
    Finding {
        name: "secrets",
        outcome: Ok(format!("{mode}; KEK `{}`", config.secrets.kek.0)),
    }
}

const MIN_FREE_MIB: u64 = 512;

fn disk(config: &Config) -> Finding {
    let folder = config.data_dir.display();
    let outcome = match free_mib(&config.data_dir) {
        Ok(free) if free < FULL_MIB => Err(format!(
            "the disk is full: {free} MiB free under {folder}; make room, nothing can be written"
        )),
        Ok(free) if free < MIN_FREE_MIB => Err(format!(
            "{free} MiB free under {folder}; make room, PostgreSQL stops when the disk is full"
        )),
        Ok(free) => Ok(format!("{free} MiB free under {folder}")),
        Err(error) => Err(format!(
            "{folder}: {error}; set DATA_DIR to a folder that exists"
        )),
    };
    Finding {
        name: "disk",
        outcome,
    }
}

/// `serve` raises the limit as this command did.
fn files(config: &Config) -> Finding {
    let limit = descriptors::raise();
    let room = descriptors::within(config, limit).max_connections;
    let count = limit.map_or_else(|| "any number of".to_owned(), |limit| limit.to_string());
    let text = format!("{count} file descriptors, room for {room} connections");
    let outcome = if room < config.max_connections {
        Err(format!(
            "{text}; raise the hard limit (LimitNOFILE= of systemd, ulimit -Hn) or lower MAX_CONNECTIONS"
        ))
    } else {
        Ok(text)
    };
    Finding {
        name: "files",
        outcome,
    }
}

async fn migrations(database: &Database) -> Finding {
    let outcome = match migrate::status(&database.direct).await {
        Ok((known, applied)) if applied >= known => Ok(format!("{applied} applied")),
        Ok((known, applied)) => Err(format!(
            "{applied} of {known} applied; run: mana-auth migrate"
        )),
        Err(error) => Err(format!("{error}; run: mana-auth migrate")),
    };
    Finding {
        name: "migrations",
        outcome,
    }
}

const MAX_SKEW_SECONDS: i64 = 5;

async fn clock(database: &Database) -> Finding {
    let outcome = match database.db.clock_millis().await {
        Ok(millis) => {
            let skew = (context().now().millis() - millis).abs() / 1000;
            if skew > MAX_SKEW_SECONDS {
                Err(format!(
                    "{skew} s apart from the database's clock; run NTP on both machines"
                ))
            } else {
                Ok("agrees with the database's".to_owned())
            }
        }
        Err(error) => Err(error.to_string()),
    };
    Finding {
        name: "clock",
        outcome,
    }
}

async fn roles(database: &Database) -> Finding {
    let outcome = match database.db.sees_rows_without_actor().await {
        Ok(false) => Ok("mana_app is in force: without an actor no row is seen".to_owned()),
        Ok(true) => Err("row-level security is not in force; run: mana-auth migrate, and let no other tool change policies".to_owned()),
        Err(error) => Err(format!("{error}; grant mana_app to the role of DATABASE_URL")),
    };
    Finding {
        name: "roles",
        outcome,
    }
}

async fn keys(config: &Config, database: &Database) -> Finding {
    let secrets = &config.secrets;
    let seal = Arc::new(SealKeys::new(
        secrets.kek.clone(),
        secrets.keks_previous.clone(),
    ));
    let outcome = match Keys::open(context(), database.db.clone(), seal, config.jwt.clone()).await {
        Ok(keys) => Ok(format!(
            "{} published, the signing key opens",
            keys.list().len()
        )),
        Err(error) => Err(error.to_string()),
    };
    Finding {
        name: "keys",
        outcome,
    }
}
