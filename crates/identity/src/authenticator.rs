//! Who is calling: session cookie, access token or session token (port `Authenticator`).

use crate::cookies::SESSION;
use crate::core::Core;
use crate::sessions::Live;
use crate::sessions::service::{self as sessions, Held};
use crate::tokens::keys::TokenError;
use crate::tokens::service as tokens;
use async_trait::async_trait;
use http::{HeaderMap, HeaderValue};
use platform::db::DbError;
use platform::http::headers::bearer;
use platform::ports::{Authenticator, Checked, Credential, Via};
use std::sync::Arc;

/// What a request's credentials amount to, with the session itself.
pub(crate) enum Found {
    None,
    DeadCookie,
    BadBearer(TokenError),
    Cookie {
        live: Arc<Live>,
        token: String,
    },
    Bearer {
        live: Arc<Live>,
        token: Option<String>,
    },
    Unavailable(String),
}

/// The sessions that a request's credentials belong to.
pub(crate) struct Presented {
    /// Those of the session cookies, with their tokens.
    pub(crate) by_cookie: Vec<Held>,
    /// The id of the bearer's.
    pub(crate) by_bearer: Option<String>,
}

impl Core {
    /// Checks the credentials of a request: a bearer when there is one, else the session cookie. Other schemes of
    /// `Authorization`, a proxy's Basic for one, are none of ours.
    pub(crate) async fn find_caller(&self, headers: &HeaderMap) -> Found {
        match bearer(headers) {
            Some(token) => self.find_bearer(&token).await,
            None => self.find_cookie(headers).await,
        }
    }

    /// Every session that a request's credentials belong to, so that signing out leaves none of them behind. An access token
    /// that has expired still names its own.
    ///
    /// # Errors
    /// The cause, when it cannot be told.
    pub(crate) async fn find_held(&self, headers: &HeaderMap) -> Result<Presented, String> {
        let by_cookie = self.sessions_of_cookies(headers).await;
        let by_cookie = by_cookie.map_err(|error| error.to_string())?;
        let by_bearer = match bearer(headers) {
            None => None,
            Some(token) => match self.find_bearer(&token).await {
                Found::Bearer { live, .. } => Some(live.stored.session.id.clone()),
                Found::BadBearer(TokenError::Expired) => {
                    let known = self.keys.verify_signature(&token).await;
                    known.ok().map(|known| known.claims.sid.clone())
                }
                Found::Unavailable(cause) => return Err(cause),
                _ => None,
            },
        };
        Ok(Presented {
            by_cookie,
            by_bearer,
        })
    }

    async fn find_cookie(&self, headers: &HeaderMap) -> Found {
        match self.sessions_of_cookies(headers).await {
            Ok(held) => match held.into_iter().next() {
                Some(Held { live, token }) => Found::Cookie { live, token },
                None if self.cookies.is_sent(headers, SESSION) => Found::DeadCookie,
                None => Found::None,
            },
            Err(error) => Found::Unavailable(error.to_string()),
        }
    }

    /// The live sessions of the session cookies, in the cookies' order; the first one is the caller's.
    pub(crate) async fn sessions_of_cookies(
        &self,
        headers: &HeaderMap,
    ) -> Result<Vec<Held>, DbError> {
        sessions::alive_of(self, self.cookies.read_all(headers, SESSION)).await
    }

    async fn find_bearer(&self, token: &str) -> Found {
        if token.split('.').count() == 3 {
            return match tokens::verify(self, token).await {
                Ok(verified) => Found::Bearer {
                    live: verified.live,
                    token: None,
                },
                Err(tokens::VerifyError::Token(error)) => Found::BadBearer(error),
                Err(tokens::VerifyError::Db(error)) => Found::Unavailable(error.to_string()),
            };
        }
        // A session token, bare or signed, as the bearer plugin of the predecessor's clients sends it.
        let plain = if token.contains('.') {
            self.cookies.verify(token)
        } else {
            Some(token.to_owned())
        };
        let Some(plain) = plain else {
            return Found::BadBearer(TokenError::Invalid);
        };
        match sessions::by_token(self, &plain).await {
            Ok(Some(live)) => Found::Bearer {
                live,
                token: Some(plain),
            },
            Ok(None) => Found::BadBearer(TokenError::Invalid),
            Err(error) => Found::Unavailable(error.to_string()),
        }
    }
}

#[async_trait]
impl Authenticator for Core {
    async fn authenticate(&self, headers: &HeaderMap) -> Credential {
        self.check(headers).await.credential
    }

    async fn check(&self, headers: &HeaderMap) -> Checked {
        let found = self.find_caller(headers).await;
        let is_due = match &found {
            Found::Cookie { live, .. } => {
                sessions::is_due(self, live) && !self.cookies.is_forgetful(headers)
            }
            Found::Bearer { live, token } => token.is_some() && sessions::is_due(self, live),
            _ => false,
        };
        let credential = match found {
            Found::None => Credential::None,
            Found::DeadCookie => Credential::DeadCookie,
            Found::BadBearer(_) => Credential::BadBearer,
            Found::Cookie { live, .. } => Credential::Live(live.caller(Via::Cookie)),
            Found::Bearer { live, .. } => Credential::Live(live.caller(Via::Bearer)),
            Found::Unavailable(error) => {
                tracing::warn!(%error, "a credential could not be checked");
                Credential::Unavailable
            }
        };
        Checked { credential, is_due }
    }

    async fn extend(&self, headers: &HeaderMap) -> Vec<HeaderValue> {
        let (live, token) = match self.find_caller(headers).await {
            Found::Cookie { live, token } => (live, Some(token)),
            Found::Bearer { live, .. } => (live, None),
            _ => return Vec::new(),
        };
        match (sessions::extend_when_due(self, &live).await, token) {
            (Ok(true), Some(token)) => {
                let life = Some(self.config.sessions.idle_seconds);
                self.cookies.open_session(headers, &token, life)
            }
            (Ok(_), _) => Vec::new(),
            (Err(error), _) => {
                tracing::debug!(%error, "a session could not be extended; its next use tries again");
                Vec::new()
            }
        }
    }
}
