//! What a changed password or address does to sessions and mailed links, and how much is mailed to one address.

use crate::harness::{ADA, House, PASSWORD};
use platform::mail::Mail;
use serde_json::{Value, json};
use testkit::{BASE_URL, Client};

const NEXT: &str = "another fine password";
const NEW: &str = "new@example.com";

/// The path and query of the link in a mail.
pub(crate) fn link_in(mail: &Mail) -> String {
    let link = mail.text.lines().find(|line| line.starts_with(BASE_URL));
    let link = link.unwrap_or_else(|| panic!("no link in {}", mail.text));
    link.trim_start_matches(BASE_URL).to_owned()
}

/// The six digits in a mail.
pub(crate) fn code_in(mail: &Mail) -> String {
    let lines = mail.text.lines().map(str::trim);
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit());
    lines.clone().find(is_code).unwrap().to_owned()
}

fn token_in(link: &str) -> String {
    let rest = match link.split_once("token=") {
        Some((_, rest)) => rest,
        None => link.split_once("/reset-password/").unwrap().1,
    };
    let end = rest.find(['&', '?']).unwrap_or(rest.len());
    rest[..end].to_owned()
}

async fn last(house: &House, to: &str) -> Mail {
    let mail = house.mails(to).await.pop();
    mail.unwrap_or_else(|| panic!("no mail to {to}"))
}

fn browser(house: &House) -> Client {
    house.client.fresh().with("origin", BASE_URL)
}

async fn is_signed_in(client: &Client) -> bool {
    let answer = client.get("/api/auth/get-session").await.expect(200);
    answer.json() != Value::Null
}

/// A person with two sessions and one link or code of every kind on its way.
struct Person {
    house: House,
    here: Client,
    there: Client,
    verify: String,
    reset: String,
    magic: String,
    sign_in: String,
    change: String,
    delete: String,
}

impl Person {
    async fn new() -> Self {
        let house = House::with(&[
            ("RATE_LIMIT_ENABLED", "false"),
            ("REQUIRE_EMAIL_VERIFICATION", "true"),
        ])
        .await;
        house.register(ADA).await;
        let verify = link_in(&last(&house, ADA).await);
        browser(&house).get(&verify).await.expect(302);
        let (here, _) = house.login(ADA).await;
        let (there, _) = house.login(ADA).await;
        let mut links = Vec::new();
        for (path, body) in [
            ("request-password-reset", json!({"email": ADA})),
            ("sign-in/magic-link", json!({"email": ADA})),
            ("change-email", json!({"newEmail": "other@example.com"})),
            ("delete-user", json!({})),
        ] {
            let path = format!("/api/auth/{path}");
            here.post(&path, body).await.expect(200);
            links.push(link_in(&last(&house, ADA).await));
        }
        let body = json!({"email": ADA, "type": "sign-in"});
        let path = "/api/auth/email-otp/send-verification-otp";
        here.post(path, body).await.expect(200);
        let sign_in = code_in(&last(&house, ADA).await);
        let [reset, magic, change, delete] = links.try_into().unwrap();
        Self {
            house,
            here,
            there,
            verify,
            reset: token_in(&reset),
            magic,
            sign_in,
            change,
            delete,
        }
    }

    /// Nothing that was mailed before does anything any more.
    async fn assert_links_are_void(&self) {
        let nobody = browser(&self.house);
        let body = json!({"token": self.reset, "newPassword": PASSWORD});
        let path = "/api/auth/reset-password";
        assert_eq!(
            nobody.post(path, body).await.expect(400).json()["code"],
            "INVALID_TOKEN"
        );
        for link in [&self.magic, &self.verify, &self.change] {
            let answer = nobody.get(link).await.expect(302);
            let target = answer.header("location");
            assert!(target.contains("error=INVALID_TOKEN"), "{link}: {target}");
        }
        let body = json!({"email": ADA, "otp": self.sign_in});
        let path = "/api/auth/sign-in/email-otp";
        nobody.post(path, body).await.expect(400);
        assert!(!is_signed_in(&nobody).await);
        self.here.get(&self.delete).await.expect(400);
        assert_eq!(
            self.house
                .number("select count(*) from auth.verification where user_id is not null")
                .await,
            0
        );
    }

    async fn titles(&self, to: &str) -> Vec<String> {
        let mails = self.house.mails(to).await;
        mails.into_iter().map(|mail| mail.subject).collect()
    }
}

async fn changed_password(native: bool) {
    let ada = Person::new().await;
    let path = if native {
        "/api/auth/change-password"
    } else {
        "/api/v1/auth/change-password"
    };
    let body = json!({"currentPassword": PASSWORD, "newPassword": NEXT});
    ada.here.post(path, body).await.expect(200);
    assert!(is_signed_in(&ada.here).await);
    assert!(!is_signed_in(&ada.there).await);
    ada.assert_links_are_void().await;
    let titles = ada.titles(ADA).await;
    assert_eq!(titles.last().unwrap(), "Dein Passwort wurde geändert");
}

#[tokio::test]
async fn a_password_changed_natively_voids_links_and_ends_other_sessions() {
    changed_password(true).await;
}

#[tokio::test]
async fn a_password_changed_on_v1_voids_links_and_ends_other_sessions() {
    changed_password(false).await;
}

async fn reset_password(path: &str, by_code: bool) {
    let ada = Person::new().await;
    let nobody = browser(&ada.house);
    let body = if by_code {
        let ask = json!({"email": ADA});
        let asking = "/api/auth/email-otp/request-password-reset";
        nobody.post(asking, ask).await.expect(200);
        let code = code_in(&last(&ada.house, ADA).await);
        json!({"email": ADA, "otp": code, "password": NEXT})
    } else {
        json!({"token": ada.reset, "newPassword": NEXT})
    };
    nobody.post(path, body).await.expect(200);
    assert!(!is_signed_in(&ada.here).await);
    assert!(!is_signed_in(&ada.there).await);
    let here = browser(&ada.house);
    let body = json!({"email": ADA, "password": NEXT});
    here.post("/api/v1/auth/login", body).await.expect(200);
    let ada = Person { here, ..ada };
    ada.assert_links_are_void().await;
    let titles = ada.titles(ADA).await;
    assert!(titles.contains(&"Dein Passwort wurde geändert".to_owned()));
}

#[tokio::test]
async fn a_password_reset_by_link_voids_the_rest_and_ends_every_session() {
    reset_password("/api/auth/reset-password", false).await;
}

#[tokio::test]
async fn a_password_reset_on_v1_voids_the_rest_and_ends_every_session() {
    reset_password("/api/v1/auth/reset-password", false).await;
}

#[tokio::test]
async fn a_password_reset_by_code_voids_the_rest_and_ends_every_session() {
    reset_password("/api/auth/email-otp/reset-password", true).await;
}

/// After the address changed: the browser that did it goes on, the other does not, and the old address is told.
async fn assert_changed(ada: &Person, here: &Client) {
    let session = here.get("/api/auth/get-session").await.expect(200).json();
    assert_eq!(session["user"]["email"], NEW);
    assert!(!is_signed_in(&ada.there).await);
    ada.assert_links_are_void().await;
    let mails = ada.house.mails(ADA).await;
    let told = mails.last().unwrap();
    assert_eq!(told.subject, "Deine E-Mail-Adresse wurde geändert");
    assert!(told.text.contains(NEW));
}

async fn changed_address(path: &str) {
    let ada = Person::new().await;
    let body = json!({"newEmail": NEW});
    ada.here.post(path, body).await.expect(200);
    let first = link_in(&last(&ada.house, ADA).await);
    ada.here.get(&first).await.expect(302);
    assert!(is_signed_in(&ada.there).await);
    let second = link_in(&last(&ada.house, NEW).await);
    ada.here.get(&second).await.expect(302);
    assert_changed(&ada, &ada.here).await;
    let again = ada.here.get(&second).await.expect(302);
    assert!(again.header("location").contains("error=INVALID_TOKEN"));
}

#[tokio::test]
async fn an_address_changed_natively_voids_links_and_ends_other_sessions() {
    changed_address("/api/auth/change-email").await;
}

#[tokio::test]
async fn an_address_changed_on_v1_voids_links_and_ends_other_sessions() {
    changed_address("/api/v1/auth/change-email").await;
}

#[tokio::test]
async fn an_address_changed_by_code_voids_links_and_ends_other_sessions() {
    let ada = Person::new().await;
    let path = "/api/auth/email-otp/request-email-change";
    // Whoever holds a session alone, and not the mailbox, does not take the account along.
    for (otp, message) in [
        (Value::Null, "OTP is required to verify current email"),
        (json!("none"), "Invalid OTP"),
        (json!(ada.sign_in), "Invalid OTP"),
    ] {
        let mut body = json!({"newEmail": NEW});
        if otp.is_string() {
            body["otp"] = otp;
        }
        let refused = ada.here.post(path, body).await.expect(400);
        assert_eq!(refused.json()["message"], message);
    }
    assert!(ada.house.mails(NEW).await.is_empty());
    let wish = json!({"email": ADA, "type": "email-verification"});
    let asking = "/api/auth/email-otp/send-verification-otp";
    ada.here.post(asking, wish).await.expect(200);
    let old = code_in(&last(&ada.house, ADA).await);
    let body = json!({"newEmail": NEW, "otp": old});
    ada.here.post(path, body.clone()).await.expect(200);
    ada.here.post(path, body).await.expect(400);
    let code = code_in(&last(&ada.house, NEW).await);
    let body = json!({"newEmail": NEW, "otp": code});
    let path = "/api/auth/email-otp/change-email";
    ada.here.post(path, body).await.expect(200);
    assert_changed(&ada, &ada.here).await;
}

#[tokio::test]
async fn a_link_mailed_before_the_account_was_made_ends_with_a_changed_password() {
    let house = House::new().await;
    let nobody = browser(&house);
    let body = json!({"email": ADA});
    nobody
        .post("/api/auth/sign-in/magic-link", body)
        .await
        .expect(200);
    let magic = link_in(&last(&house, ADA).await);
    let body = json!({"email": ADA, "type": "sign-in"});
    let path = "/api/auth/email-otp/send-verification-otp";
    nobody.post(path, body).await.expect(200);
    let code = code_in(&last(&house, ADA).await);
    let (_, client, _) = house.person(ADA).await;
    let body = json!({"currentPassword": PASSWORD, "newPassword": NEXT});
    client
        .post("/api/v1/auth/change-password", body)
        .await
        .expect(200);
    let answer = nobody.get(&magic).await.expect(302);
    assert!(answer.header("location").contains("error=INVALID_TOKEN"));
    let body = json!({"email": ADA, "otp": code});
    let path = "/api/auth/sign-in/email-otp";
    nobody.post(path, body).await.expect(400);
    assert!(is_signed_in(&client).await);
}

#[tokio::test]
async fn nobody_floods_a_mailbox_and_the_answers_do_not_tell() {
    let house = House::with(&[("RATE_LIMIT_ENABLED", "true")]).await;
    house.register(ADA).await;
    let other = house.again().await;
    let welcome = house.mails(ADA).await.len();
    // One a minute, from a new address each, by turns through two servers.
    for minute in 0..9 {
        let server = if minute % 2 == 0 { &house } else { &other };
        let client = server
            .client
            .fresh()
            .from_ip(&format!("203.0.113.{minute}"));
        let path = "/api/v1/auth/forgot-password";
        let known = client.post(path, json!({"email": ADA})).await.expect(200);
        let unknown = json!({"email": "nobody@example.com"});
        let unknown = client.post(path, unknown).await.expect(200);
        assert_eq!(known.body, unknown.body);
        house.clock.advance_seconds(60);
    }
    // One link, mailed five times beside the mail of the registration and three times beyond the budget.
    let sent = "select count(*) from auth.verification where kind = 'reset-password'";
    assert_eq!(house.number(sent).await, 1);
    assert_eq!(house.mails(ADA).await.len() - welcome, 8);
}

#[tokio::test]
async fn past_the_quota_the_code_mailed_last_still_signs_in() {
    let house = House::with(&[("RATE_LIMIT_ENABLED", "true")]).await;
    for number in 0..8 {
        let client = house.client.fresh().from_ip(&format!("203.0.113.{number}"));
        let body = json!({"email": ADA, "type": "sign-in"});
        let path = "/api/auth/email-otp/send-verification-otp";
        client.post(path, body).await.expect(200);
        // One at a time: mails of one moment leave in any order.
        house.do_jobs().await;
    }
    let mails = house.mails(ADA).await;
    assert_eq!(mails.len(), 8);
    assert!(mails.iter().all(|mail| code_in(mail) == code_in(&mails[0])));
    let body = json!({"email": ADA, "otp": code_in(&mails[7])});
    let client = house.client.fresh();
    let path = "/api/auth/sign-in/email-otp";
    client.post(path, body).await.expect(200);
}

/// Else this server mails whatever a stranger likes to whomever a stranger likes.
#[tokio::test]
async fn a_name_goes_into_mails_to_a_proved_address_alone() {
    let house = House::new().await;
    let client = browser(&house);
    let name = "you won, see https://evil.example";
    let body = json!({"name": name, "email": ADA, "password": PASSWORD});
    let path = "/api/auth/sign-up/email";
    client.post(path, body).await.expect(200);
    let ask = async || {
        for (path, body) in [
            ("request-password-reset", json!({"email": ADA})),
            ("sign-in/magic-link", json!({"email": ADA})),
            (
                "email-otp/send-verification-otp",
                json!({"email": ADA, "type": "sign-in"}),
            ),
            ("change-email", json!({"newEmail": NEW})),
        ] {
            let path = format!("/api/auth/{path}");
            client.post(&path, body).await.expect(200);
        }
    };
    ask().await;
    let path = "/api/auth/email-otp/request-email-change";
    let body = json!({"newEmail": NEW});
    client.post(path, body).await.expect(200);
    let mut mails = house.mails(ADA).await;
    mails.extend(house.mails(NEW).await);
    assert_eq!(mails.len(), 6);
    for mail in mails {
        assert!(!mail.text.contains("evil"), "{}", mail.text);
    }
    house
        .sql("update auth.users set email_verified = true")
        .await;
    ask().await;
    let mails = house.mails(ADA).await;
    assert!(mails.iter().any(|mail| mail.text.contains(name)));
    for mail in house.mails(NEW).await {
        assert!(!mail.text.contains("evil"), "{}", mail.text);
    }
}

#[tokio::test]
async fn whoever_never_said_a_language_is_written_to_in_that_of_the_browser() {
    let house = House::new().await;
    house.register(ADA).await;
    let native = async |client: &Client, path: &str, body: Value| {
        client.post(&format!("/api/auth/{path}"), body).await
    };
    let speaks = |language| browser(&house).with("accept-language", language);
    let (english, french) = (speaks("en-GB"), speaks("fr").from_ip("203.0.113.9"));
    let login = json!({"email": ADA, "password": PASSWORD});
    let path = "/api/v1/auth/login";
    browser(&house).post(path, login.clone()).await.expect(200);
    house.mails(ADA).await;
    let v1 = |path: &str| format!("/api/v1/auth/{path}");
    let en = english.with(
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    );
    en.post(path, login).await.expect(200);
    house.do_jobs().await;
    en.post(&v1("forgot-password"), json!({"email": ADA}))
        .await
        .expect(200);
    en.post(&v1("resend-verification"), json!({"email": ADA}))
        .await
        .expect(200);
    en.post(&v1("change-email"), json!({"newEmail": NEW}))
        .await
        .expect(200);
    let sign_in = json!({"email": ADA, "type": "sign-in"});
    let password = json!({"password": PASSWORD});
    for (path, body) in [
        ("request-password-reset", json!({"email": ADA})),
        ("send-verification-email", json!({"email": ADA})),
        ("sign-in/magic-link", json!({"email": ADA})),
        ("email-otp/send-verification-otp", sign_in),
        ("email-otp/request-email-change", json!({"newEmail": NEW})),
        ("two-factor/send-otp", json!({})),
        (
            "two-factor/enable",
            json!({"password": PASSWORD, "method": "otp"}),
        ),
        ("two-factor/disable", password.clone()),
    ] {
        native(&en, path, body).await.expect(200);
    }
    let change = json!({"currentPassword": PASSWORD, "newPassword": NEXT});
    en.post(&v1("change-password"), change).await.expect(200);
    let gone = json!({"password": NEXT});
    en.delete(&v1("account"), Some(gone)).await.expect(200);
    for (to, count) in [(ADA, 13), (NEW, 2)] {
        let mails = house.mails(to).await;
        let subjects: Vec<_> = mails.iter().map(|mail| &mail.subject).collect();
        let (first, rest) = mails.split_first().unwrap();
        let is_english = |mail: &Mail| mail.html.contains("<html lang=\"en\">");
        // The first is that of the registration, by a program without a language.
        assert_eq!(is_english(first), to != ADA, "{subjects:?}");
        assert!(rest.iter().all(is_english), "{subjects:?}");
        assert_eq!(mails.len(), count, "{subjects:?}");
    }
    // Who is known to speak German gets German, and so does who speaks what we do not.
    house.register("bob@example.com").await;
    let forgotten = json!({"email": "bob@example.com"});
    french
        .post(&v1("forgot-password"), forgotten.clone())
        .await
        .expect(200);
    house.sql("update auth.users set locale = 'de'").await;
    en.post(&v1("forgot-password"), forgotten).await.expect(200);
    for mail in house.mails("bob@example.com").await {
        assert!(mail.html.contains("<html lang=\"de\">"), "{}", mail.subject);
    }
}

#[tokio::test]
async fn both_steps_of_a_changed_address_say_what_is_left_to_do() {
    let house = House::new().await;
    let (_, client, _) = house.person(ADA).await;
    house
        .sql("update auth.users set email_verified = true")
        .await;
    let body = json!({"newEmail": NEW});
    client
        .post("/api/v1/auth/change-email", body)
        .await
        .expect(200);
    for (to, page) in [(ADA, "Fast fertig"), (NEW, "Adresse bestätigt")] {
        let link = link_in(&last(&house, to).await);
        let led = client.get(&link).await.expect(302);
        let place = led.header("location").trim_start_matches(BASE_URL);
        let shown = client.get(place).await.expect(200).text();
        assert!(shown.contains(page), "{place} {shown}");
    }
    // The old address cannot reset the password any more.
    let told = last(&house, ADA).await.text;
    assert!(told.contains(NEW) && told.contains("Betreiber"), "{told}");
    assert!(!told.contains("Passwort"), "{told}");
}
