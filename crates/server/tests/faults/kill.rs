//! kill -9 of the server while many register and spend. `KILL_ROUNDS` sets how often.

use crate::support::{Answer, Api, Home, PASSWORD, Person, Server, signal, unique};
use rustix::process::Signal;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const CLIENTS: usize = 32;
const BONUS: i64 = 150;

/// A use as its client saw it.
struct Use {
    access: String,
    user: String,
    key: String,
    amount: i64,
    /// The transaction that the answer named; none when no answer came.
    transaction: Option<String>,
}

#[derive(Default)]
pub(crate) struct Seen {
    registered: HashSet<String>,
    uses: Vec<Use>,
    /// Answers other than a success or a 503.
    pub(crate) wrong: Vec<String>,
}

impl Seen {
    pub(crate) fn has_uses(&self) -> bool {
        !self.uses.is_empty()
    }
}

pub(crate) type Notes = Arc<Mutex<Seen>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_and_double_nothing() {
    let rounds = std::env::var("KILL_ROUNDS").map_or(5, |text| text.parse().unwrap());
    let home = Home::new();
    let notes = Notes::default();
    for round in 0..rounds {
        let mut server = Server::start(&home);
        repeat_unanswered(&server, &notes).await;
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| tokio::spawn(live((*server).clone(), notes.clone())))
            .collect();
        tokio::time::sleep(Duration::from_millis(chance(round, 300, 1500))).await;
        if round == 0 {
            // However slow the machine is, there is something to lose.
            let began = Instant::now();
            while !notes.lock().unwrap().has_uses() && began.elapsed() < Duration::from_secs(30) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        if round % 3 == 2 {
            // The machine's crash: PostgreSQL has to recover from its log.
            signal(home.postmaster().unwrap(), Signal::KILL);
        }
        server.kill();
        for client in clients {
            client.await.unwrap();
        }
        let wrong = std::mem::take(&mut notes.lock().unwrap().wrong);
        assert!(wrong.is_empty(), "round {round}: {wrong:?}");
        home.run(&["ledger", "verify"]).succeeds();
    }
    let server = Server::start(&home);
    repeat_unanswered(&server, &notes).await;
    check_everything(&home, &notes).await;
    home.run(&["ledger", "verify"]).succeeds();
}

/// Differs from round to round and from run to run.
fn chance(round: u64, least: u64, most: u64) -> u64 {
    let mixed =
        ((u64::from(std::process::id()) << 16) ^ (round + 1)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    least + (mixed >> 33) % (most - least)
}

/// One client: registers, signs in, spends, and begins anew until the server is gone.
pub(crate) async fn live(api: Api, notes: Notes) {
    while let Some(person) = enter(&api, &notes).await {
        for amount in 1..=4 {
            let (first, second) = tokio::join!(
                spend(&api, &notes, &person, amount),
                spend(&api, &notes, &person, amount)
            );
            if !(first && second) {
                return;
            }
        }
    }
}

async fn enter(api: &Api, notes: &Notes) -> Option<Person> {
    let email = format!("person-{}@example.com", unique());
    let body = json!({"email": email, "password": PASSWORD});
    let registered = answer(api.request("/api/v1/auth/register", None, &body), notes).await?;
    let id = registered.json["id"].as_str().unwrap().to_owned();
    notes.lock().unwrap().registered.insert(id.clone());
    let signed_in = answer(api.request("/api/v1/auth/login", None, &body), notes).await?;
    Some(Person::of(&id, &email, signed_in))
}

/// Whether the client may go on; what it saw is noted either way.
async fn spend(api: &Api, notes: &Notes, person: &Person, amount: i64) -> bool {
    let key = unique();
    let body = use_of(&key, amount);
    let request = api.request("/api/v1/credits/use", Some(&person.access), &body);
    let answer = answer(request, notes).await;
    let transaction = answer.map(|answer| transaction_of(&answer));
    let goes_on = transaction.is_some();
    notes.lock().unwrap().uses.push(Use {
        access: person.access.clone(),
        user: person.id.clone(),
        key,
        amount,
        transaction,
    });
    goes_on
}

/// A good answer. None when it got lost or when the database was gone; anything else is noted as wrong.
async fn answer(request: reqwest::RequestBuilder, notes: &Notes) -> Option<Answer> {
    let answer = Answer::attempt(request).await.ok()?;
    match answer.status {
        200 => Some(answer),
        503 => None,
        _ => {
            notes.lock().unwrap().wrong.push(format!("{answer:?}"));
            None
        }
    }
}

fn use_of(key: &str, amount: i64) -> serde_json::Value {
    json!({"amount": amount, "appId": "faults", "description": "a use", "idempotencyKey": key})
}

fn transaction_of(answer: &Answer) -> String {
    answer.json["transaction"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Sends every use again that got no answer, with its key: whether it had happened or not, now it has, once.
async fn repeat_unanswered(api: &Api, notes: &Notes) {
    let mut uses = std::mem::take(&mut notes.lock().unwrap().uses);
    for made in uses.iter_mut().filter(|made| made.transaction.is_none()) {
        let body = use_of(&made.key, made.amount);
        let answer = api
            .post("/api/v1/credits/use", Some(&made.access), body)
            .await;
        made.transaction = Some(transaction_of(&answer.expect(200)));
    }
    notes.lock().unwrap().uses = uses;
}

/// What the clients were told against what the database holds.
async fn check_everything(home: &Home, notes: &Notes) {
    let db = home.superuser().await;
    let mut spent: HashMap<String, i64> = HashMap::new();
    let mut told = HashMap::new();
    {
        let seen = notes.lock().unwrap();
        assert!(!seen.uses.is_empty(), "nobody spent anything");
        for made in &seen.uses {
            *spent.entry(made.user.clone()).or_default() += made.amount;
            let id = made.transaction.clone().unwrap();
            let earlier = told.insert(id, (made.user.clone(), -made.amount));
            assert!(earlier.is_none(), "two uses share a transaction");
        }
    }
    let rows = db
        .query(
            "select id::text, user_id, amount from credits.transactions where type = 'usage'",
            &[],
        )
        .await
        .unwrap();
    let kept: HashMap<String, (String, i64)> = rows
        .iter()
        .map(|row| (row.get(0), (row.get(1), row.get(2))))
        .collect();
    assert_eq!(
        kept, told,
        "uses that clients know of, and uses in the database"
    );

    let rows = db
        .query(
            "select u.id, a.paid + a.free, a.total_spent from auth.users u
             left join credits.accounts a on a.kind = 'user' and a.owner_id = u.id",
            &[],
        )
        .await
        .unwrap();
    let mut users = HashSet::new();
    for row in rows {
        let id: String = row.get(0);
        let balance: Option<i64> = row.get(1);
        let expected = spent.get(&id).copied().unwrap_or_default();
        assert_eq!(balance, Some(BONUS - expected), "the wallet of {id}");
        assert_eq!(row.get::<_, i64>(2), expected, "spent by {id}");
        users.insert(id);
    }
    assert!(
        notes.lock().unwrap().registered.is_subset(&users),
        "a registered person is gone"
    );
    let orphans: i64 = db
        .query_one(
            "select count(*) from credits.accounts a where a.kind = 'user'
             and not exists (select from auth.users u where u.id = a.owner_id)",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    assert_eq!(orphans, 0, "wallets without a person");
}
