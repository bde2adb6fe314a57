//! The configuration: read once, understood once, every mistake named at once.

mod advice;
pub mod keys;
mod mail;
mod passkeys;
mod places;
mod secrets;
mod source;

pub use advice::Advice;
pub use passkeys::PasskeyConfig;
pub use places::is_home;
pub use secrets::Secrets;
pub use source::{Problem, Source};

use crate::Context;
use ipnet::IpNet;
use kernel::SecretString;
use kernel::crypto::password::Cost;
use kernel::text::Locale;
use std::net::IpAddr;
use std::path::PathBuf;
use url::Url;

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line, for collectors.
    Json,
    /// For people.
    Text,
}

/// Everything the server is told from outside. Durations are seconds.
#[derive(Clone)]
pub struct Config {
    /// Weak or missing secrets refuse to start, verification is on.
    pub is_production: bool,
    /// Where to listen.
    pub bind: IpAddr,
    /// Port to listen on; 0 lets the system choose.
    pub port: u16,
    /// Where people reach us, without a trailing slash.
    pub base_url: Url,
    /// Where mailed links lead by default.
    pub frontend_url: Option<Url>,
    /// The apps' origins and patterns of them, that of `frontend_url` among them.
    pub cors_origins: Vec<String>,
    /// Peers whose X-Forwarded-For counts.
    pub trusted_proxies: Vec<IpNet>,
    /// Most connections at once.
    pub max_connections: usize,
    /// Most connections of one client address.
    pub max_connections_per_address: usize,
    /// Private database and development secrets.
    pub data_dir: PathBuf,
    /// An external PostgreSQL.
    pub database_url: Option<SecretString>,
    /// The same past a pooler.
    pub database_direct_url: Option<SecretString>,
    /// Most pooled connections.
    pub database_pool_size: usize,
    /// Wait for another server's migration.
    pub migration_timeout_seconds: u64,
    /// PostgreSQL's binaries.
    pub pg_bin: Option<PathBuf>,
    /// The keys.
    pub secrets: Secrets,
    /// `Domain` of cookies.
    pub cookie_domain: Option<String>,
    /// First part of cookie names.
    pub cookie_prefix: String,
    /// Access tokens.
    pub jwt: JwtConfig,
    /// Sessions.
    pub sessions: SessionConfig,
    /// Cost of new password hashes.
    pub password_cost: Cost,
    /// Sign-ins that may wait for a hash slot.
    pub hash_queue: usize,
    /// Failures that lock.
    pub lockout_failures: i64,
    /// How long a lock lasts.
    pub lockout_seconds: i64,
    /// Days between deleting an account and erasing it, 0 at once.
    pub deletion_grace_days: i64,
    /// Registrations per day, 0 unlimited.
    pub max_daily_signups: i64,
    /// Sign-in needs a verified address.
    pub is_verification_required: bool,
    /// Mail.
    pub mail: MailConfig,
    /// Sign-in by a mailed link.
    pub has_magic_links: bool,
    /// Sign-in by a mailed code.
    pub has_email_codes: bool,
    /// A mailed code counts as a second factor.
    pub has_mailed_factor: bool,
    /// Sign-in by passkey.
    pub passkeys: PasskeyConfig,
    /// Credits.
    pub credits: CreditsConfig,
    /// Whether limits count.
    pub is_rate_limited: bool,
    /// Window of the global limit.
    pub rate_limit_window_seconds: u32,
    /// Requests per window and address.
    pub rate_limit_max: u32,
    /// Language where nobody says.
    pub default_locale: Locale,
    /// Log filter.
    pub log_level: String,
    /// Log form.
    pub log_format: LogFormat,
    /// Bearer of /metrics.
    pub metrics_token: Option<String>,
    /// The longest request.
    pub request_timeout_seconds: u64,
    /// Drain after SIGTERM.
    pub shutdown_drain_seconds: u64,
}

/// Access tokens (contract decision 5).
#[derive(Clone)]
pub struct JwtConfig {
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// Further audiences accepted during a migration.
    pub accepted_audiences: Vec<String>,
    /// Life of an access token.
    pub access_seconds: i64,
    /// Life of a refresh token.
    pub refresh_seconds: i64,
    /// Age at which a new key takes over.
    pub rotation_seconds: i64,
}

/// Sessions (contract better-auth §2.3).
#[derive(Clone)]
pub struct SessionConfig {
    /// Life without use.
    pub idle_seconds: i64,
    /// Longest life.
    pub absolute_seconds: i64,
    /// Extension at most this often.
    pub update_age_seconds: i64,
    /// Sensitive changes need a younger session.
    pub fresh_age_seconds: i64,
}

/// How mails leave.
#[derive(Clone)]
pub struct MailConfig {
    /// The mail server, if there is one.
    pub smtp: Option<SmtpConfig>,
    /// The sender, `Name <address>`.
    pub from: String,
    /// The name people know the service by.
    pub brand_name: String,
    /// `#rrggbb`.
    pub brand_color: String,
}

/// A mail server.
#[derive(Clone)]
pub struct SmtpConfig {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub security: SmtpSecurity,
    /// PEM file of its own certificate authority.
    pub ca_file: Option<PathBuf>,
    /// User name and password.
    pub credentials: Option<(String, SecretString)>,
}

/// How the connection to a mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// Required STARTTLS.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// None, on loopback alone.
    None,
}

/// Credits (contract decision 9).
#[derive(Clone)]
pub struct CreditsConfig {
    /// Free credits of a new account.
    pub signup_bonus: i64,
    /// Free credits per calendar day.
    pub daily_free: i64,
    /// IANA name of the calendar's time zone.
    pub timezone: String,
}

/// The configuration is wrong; every mistake is named.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is wrong:\n{}", .0.iter().map(|p| format!("  {} {}", p.key, p.message)).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(pub Vec<Problem>);

impl Config {
    /// Understands the settings; makes development secrets when they are missing.
    ///
    /// # Errors
    /// [`ConfigError`] with every mistake.
    pub fn read(mut source: Source, context: &Context) -> Result<Self, ConfigError> {
        let s = &mut source;
        let port = u16::try_from(s.integer("PORT", 3001, 0..=65_535)).unwrap_or(3001);
        let base_url = places::base_url(s, port);
        let is_production = read_environment(s, &base_url);
        let data_dir = PathBuf::from(s.text("DATA_DIR").unwrap_or("./data"));
        let secrets = secrets::read(s, is_production, &data_dir, context);
        let bind = places::bind(s, is_production);
        let cookie_domain = places::cookie_domain(s, &base_url);
        let frontend_url = places::frontend_url(s);
        let cors_origins = places::origins(s, frontend_url.as_ref());
        let mail = mail::read(s);
        let passkeys = passkeys::read(
            s,
            &base_url,
            cookie_domain.as_deref(),
            &cors_origins,
            &mail.brand_name,
        );
        let database_url = s.secret("DATABASE_URL");
        let direct = s.secret("DATABASE_DIRECT_URL");
        if direct.is_some() && database_url.is_none() {
            s.problem("DATABASE_DIRECT_URL", "needs DATABASE_URL beside it");
        }
        let config = Self {
            is_production,
            bind,
            port,
            frontend_url,
            cors_origins,
            trusted_proxies: places::proxies(s),
            max_connections: read_count(s, "MAX_CONNECTIONS", 8192),
            max_connections_per_address: read_count(s, "MAX_CONNECTIONS_PER_ADDRESS", 1024),
            data_dir,
            database_url: database_url.map(SecretString::from),
            database_direct_url: direct.map(SecretString::from),
            database_pool_size: usize::try_from(s.integer("DATABASE_POOL_SIZE", 16, 2..=1000))
                .unwrap_or(16),
            migration_timeout_seconds: u64::try_from(s.integer(
                "MIGRATION_TIMEOUT",
                300,
                1..=86_400,
            ))
            .unwrap_or(300),
            pg_bin: s.text("PG_BIN").map(PathBuf::from),
            secrets,
            cookie_domain,
            cookie_prefix: places::cookie_prefix(s),
            jwt: read_jwt(s, &base_url),
            sessions: read_sessions(s),
            password_cost: read_cost(s, is_production),
            hash_queue: usize::try_from(s.integer("HASH_QUEUE", 256, 1..=100_000)).unwrap_or(256),
            lockout_failures: s.integer("LOCKOUT_FAILURES", 5, 1..=100),
            lockout_seconds: s.integer("LOCKOUT_SECONDS", 1800, 1..=86_400),
            deletion_grace_days: s.integer("ACCOUNT_DELETION_GRACE_DAYS", 0, 0..=365),
            max_daily_signups: s.integer("MAX_DAILY_SIGNUPS", 0, 0..=1_000_000_000),
            is_verification_required: s.flag("REQUIRE_EMAIL_VERIFICATION", is_production),
            mail,
            has_mailed_factor: s.flag("TWO_FACTOR_EMAIL_ENABLED", true),
            passkeys,
            has_magic_links: s.flag("MAGIC_LINK_ENABLED", true),
            has_email_codes: s.flag("EMAIL_CODE_ENABLED", true),
            credits: CreditsConfig {
                signup_bonus: s.integer("CREDITS_SIGNUP_BONUS", 150, 0..=1_000_000_000),
                daily_free: s.integer("CREDITS_DAILY_FREE", 5, 0..=1_000_000_000),
                timezone: s.text("CREDITS_TIMEZONE").unwrap_or("UTC").to_owned(),
            },
            is_rate_limited: s.flag("RATE_LIMIT_ENABLED", true),
            rate_limit_window_seconds: u32::try_from(s.integer("RATE_LIMIT_TTL", 60, 1..=86_400))
                .unwrap_or(60),
            rate_limit_max: u32::try_from(s.integer("RATE_LIMIT_MAX", 100, 1..=1_000_000))
                .unwrap_or(100),
            default_locale: read_locale(s),
            log_level: s.text("LOG_LEVEL").unwrap_or("info").to_owned(),
            log_format: read_log_format(s, is_production),
            metrics_token: s.text("METRICS_TOKEN").map(ToOwned::to_owned),
            request_timeout_seconds: u64::try_from(s.seconds("REQUEST_TIMEOUT", 30)).unwrap_or(30),
            shutdown_drain_seconds: u64::try_from(s.seconds("SHUTDOWN_DRAIN", 25)).unwrap_or(25),
            base_url,
        };
        if config.is_production && config.is_verification_required && config.mail.smtp.is_none() {
            source.problem(
                "SMTP_HOST",
                "is missing: nobody could verify their address and sign in; set SMTP_HOST, or REQUIRE_EMAIL_VERIFICATION=false",
            );
        }
        if !config.is_production && config.mail.smtp.is_none() && !config.bind.is_loopback() {
            source.problem(
                "BIND_ADDRESS",
                "must be on this machine, such as 127.0.0.1: a development server without SMTP_HOST shows all mails at /dev/mailbox; set SMTP_HOST, or ENVIRONMENT=production",
            );
        }
        let problems = source.into_problems();
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError(problems))
        }
    }

    /// Whether people reach us by https.
    pub fn is_https(&self) -> bool {
        self.base_url.scheme() == "https"
    }

    /// `BASE_URL` as text without a trailing slash.
    pub fn base(&self) -> String {
        self.base_url.as_str().trim_end_matches('/').to_owned()
    }
}

/// `ENVIRONMENT` wins, then `NODE_ENV`; with neither a loopback BASE_URL means development (contract decision 16).
fn read_environment(s: &mut Source, base_url: &Url) -> bool {
    let key = if s.text("ENVIRONMENT").is_some() {
        "ENVIRONMENT"
    } else {
        "NODE_ENV"
    };
    match s.text(key).map(str::to_ascii_lowercase).as_deref() {
        Some("production") => true,
        Some("development" | "test") => false,
        Some(other) => {
            let message = format!("must be development or production, not `{other}`");
            s.problem(key, message);
            true
        }
        None => {
            let is_loopback = base_url.host_str().is_some_and(is_home);
            if !is_loopback {
                s.problem(
                    "ENVIRONMENT",
                    "must be set to development or production when BASE_URL is not on this machine",
                );
            }
            !is_loopback
        }
    }
}

fn read_count(s: &mut Source, key: &str, default: u16) -> usize {
    let count = s.integer(key, i64::from(default), 1..=1_000_000);
    usize::try_from(count).unwrap_or(usize::from(default))
}

fn read_sessions(s: &mut Source) -> SessionConfig {
    let idle_seconds = s.seconds("SESSION_IDLE_EXPIRY", 604_800);
    let update_age = s.seconds("SESSION_UPDATE_AGE", 86_400);
    SessionConfig {
        idle_seconds,
        absolute_seconds: s.seconds("SESSION_ABSOLUTE_EXPIRY", 90 * 86_400),
        // A session that is used has to be extended before it ends.
        update_age_seconds: if update_age < idle_seconds {
            update_age
        } else {
            idle_seconds / 2
        },
        fresh_age_seconds: s.seconds("SESSION_FRESH_AGE", 86_400),
    }
}

fn read_jwt(s: &mut Source, base_url: &Url) -> JwtConfig {
    JwtConfig {
        issuer: s
            .text("JWT_ISSUER")
            .unwrap_or(base_url.as_str().trim_end_matches('/'))
            .to_owned(),
        audience: s.text("JWT_AUDIENCE").unwrap_or("mana").to_owned(),
        accepted_audiences: s.list("JWT_ACCEPTED_AUDIENCES"),
        access_seconds: s.seconds("JWT_ACCESS_TOKEN_EXPIRY", 900),
        refresh_seconds: s.seconds("JWT_REFRESH_TOKEN_EXPIRY", 604_800),
        rotation_seconds: s.seconds("JWT_KEY_ROTATION", 90 * 86_400),
    }
}

fn read_cost(s: &mut Source, is_production: bool) -> Cost {
    let default = Cost::default();
    // The contract's cost may be raised, never lowered, where it counts.
    let floor = if is_production {
        i64::from(default.memory_kib)
    } else {
        64
    };
    Cost {
        memory_kib: u32::try_from(s.integer("PASSWORD_MEMORY_KIB", 19_456, floor..=1_048_576))
            .unwrap_or(default.memory_kib),
        passes: u32::try_from(s.integer(
            "PASSWORD_PASSES",
            2,
            if is_production { 2 } else { 1 }..=64,
        ))
        .unwrap_or(default.passes),
        lanes: 1,
    }
}

fn read_locale(s: &mut Source) -> Locale {
    match s
        .text("DEFAULT_LOCALE")
        .map(|tag| (Locale::from_tag(tag), tag.to_owned()))
    {
        None => Locale::De,
        Some((Some(locale), _)) => locale,
        Some((None, tag)) => {
            s.problem("DEFAULT_LOCALE", format!("must be de or en, not `{tag}`"));
            Locale::De
        }
    }
}

fn read_log_format(s: &mut Source, is_production: bool) -> LogFormat {
    match s.text("LOG_FORMAT").map(str::to_ascii_lowercase).as_deref() {
        Some("json") => LogFormat::Json,
        Some("text") => LogFormat::Text,
        Some(other) => {
            let message = format!("must be json or text, not `{other}`");
            s.problem("LOG_FORMAT", message);
            LogFormat::Text
        }
        None if is_production => LogFormat::Json,
        None => LogFormat::Text,
    }
}

#[cfg(test)]
mod tests;
