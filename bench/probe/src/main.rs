//! What the machine allows without a server: Argon2id alone, and the ledger's function alone.
//!
//! `bench-probe argon2 <seconds>`
//! `bench-probe ledger <seconds> <url> <sql file> <connections> <uses a call>`
//! Each prints one line, the rate per second.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::cell::Cell;
use std::error::Error;
use std::io::Write;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio_postgres::NoTls;
use uuid::Uuid;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The contract's cost of a password hash.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
/// How many wallets the harness opened for the ledger loop.
const WALLETS: usize = 1000;

fn argon2_rate(duration: Duration) -> Outcome<f64> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).map_err(|error| error.to_string())?;
    let mut memory = vec![Block::default(); params.block_count()];
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut key = [0_u8; 32];
    let mut hash = |n: u32| -> Outcome<()> {
        let salt = u128::from(n).to_le_bytes();
        hasher
            .hash_password_into_with_memory(
                b"correct horse battery staple",
                &salt,
                &mut key,
                &mut memory,
            )
            .map_err(|error| error.to_string().into())
    };
    hash(0)?;
    let begun = Instant::now();
    let mut hashes = 0_u32;
    while begun.elapsed() < duration {
        hashes += 1;
        hash(hashes)?;
    }
    Ok(f64::from(hashes) / begun.elapsed().as_secs_f64())
}

/// One loop of the ledger probe, shared by its connections.
struct Loop {
    url: String,
    sql: String,
    batch: usize,
    until: Instant,
    serial: Cell<usize>,
    done: Cell<u32>,
}

async fn spend(work: Rc<Loop>) -> Outcome<()> {
    let (client, connection) = tokio_postgres::connect(&work.url, NoTls).await?;
    tokio::task::spawn_local(connection);
    client
        .execute("SELECT set_config('mana.actor', 'service', false)", &[])
        .await?;
    let statement = client.prepare(&work.sql).await?;
    while Instant::now() < work.until {
        let first = work.serial.replace(work.serial.get() + work.batch);
        let wallets: Vec<String> = (first..first + work.batch)
            .map(|n| format!("probe-{}", n % WALLETS))
            .collect();
        let transfers: Vec<Uuid> = wallets.iter().map(|_| Uuid::now_v7()).collect();
        let done: i64 = client
            .query_one(&statement, &[&wallets, &transfers])
            .await?
            .get(0);
        let done = u32::try_from(done)?;
        if usize::try_from(done)? != work.batch {
            return Err(format!("the ledger did {done} of {} uses", work.batch).into());
        }
        work.done.set(work.done.get() + done);
    }
    Ok(())
}

async fn ledger_rate(
    duration: Duration,
    url: &str,
    sql: &str,
    connections: usize,
    batch: usize,
) -> Outcome<f64> {
    let begun = Instant::now();
    let work = Rc::new(Loop {
        url: url.to_owned(),
        sql: sql.to_owned(),
        batch,
        until: begun + duration,
        serial: Cell::new(0),
        done: Cell::new(0),
    });
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let work = Rc::clone(&work);
            tokio::task::spawn_local(
                async move { spend(work).await.map_err(|error| error.to_string()) },
            )
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(f64::from(work.done.get()) / begun.elapsed().as_secs_f64())
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let rate = match words.as_slice() {
        ["argon2", seconds] => argon2_rate(Duration::from_secs(seconds.parse()?))?,
        ["ledger", seconds, url, file, connections, batch] => {
            let sql = std::fs::read_to_string(file)?;
            let (seconds, batch) = (Duration::from_secs(seconds.parse()?), batch.parse()?);
            let work = ledger_rate(seconds, url, &sql, connections.parse()?, batch);
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            tokio::task::LocalSet::new().block_on(&runtime, work)?
        }
        _ => {
            return Err(
                "usage: bench-probe argon2 <seconds> | ledger <seconds> <url> <sql file> <connections> <uses a call>".into(),
            );
        }
    };
    writeln!(std::io::stdout(), "{rate:.1}")?;
    Ok(())
}
