//! The quick start: register, sign in, spend, refresh, validate, sign out.

use crate::harness::{House, PASSWORD};
use serde_json::{Value, json};
use testkit::token_claims;

#[tokio::test]
async fn the_quick_start_works_from_registration_to_logout() {
    let house = House::new().await;
    let anyone = &house.client;
    let registered = anyone
        .post(
            "/api/v1/auth/register",
            json!({"email": "Ada@Example.com", "password": PASSWORD, "name": "Ada"}),
        )
        .await
        .expect(200);
    assert_eq!(registered.header("set-cookie"), "");
    let registered = registered.json();
    assert_eq!(registered["email"], "ada@example.com");
    assert_eq!(registered["name"], "Ada");
    assert_eq!(registered["token"], Value::Null);
    assert_eq!(registered["needsVerification"], false);
    assert_eq!(registered["user"]["id"], registered["id"]);

    let login = anyone
        .post(
            "/api/v1/auth/login",
            json!({"email": "ada@example.com", "password": PASSWORD}),
        )
        .await
        .expect(200)
        .json();
    let access = login["accessToken"].as_str().unwrap().to_owned();
    let refresh = login["refreshToken"].as_str().unwrap().to_owned();
    let ada = anyone.bearer(&access);

    let balance = ada.get("/api/v1/credits/balance").await.expect(200).json();
    assert_eq!(balance["balance"], 0);
    assert_eq!(balance["freeCreditsRemaining"], 150);
    assert_eq!(balance["dailyFreeCredits"], 5);

    house.clock.advance_seconds(1);
    let used = ada
        .post(
            "/api/v1/credits/use",
            json!({"amount": 10, "appId": "chat", "description": "a question"}),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(used["transaction"]["balanceBefore"], 150, "{used}");
    assert_eq!(used["transaction"]["balanceAfter"], 140, "{used}");

    let transactions = ada
        .get("/api/v1/credits/transactions")
        .await
        .expect(200)
        .json();
    assert_eq!(transactions[0]["type"], "usage", "{transactions}");
    assert_eq!(transactions[1]["type"], "bonus", "{transactions}");

    let pair = anyone
        .fresh()
        .post("/api/v1/auth/refresh", json!({"refreshToken": refresh}))
        .await
        .expect(200)
        .json();
    let access = pair["accessToken"].as_str().unwrap().to_owned();
    let refresh = pair["refreshToken"].as_str().unwrap().to_owned();
    let valid = anyone
        .fresh()
        .post("/api/v1/auth/validate", json!({"token": access}))
        .await
        .expect(200)
        .json();
    assert_eq!(valid["valid"], true);
    assert_eq!(valid["payload"]["sub"], registered["id"]);

    let out = anyone
        .bearer(&access)
        .post("/api/v1/auth/logout", json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(out["success"], true);
    anyone
        .bearer(&access)
        .get("/api/v1/credits/balance")
        .await
        .problem(401, "UNAUTHORIZED");
    ada.get("/api/v1/auth/profile")
        .await
        .problem(401, "UNAUTHORIZED");
    anyone
        .fresh()
        .post("/api/v1/auth/refresh", json!({"refreshToken": refresh}))
        .await
        .problem(401, "TOKEN_INVALID");
    let valid = anyone
        .fresh()
        .post("/api/v1/auth/validate", json!({"token": access}))
        .await
        .expect(200)
        .json();
    assert_eq!(valid["valid"], false);
    let session = anyone.get("/api/v1/auth/session").await.expect(200);
    assert_eq!(session.json(), Value::Null);
}

#[tokio::test]
async fn regression_7_1_1_a_freshly_issued_token_passes_every_guard() {
    let house = House::new().await;
    let (id, ada) = house.person("ada@example.com").await;
    for path in [
        "/api/v1/auth/session",
        "/api/v1/auth/profile",
        "/api/v1/auth/security-events",
        "/api/v1/credits/balance",
        "/api/v1/credits/transactions",
    ] {
        let answer = ada.get(path).await;
        assert_eq!(answer.status, 200, "{path} {}", answer.text());
    }
    let profile = ada.get("/api/v1/auth/profile").await.expect(200).json();
    assert_eq!(profile["id"], id);
}

#[tokio::test]
async fn regression_7_1_2_user_ids_are_text_of_any_form_in_every_column() {
    let house = House::new().await;
    let id = house.register("ada@example.com").await;
    let root = house.database.superuser().await;
    let columns = root
        .query(
            "select table_schema || '.' || table_name, data_type from information_schema.columns
             where column_name in ('user_id', 'owner_id') and table_schema in ('auth', 'credits', 'platform')",
            &[],
        )
        .await
        .unwrap();
    assert!(columns.len() > 5);
    for column in columns {
        let (table, kind): (String, String) = (column.get(0), column.get(1));
        assert_eq!(kind, "text", "{table}");
    }
    assert_eq!(id.len(), 36);
}

#[tokio::test]
async fn regression_7_1_27_no_path_has_a_doubled_prefix() {
    let house = House::new().await;
    let document = house.client.get("/openapi.json").await.expect(200).json();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 10);
    for path in paths.keys() {
        assert_eq!(path.matches("/api/").count().max(1), 1, "{path}");
    }
}

#[tokio::test]
async fn regression_7_1_28_the_health_check_path_exists() {
    let house = House::new().await;
    for path in ["/health", "/health/live", "/health/ready"] {
        let health = house.client.get(path).await.expect(200).json();
        assert_eq!(health["status"], "ok", "{path} {health}");
        assert_eq!(health["service"], "mana-auth");
    }
}

#[tokio::test]
async fn regression_7_1_26_a_refreshed_token_is_signed_by_the_same_key_family() {
    let house = House::new().await;
    house.register("ada@example.com").await;
    let (client, login) = house.login("ada@example.com").await;
    let body = json!({"refreshToken": login["refreshToken"]});
    let fresh = client.fresh();
    let pair = fresh
        .post("/api/v1/auth/refresh", body)
        .await
        .expect(200)
        .json();
    let (first, _) = token_claims(login["accessToken"].as_str().unwrap());
    let (second, _) = token_claims(pair["accessToken"].as_str().unwrap());
    assert_eq!(first, second);
    assert_eq!(first["alg"], "EdDSA");
}

#[tokio::test]
async fn regression_7_1_34_validation_needs_no_call_to_ourselves() {
    // The keys come from the database: a server whose own address nobody can reach validates all the same.
    let house = House::with(&[("BASE_URL", "http://127.0.0.1:1")]).await;
    let (_, ada) = house.person("ada@example.com").await;
    ada.get("/api/v1/auth/profile").await.expect(200);
}

#[tokio::test]
async fn regression_7_1_24_get_session_is_reachable_without_a_prefix() {
    let house = House::new().await;
    house.register("ada@example.com").await;
    let (client, login) = house.login("ada@example.com").await;
    let native = client.get("/api/auth/get-session").await.expect(200).json();
    let rest = client.get("/api/v1/auth/session").await.expect(200).json();
    assert_eq!(native["session"]["id"], rest["session"]["id"]);
    assert_eq!(native["session"]["token"], login["token"]);
    assert_eq!(native["user"]["id"], rest["user"]["id"]);
    let nobody = house
        .client
        .fresh()
        .get("/api/auth/get-session")
        .await
        .expect(200);
    assert_eq!(nobody.json(), Value::Null);
}

#[tokio::test]
async fn regression_7_1_30_every_handler_sees_the_same_person() {
    let house = House::new().await;
    let (id, ada) = house.person("ada@example.com").await;
    let profile = ada.get("/api/v1/auth/profile").await.expect(200).json();
    let session = ada.get("/api/v1/auth/session").await.expect(200).json();
    let transactions = ada
        .get("/api/v1/credits/transactions")
        .await
        .expect(200)
        .json();
    assert_eq!(profile["id"], id);
    assert_eq!(session["session"]["userId"], id);
    assert_eq!(transactions[0]["userId"], id);
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let house = House::new().await;
    let (id, ada) = house.person("ada@example.com").await;
    let spend =
        json!({"amount": 10, "appId": "chat", "description": "x", "idempotencyKey": "once"});
    let first = ada
        .post("/api/v1/credits/use", spend.clone())
        .await
        .expect(200)
        .text();
    let (_, login) = house.login("ada@example.com").await;
    let restarted = house.again().await;
    let access = login["accessToken"].as_str().unwrap();
    let ada = restarted.client.bearer(access);
    let profile = ada.get("/api/v1/auth/profile").await.expect(200).json();
    assert_eq!(profile["id"], id);
    let replayed = ada.post("/api/v1/credits/use", spend).await.expect(200);
    assert_eq!(replayed.header("idempotency-replayed"), "true");
    assert_eq!(replayed.text(), first);
    let balance = ada.get("/api/v1/credits/balance").await.expect(200).json();
    assert_eq!(balance["freeCreditsRemaining"], 140);
    assert_eq!(restarted.config.base_url, house.config.base_url);
}
