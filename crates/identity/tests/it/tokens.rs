//! Validation of access tokens: ours are accepted, everything else is not.

use crate::harness::{ADA, House};
use aws_lc_rs::signature::Ed25519KeyPair;
use data_encoding::BASE64URL_NOPAD;
use kernel::crypto::digest::hmac_sha256;
use kernel::crypto::jwt::Signer;
use serde_json::{Value, json};
use testkit::{Client, eventually, token_claims};

/// Signs whatever it is told with a key that the server publishes as an old one.
struct Forger {
    pair: Ed25519KeyPair,
    kid: String,
    public: String,
}

impl Forger {
    async fn trusted_by(house: &House) -> Self {
        let signer = Signer::generate().unwrap();
        let (kid, public) = (signer.kid().to_owned(), signer.public_x());
        let key = json!({"crv": "Ed25519", "x": public, "kty": "OKP"});
        house
            .sql(&format!(
                "insert into auth.jwks (id, public_key, private_key, expires_at, created_at)
                 values ('{kid}', '{key}', 'gone', '2027-01-01', '2026-01-01')"
            ))
            .await;
        house.identity.keys().reload().await.unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(&signer.to_pkcs8().unwrap()).unwrap();
        Self { pair, kid, public }
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let text = unsigned(header, claims);
        let signature = self.pair.sign(text.as_bytes());
        format!("{text}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
    }
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!("{}.{}", encode(header), encode(claims))
}

fn with(value: &Value, changes: Value) -> Value {
    let mut changed = value.clone();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            changed.as_object_mut().unwrap().remove(name);
        } else {
            changed[name] = value.clone();
        }
    }
    changed
}

async fn refusal(house: &House, token: &str) -> String {
    let answer = house
        .ask("validate", json!({"token": token}))
        .await
        .expect(200);
    let json = answer.json();
    assert_eq!(json["valid"], false, "{token}");
    assert_eq!(json.get("payload"), None);
    json["error"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_valid_token_answers_its_claims() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    let token = &login["accessToken"];
    let json = house
        .ask("validate", json!({"token": token}))
        .await
        .expect(200)
        .json();
    let (_, claims) = token_claims(token.as_str().unwrap());
    assert_eq!(json, json!({"valid": true, "payload": claims}));
}

#[tokio::test]
async fn regression_7_1_46_a_bad_token_is_a_200_that_says_no() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    let json = house.ask("validate", json!({})).await.expect(200).json();
    assert_eq!(
        (&json["valid"], &json["error"]),
        (&json!(false), &json!("No token provided"))
    );
    let refresh = login["refreshToken"].as_str().unwrap();
    let session = login["token"].as_str().unwrap();
    for token in [
        "",
        "garbage",
        "a.b.c",
        "..",
        "\u{0}",
        "eyJhbGciOiJFZERTQSJ9..",
        refresh,
        session,
    ] {
        refusal(&house, token).await;
    }
    let request =
        http::Request::post("/api/v1/auth/validate").header("content-type", "application/json");
    let answer = house
        .client
        .raw(request.body("no json".into()).unwrap())
        .await;
    answer.problem(400, "VALIDATION");
}

#[tokio::test]
async fn an_expired_token_is_called_expired() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    let token = login["accessToken"].as_str().unwrap();
    house.clock.advance_seconds(899);
    assert!(house.is_valid(&login["accessToken"]).await);
    house.clock.advance_seconds(1);
    assert_eq!(refusal(&house, token).await, "The token has expired.");
}

#[tokio::test]
async fn a_forged_token_is_refused_whatever_it_claims() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    let forger = Forger::trusted_by(&house).await;
    let (_, claims) = token_claims(login["accessToken"].as_str().unwrap());
    let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": forger.kid});
    let honest = forger.sign(&header, &claims);
    assert!(
        house.is_valid(&json!(honest)).await,
        "the forger's key is published"
    );

    let now = claims["iat"].as_i64().unwrap();
    for (name, claim) in [
        ("issuer", json!({"iss": "https://evil.example"})),
        ("no issuer", json!({"iss": null})),
        ("audience", json!({"aud": "someone-else"})),
        ("no audience", json!({"aud": null})),
        ("no expiry", json!({"exp": null})),
        ("expiry as text", json!({"exp": "never"})),
        ("no subject", json!({"sub": null})),
        ("another's subject", json!({"sub": "someone-else"})),
        ("no session", json!({"sid": null})),
        ("unknown session", json!({"sid": "unknown"})),
        (
            "issued tomorrow",
            json!({"iat": now + 86_400, "exp": now + 90_000}),
        ),
        ("oversized", json!({"padding": "x".repeat(8192)})),
    ] {
        let token = forger.sign(&header, &with(&claims, claim));
        assert_eq!(
            refusal(&house, &token).await,
            "The token is not valid.",
            "{name}"
        );
    }
    let expired = forger.sign(&header, &with(&claims, json!({"exp": now - 1})));
    assert_eq!(refusal(&house, &expired).await, "The token has expired.");

    for (name, head) in [
        ("unknown kid", json!({"kid": "unknown"})),
        ("no kid", json!({"kid": null})),
        ("crit", json!({"crit": ["exp"]})),
        ("empty crit", json!({"crit": []})),
        ("alg in another case", json!({"alg": "eddsa"})),
        ("no alg", json!({"alg": null})),
    ] {
        let token = forger.sign(&with(&header, head), &claims);
        assert_eq!(
            refusal(&house, &token).await,
            "The token is not valid.",
            "{name}"
        );
    }
}

#[tokio::test]
async fn cve_2015_9235_no_other_algorithm_is_taken() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    let forger = Forger::trusted_by(&house).await;
    let (header, claims) = token_claims(login["accessToken"].as_str().unwrap());
    for alg in ["none", "None", "NONE", ""] {
        let text = unsigned(&with(&header, json!({"alg": alg})), &claims);
        refusal(&house, &format!("{text}.")).await;
        refusal(&house, &format!("{text}.AAAA")).await;
    }
    let jwk = json!({"crv": "Ed25519", "x": forger.public, "kty": "OKP"}).to_string();
    let raw = BASE64URL_NOPAD.decode(forger.public.as_bytes()).unwrap();
    for key in [raw.as_slice(), forger.public.as_bytes(), jwk.as_bytes()] {
        let text = unsigned(
            &json!({"alg": "HS256", "typ": "JWT", "kid": forger.kid}),
            &claims,
        );
        let signature = BASE64URL_NOPAD.encode(&hmac_sha256(key, text.as_bytes()));
        refusal(&house, &format!("{text}.{signature}")).await;
    }
    // Our own signature over other claims, and other signatures over our claims.
    let token = login["accessToken"].as_str().unwrap();
    let (ours, signature) = token.rsplit_once('.').unwrap();
    let admin = unsigned(&header, &with(&claims, json!({"role": "admin"})));
    refusal(&house, &format!("{admin}.{signature}")).await;
    refusal(&house, &format!("{ours}.")).await;
    refusal(
        &house,
        &format!("{ours}.{}", BASE64URL_NOPAD.encode(&[0; 64])),
    )
    .await;
    assert!(house.is_valid(&login["accessToken"]).await);
}

#[tokio::test]
async fn a_key_in_the_header_is_not_looked_at() {
    let house = House::new().await;
    let (_, _, login) = house.person(ADA).await;
    let signer = Signer::generate().unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(&signer.to_pkcs8().unwrap()).unwrap();
    let (header, claims) = token_claims(login["accessToken"].as_str().unwrap());
    let jwk = json!({"crv": "Ed25519", "x": signer.public_x(), "kty": "OKP"});
    for extra in [
        json!({"jwk": jwk}),
        json!({"jku": "https://evil.example/jwks"}),
        json!({"kid": signer.kid(), "jwk": jwk}),
    ] {
        let text = unsigned(&with(&header, extra), &claims);
        let signature = BASE64URL_NOPAD.encode(pair.sign(text.as_bytes()).as_ref());
        refusal(&house, &format!("{text}.{signature}")).await;
    }
}

#[tokio::test]
async fn an_audience_that_is_accepted_during_a_migration_passes() {
    let house = House::with(&[("JWT_ACCEPTED_AUDIENCES", "manacore")]).await;
    let (_, _, login) = house.person(ADA).await;
    let forger = Forger::trusted_by(&house).await;
    let (_, claims) = token_claims(login["accessToken"].as_str().unwrap());
    let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": forger.kid});
    let old = forger.sign(&header, &with(&claims, json!({"aud": "manacore"})));
    assert!(house.is_valid(&json!(old)).await);
    let other = forger.sign(&header, &with(&claims, json!({"aud": "manacore2"})));
    refusal(&house, &other).await;
}

#[tokio::test]
async fn regression_7_1_23_the_issuer_is_one_setting() {
    let house = House::with(&[
        ("BASE_URL", "https://auth.example.org"),
        ("JWT_ISSUER", "https://issuer.example.org"),
        ("JWT_AUDIENCE", "apps"),
    ])
    .await;
    let (_, _, login) = house.person(ADA).await;
    let (_, claims) = token_claims(login["accessToken"].as_str().unwrap());
    assert_eq!(
        (&claims["iss"], &claims["aud"]),
        (&json!("https://issuer.example.org"), &json!("apps"))
    );
    assert!(house.is_valid(&login["accessToken"]).await);
}

/// What a change of a person makes of a token that was issued before, on every path.
async fn after(house: &House, change: &str) -> (Client, Value, Value) {
    let (id, _, login) = house.person(ADA).await;
    let token = login["accessToken"].clone();
    assert!(house.is_valid(&token).await);
    let told =
        format!("update auth.users set {change}; select pg_notify('mana_auth', 'user:{id}')");
    house.sql(&told).await;
    eventually("the change", async || {
        (!house.is_valid(&token).await).then_some(())
    })
    .await;
    let client = house.client.bearer(token.as_str().unwrap());
    (client, token, login["refreshToken"].clone())
}

#[tokio::test]
async fn stale_claims_are_not_valid_and_our_own_routes_go_by_the_session() {
    for (change, claim, value) in [
        ("role = 'admin'", "role", json!("admin")),
        ("access_tier = 'founder'", "tier", json!("founder")),
        (
            "email = 'lovelace@example.com'",
            "email",
            json!("lovelace@example.com"),
        ),
    ] {
        let house = House::new().await;
        let (client, token, refresh) = after(&house, change).await;
        let said = refusal(&house, token.as_str().unwrap()).await;
        assert!(said.contains("refresh it"), "{said}");
        let session = client.get("/api/v1/auth/session").await.expect(200);
        let (_, now) = token_claims(session.header("set-auth-jwt"));
        assert_eq!(now[claim], value);
        let shown = session.json()["user"].clone();
        let shown = if claim == "tier" {
            &shown["accessTier"]
        } else {
            &shown[claim]
        };
        assert_eq!(*shown, value);
        let profile = client.get("/api/v1/auth/profile").await.expect(200).json();
        assert!(claim == "tier" || profile[claim] == value, "{profile}");
        // A refresh makes it true again.
        let pair = house.refresh(&json!(refresh)).await.expect(200).json();
        assert!(house.is_valid(&pair["accessToken"]).await);
        let (_, now) = token_claims(pair["accessToken"].as_str().unwrap());
        assert_eq!(now[claim], value);
    }
}

#[tokio::test]
async fn nobody_who_is_banned_or_deleted_has_a_valid_token() {
    for change in [
        "banned = true",
        "banned = true, ban_expires = '2026-06-02'",
        "deleted_at = now()",
    ] {
        let house = House::new().await;
        let (client, _, _) = after(&house, change).await;
        client
            .get("/api/v1/auth/profile")
            .await
            .problem(401, "UNAUTHORIZED");
    }
}
