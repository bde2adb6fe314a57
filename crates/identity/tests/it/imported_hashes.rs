//! Hashes that other systems made: they sign in, are replaced where that is right, and tell nobody that they are there.

use crate::harness::{ADA, House, PASSWORD, WRONG};
use kernel::crypto::password::{self, Cost, Memory, Password};
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

const SURFACES: [&str; 2] = ["/api/v1/auth/login", "/api/auth/sign-in/email"];

async fn import(house: &House, hash: &str) {
    house
        .sql(&format!("update auth.accounts set password = '{hash}'"))
        .await;
}

async fn stored(house: &House) -> String {
    house.text("select password from auth.accounts").await
}

async fn status(house: &House, path: &str, email: &str, password: &str) -> u16 {
    let body = json!({"email": email, "password": password});
    house.client.fresh().post(path, body).await.status.as_u16()
}

#[tokio::test]
async fn a_password_in_another_spelling_signs_in_as_it_was_hashed() {
    let house = House::new().await;
    house.register(ADA).await;
    let typed = "pa\u{308}sswo\u{308}rter \u{fb01}";
    for path in SURFACES {
        import(&house, &bcrypt::hash(typed, 4).unwrap()).await;
        assert_eq!(
            status(&house, path, ADA, "pa\u{308}sswo\u{308}rter \u{fb02}").await,
            401
        );
        assert_eq!(status(&house, path, ADA, typed).await, 200);
        assert!(stored(&house).await.starts_with("$argon2id$"));
        // From now on every spelling is one.
        for spelling in [typed, "p\u{e4}ssw\u{f6}rter fi"] {
            assert_eq!(status(&house, path, ADA, spelling).await, 200);
        }
    }
}

#[tokio::test]
async fn a_hash_of_the_first_72_bytes_signs_in_and_is_not_replaced() {
    let house = House::new().await;
    house.register(ADA).await;
    let long = "correct horse battery ".repeat(5);
    for path in SURFACES {
        let hash = bcrypt::hash(&long[..72], 4).unwrap();
        import(&house, &hash).await;
        for password in [long.as_str(), &long[..80], &long[..73]] {
            assert_eq!(status(&house, path, ADA, password).await, 200);
            assert_eq!(stored(&house).await, hash);
        }
        assert_eq!(status(&house, path, ADA, &long[..71]).await, 401);
        assert_eq!(status(&house, path, ADA, &long[..72]).await, 200);
        assert_ne!(stored(&house).await, hash, "nothing of this was cut off");
    }
}

#[tokio::test]
async fn a_hash_that_cannot_be_checked_matches_nothing() {
    let house = House::new().await;
    let (_, owner, _) = house.person(ADA).await;
    let (salt, key) = ("A".repeat(22), "A".repeat(43));
    for parameters in [
        "$argon2id$v=19$m=99999999,t=1,p=1",
        "$argon2id$v=19$m=1048576,t=4294967295,p=1",
        "$argon2id$v=19$m=0,t=0,p=0",
        "$argon2id$v=19$m=64,t=1,p=4294967295",
        "$argon2id$v=19$m=64,t=1,p=1,q=9",
        "$argon2id$v=16$m=64,t=1,p=1",
        "$argon2x$v=19$m=64,t=1,p=1",
        "$2b$31",
        "$2b$99",
        "$2b$xx",
        "$scrypt$ln=40,r=8,p=1",
        "$pbkdf2-sha256$i=1",
        "",
    ] {
        import(&house, &format!("{parameters}${salt}${key}")).await;
        for path in SURFACES {
            assert_eq!(
                status(&house, path, ADA, PASSWORD).await,
                401,
                "{parameters}"
            );
        }
        let body = json!({"password": PASSWORD});
        let answer = owner.post("/api/auth/verify-password", body).await;
        assert_eq!(answer.status, 400, "{parameters}");
        house.sql("delete from auth.login_attempts").await;
    }
}

/// How long a refused sign-in takes.
async fn refusal(house: &House, path: &str, email: &str, password: &str) -> Duration {
    let began = Instant::now();
    assert_eq!(status(house, path, email, password).await, 401);
    began.elapsed()
}

/// A hash of a password nobody has, as dear as takes so long on this machine, and how long that is.
fn dear_hash(at_least: Duration) -> (String, Duration) {
    let mut memory = Memory::default();
    let mut cost = Cost {
        memory_kib: 16_384,
        ..Cost::default()
    };
    loop {
        let began = Instant::now();
        let nobody = Password::presented("nobody");
        let hash = password::hash(&nobody, [7; 16], cost, &mut memory).unwrap();
        if began.elapsed() > at_least {
            return (hash, began.elapsed());
        }
        cost.passes *= 2;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dear_hash_does_not_tell_whose_account_it_is() {
    let house = House::new().await;
    house.register(ADA).await;
    let (hash, takes) = dear_hash(Duration::from_millis(300));
    import(&house, &hash).await;
    for path in SURFACES {
        // The unknown address first: nothing was learned from a check yet.
        let unknown = refusal(&house, path, "nobody@example.com", WRONG).await;
        let known = refusal(&house, path, ADA, WRONG).await;
        assert!(
            unknown > takes / 2 && known > takes / 2,
            "{unknown:?} {known:?} {takes:?}"
        );
        assert!(
            known.abs_diff(unknown) < known.max(unknown) / 2,
            "{unknown:?} {known:?}"
        );
        // A spelling that is tried twice takes twice as long for both.
        let unknown = refusal(&house, path, "nobody@example.com", "\u{fb01}").await;
        let known = refusal(&house, path, ADA, "\u{fb01}").await;
        assert!(
            known.abs_diff(unknown) < known.max(unknown) / 2,
            "{unknown:?} {known:?}"
        );
        house.sql("delete from auth.login_attempts").await;
    }
    // When the last of them is gone, refusals are as quick as before.
    import(&house, &bcrypt::hash("x", 4).unwrap()).await;
    house.clock.advance_seconds(3600);
    house.do_jobs().await;
    let unknown = refusal(&house, SURFACES[0], "nobody@example.com", WRONG).await;
    assert!(unknown < takes, "{unknown:?} {takes:?}");
}

#[tokio::test]
async fn the_kinds_of_hashes_in_use_are_kept() {
    let house = House::new().await;
    house.register(ADA).await;
    let kinds = "select coalesce(string_agg(kind, ' ' order by kind collate \"C\"), '') from auth.password_kinds";
    let ours = "$argon2id$v=19$m=64,t=1,p=1$";
    assert_eq!(house.text(kinds).await, ours);
    let scrypt = format!("{}:{}", "0".repeat(32), "0".repeat(128));
    for hash in [
        bcrypt::hash("x", 4).unwrap(),
        scrypt,
        "unreadable".to_owned(),
    ] {
        let kind = password::kind(&hash);
        import(&house, &hash).await;
        let seen = house.text(kinds).await;
        assert!(kind.is_none_or(|kind| seen.contains(&kind)), "{seen}");
    }
    assert_eq!(house.text(kinds).await, format!("$2b$04$ {ours} scrypt"));
    house.clock.advance_seconds(3600);
    house.do_jobs().await;
    assert_eq!(house.text(kinds).await, "");
}
