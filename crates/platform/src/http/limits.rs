//! Rate limits: GCRA per rule and subject, in process, with the RateLimit fields (contract decisions 2 and 19).

use super::client_ip::ClientIp;
use super::codes::Code;
use super::error::ApiError;
use crate::ports::Credential;
use axum::extract::{OriginalUri, Request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use dashmap::DashMap;
use http::{HeaderName, HeaderValue, StatusCode, header};
use ipnet::IpNet;
use kernel::Clock;
use std::sync::Arc;

/// One limit: `limit` requests per `window_seconds`, all of which may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// Its name in the RateLimit fields and the documentation.
    pub name: &'static str,
    /// Requests per window.
    pub limit: u32,
    /// The window in seconds.
    pub window_seconds: u32,
}

macro_rules! rules {
    ($($name:ident = $text:literal, $limit:literal / $window:literal, $doc:literal;)*) => {
        $(#[doc = $doc] pub const $name: Rule = Rule { name: $text, limit: $limit, window_seconds: $window };)*

        /// Every rule on a route, for the documentation.
        pub const RULES: &[(Rule, &str)] = &[$(($name, $doc),)*];
    };
}

rules! {
    SIGN_IN = "sign-in", 10 / 60, "Sign-in on both surfaces, per address.";
    REGISTER = "register", 5 / 60, "Registration on both surfaces, per address.";
    REGISTER_DAY = "register-day", 50 / 86400, "Registration on both surfaces, per address and day.";
    PASSWORD_FORGOT = "password-forgot", 3 / 60, "Asking for a password reset, per address.";
    PASSWORD_RESET = "password-reset", 5 / 60, "Resetting a password, per address.";
    PASSWORD_CHANGE = "password-change", 5 / 60, "Changing the password or e-mail address, per address.";
    VERIFICATION_SEND = "verification-send", 3 / 60, "Asking for a verification mail, per address.";
    ACCOUNT_DELETE = "account-delete", 3 / 60, "Deleting the account, per address.";
    TWO_FACTOR = "two-factor", 3 / 10, "Second factors, per address and path.";
    MAGIC_LINK = "magic-link", 5 / 60, "Magic links and e-mail codes, per address.";
    MAIL_TO_ADDRESS = "mail-to-address", 6 / 3600, "Mailed links and codes of all kinds, per e-mail address, what follows a `+` left out; devices and sessions of its owner have as many of their own. Past it the answer stays and nothing is mailed.";
    MAIL_AGAIN = "mail-again", 3 / 600, "The same link or code once more while it lives, beyond `mail-to-address`.";
    MAIL_NOTICE = "mail-notice", 12 / 3600, "Notices of one kind, such as of a new device, per e-mail address.";
    PAGES = "pages", 300 / 60, "Everything outside the API, per address: pages, the API reader, what is not there.";
    PROBES = "probes", 600 / 60, "Health and metrics, per address; none for this machine and trusted proxies.";
    PREFLIGHT = "preflight", 600 / 60, "Preflights of browsers (OPTIONS), per address.";
    PASSKEY_OPTIONS = "passkey-options", 20 / 60, "Starting a passkey sign-in, per address.";
}

/// What a check found.
#[derive(Clone, Copy, Debug)]
pub struct Decision {
    rule: Rule,
    is_allowed: bool,
    remaining: u64,
    reset_seconds: u64,
    retry_after_seconds: u64,
}

/// The limiter of this process.
pub struct Limits {
    clock: Arc<dyn Clock>,
    is_enabled: bool,
    global: Rule,
    person: Rule,
    arrivals: DashMap<(&'static str, String), i64>,
}

impl Limits {
    /// `max` requests per `window_seconds` and address without a credential; six times as many per person.
    pub fn new(clock: Arc<dyn Clock>, is_enabled: bool, max: u32, window_seconds: u32) -> Self {
        Self {
            clock,
            is_enabled,
            global: Rule {
                name: "global",
                limit: max.max(1),
                window_seconds: window_seconds.max(1),
            },
            person: Rule {
                name: "person",
                limit: max.max(1).saturating_mul(6),
                window_seconds: window_seconds.max(1),
            },
            arrivals: DashMap::new(),
        }
    }

    /// Counts one request of a subject against a rule; `None` while limits are switched off.
    pub fn check(&self, rule: Rule, subject: &str) -> Option<Decision> {
        if !self.is_enabled {
            return None;
        }
        let now = self.clock.now().millis();
        let window = i64::from(rule.window_seconds) * 1000;
        let interval = (window / i64::from(rule.limit)).max(1);
        let mut slot = self
            .arrivals
            .entry((rule.name, subject.to_owned()))
            .or_insert(now);
        let arrival = (*slot).max(now);
        let next = arrival + interval;
        let is_allowed = next - now <= window.max(interval);
        if is_allowed {
            *slot = next;
        }
        let backlog = *slot - now;
        let remaining = u64::try_from((window - backlog) / interval).unwrap_or(0);
        let retry = u64::try_from(next - now - window).unwrap_or(0);
        Some(Decision {
            rule,
            is_allowed,
            remaining,
            reset_seconds: u64::try_from(backlog).unwrap_or(0).div_ceil(1000),
            retry_after_seconds: retry.div_ceil(1000).max(1),
        })
    }

    /// Whether the next request of a subject would be refused.
    fn is_used_up(&self, rule: Rule, subject: &str) -> bool {
        let now = self.clock.now().millis();
        let window = i64::from(rule.window_seconds) * 1000;
        let interval = (window / i64::from(rule.limit)).max(1);
        let arrival = self.arrivals.get(&(rule.name, subject.to_owned()));
        arrival.is_some_and(|arrival| (*arrival).max(now) + interval - now > window.max(interval))
    }

    /// Counts one request of a client against a rule, in each network around it. What the narrowest refuses does not count
    /// in the wider ones; the answer is the narrowest's, unless a wider one refuses.
    pub fn check_client(&self, rule: Rule, ip: ClientIp, what: &str) -> Option<Decision> {
        let in_network = |(net, factor): (IpNet, u32)| {
            let limit = rule.limit.saturating_mul(factor);
            (Rule { limit, ..rule }, format!("{net}{what}"))
        };
        // Nothing is kept of the many addresses of a network that has used up what is its own.
        for (rule, subject) in ip.networks().skip(1).map(in_network) {
            if self.is_used_up(rule, &subject) {
                return self.check(rule, &subject);
            }
        }
        let mut narrowest = None;
        for (rule, subject) in ip.networks().map(in_network) {
            let decision = self.check(rule, &subject)?;
            if !decision.is_allowed {
                return Some(decision);
            }
            narrowest.get_or_insert(decision);
        }
        narrowest
    }

    /// The limit every request of the API counts against: per person, or per address without a live credential.
    pub fn check_global(&self, ip: ClientIp, credential: &Credential) -> Option<Decision> {
        match credential {
            Credential::Live(caller) => self.check(self.person, caller.user_id.as_str()),
            _ => self.check_client(self.global, ip, ""),
        }
    }

    /// Forgets subjects that have nothing on their account; a job calls it.
    pub fn sweep(&self) {
        let now = self.clock.now().millis();
        self.arrivals.retain(|_, arrival| *arrival > now);
    }
}

impl Decision {
    /// Whether the request may go on.
    pub fn is_allowed(&self) -> bool {
        self.is_allowed
    }

    /// Writes the RateLimit fields (IETF draft-ietf-httpapi-ratelimit-headers).
    pub fn write_headers(&self, response: &mut Response) {
        let policy = format!(
            "\"{}\";q={};w={}",
            self.rule.name, self.rule.limit, self.rule.window_seconds
        );
        let state = format!(
            "\"{}\";r={};t={}",
            self.rule.name, self.remaining, self.reset_seconds
        );
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", state)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response
                    .headers_mut()
                    .insert(HeaderName::from_static(name), value);
            }
        }
    }

    /// The refusal in the shape of the surface: Better Auth's under `/api/auth`, a problem document elsewhere.
    pub fn refuse(&self, path: &str) -> Response {
        metrics::counter!("rate_limited_total", "rule" => self.rule.name).increment(1);
        let mut response = if path.starts_with("/api/auth/") {
            let body = r#"{"message":"Too many requests. Please try again later."}"#;
            let mut response = (StatusCode::TOO_MANY_REQUESTS, body).into_response();
            let headers = response.headers_mut();
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            headers.insert("x-retry-after", HeaderValue::from(self.retry_after_seconds));
            headers.insert(
                header::RETRY_AFTER,
                HeaderValue::from(self.retry_after_seconds),
            );
            response
        } else {
            ApiError::new(Code::RateLimited)
                .retry_after(self.retry_after_seconds)
                .into_response()
        };
        self.write_headers(&mut response);
        response
    }
}

/// Middleware that counts a route's requests against a rule, by client address.
pub async fn limit(rule: Rule, request: Request, next: Next) -> Response {
    count(rule, "", request, next).await
}

/// The same, with a count for every path.
pub async fn limit_by_path(rule: Rule, request: Request, next: Next) -> Response {
    let path = format!(" {}", request.uri().path());
    count(rule, &path, request, next).await
}

async fn count(rule: Rule, what: &str, request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let limits = extensions.get::<Arc<Limits>>();
    let ip = extensions.get::<ClientIp>().copied();
    let decision = limits
        .zip(ip)
        .and_then(|(limits, ip)| limits.check_client(rule, ip, what));
    let Some(decision) = decision else {
        return next.run(request).await;
    };
    if !decision.is_allowed() {
        // A nested router cuts the beginning off its own view of the path.
        let whole = request.extensions().get::<OriginalUri>();
        return decision.refuse(whole.map_or(request.uri(), |whole| &whole.0).path());
    }
    let mut response = next.run(request).await;
    // Another rule of the route that refused has told its own state.
    let is_told = response.headers().contains_key("ratelimit");
    if !(is_told && response.status() == StatusCode::TOO_MANY_REQUESTS) {
        decision.write_headers(&mut response);
    }
    response
}

/// A route layer for a rule: `.layer(limited!(limits::SIGN_IN))`.
#[macro_export]
macro_rules! limited {
    ($rule:expr) => {
        axum::middleware::from_fn(
            |request: axum::extract::Request, next: axum::middleware::Next| {
                $crate::http::limits::limit($rule, request, next)
            },
        )
    };
}

/// A route layer for a rule that counts every path apart: `.layer(limited_by_path!(limits::TWO_FACTOR))`.
#[macro_export]
macro_rules! limited_by_path {
    ($rule:expr) => {
        axum::middleware::from_fn(
            |request: axum::extract::Request, next: axum::middleware::Next| {
                $crate::http::limits::limit_by_path($rule, request, next)
            },
        )
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Timestamp;
    use std::sync::atomic::{AtomicI64, Ordering};

    struct Turned(AtomicI64);

    impl Clock for Turned {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(self.0.load(Ordering::Relaxed)).unwrap()
        }
    }

    #[test]
    fn one_ipv6_network_is_not_thousands_of_clients() {
        let clock = Arc::new(Turned(AtomicI64::new(1_000_000)));
        let limits = Limits::new(clock, true, 100, 60);
        let ask = |text: String| {
            let ip = ClientIp(text.parse().unwrap());
            limits.check_client(SIGN_IN, ip, "").unwrap()
        };
        let of_many = |count: u32, address: &dyn Fn(u32) -> String| -> usize {
            let asked = (0..count).map(|n| ask(address(n)));
            asked.filter(Decision::is_allowed).count()
        };
        // From one /64, from one /56 and from one /48, with an address of its own for each request.
        let allowed = |allowance: u32| usize::try_from(SIGN_IN.limit * allowance).unwrap();
        assert_eq!(
            of_many(500, &|n| format!("2001:db8:1:100::{n:x}")),
            allowed(1)
        );
        assert_eq!(
            of_many(500, &|n| format!("2001:db8:2:2{:02x}::1", n % 256)),
            allowed(4)
        );
        assert_eq!(
            of_many(5000, &|n| format!("2001:db8:3:{n:x}::1")),
            allowed(16)
        );
        // Who is refused takes nothing from the neighbours.
        assert!(ask("2001:db8:1:101::1".to_owned()).is_allowed());
        assert!(ask("2001:db8:2:300::1".to_owned()).is_allowed());
        assert!(!ask("2001:db8:3:ffff::1".to_owned()).is_allowed());
        assert!(ask("2001:db8:4::1".to_owned()).is_allowed());
    }

    #[test]
    fn a_burst_passes_then_one_per_interval() {
        let clock = Arc::new(Turned(AtomicI64::new(1_000_000)));
        let limits = Limits::new(clock.clone(), true, 100, 60);
        for used in 1..=10 {
            let decision = limits.check(SIGN_IN, "1.2.3.4").unwrap();
            assert!(decision.is_allowed());
            assert_eq!(decision.remaining, 10 - used);
        }
        let refused = limits.check(SIGN_IN, "1.2.3.4").unwrap();
        assert!(!refused.is_allowed());
        assert_eq!(refused.retry_after_seconds, 6);
        assert!(limits.check(SIGN_IN, "5.6.7.8").unwrap().is_allowed());
        clock.0.fetch_add(6_000, Ordering::Relaxed);
        assert!(limits.check(SIGN_IN, "1.2.3.4").unwrap().is_allowed());
        assert!(!limits.check(SIGN_IN, "1.2.3.4").unwrap().is_allowed());
        clock.0.fetch_add(60_000, Ordering::Relaxed);
        limits.sweep();
        assert!(limits.arrivals.is_empty());
    }
}
