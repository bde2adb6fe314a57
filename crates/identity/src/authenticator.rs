//! Who is calling: session cookie, access token or session token (port `Authenticator`).

use crate::cookies::SignedCookie;
use crate::core::Core;
use crate::sessions::{Live, service as sessions};
use crate::tokens::keys::TokenError;
use crate::tokens::service as tokens;
use async_trait::async_trait;
use http::HeaderMap;
use platform::http::headers::bearer;
use platform::ports::{Authenticator, Credential, Via};
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
pub(crate) struct Held {
    /// The cookie's, with its token.
    pub(crate) by_cookie: Option<(Arc<Live>, String)>,
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
    pub(crate) async fn find_held(&self, headers: &HeaderMap) -> Result<Held, String> {
        let by_cookie = match self.find_cookie(headers).await {
            Found::Cookie { live, token } => Some((live, token)),
            Found::Unavailable(cause) => return Err(cause),
            _ => None,
        };
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
        Ok(Held {
            by_cookie,
            by_bearer,
        })
    }

    async fn find_cookie(&self, headers: &HeaderMap) -> Found {
        match self.cookies.read_signed(headers, "session_token") {
            SignedCookie::Absent => Found::None,
            SignedCookie::Forged => Found::DeadCookie,
            SignedCookie::Valid(token) => match sessions::by_token(self, &token).await {
                Ok(Some(live)) => Found::Cookie { live, token },
                Ok(None) => Found::DeadCookie,
                Err(error) => Found::Unavailable(error.to_string()),
            },
        }
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
        match self.find_caller(headers).await {
            Found::None => Credential::None,
            Found::DeadCookie => Credential::DeadCookie,
            Found::BadBearer(_) => Credential::BadBearer,
            Found::Cookie { live, .. } => Credential::Live(live.caller(Via::Cookie)),
            Found::Bearer { live, .. } => Credential::Live(live.caller(Via::Bearer)),
            Found::Unavailable(error) => {
                tracing::warn!(%error, "a credential could not be checked");
                Credential::Unavailable
            }
        }
    }
}
