//! Nobody keeps anybody out: strangers lock out strangers, never a device that signed in before or a live session.

use crate::harness::{ADA, House, PASSWORD, WRONG, bearer};
use serde_json::json;
use testkit::{Answer, Client};

const SURFACES: [&str; 2] = ["/api/v1/auth/login", "/api/auth/sign-in/email"];
const DAY: i64 = 86_400;

/// A client without cookies from an address.
fn from(house: &House, ip: &str) -> Client {
    let client = house.client.fresh().from_ip(ip);
    client
        .with("user-agent", "curl/8")
        .with("origin", testkit::BASE_URL)
}

async fn enter(client: &Client, path: &str, password: &str) -> Answer {
    client
        .post(path, json!({"email": ADA, "password": password}))
        .await
}

async fn try_v1(client: &Client, password: &str) -> Answer {
    enter(client, SURFACES[0], password).await
}

/// Wrong passwords from somewhere until it is locked out; how many were told wrong.
async fn guess_until_locked(client: &Client, email: &str) -> usize {
    for told in 0..200 {
        let body = json!({"email": email, "password": WRONG});
        let answer = client.post(SURFACES[told % 2], body).await;
        if answer.status == 429 {
            return told;
        }
        answer.expect(401);
    }
    panic!("never locked");
}

/// Locks an address for everybody of whom nothing is known: twenty networks do.
async fn exhaust(house: &House, email: &str) {
    let mut told = 0;
    for network in 0..21 {
        let client = from(house, &format!("203.0.{network}.9"));
        told += guess_until_locked(&client, email).await;
    }
    assert_eq!(told, 100);
}

#[tokio::test]
async fn a_stranger_locks_no_other_place_out() {
    let house = House::new().await;
    house.register(ADA).await;
    assert_eq!(
        guess_until_locked(&from(&house, "203.0.113.9"), ADA).await,
        5
    );
    for path in SURFACES {
        let locked = enter(&from(&house, "203.0.113.9"), path, PASSWORD).await;
        assert_eq!(locked.header("retry-after"), "1800");
        locked.expect(429);
        for ip in ["203.0.113.8", "192.0.2.7", "2001:db8::7"] {
            let owner = from(&house, ip);
            enter(&owner, path, PASSWORD).await.expect(200);
        }
        house.sql("delete from auth.known_devices").await;
    }
}

#[tokio::test]
async fn addresses_of_one_network_are_not_many_places() {
    let house = House::new().await;
    house.register(ADA).await;
    for (network, elsewhere) in [
        ("203.0.113.", "203.0.114.1"),
        ("2001:db8:1:", "2001:db8:2::1"),
    ] {
        let mut told = 0;
        for number in 1..=6 {
            let end = if network.contains(':') { "::1" } else { "" };
            let client = from(&house, &format!("{network}{number}{end}"));
            told += guess_until_locked(&client, ADA).await;
        }
        assert_eq!(told, 20, "{network}");
        let untouched = from(
            &house,
            &format!(
                "{network}77{}",
                if network.contains(':') { "::1" } else { "" }
            ),
        );
        try_v1(&untouched, PASSWORD)
            .await
            .problem(429, "ACCOUNT_LOCKED");
        try_v1(&from(&house, elsewhere), PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn a_device_that_signed_in_before_gets_in_whatever_strangers_do() {
    let house = House::new().await;
    house.register(ADA).await;
    for path in SURFACES {
        let known = from(&house, "192.0.2.7");
        enter(&known, path, PASSWORD).await.expect(200);
        let body = json!({});
        let out = known.clone().with("origin", testkit::BASE_URL);
        out.post("/api/auth/sign-out", body).await.expect(200);
        assert!(known.cookie("mana.known_device").is_some());
        // All from the device's own address and browser, and from everywhere else.
        guess_until_locked(&from(&house, "192.0.2.7"), ADA).await;
        exhaust(&house, ADA).await;
        enter(&from(&house, "198.51.100.1"), path, PASSWORD)
            .await
            .expect(429);
        let elsewhere = known
            .clone()
            .from_ip("198.51.100.2")
            .with("user-agent", "another");
        enter(&elsewhere, path, PASSWORD).await.expect(200);
        enter(&known, path, PASSWORD).await.expect(200);
        house.sql("delete from auth.login_attempts").await;
    }
}

#[tokio::test]
async fn a_live_session_gets_in_whatever_strangers_do() {
    let house = House::new().await;
    house.register(ADA).await;
    let (owner, body) = house.login(ADA).await;
    house.sql("delete from auth.known_devices").await;
    exhaust(&house, ADA).await;
    let unknown = from(&house, "198.51.100.1");
    try_v1(&unknown, PASSWORD).await.expect(429);
    let mut carriers = vec![bearer(&house, &body).from_ip("198.51.100.1")];
    let with_cookie = from(&house, "198.51.100.1").with("origin", testkit::BASE_URL);
    let session = owner.cookie("mana.session_token").unwrap();
    with_cookie.set_cookie("mana.session_token", &session);
    carriers.push(with_cookie);
    for client in carriers {
        try_v1(&client, PASSWORD).await.expect(200);
    }
}

#[tokio::test]
async fn an_app_or_browser_without_cookies_is_known_where_it_was() {
    let house = House::new().await;
    house.register(ADA).await;
    let app = json!({"email": ADA, "password": PASSWORD, "deviceId": "phone-1"});
    let phone = |ip: &str| from(&house, ip).with("user-agent", "app/1");
    let path = SURFACES[0];
    phone("192.0.2.7").post(path, app.clone()).await.expect(200);
    try_v1(&from(&house, "192.0.2.8"), PASSWORD)
        .await
        .expect(200);
    exhaust(&house, ADA).await;
    // The app's id wherever it is, the browser in its network.
    phone("198.51.100.1")
        .post(path, app.clone())
        .await
        .expect(200);
    try_v1(&from(&house, "192.0.2.99"), PASSWORD)
        .await
        .expect(200);
    try_v1(&from(&house, "198.51.100.2"), PASSWORD)
        .await
        .expect(429);
    // Whoever guesses the id locks it in their own network, and has no more than twenty guesses with it.
    let mut wrong = app.clone();
    wrong["password"] = WRONG.into();
    let mut told = 0;
    for network in 1..=6 {
        for _ in 0..6 {
            let ip = format!("198.18.{network}.1");
            let answer = phone(&ip).post(path, wrong.clone()).await;
            told += usize::from(answer.status == 401);
        }
    }
    assert_eq!(told, 20);
}

#[tokio::test]
async fn each_device_has_a_count_of_its_own() {
    let house = House::new().await;
    house.register(ADA).await;
    let (laptop, phone) = (from(&house, "192.0.2.7"), from(&house, "192.0.2.7"));
    for device in [&laptop, &phone] {
        try_v1(device, PASSWORD).await.expect(200);
        device.forget_cookie("mana.session_token");
    }
    assert_eq!(guess_until_locked(&laptop, ADA).await, 5);
    try_v1(&laptop, PASSWORD)
        .await
        .problem(429, "ACCOUNT_LOCKED");
    try_v1(&phone, PASSWORD).await.expect(200);
    house.clock.advance_seconds(1800);
    try_v1(&laptop, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn nobody_makes_or_borrows_a_known_device() {
    let house = House::new().await;
    house.register(ADA).await;
    house.register("eve@example.com").await;
    exhaust(&house, ADA).await;
    // Eve's own device is known of Eve alone.
    let eve = from(&house, "198.51.100.1");
    let body = json!({"email": "eve@example.com", "password": PASSWORD});
    eve.post(SURFACES[0], body).await.expect(200);
    try_v1(&eve, PASSWORD).await.expect(429);
    for forged in [
        "x",
        "x.y",
        "",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D",
    ] {
        let client = from(&house, "198.51.100.2");
        client.set_cookie("mana.known_device", forged);
        try_v1(&client, PASSWORD).await.expect(429);
    }
    // A value we signed for something else.
    let client = from(&house, "198.51.100.2");
    client.set_cookie(
        "mana.known_device",
        &eve.cookie("mana.session_token").unwrap(),
    );
    try_v1(&client, PASSWORD).await.expect(429);
}

#[tokio::test]
async fn the_bound_of_a_day_ends_and_a_new_password_starts_anew() {
    let house = House::new().await;
    house.register(ADA).await;
    exhaust(&house, ADA).await;
    let unknown = from(&house, "198.51.100.1");
    let locked = try_v1(&unknown, PASSWORD).await;
    assert_eq!(locked.header("retry-after"), DAY.to_string());
    locked.problem(429, "ACCOUNT_LOCKED");
    house.clock.advance_seconds(DAY - 1);
    try_v1(&unknown, PASSWORD).await.expect(429);
    house.clock.advance_seconds(1);
    try_v1(&unknown, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn known_and_unknown_addresses_are_refused_alike() {
    let house = House::new().await;
    house.register(ADA).await;
    let mut answers = Vec::new();
    for email in [ADA, "nobody@example.com"] {
        exhaust(&house, email).await;
        for path in SURFACES {
            let body = json!({"email": email, "password": PASSWORD});
            let answer = from(&house, "198.51.100.1").post(path, body).await;
            answers.push((
                answer.status,
                answer.text(),
                answer.header("retry-after").to_owned(),
            ));
        }
    }
    assert_eq!(answers[..2], answers[2..]);
}

#[tokio::test]
async fn parallel_guesses_from_many_places_keep_every_bound() {
    let house = House::new().await;
    house.register(ADA).await;
    let mut guesses = tokio::task::JoinSet::new();
    for number in 0..160 {
        let client = from(&house, &format!("203.0.{}.{}", number % 23, number % 5));
        guesses.spawn(async move { try_v1(&client, WRONG).await.status });
    }
    let told = guesses.join_all().await;
    assert_eq!(told.iter().filter(|status| **status == 401).count(), 100);
    let kept = "select count(*) from auth.login_attempts";
    assert_eq!(house.number(kept).await, 100);
    let in_one =
        "select max(n) from (select count(*) as n from auth.login_attempts group by near) x";
    assert!(house.number(in_one).await <= 5);
}

#[tokio::test]
async fn a_new_password_makes_strangers_of_other_devices() {
    let house = House::new().await;
    house.register(ADA).await;
    let (thief, owner) = (from(&house, "192.0.2.7"), from(&house, "192.0.2.7"));
    for device in [&thief, &owner] {
        try_v1(device, PASSWORD).await.expect(200);
    }
    let owner = owner.with("origin", testkit::BASE_URL);
    let change = json!({"currentPassword": PASSWORD, "newPassword": "another long password"});
    owner
        .post("/api/v1/auth/change-password", change)
        .await
        .expect(200);
    exhaust(&house, ADA).await;
    house
        .sql("delete from auth.known_devices where fingerprint not like 'mark:%'")
        .await;
    assert_eq!(try_v1(&thief, WRONG).await.status, 429);
    owner.forget_cookie("mana.session_token");
    try_v1(&owner, "another long password").await.expect(200);
}

#[tokio::test]
async fn the_cookie_of_a_device_lives_as_its_session_does() {
    let house = House::new().await;
    house.register(ADA).await;
    let client = from(&house, "192.0.2.7");
    for (is_remembered, life) in [(false, None), (true, Some("Max-Age=31536000"))] {
        client.forget_cookie("mana.known_device");
        let body = json!({"email": ADA, "password": PASSWORD, "rememberMe": is_remembered});
        let answer = client.post(SURFACES[1], body).await.expect(200);
        let cookies = answer.headers.get_all("set-cookie").iter();
        let mut texts = cookies.map(|value| value.to_str().unwrap());
        let set = texts
            .find(|text| text.starts_with("mana.known_device="))
            .unwrap();
        assert!(
            set.contains("HttpOnly") && set.contains("SameSite=Lax"),
            "{set}"
        );
        assert_eq!(
            set.split("; ").find(|part| part.starts_with("Max-Age")),
            life
        );
    }
    // A refused sign-in sets none, and one without an account leaves none behind.
    let stranger = from(&house, "192.0.2.8");
    try_v1(&stranger, WRONG).await.expect(401);
    assert_eq!(stranger.cookie("mana.known_device"), None);
    let rows = "select count(*) from auth.known_devices where fingerprint like 'mark:%'";
    assert_eq!(house.number(rows).await, 2);
}

#[tokio::test]
async fn a_program_that_signed_out_needs_no_origin() {
    let house = House::new().await;
    house.register(ADA).await;
    let program = house.client.fresh();
    enter(&program, SURFACES[1], PASSWORD).await.expect(200);
    program.forget_cookie("mana.session_token");
    let device = device_cookie(&program);
    program.forget_cookie(&device);
    let names: Vec<String> = program
        .cookies()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names, ["mana.known_device"]);
    enter(&program, SURFACES[1], PASSWORD).await.expect(200);
    // With a session among its cookies it does.
    enter(&program, SURFACES[1], PASSWORD).await.expect(403);
}

/// The name of the cookie that keeps a session beside the active one.
fn device_cookie(client: &Client) -> String {
    let mut names = client.cookies().into_iter().map(|(name, _)| name);
    names.find(|name| name.contains("_multi-")).unwrap()
}

#[tokio::test]
async fn one_network_registers_so_many_accounts_a_day() {
    let house = House::with(&[("RATE_LIMIT_ENABLED", "true")]).await;
    let mut made = 0;
    for number in 0..60 {
        let client = from(&house, "192.0.2.7");
        let email = format!("p{number}@example.com");
        // Slower than the limit of a minute, on both surfaces.
        house.clock.advance_seconds(15);
        let (path, body) = if number % 2 == 0 {
            (
                "/api/v1/auth/register",
                json!({"email": email, "password": PASSWORD}),
            )
        } else {
            (
                "/api/auth/sign-up/email",
                json!({"email": email, "password": PASSWORD, "name": "P"}),
            )
        };
        let answer = client.post(path, body).await;
        made += usize::from(answer.status == 200);
        if answer.status != 200 {
            assert_ne!(answer.expect(429).header("retry-after"), "");
        }
    }
    assert_eq!(made, 50);
    let body = json!({"email": "other@example.com", "password": PASSWORD});
    let elsewhere = from(&house, "192.0.2.8");
    elsewhere
        .post("/api/v1/auth/register", body)
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_from_one_network_leaves_sign_in_to_others() {
    let settings = [
        ("RATE_LIMIT_ENABLED", "true"),
        ("RATE_LIMIT_MAX", "10000"),
        ("HASH_QUEUE", "16"),
        ("PASSWORD_MEMORY_KIB", "19456"),
        ("PASSWORD_PASSES", "2"),
    ];
    let house = House::with(&settings).await;
    house.register(ADA).await;
    let known = from(&house, "192.0.2.7");
    try_v1(&known, PASSWORD).await.expect(200);
    let mut storm = tokio::task::JoinSet::new();
    for number in 0..290 {
        let client = from(&house, &format!("2001:db8:1:{number:x}::1"));
        let body = json!({"email": format!("n{number}@example.com"), "password": WRONG});
        storm.spawn(async move { client.post(SURFACES[0], body).await });
    }
    let mut entered = 0;
    let mut refused = 0;
    while let Some(answer) = storm.join_next().await {
        let answer = answer.unwrap();
        if answer.status == 503 {
            refused += 1;
            assert_ne!(answer.header("retry-after"), "");
            answer.problem(503, "SERVICE_UNAVAILABLE");
            // In the midst of it.
            if entered < 5 {
                try_v1(&known, PASSWORD).await.expect(200);
                entered += 1;
            }
        }
    }
    assert!(refused > 50 && entered == 5, "{refused} {entered}");
}
