//! What the machine allows without a server: Argon2id alone, and the ledger's function alone.
//!
//! `bench-probe argon2 <seconds>`
//! `bench-probe ledger <seconds> <url> <sql file> <connections>`
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
            .hash_password_into_with_memory(b"correct horse battery staple", &salt, &mut key, &mut memory)
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

async fn spend(url: String, sql: String, until: Instant, serial: Rc<Cell<usize>>, done: Rc<Cell<u32>>) -> Outcome<()> {
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
    tokio::task::spawn_local(connection);
    client.execute("SELECT set_config('mana.actor', 'service', false)", &[]).await?;
    let statement = client.prepare(&sql).await?;
    while Instant::now() < until {
        let n = serial.get();
        serial.set(n + 1);
        let wallet = format!("probe-{}", n % WALLETS);
        let row = client.query_one(&statement, &[&wallet, &Uuid::now_v7()]).await?;
        let outcome: &str = row.get(0);
        if outcome != "done" {
            return Err(format!("the ledger answered {outcome} for {wallet}").into());
        }
        done.set(done.get() + 1);
    }
    Ok(())
}

async fn ledger_rate(duration: Duration, url: &str, sql: &str, connections: usize) -> Outcome<f64> {
    let (serial, done) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let begun = Instant::now();
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let (serial, done) = (Rc::clone(&serial), Rc::clone(&done));
            let (url, sql, until) = (url.to_owned(), sql.to_owned(), begun + duration);
            tokio::task::spawn_local(async move {
                spend(url, sql, until, serial, done).await.map_err(|error| error.to_string())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    Ok(f64::from(done.get()) / begun.elapsed().as_secs_f64())
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let rate = match words.as_slice() {
        ["argon2", seconds] => argon2_rate(Duration::from_secs(seconds.parse()?))?,
        ["ledger", seconds, url, file, connections] => {
            let sql = std::fs::read_to_string(file)?;
            let work = ledger_rate(Duration::from_secs(seconds.parse()?), url, &sql, connections.parse()?);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            tokio::task::LocalSet::new().block_on(&runtime, work)?
        }
        _ => return Err("usage: bench-probe argon2 <seconds> | ledger <seconds> <url> <sql file> <connections>".into()),
    };
    writeln!(std::io::stdout(), "{rate:.1}")?;
    Ok(())
}
