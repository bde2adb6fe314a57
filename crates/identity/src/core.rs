//! What every slice of identity works with.

use crate::cookies::Cookies;
use crate::passwords::HashPool;
use crate::sessions::live::LiveSessions;
use crate::tokens::keys::{Checked, Keys, KeysError};
use kernel::ExposeSecret;
use kernel::crypto::seal::SealKeys;
use moka::sync::Cache;
use platform::Context;
use platform::config::Config;
use platform::db::Db;
use platform::mail::Mailer;
use platform::ports::UserData;
use std::sync::Arc;
use zeroize::Zeroizing;

/// A checked signature stays checked; the session behind it is asked for every time.
const VERIFIED_LIFE: std::time::Duration = std::time::Duration::from_secs(900);

/// What identity is given.
pub struct Deps {
    /// Time and chance.
    pub context: Context,
    /// The database.
    pub db: Db,
    /// The settings.
    pub config: Arc<Config>,
    /// The domains that need something in the registering transaction.
    pub user_data: Vec<Arc<dyn UserData>>,
    /// Sends mails.
    pub mailer: Arc<Mailer>,
}

pub(crate) struct Core {
    pub(crate) context: Context,
    pub(crate) db: Db,
    pub(crate) config: Arc<Config>,
    pub(crate) user_data: Vec<Arc<dyn UserData>>,
    pub(crate) mailer: Arc<Mailer>,
    pub(crate) cookies: Cookies,
    pub(crate) hashes: HashPool,
    pub(crate) keys: Keys,
    /// Seals what second factors keep.
    pub(crate) seal: Arc<SealKeys>,
    pub(crate) live: LiveSessions,
    /// Access tokens whose signature was checked.
    pub(crate) verified: Cache<[u8; 32], Arc<Checked>>,
    /// Derives refresh children and session handles.
    pub(crate) derivation_key: Zeroizing<[u8; 32]>,
}

impl Core {
    pub(crate) async fn new(deps: Deps) -> Result<Self, KeysError> {
        let Deps {
            context,
            db,
            config,
            user_data,
            mailer,
        } = deps;
        let secrets = &config.secrets;
        let seal = Arc::new(SealKeys::new(
            secrets.kek.clone(),
            secrets.keks_previous.clone(),
        ));
        let keys = Keys::open(
            context.clone(),
            db.clone(),
            seal.clone(),
            config.jwt.clone(),
        )
        .await?;
        // Bound to the cookie secret, not to the KEK: a KEK rotation must not cut refresh families.
        let derivation_key = Zeroizing::new(kernel::crypto::digest::derive_key(
            secrets.auth.expose_secret().as_bytes(),
            "refresh-children-and-session-handles",
        ));
        Ok(Self {
            cookies: Cookies::new(&config),
            hashes: HashPool::start(
                config.password_cost,
                config.hash_queue,
                config.is_rate_limited,
            ),
            live: LiveSessions::new(),
            verified: Cache::builder()
                .max_capacity(100_000)
                .time_to_live(VERIFIED_LIFE)
                .build(),
            keys,
            seal,
            derivation_key,
            context,
            db,
            config,
            user_data,
            mailer,
        })
    }

    /// Where a mailed link ends: where the request says, else in the app, else on a page of ours. A path is one of the app's.
    pub(crate) fn target(&self, wanted: Option<&str>, app: Option<String>, page: &str) -> String {
        wanted
            .filter(|link| !link.is_empty())
            .map(|link| self.in_app(link))
            .or(app)
            .unwrap_or_else(|| format!("{}{page}", self.config.base()))
    }

    /// A link as it is, a path as the app's where there is one: people who follow it come from their mailbox.
    pub(crate) fn in_app(&self, link: &str) -> String {
        let app = self.config.frontend_url.as_ref();
        let app = app.filter(|_| link.starts_with('/'));
        app.and_then(|app| app.join(link).ok())
            .map_or_else(|| link.to_owned(), String::from)
    }

    /// The app that mailed links lead to when a request names none.
    pub(crate) fn frontend_link(&self) -> Option<String> {
        self.config.frontend_url.as_ref().map(ToString::to_string)
    }
}
