//! Who is calling: session cookie, access token or session token (port `Authenticator`).

use crate::cookies::SignedCookie;
use crate::core::Core;
use crate::sessions::{Live, service as sessions};
use crate::tokens::keys::TokenError;
use crate::tokens::service as tokens;
use async_trait::async_trait;
use http::{HeaderMap, header};
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

impl Core {
    /// Checks the credentials of a request: a bearer when there is one, else the session cookie.
    pub(crate) async fn find_caller(&self, headers: &HeaderMap) -> Found {
        match headers.get(header::AUTHORIZATION) {
            Some(value) => match value
                .to_str()
                .ok()
                .and_then(|value| value.strip_prefix("Bearer "))
            {
                Some(token) => self.find_bearer(token.trim()).await,
                None => Found::BadBearer(TokenError::Invalid),
            },
            None => self.find_cookie(headers).await,
        }
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
