//! The one table of settings: name, default and meaning. The documentation is written from it.

/// A setting.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The name in the environment and `.env`; in TOML lower-case, sections by underscore.
    pub name: &'static str,
    /// The default, as text.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// Whether it may also come as `<name>_FILE`.
    pub is_secret: bool,
}

const fn key(name: &'static str, default: &'static str, meaning: &'static str) -> Key {
    Key {
        name,
        default,
        meaning,
        is_secret: false,
    }
}

const fn secret(name: &'static str, default: &'static str, meaning: &'static str) -> Key {
    Key {
        name,
        default,
        meaning,
        is_secret: true,
    }
}

/// Every setting.
pub const KEYS: &[Key] = &[
    key(
        "MANA_AUTH_CONFIG",
        "",
        "path of an optional TOML file with the settings below",
    ),
    key(
        "ENVIRONMENT",
        "development on a loopback BASE_URL",
        "development or production; wins over NODE_ENV",
    ),
    key(
        "NODE_ENV",
        "",
        "the predecessor's name for ENVIRONMENT; test counts as development",
    ),
    key("PORT", "3001", "port to listen on"),
    key(
        "BIND_ADDRESS",
        "0.0.0.0 in production, 127.0.0.1 in development",
        "address to listen on; in development without SMTP_HOST one of this machine",
    ),
    key(
        "BASE_URL",
        "http://localhost:<PORT>",
        "where people and apps reach this server, without a path; issuer, cookies and links follow it",
    ),
    key(
        "FRONTEND_URL",
        "",
        "the app that mailed links lead to when a request names none; its origin counts as one of CORS_ORIGINS",
    ),
    key(
        "CORS_ORIGINS",
        "",
        "comma list of the apps' origins, which may send cookies and be redirected to; also https://*.example.org for every name below a domain, and an app's own scheme, such as myapp://",
    ),
    key(
        "TRUSTED_PROXIES",
        "",
        "comma list of addresses or networks whose X-Forwarded-For counts",
    ),
    key(
        "MAX_CONNECTIONS",
        "8192",
        "most connections at once, fewer where the limit of file descriptors is low; past it the one that waits longest for its client gives way",
    ),
    key(
        "MAX_CONNECTIONS_PER_ADDRESS",
        "1024",
        "most connections of one client address, or one /64 of IPv6; TRUSTED_PROXIES have no such limit",
    ),
    key(
        "DATA_DIR",
        "./data",
        "folder of the private database and of secrets made in development",
    ),
    secret(
        "DATABASE_URL",
        "",
        "PostgreSQL URL; without it the server keeps its own database in DATA_DIR",
    ),
    secret(
        "DATABASE_DIRECT_URL",
        "DATABASE_URL",
        "PostgreSQL URL past a pooler, for migrations and notifications",
    ),
    key("DATABASE_POOL_SIZE", "16", "most connections of the pool"),
    key(
        "MIGRATION_TIMEOUT",
        "300",
        "seconds to wait for another server's migration",
    ),
    key(
        "PG_BIN",
        "",
        "folder with initdb and postgres for the private database",
    ),
    secret(
        "BETTER_AUTH_SECRET",
        "made once in development",
        "signs cookies and opens imported data; at least 32 characters",
    ),
    secret(
        "BETTER_AUTH_SECRETS",
        "",
        "comma list of older BETTER_AUTH_SECRET values that still verify cookies",
    ),
    secret(
        "MANA_AUTH_KEK",
        "made once in development",
        "base64 of 32 bytes; seals keys and second factors at rest",
    ),
    key(
        "MANA_AUTH_KEK_ID",
        "env-v1",
        "the name sealed values remember MANA_AUTH_KEK by",
    ),
    secret(
        "MANA_AUTH_KEKS_PREVIOUS",
        "",
        "comma list of id=base64 of older KEKs that still open",
    ),
    key(
        "COOKIE_DOMAIN",
        "",
        "such as .example.org: one sign-in for all sibling domains; needs https, and the host of BASE_URL within it",
    ),
    key("COOKIE_PREFIX", "mana", "first part of every cookie's name"),
    key("JWT_ISSUER", "BASE_URL", "iss of access tokens"),
    key("JWT_AUDIENCE", "mana", "aud of access tokens"),
    key(
        "JWT_ACCEPTED_AUDIENCES",
        "",
        "comma list of further audiences accepted during a migration",
    ),
    key("JWT_ACCESS_TOKEN_EXPIRY", "15m", "life of access tokens"),
    key(
        "JWT_REFRESH_TOKEN_EXPIRY",
        "7d",
        "life of a refresh token, renewed at each use",
    ),
    key(
        "JWT_KEY_ROTATION",
        "90d",
        "age at which a new signing key takes over",
    ),
    key(
        "SESSION_IDLE_EXPIRY",
        "7d",
        "a session unused for so long ends; one that is not remembered then or after a day, used or not",
    ),
    key("SESSION_ABSOLUTE_EXPIRY", "90d", "no session lives longer"),
    key(
        "SESSION_UPDATE_AGE",
        "1d",
        "a session is extended when its last extension is older; half the idle time where it is not below that",
    ),
    key(
        "SESSION_FRESH_AGE",
        "1d",
        "sensitive changes need a session younger than this",
    ),
    key(
        "PASSWORD_MEMORY_KIB",
        "19456",
        "Argon2id memory of new password hashes",
    ),
    key(
        "PASSWORD_PASSES",
        "2",
        "Argon2id passes of new password hashes",
    ),
    key(
        "HASH_QUEUE",
        "256",
        "sign-ins that may wait for a hash slot before 503",
    ),
    key(
        "LOCKOUT_FAILURES",
        "5",
        "wrong passwords from one place within 15 minutes that lock it out",
    ),
    key(
        "LOCKOUT_SECONDS",
        "1800",
        "how long a lock lasts, from the last failure",
    ),
    key(
        "ACCOUNT_DELETION_GRACE_DAYS",
        "0",
        "days between deleting an account and erasing it; 0 erases at once",
    ),
    key(
        "MAX_DAILY_SIGNUPS",
        "0",
        "registrations per day (UTC); 0 is unlimited",
    ),
    key(
        "REQUIRE_EMAIL_VERIFICATION",
        "on in production",
        "sign-in needs a verified address",
    ),
    key(
        "SMTP_HOST",
        "",
        "host of the mail server; without one mails go to /dev/mailbox, in development alone",
    ),
    key("SMTP_PORT", "587", "port of the mail server"),
    key(
        "SMTP_SECURITY",
        "starttls",
        "starttls, tls, or none on loopback",
    ),
    key("SMTP_USER", "", "name to sign in with at the mail server"),
    secret(
        "SMTP_PASSWORD",
        "",
        "password to sign in with at the mail server",
    ),
    key(
        "SMTP_CA_FILE",
        "",
        "PEM file of the mail server's own certificate authority",
    ),
    key(
        "SMTP_FROM",
        "Mana <noreply@localhost>",
        "sender of all mails, an address or `Name <address>`",
    ),
    key(
        "BRAND_NAME",
        "Mana",
        "the name people know the service by, in mails and pages",
    ),
    key("BRAND_COLOR", "#2f5bd7", "colour of buttons in mails"),
    key(
        "MAGIC_LINK_ENABLED",
        "true",
        "false switches sign-in by a mailed link off",
    ),
    key(
        "EMAIL_CODE_ENABLED",
        "true",
        "false switches sign-in by a mailed code off",
    ),
    key(
        "TWO_FACTOR_EMAIL_ENABLED",
        "true",
        "false takes mailed codes out of the second factors, except for people who have no other",
    ),
    key(
        "PASSKEY_ENABLED",
        "true",
        "false switches passkeys off; they need a domain, not an address, in BASE_URL",
    ),
    key(
        "WEBAUTHN_RP_ID",
        "COOKIE_DOMAIN, else the host of BASE_URL",
        "domain that passkeys are bound to; changing it makes every passkey useless",
    ),
    key(
        "WEBAUTHN_RP_NAME",
        "BRAND_NAME",
        "name that people see while they make a passkey",
    ),
    key(
        "WEBAUTHN_ORIGINS",
        "BASE_URL and those CORS_ORIGINS within WEBAUTHN_RP_ID",
        "comma list of the origins that passkeys work on, exactly; Android apps as android:apk-key-hash:…",
    ),
    key(
        "WEBAUTHN_ORIGIN",
        "",
        "the predecessor's name for WEBAUTHN_ORIGINS",
    ),
    key(
        "CREDITS_SIGNUP_BONUS",
        "150",
        "free credits of a new account",
    ),
    key("CREDITS_DAILY_FREE", "5", "free credits per calendar day"),
    key("CREDITS_TIMEZONE", "UTC", "time zone of the calendar day"),
    key(
        "RATE_LIMIT_ENABLED",
        "true",
        "false for load and comparison runs",
    ),
    key(
        "RATE_LIMIT_TTL",
        "60",
        "window of the global limit in seconds",
    ),
    key(
        "RATE_LIMIT_MAX",
        "100",
        "requests per window and address without a credential; six times as many per person",
    ),
    key(
        "DEFAULT_LOCALE",
        "de",
        "de or en, where neither the person nor the browser says",
    ),
    key(
        "LOG_LEVEL",
        "info",
        "error, warn, info, debug or trace, or a filter such as info,request=warn",
    ),
    key(
        "LOG_FORMAT",
        "json in production, text in development",
        "json or text",
    ),
    key(
        "METRICS_TOKEN",
        "",
        "bearer token that /metrics asks for; open without one",
    ),
    key("REQUEST_TIMEOUT", "30s", "the longest a request may take"),
    key(
        "SHUTDOWN_DRAIN",
        "25s",
        "how long running requests may finish after SIGTERM",
    ),
];

/// The reference of settings as Markdown.
pub fn markdown() -> String {
    let mut out = String::from("| Setting | Default | Meaning |\n|---|---|---|\n");
    for key in KEYS {
        let name = if key.is_secret {
            format!("`{0}`, `{0}_FILE`", key.name)
        } else {
            format!("`{}`", key.name)
        };
        out.push_str(&format!("| {name} | {} | {} |\n", key.default, key.meaning));
    }
    out
}
