//! Retention: what is old enough goes, what is not stays.

use crate::harness::{ADA, House};
use platform::jobs::Registry;

const TABLES: &[(&str, &str, i64)] = &[
    (
        "sessions",
        "insert into auth.sessions (id, token, user_id, expires_at) select 's' || n, 's' || n, u.id, AT",
        30,
    ),
    (
        "sessions",
        "insert into auth.sessions (id, token, user_id, expires_at, revoked_at)
         select 'r' || n, 'r' || n, u.id, '2030-01-01', AT",
        30,
    ),
    (
        "refresh_tokens",
        "insert into auth.refresh_tokens (id, session_id, user_id, family_id, token_hash, expires_at)
         select 'f' || n, (select id from auth.sessions where expires_at > '2026-06-02' and revoked_at is null limit 1), u.id, 'f', 'f' || n, AT",
        30,
    ),
    (
        "verification",
        "insert into auth.verification (id, identifier, value, expires_at) select 'v' || n, 'i', 'v', AT",
        1,
    ),
    (
        "login_attempts",
        "insert into auth.login_attempts (email, attempted_at) select 'x' || n, AT",
        1,
    ),
    (
        "security_events",
        "insert into auth.security_events (id, event_type, created_at) select gen_random_uuid(), 'OLD', AT",
        365,
    ),
    (
        "known_devices",
        "insert into auth.known_devices (user_id, fingerprint, first_seen_at, last_seen_at) select u.id, 'd' || n, AT, AT",
        365,
    ),
    (
        "mail_quotas",
        "insert into auth.mail_quotas (subject, free_at) select 'q' || n, AT",
        1,
    ),
    (
        "jwks",
        "insert into auth.jwks (id, public_key, private_key, expires_at) select 'k' || n, '', '', AT",
        30,
    ),
];

#[tokio::test]
async fn old_rows_go_and_young_ones_stay() {
    let house = House::new().await;
    let (_, client, login) = house.person(ADA).await;
    let mut registry = Registry::default();
    house.identity.jobs(&mut registry);
    for (table, insert, days) in TABLES {
        let before = house
            .number(&format!("select count(*) from auth.{table}"))
            .await;
        // One a minute over its time, one a minute under.
        let at = format!(
            "'2026-06-01T12:00:00Z'::timestamptz - interval '{days} days' + n * interval '1 minute'"
        );
        let insert = insert.replace("AT", &at);
        house
            .sql(&format!("{insert} from auth.users u, (values (-1), (1)) as moments (n) where u.email = '{ADA}'"))
            .await;
        house.clock.advance_seconds(3600);
        house.clock.set("2026-06-01T12:00:00Z");
        let held = house
            .number(&format!("select count(*) from auth.{table}"))
            .await;
        assert_eq!(held, before + 2, "{table}");
    }
    while house.jobs.run_due(&registry).await.unwrap() > 0 {}
    let dead = house.jobs.counts().await.unwrap().1;
    assert_eq!(dead, 0);
    for (table, insert, _) in TABLES {
        let young = match *table {
            "sessions" => {
                let prefix = if insert.contains("'r' || n") {
                    "r"
                } else {
                    "s"
                };
                format!("id in ('{prefix}1', '{prefix}-1')")
            }
            "refresh_tokens" => "family_id = 'f'".to_owned(),
            "verification" => "identifier = 'i'".to_owned(),
            "login_attempts" => "email like 'x%'".to_owned(),
            "known_devices" => "length(fingerprint) < 4".to_owned(),
            "mail_quotas" => "subject like 'q%'".to_owned(),
            "security_events" => "event_type = 'OLD'".to_owned(),
            _ => "id like 'k%' and length(id) < 4".to_owned(),
        };
        let left = house
            .number(&format!("select count(*) from auth.{table} where {young}"))
            .await;
        assert_eq!(left, 1, "{table}: {insert}");
    }
    // What is in use is untouched.
    assert!(house.is_valid(&login["accessToken"]).await);
    client.get("/api/v1/auth/session").await.expect(200);
    house.refresh(&login["refreshToken"]).await.expect(200);
}
