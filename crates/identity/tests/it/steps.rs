//! Steps of a browser on the Better Auth surface, and what it gets by mail.

use crate::harness::{House, PASSWORD};
use aws_lc_rs::hmac;
use platform::mail::Mail;
use serde_json::{Value, json};
use testkit::{Answer, Client};

/// A browser with an empty jar that sends our own Origin.
pub(crate) fn browser(house: &House) -> Client {
    house.client.fresh().with("origin", testkit::BASE_URL)
}

/// Registers on the Better Auth surface; a browser that is signed in where that needs no proof.
pub(crate) async fn sign_up(house: &House, email: &str) -> Client {
    let browser = browser(house);
    let body = json!({"name": "Ada", "email": email, "password": PASSWORD});
    native(&browser, "sign-up/email", body).await.expect(200);
    browser
}

/// POST below `/api/auth/`.
pub(crate) async fn native(client: &Client, path: &str, body: Value) -> Answer {
    client.post(&format!("/api/auth/{path}"), body).await
}

/// Tries to sign in with the right password.
pub(crate) async fn sign_in(client: &Client, email: &str) -> Answer {
    let body = json!({"email": email, "password": PASSWORD});
    native(client, "sign-in/email", body).await
}

/// Session and person of a browser, `null` without.
pub(crate) async fn who(client: &Client) -> Value {
    let answer = client.get("/api/auth/get-session").await;
    answer.expect(200).json()
}

pub(crate) async fn is_signed_in(client: &Client) -> bool {
    who(client).await != Value::Null
}

/// Path and query of the newest mailed link whose path begins so, below `/api/auth/`.
pub(crate) async fn link_to(house: &House, email: &str, beginning: &str) -> String {
    let start = format!("/api/auth/{beginning}");
    let link = |mail: Mail| {
        let (_, rest) = mail.text.split_once(testkit::BASE_URL)?;
        let link = rest.lines().next().unwrap();
        link.starts_with(&start).then(|| link.to_owned())
    };
    let mails = house.mails(email).await.into_iter().rev();
    let mut links = mails.filter_map(link);
    links.next().unwrap()
}

/// A value of the query of a path.
pub(crate) fn query_of(path: &str, name: &str) -> String {
    let (_, query) = path.split_once('?').unwrap();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name).unwrap();
    kernel::crypto::cookie::percent_decode(value).unwrap()
}

/// The six digits of the newest mail that has some.
pub(crate) async fn code_to(house: &House, email: &str) -> String {
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    let code = |mail: Mail| {
        mail.text
            .lines()
            .map(str::trim)
            .find(is_code)
            .map(str::to_owned)
    };
    let mails = house.mails(email).await.into_iter().rev();
    let mut codes = mails.filter_map(code);
    codes.next().unwrap()
}

/// Other digits than these.
pub(crate) fn other_than(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

/// An authenticator app with the backup codes that came with it.
pub(crate) struct App {
    secret: Vec<u8>,
    pub(crate) backup_codes: Vec<String>,
}

impl App {
    /// Of the answer of `two-factor/enable`.
    pub(crate) fn of(answer: &Value) -> Self {
        let uri = answer["totpURI"].as_str().unwrap();
        let secret = query_of(uri, "secret");
        let codes = answer["backupCodes"].as_array().unwrap().iter();
        Self {
            secret: data_encoding::BASE32_NOPAD
                .decode(secret.as_bytes())
                .unwrap(),
            backup_codes: codes
                .map(|code| code.as_str().unwrap().to_owned())
                .collect(),
        }
    }

    /// What the app shows now (RFC 6238).
    pub(crate) fn code(&self, house: &House) -> String {
        let step = house.context.now().seconds() / 30;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let bytes = tag.as_ref();
        let at = usize::from(bytes[19] & 15);
        let word = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
    }
}

/// Asks for an app, which does not count yet.
pub(crate) async fn ask_for_app(client: &Client) -> App {
    let answer = native(client, "two-factor/enable", json!({"password": PASSWORD})).await;
    App::of(&answer.expect(200).json())
}

/// A verified person with an app.
pub(crate) async fn verified_with_app(house: &House, email: &str) -> (Client, App) {
    let person = sign_up(house, email).await;
    let proved = format!("update auth.users set email_verified = true where email = '{email}'");
    house.sql(&proved).await;
    let app = enrol(house, &person).await;
    (person, app)
}

/// A browser that is trusted and signed in on the strength of that, so that no factor was met in its session.
pub(crate) async fn unproved(house: &House, email: &str, app: &App) -> Client {
    let device = challenged(house, email).await;
    let body = json!({"code": app.code(house), "trustDevice": true});
    native(&device, "two-factor/verify-totp", body)
        .await
        .expect(200);
    house.clock.advance_seconds(60);
    native(&device, "sign-out", json!({})).await.expect(200);
    let body = sign_in(&device, email).await.expect(200).json();
    assert!(body["token"].is_string(), "{body}");
    device
}

/// Sets the password anew by a mailed link.
pub(crate) async fn reset(house: &House, email: &str) {
    let anyone = browser(house);
    let wish = json!({"email": email, "redirectTo": "/new"});
    native(&anyone, "request-password-reset", wish)
        .await
        .expect(200);
    let link = link_to(house, email, "reset-password").await;
    let token = query_of(
        anyone.get(&link).await.expect(302).header("location"),
        "token",
    );
    let body = json!({"token": token, "newPassword": PASSWORD});
    native(&anyone, "reset-password", body).await.expect(200);
}

/// The kinds of a person's security events.
pub(crate) async fn event_kinds(house: &House, email: &str) -> Vec<String> {
    let kinds = format!(
        "select coalesce(string_agg(event_type, ',' order by e.created_at), '') from auth.security_events e \
         join auth.users u on u.id = e.user_id where u.email = '{email}'"
    );
    let kinds = house.text(&kinds).await;
    kinds.split(',').map(str::to_owned).collect()
}

/// Sets an app up with its first code, and waits until that code is over.
pub(crate) async fn enrol(house: &House, client: &Client) -> App {
    let app = ask_for_app(client).await;
    let code = json!({"code": app.code(house)});
    native(client, "two-factor/verify-totp", code)
        .await
        .expect(200);
    house.clock.advance_seconds(60);
    app
}

/// Signs in with the password alone: a browser that is asked for the second factor.
pub(crate) async fn challenged(house: &House, email: &str) -> Client {
    let browser = browser(house);
    let asked = sign_in(&browser, email).await.expect(200).json();
    assert_eq!(asked["twoFactorRedirect"], true, "{asked}");
    browser
}

/// Browsers that hold the same cookies, each in a jar of its own.
pub(crate) fn copies(house: &House, of: &Client, number: usize) -> Vec<Client> {
    let copy = |_| {
        let copy = browser(house);
        for (name, value) in of.cookies() {
            copy.set_cookie(&name, &value);
        }
        copy
    };
    (0..number).map(copy).collect()
}

/// Sends the same request many times at once; how many of the answers have this status.
pub(crate) async fn at_once(clients: Vec<Client>, path: &str, body: &Value, status: u16) -> usize {
    let mut waiting = tokio::task::JoinSet::new();
    for client in clients {
        let (path, body) = (path.to_owned(), body.clone());
        waiting.spawn(async move { native(&client, &path, body).await });
    }
    let answers = waiting.join_all().await;
    for answer in &answers {
        assert!(!answer.status.is_server_error(), "{}", answer.text());
    }
    let is_counted = |answer: &&Answer| answer.status.as_u16() == status;
    answers.iter().filter(is_counted).count()
}
