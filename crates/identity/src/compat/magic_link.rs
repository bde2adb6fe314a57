//! Signing in by a mailed link (contract better-auth §3.5, accounts §1.6).

use super::call::Call;
use super::devices::view;
use super::endpoint::{Answer, get, json, post, redirect, status_true};
use super::error::{INVALID_CALLBACK_URL, NativeError};
use super::fields::Fields;
use super::session::Session;
use super::sign::NAME_CHARACTERS;
use super::{origin, two_factor};
use crate::core::Core;
use crate::magic_link::service::{self as magic_link, Wish};
use crate::mailbox_proof::service::{self as mailbox_proof, Newcomer, ProofError};
use crate::policy::Refusal;
use crate::sessions::service as sessions;
use crate::sign_in::service::{Method, SignInError};
use axum::Router;
use platform::http::limits;
use platform::http::location::with_parameter;
use platform::limited;
use std::sync::Arc;
use url::Url;

/// Both paths that clients know.
pub(super) fn router() -> Router<Arc<Core>> {
    let send = || post(send).layer(limited!(limits::MAGIC_LINK));
    Router::new()
        .route("/sign-in/magic-link", send())
        .route("/magic-link/send-magic-link", send())
        .route("/magic-link/verify", get(follow))
}

async fn send(call: Call) -> Answer {
    let mut fields = call.fields()?;
    let email = fields.email("email");
    let name = fields.optional_string("name");
    fields.at_most("name", name.as_deref().unwrap_or_default(), NAME_CHARACTERS);
    let wish = Wish {
        name,
        callback: fields.optional_string("callbackURL"),
        new_user_callback: fields.optional_string("newUserCallbackURL"),
        error_callback: fields.optional_string("errorCallbackURL"),
    };
    fields.optional_record("metadata");
    fields.finish()?;
    origin::check_form(&call)?;
    if let Some(email) = email {
        magic_link::request(call.core(), &email, &wish, &call.asker()).await?;
    }
    Ok(status_true())
}

/// Where the link may lead, absolute.
struct Targets {
    /// Whether the link names a place at all; without one the answer is JSON.
    is_redirect: bool,
    callback: Url,
    newcomer: Url,
    error: Url,
}

impl Targets {
    /// Refuses links that lead elsewhere, with one code for all three as the real server does.
    fn new(
        call: &Call,
        callback: Option<String>,
        newcomer: Option<String>,
        error: Option<String>,
    ) -> Result<Self, NativeError> {
        let base = &call.core().config.base_url;
        let absolute = |link: Option<String>| -> Result<Option<Url>, NativeError> {
            let Some(link) = link.filter(|link| !link.is_empty()) else {
                return Ok(None);
            };
            if !call.trusted_origins().allows_link(&link) {
                return Err(INVALID_CALLBACK_URL.into());
            }
            base.join(&link).map(Some).map_err(NativeError::internal)
        };
        let (callback, newcomer, error) =
            (absolute(callback)?, absolute(newcomer)?, absolute(error)?);
        let is_redirect = callback.is_some();
        let callback = match callback {
            Some(callback) => callback,
            None => base.join("/").map_err(NativeError::internal)?,
        };
        Ok(Self {
            is_redirect,
            newcomer: newcomer.unwrap_or_else(|| callback.clone()),
            error: error.unwrap_or_else(|| callback.clone()),
            callback,
        })
    }

    fn refuse(self, code: &str) -> Answer {
        Ok(redirect(&with_parameter(
            self.error.as_str(),
            "error",
            code,
        )))
    }
}

async fn follow(call: Call) -> Answer {
    let mut fields = Fields::of_query(call.query());
    let token = fields.string("token");
    let callback = fields.optional_string("callbackURL");
    let error = fields.optional_string("errorCallbackURL");
    let newcomer = fields.optional_string("newUserCallbackURL");
    fields.finish()?;
    let targets = Targets::new(&call, callback, newcomer, error)?;
    let core = call.core();
    let Some(claim) = magic_link::redeem(core, &token).await? else {
        return targets.refuse("INVALID_TOKEN");
    };
    let email = claim.email();
    let newcomer = Newcomer {
        name: claim.into_name(),
        image: None,
        locale: call.locale(),
    };
    let owner = match mailbox_proof::owner(core, &email, newcomer, &call.origin()).await {
        Ok(owner) => owner,
        Err(ProofError::Gone) => return targets.refuse("user_not_found"),
        Err(ProofError::Register(_)) => return targets.refuse("failed_to_create_user"),
        Err(ProofError::Db(error)) => return Err(error.into()),
    };
    let token = match two_factor::open(&call, &owner.person, Method::MagicLink).await {
        Ok(Ok(token)) => token,
        Ok(Err(asking)) if !targets.is_redirect => return Ok(json(&asking)),
        Ok(Err(_)) | Err(SignInError::Refused(Refusal::SecondFactor)) => {
            return targets.refuse("TWO_FACTOR_REQUIRED");
        }
        Err(SignInError::Refused(Refusal::Banned)) => return targets.refuse("BANNED_USER"),
        Err(SignInError::Refused(_)) => return targets.refuse("failed_to_create_session"),
        Err(error) => return Err(error.into()),
    };
    if targets.is_redirect {
        let target = if owner.is_new {
            targets.newcomer
        } else {
            targets.callback
        };
        return Ok(redirect(target.as_str()));
    }
    let Some(live) = sessions::by_token(core, &token).await? else {
        return targets.refuse("failed_to_create_session");
    };
    let mut body = view(&Session {
        live,
        token: token.clone(),
    });
    if let Some(fields) = body.as_object_mut() {
        fields.insert("token".to_owned(), token.into());
    }
    Ok(json(&body))
}
