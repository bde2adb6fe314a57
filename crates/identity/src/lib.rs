//! Identity: who a person is and how they prove it. Registration, sign-in, sessions, tokens, keys, profile and events.

mod account;
pub mod authenticator;
mod compat;
mod cookies;
mod core;
mod email_codes;
mod magic_link;
mod mail_quota;
mod mailbox_proof;
mod mails;
pub mod maintenance;
mod mfa;
mod moves;
mod new_device;
mod pages;
mod passkeys;
mod password_reset;
mod passwords;
pub mod policy;
mod profile;
mod registration;
mod security_events;
mod sessions;
mod setup;
mod sign_in;
mod step_up;
pub mod tokens;
mod typed_code;
pub mod users;
mod verification;

pub use core::Deps;
pub use passwords::HashPool;
pub use registration::{NewAccount, RegisterError};
pub use tokens::keys::{KeyInfo, Keys, KeysError};

use crate::core::Core;
use platform::jobs::Registry;
use platform::ports::Authenticator;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;

/// The front of identity.
#[derive(Clone)]
pub struct Identity {
    core: Arc<Core>,
}

impl Identity {
    /// Opens the signing keys (making the first one) and starts the hash pool.
    ///
    /// # Errors
    /// When the database is out of reach or the keys do not open.
    pub async fn new(deps: Deps) -> Result<Self, KeysError> {
        Ok(Self {
            core: Arc::new(Core::new(deps).await?),
        })
    }

    /// The routes under `/api/v1/auth` and `/api/auth`.
    pub fn router(&self) -> OpenApiRouter {
        OpenApiRouter::new()
            .merge(registration::routes::router())
            .merge(sign_in::routes::router())
            .merge(sessions::routes::router())
            .merge(tokens::routes::router())
            .merge(profile::routes::router())
            .merge(verification::routes::router())
            .merge(password_reset::routes::router())
            .merge(security_events::routes::router())
            .merge(account::routes::router())
            .merge(passkeys::routes::router())
            .merge(OpenApiRouter::from(setup::routes::router()))
            .merge(OpenApiRouter::from(pages::routes::router()))
            .merge(OpenApiRouter::from(moves::routes::router()))
            .merge(OpenApiRouter::from(compat::router(&self.core.config)))
            .with_state(self.core.clone())
            .layer(axum::middleware::from_fn(
                sign_in::routes::set_device_cookie,
            ))
    }

    /// The recurring work.
    pub fn jobs(&self, registry: &mut Registry) {
        maintenance::register(&self.core, registry);
        new_device::register(&self.core, registry);
    }

    /// Who is calling.
    pub fn authenticator(&self) -> Arc<dyn Authenticator> {
        self.core.clone()
    }

    /// Keeps the session cache coherent until `stop` is cancelled; without it every check asks the database.
    pub async fn follow_changes(&self, direct: platform::db::DirectDb, stop: CancellationToken) {
        tokio::join!(
            sessions::feed::follow(&self.core, direct, stop.clone()),
            sessions::feed::keep_keys(&self.core, stop.clone()),
            sessions::feed::flush_activity(&self.core, stop),
        );
    }

    /// Makes an account past the public route: for the command line.
    ///
    /// # Errors
    /// [`RegisterError`].
    pub async fn create_account(
        &self,
        account: NewAccount,
    ) -> Result<kernel::UserId, RegisterError> {
        registration::service::create(&self.core, account).await
    }

    /// The signing keys.
    pub fn keys(&self) -> &Keys {
        &self.core.keys
    }

    /// How many password hashes were computed since the start.
    pub fn hashes_done(&self) -> u64 {
        self.core.hashes.done()
    }

    /// How busy the hash pool and the session cache are: waiting hashes, threads, cached sessions.
    pub fn gauges(&self) -> (usize, usize, u64) {
        (
            self.core.hashes.waiting(),
            self.core.hashes.threads(),
            self.core.live.len(),
        )
    }
}
