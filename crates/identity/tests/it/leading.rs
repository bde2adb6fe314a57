//! Where mailed links lead: parameters that are set, targets that are encoded, and no 403 behind what was mailed.

use crate::harness::{ADA, House};
use crate::steps::{browser, link_to, native, sign_up};
use kernel::crypto::cookie::percent_encode;
use serde_json::json;
use testkit::{Answer, Client};

const ORIGINS: &str =
    "https://app.example,https://*.team.example,myapp://,https://b\u{fc}cher.example";

async fn house() -> House {
    House::with(&[("CORS_ORIGINS", ORIGINS)]).await
}

#[track_caller]
fn location(answer: &Answer) -> &str {
    let value = answer.headers.get("location").unwrap().to_str().unwrap();
    assert!(value.bytes().all(|byte| byte.is_ascii_graphic()), "{value}");
    value
}

async fn follow(client: &Client, path: &str, callback: &str) -> String {
    let glue = if path.contains('?') { '&' } else { '?' };
    let path = format!(
        "/api/auth/{path}{glue}callbackURL={}",
        percent_encode(callback)
    );
    let answer = client.get(&path).await.expect(302);
    location(&answer).to_owned()
}

#[tokio::test]
async fn a_parameter_is_set_before_the_fragment_in_the_place_of_an_older_one() {
    let house = house().await;
    let anyone = browser(&house);
    for (callback, led) in [
        (
            "https://app.example/x",
            "https://app.example/x?error=INVALID_TOKEN",
        ),
        (
            "https://app.example/x#/form",
            "https://app.example/x?error=INVALID_TOKEN#/form",
        ),
        (
            "https://app.example/x?a=1#top",
            "https://app.example/x?a=1&error=INVALID_TOKEN#top",
        ),
        (
            "https://app.example/x?error=old&a=1",
            "https://app.example/x?error=INVALID_TOKEN&a=1",
        ),
        (
            "https://app.example/x?error=1&b=2&error=3",
            "https://app.example/x?error=INVALID_TOKEN&b=2",
        ),
        ("myapp://done?a=1", "myapp://done?a=1&error=INVALID_TOKEN"),
    ] {
        for path in [
            "verify-email?token=bad",
            "magic-link/verify?token=bad",
            "reset-password/bad",
        ] {
            assert_eq!(follow(&anyone, path, callback).await, led, "{path}");
        }
    }
    assert_eq!(
        follow(&anyone, "verify-email?token=bad", "/x?a=1").await,
        "/x?a=1&error=INVALID_TOKEN"
    );
    sign_up(&house, ADA).await;
    let callback = "https://app.example/reset?token=old&a=1#/form";
    let wish = json!({"email": ADA, "redirectTo": callback});
    native(&anyone, "request-password-reset", wish)
        .await
        .expect(200);
    let link = link_to(&house, ADA, "reset-password").await;
    let token = link.split(['/', '?']).nth(4).unwrap().to_owned();
    let answer = anyone.get(&link).await.expect(302);
    assert_eq!(
        location(&answer),
        format!("https://app.example/reset?token={token}&a=1#/form")
    );
}

#[tokio::test]
async fn a_target_in_location_is_percent_encoded() {
    let house = house().await;
    let anyone = browser(&house);
    for (callback, led) in [
        (
            "https://app.example/\u{e4} b?\u{f6}=\u{fc}",
            "https://app.example/%C3%A4%20b?%C3%B6=%C3%BC&error=INVALID_TOKEN",
        ),
        (
            "https://b\u{fc}cher.example/x",
            "https://xn--bcher-kva.example/x?error=INVALID_TOKEN",
        ),
        (
            "https://app.example/x?q=\"<y>\"",
            "https://app.example/x?q=%22%3Cy%3E%22&error=INVALID_TOKEN",
        ),
        (
            "https://app.example/x?q=%20+%26",
            "https://app.example/x?q=%20+%26&error=INVALID_TOKEN",
        ),
        (
            "https://app.example/\u{1f600}",
            "https://app.example/%F0%9F%98%80?error=INVALID_TOKEN",
        ),
    ] {
        for path in [
            "verify-email?token=bad",
            "magic-link/verify?token=bad",
            "reset-password/bad",
        ] {
            assert_eq!(follow(&anyone, path, callback).await, led, "{path}");
        }
    }
    for evil in [
        "https://app.example/\r\nSet-Cookie:x=1",
        "/x\r\nSet-Cookie:x",
        "https://app.example/\n",
    ] {
        let path = format!(
            "/api/auth/verify-email?token=bad&callbackURL={}",
            percent_encode(evil)
        );
        let answer = anyone.get(&path).await.expect(403);
        assert_eq!(answer.header("set-cookie"), "");
    }
}

#[tokio::test]
async fn a_callback_of_a_sign_in_is_encoded_in_location_and_as_it_was_in_the_body() {
    let house = house().await;
    sign_up(&house, ADA).await;
    let callback = "https://app.example/\u{e4}?a b";
    let body = json!({"email": ADA, "password": crate::harness::PASSWORD, "callbackURL": callback});
    let answer = native(&browser(&house), "sign-in/email", body)
        .await
        .expect(200);
    assert_eq!(location(&answer), "https://app.example/%C3%A4?a%20b");
    assert_eq!(answer.json()["url"], callback);
}

#[tokio::test]
async fn what_was_mailed_never_ends_in_a_403() {
    let house = house().await;
    let ada = sign_up(&house, ADA).await;
    let long = format!("https://app.example/{}", "x".repeat(2_000));
    let too_long = format!("https://app.example/{}", "x".repeat(3_000));
    let mut mailed = 0;
    for callback in [
        "/x",
        "/x?y=%20z",
        "/x?y=%5C%0A",
        "/x?next=%2Fa%2Fb%3Fc%3Dd",
        "/x?a=%25zz&b=%zz",
        "https://app.example",
        "https://app.example/x?next=https%3A%2F%2Felsewhere.example%2F",
        "https://app.example/%0A%5C?x=%00",
        "https://app.example/\u{e4} \u{f6}#\u{fc}",
        "https://app.example/x?a=1#/deep?b=2",
        "https://a.b.team.example/x?y=%2F",
        "https://b\u{fc}cher.example/x",
        "https://xn--bcher-kva.example/x",
        "HTTPS://APP.EXAMPLE/x",
        "https://app.example:443/x",
        "myapp://done?x=%2F#y",
        "myapp:///deep/link",
        long.as_str(),
        too_long.as_str(),
        "https://team.example",
        "yourapp://x",
        "/x#y",
    ] {
        for (path, field, beginning) in [
            ("sign-in/magic-link", "callbackURL", "magic-link"),
            ("sign-in/magic-link", "errorCallbackURL", "magic-link"),
            ("send-verification-email", "callbackURL", "verify-email"),
            ("request-password-reset", "redirectTo", "reset-password"),
        ] {
            house
                .sql("delete from auth.verification; delete from auth.mail_quotas; update auth.users set email_verified = false")
                .await;
            let before = house.mails(ADA).await.len();
            let mut wish = json!({"email": ADA});
            wish[field] = json!(callback);
            let asked = native(&browser(&house), path, wish).await;
            let is_accepted = asked.status == 200;
            assert!(
                is_accepted || asked.status == 403,
                "{callback} {}",
                asked.text()
            );
            assert_eq!(
                house.mails(ADA).await.len() > before,
                is_accepted,
                "{path} {callback}"
            );
            if is_accepted {
                let link = link_to(&house, ADA, beginning).await;
                // Followed as mailed, and once more when it is used up.
                for client in [ada.clone(), browser(&house)] {
                    let answer = client.get(&link).await.expect(302);
                    location(&answer);
                }
                mailed += 1;
            }
        }
    }
    assert!(mailed >= 60, "{mailed}");
}
