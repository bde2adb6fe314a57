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
fn a_configuration_that_cannot_work_is_refused_by_name() {
    let https = ("BASE_URL", "https://auth.example.org");
    let development = ("ENVIRONMENT", "development");
    for (key, value) in [
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://*"),
        ("CORS_ORIGINS", "https://*.org"),
        ("CORS_ORIGINS", "https://app-*.example.org"),
        ("CORS_ORIGINS", "https://app.example.org/path"),
        ("CORS_ORIGINS", "javascript://x"),
        ("COOKIE_DOMAIN", ".other.org"),
        ("COOKIE_DOMAIN", ".org"),
        ("COOKIE_DOMAIN", "xample.org"),
        ("COOKIE_DOMAIN", "auth.example.org:443"),
        ("COOKIE_DOMAIN", "example.org; Secure"),
        ("COOKIE_PREFIX", "__Host-mana"),
        ("FRONTEND_URL", "https://name@app.example.org"),
        ("FRONTEND_URL", "myapp://"),
        ("WEBAUTHN_RP_ID", "other.org"),
        ("BIND_ADDRESS", "0.0.0.0"),
        ("BIND_ADDRESS", "::"),
    ] {
        assert_eq!(
            problems(&[https, development, (key, value)]),
            [key],
            "{value}"
        );
    }
    for bad in [
        "https://auth.example.org/api/auth",
        "https://name:word@auth.example.org",
        "https://auth.example.org?x",
        "https://auth.example.org#x",
        "ftp://auth.example.org",
    ] {
        assert_eq!(
            problems(&[development, ("BASE_URL", bad)]),
            ["BASE_URL"],
            "{bad}"
        );
    }
    let smtp = ("SMTP_HOST", "mail.example");
    assert_eq!(problems(&[smtp, ("SMTP_USER", "mana")]), ["SMTP_PASSWORD"]);
    assert_eq!(problems(&[smtp, ("SMTP_PASSWORD", "x")]), ["SMTP_USER"]);
    for good in [
        (
            "CORS_ORIGINS",
            "https://*.example.org, myapp://, exp://192.168.*.*:*/**, *.example.net",
        ),
        ("COOKIE_DOMAIN", "Example.org"),
        ("COOKIE_DOMAIN", ".auth.example.org"),
        (
            "WEBAUTHN_ORIGINS",
            "https://auth.example.org,https://elsewhere.example",
        ),
    ] {
        assert!(problems(&[https, development, good]).is_empty(), "{good:?}");
    }
}

#[test]
fn a_setting_at_the_end_of_its_range_is_refused_by_name() {
    let durations = [
        "SESSION_IDLE_EXPIRY",
        "SESSION_ABSOLUTE_EXPIRY",
        "SESSION_UPDATE_AGE",
        "SESSION_FRESH_AGE",
        "JWT_ACCESS_TOKEN_EXPIRY",
        "JWT_REFRESH_TOKEN_EXPIRY",
        "JWT_KEY_ROTATION",
        "REQUEST_TIMEOUT",
        "SHUTDOWN_DRAIN",
    ];
    for key in durations {
        for bad in [
            "9223372036854775807",
            "18446744073709551616",
            "106751991167300d",
            "3651d",
            "0",
            "-1",
            "-9223372036854775808",
            "1e9",
            "\u{661}\u{664}",
        ] {
            assert_eq!(problems(&[(key, bad)]), [key], "{bad}");
        }
        assert!(problems(&[(key, "3650d")]).is_empty(), "{key}");
    }
    for key in [
        "PORT",
        "SMTP_PORT",
        "DATABASE_POOL_SIZE",
        "MIGRATION_TIMEOUT",
        "HASH_QUEUE",
        "LOCKOUT_FAILURES",
        "LOCKOUT_SECONDS",
        "ACCOUNT_DELETION_GRACE_DAYS",
        "MAX_DAILY_SIGNUPS",
        "PASSWORD_MEMORY_KIB",
        "PASSWORD_PASSES",
        "CREDITS_SIGNUP_BONUS",
        "CREDITS_DAILY_FREE",
        "RATE_LIMIT_TTL",
        "RATE_LIMIT_MAX",
    ] {
        for bad in [
            "9223372036854775807",
            "18446744073709551616",
            "-1",
            "1.5",
            "x",
        ] {
            assert_eq!(problems(&[(key, bad)]), [key], "{bad}");
        }
    }
}

fn advised(pairs: &[(&str, &str)]) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("DATA_DIR", "/tmp/mana-advice"),
        ("ENVIRONMENT", "development"),
    ];
    all.extend(pairs);
    let config = Config::read(Source::from_pairs(&all), &Context::system()).unwrap();
    let advice = config.advice().into_iter();
    advice.map(|advice| (advice.key, advice.message)).collect()
}

#[test]
fn an_operator_is_told_what_a_setting_causes() {
    assert!(advised(&[]).is_empty());
    let https = ("BASE_URL", "https://auth.example.org");
    let proxies = ("TRUSTED_PROXIES", "10.0.0.0/8");
    assert_eq!(advised(&[https]).first().unwrap().0, "TRUSTED_PROXIES");
    let everybody = advised(&[https, ("TRUSTED_PROXIES", "0.0.0.0/0")]);
    assert!(everybody.first().unwrap().1.contains("everybody"));
    for (origin, words) in [
        ("https://*.example.org", "every name below"),
        ("myapp://", "claim the same scheme"),
        ("http://app.example.org", "is http"),
        ("https://app.elsewhere.com", "another site"),
        ("https://0.0.0.0", "can never match"),
    ] {
        let advice = advised(&[https, proxies, ("CORS_ORIGINS", origin)]);
        assert_eq!(advice.len(), 1, "{advice:?}");
        assert!(
            advice
                .iter()
                .all(|(key, text)| *key == "CORS_ORIGINS" && text.contains(words)),
            "{advice:?}"
        );
    }
    assert!(advised(&[https, proxies, ("CORS_ORIGINS", "https://app.example.org")]).is_empty());
}

#[test]
fn a_proxy_is_found_however_its_address_is_written() {
    let nets = "::ffff:10.0.0.1, ::ffff:10.1.0.0/112, 10.2.0.1/16, fd00::/8";
    let pairs = [("DATA_DIR", "/tmp/mana-proxies"), ("TRUSTED_PROXIES", nets)];
    let config = Config::read(Source::from_pairs(&pairs), &Context::system()).unwrap();
    for address in ["10.0.0.1", "10.1.2.3", "10.2.3.4", "fd00::1"] {
        let address: IpAddr = address.parse().unwrap();
        let is_named = config
            .trusted_proxies
            .iter()
            .any(|net| net.contains(&address));
        assert!(is_named, "{address}");
    }
}

#[test]
fn development_stays_at_home() {
    let leaves = |pairs: &[(&str, &str)]| {
        let mut all = vec![
            ("DATA_DIR", "/tmp/mana-home"),
            ("ENVIRONMENT", "development"),
        ];
        all.extend(pairs);
        let config = Config::read(Source::from_pairs(&all), &Context::system()).unwrap();
        config.leaves_home().is_some()
    };
    assert!(leaves(&[("BASE_URL", "https://auth.example.org")]));
    assert!(leaves(&[("BASE_URL", "http://localhost.evil.example")]));
    assert!(!leaves(&[]));
    assert!(!leaves(&[("BASE_URL", "http://[::1]:3001")]));
    assert!(!leaves(&[("BASE_URL", "http://app.localhost:3001")]));
    assert!(!leaves(&[
        ("BASE_URL", "https://auth.example.org"),
        ("SMTP_HOST", "localhost")
    ]));
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
