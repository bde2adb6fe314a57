use super::*;

fn problems(pairs: &[(&str, &str)]) -> Vec<String> {
    let folder = std::env::temp_dir().join(format!("mana-config-{}", std::process::id()));
    let mut all = vec![("DATA_DIR", folder.to_str().unwrap())];
    all.extend(pairs);
    match Config::read(Source::from_pairs(&all), &Context::system()) {
        Ok(_) => Vec::new(),
        Err(ConfigError(problems)) => problems.into_iter().map(|problem| problem.key).collect(),
    }
}

const GOOD_KEK: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

#[test]
fn development_needs_nothing() {
    assert!(problems(&[]).is_empty());
}

#[test]
fn mail_is_set_from_the_environment() {
    let environment = [
        ("BASE_URL", "http://localhost:3001"),
        ("DATA_DIR", "/tmp/mana-config-tests"),
        ("SMTP_HOST", "mail.example"),
        ("SMTP_PORT", "2525"),
        ("SMTP_USER", "mana"),
        ("SMTP_PASSWORD", "secret"),
        ("SMTP_FROM", "Ada <ada@mail.example>"),
        ("MAGIC_LINK_ENABLED", "false"),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let source = Source::new(environment.into(), Vec::new(), None);
    let config = Config::read(source, &Context::system()).unwrap();
    let smtp = config.mail.smtp.unwrap();
    assert_eq!((smtp.host.as_str(), smtp.port), ("mail.example", 2525));
    assert!(smtp.credentials.is_some());
    assert_eq!(config.mail.from, "Ada <ada@mail.example>");
    assert!(!config.has_magic_links);
}

#[test]
fn production_refuses_missing_weak_and_all_zero_secrets() {
    let prod = ("ENVIRONMENT", "production");
    let smtp = ("SMTP_HOST", "mail.example");
    assert_eq!(
        problems(&[prod]),
        ["BETTER_AUTH_SECRET", "MANA_AUTH_KEK", "SMTP_HOST"]
    );
    let weak = ("BETTER_AUTH_SECRET", "secret");
    let zero = (
        "MANA_AUTH_KEK",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    );
    assert_eq!(
        problems(&[prod, smtp, weak, zero]),
        ["BETTER_AUTH_SECRET", "MANA_AUTH_KEK"]
    );
    let strong = (
        "BETTER_AUTH_SECRET",
        "dGhpcyBpcyBub3QgYSByZWFsIHNlY3JldCBidXQgbG9uZw",
    );
    assert!(problems(&[prod, smtp, strong, ("MANA_AUTH_KEK", GOOD_KEK)]).is_empty());
}

#[test]
fn an_unnamed_environment_on_a_public_url_refuses_to_start() {
    assert!(problems(&[("BASE_URL", "https://auth.example")]).contains(&"ENVIRONMENT".to_owned()));
}

#[test]
fn cookie_domain_on_http_refuses_to_start() {
    assert_eq!(
        problems(&[("COOKIE_DOMAIN", ".example.org")]),
        ["COOKIE_DOMAIN"]
    );
}

#[test]
fn every_wrong_value_is_named_at_once() {
    let wrong = [
        ("PORT", "x"),
        ("CREDITS_DAILY_FREE", "-1"),
        ("RATE_LIMIT_ENABLED", "maybe"),
        ("TRUSTED_PROXIES", "home"),
    ];
    assert_eq!(problems(&wrong).len(), 4);
}

#[test]
fn a_configured_zero_means_zero() {
    let source = Source::from_pairs(&[
        ("CREDITS_SIGNUP_BONUS", "0"),
        ("CREDITS_DAILY_FREE", "0"),
        ("DATA_DIR", "/tmp/mana-zero"),
    ]);
    let config = Config::read(source, &Context::system()).unwrap();
    assert_eq!(
        (config.credits.signup_bonus, config.credits.daily_free),
        (0, 0)
    );
}
