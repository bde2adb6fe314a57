//! The session of a call: by bearer or cookie, sliding when due, with the cookies that follow (contract better-auth §2.3).

use super::call::{Call, Kept};
use super::error::{NativeError, SESSION_NOT_FRESH, UNAUTHORIZED};
use super::fields::{Fields, is_truthy};
use crate::account::service::Presented;
use crate::cookies::SESSION;
use crate::sessions::{Live, service as sessions};
use crate::sign_in::service::{self as sign_in, Device, Method};
use crate::users::{self, Person};
use kernel::UserId;
use kernel::crypto::password::{Password, PasswordError};
use platform::http::Origin;
use platform::http::headers::bearer;
use std::sync::Arc;

pub(crate) use crate::sessions::service::Held as Session;

/// A password to be checked; one that is longer than any is refused before anything is looked up.
pub(super) fn presented_password(text: &str) -> Result<Password, PasswordError> {
    Password::check_length(text)?;
    Ok(Password::presented(text))
}

impl Session {
    /// A password that is presented in it.
    ///
    /// # Errors
    /// It is longer than any password.
    pub(crate) fn presented<'a>(
        &'a self,
        password: &str,
        origin: &'a Origin,
    ) -> Result<Presented<'a>, PasswordError> {
        Ok(Presented {
            password: presented_password(password)?,
            session: self.id(),
            origin,
        })
    }
}

impl Call {
    /// The session tokens that were presented: a bearer that can be one wins over the cookies.
    pub(crate) fn presented_tokens(&self) -> Vec<String> {
        match self.bearer() {
            Some(token) => vec![token],
            None => self.core().cookies.read_all(self.headers(), SESSION),
        }
    }

    /// The live session, if any, looked at aside: no cookie changes and nothing is extended.
    pub(crate) async fn look_at_session(&self) -> Result<Option<Session>, NativeError> {
        let held = sessions::alive_of(self.core(), self.presented_tokens()).await?;
        Ok(held.into_iter().next())
    }

    /// A bare token counts as it is, a signed one when we signed it; anything else is as if it were not there.
    fn bearer(&self) -> Option<String> {
        let token = bearer(self.headers()).filter(|token| !token.is_empty())?;
        if token.contains('.') {
            self.core().cookies.verify(&token)
        } else {
            Some(token.into_owned())
        }
    }

    /// The live session, if any. A token that opens nothing any more takes its cookies along.
    pub(crate) async fn find_session(&self) -> Result<Option<Session>, NativeError> {
        let tokens = self.presented_tokens();
        if tokens.is_empty() {
            return Ok(None);
        }
        let held = sessions::alive_of(self.core(), tokens).await?;
        let Some(Session { live, token }) = held.into_iter().next() else {
            self.clear_session();
            return Ok(None);
        };
        let live = match self.slide(&live, &token).await? {
            Some(extended) => extended,
            None => live,
        };
        Ok(Some(Session { live, token }))
    }

    /// Extends a session that is due; answers it as it is then.
    async fn slide(&self, live: &Live, token: &str) -> Result<Option<Arc<Live>>, NativeError> {
        if !self.may_slide() {
            return Ok(None);
        }
        if !sessions::extend_when_due(self.core(), live).await? {
            return Ok(None);
        }
        self.set_session(&live.stored.user_id, token, true);
        Ok(sessions::by_token(self.core(), token).await?)
    }

    fn may_slide(&self) -> bool {
        let is_off = self.query().is_some_and(|query| {
            let query = Fields::of_query(Some(query));
            is_truthy(query.raw("disableRefresh"))
        });
        !is_off && self.is_remembered()
    }

    /// Whether the browser was not told to forget at its end.
    fn is_remembered(&self) -> bool {
        !self.core().cookies.is_forgetful(self.headers())
    }

    /// The live session; 401 without one.
    pub(crate) async fn session(&self) -> Result<Session, NativeError> {
        Ok(self.find_session().await?.ok_or(UNAUTHORIZED)?)
    }

    /// The live session, begun not long ago; 403 when it is older.
    pub(crate) async fn fresh_session(&self) -> Result<Session, NativeError> {
        let session = self.session().await?;
        if self.is_fresh(&session) {
            Ok(session)
        } else {
            Err(SESSION_NOT_FRESH.into())
        }
    }

    /// Whether a session began not long ago; 0 switches the question off.
    pub(crate) fn is_fresh(&self, session: &Session) -> bool {
        sessions::is_fresh(self.core(), &session.live)
    }

    /// Signs a person in who just proved who they are, when the policy lets them; answers the session's token.
    pub(crate) async fn open_session(
        &self,
        person: &Person,
        method: Method,
    ) -> Result<String, NativeError> {
        let core = self.core();
        let device = Device {
            is_remembered: true,
            ..Device::default()
        };
        let opened = sign_in::open(core, person, &device, method, &self.origin())
            .await?
            .ok_or(UNAUTHORIZED)?;
        self.set_session(&person.id, &opened.token, true);
        Ok(opened.token)
    }

    /// Sets the session cookies: for as long as a session may rest, or until the browser ends.
    pub(crate) fn set_session(&self, user: &UserId, token: &str, is_remembered: bool) {
        let core = self.core();
        let life = is_remembered.then_some(core.config.sessions.idle_seconds);
        self.add_cookie(core.cookies.open_session(self.headers(), token, life));
        self.outgoing().session = Some(Kept {
            user: user.clone(),
            token: token.to_owned(),
            is_remembered,
        });
    }

    /// Sets the cookies of a session that goes on, remembered as before.
    pub(crate) fn set_session_again(&self, session: &Session) {
        let is_remembered = session.live.stored.is_remembered && self.is_remembered();
        self.set_session(session.user_id(), &session.token, is_remembered);
    }

    /// Ends a session and opens another in its place: the person as they are now, and the new token.
    pub(crate) async fn replace_session(
        &self,
        session: &Session,
        method: Method,
    ) -> Result<(Person, String), NativeError> {
        let core = self.core();
        let origin = self.origin();
        let person = users::find(core, session.user_id()).await?;
        let person = person.ok_or(UNAUTHORIZED)?;
        let device = Device {
            is_remembered: session.live.stored.is_remembered,
            replaces: Some(session.id().to_owned()),
            ..Device::default()
        };
        let opened = sign_in::open(core, &person, &device, method, &origin)
            .await?
            .ok_or(UNAUTHORIZED)?;
        sessions::revoke(core, session.id(), &origin).await?;
        self.set_session(&person.id, &opened.token, device.is_remembered);
        Ok((person, opened.token))
    }

    /// Takes the session cookies away.
    pub(crate) fn clear_session(&self) {
        self.add_cookie(self.core().cookies.clear_session());
    }
}
