//! One check of a code, under the lock on the person's row.

use super::challenge::{self, Challenge};
use super::service::{
    BACKUP_PURPOSE, MailedCode, MfaError, Proof, Prover, SECRET_PURPOSE, hidden_code,
    keep_mailed_code, seal_codes, switch_on, tell_changed,
};
use super::store::{self, Factors};
use super::totp;
use crate::core::Core;
use crate::mails::FactorChange;
use crate::security_events::service as events;
use crate::typed_code::typed;
use crate::users::Person;
use crate::verification::store as verification;
use kernel::Timestamp;
use kernel::crypto::digest::constant_time_eq;
use platform::db::{DbError, Tx};
use platform::http::Origin;

/// Wrong codes that end a challenge or a mailed code.
const MOST_TRIES: u32 = 5;
/// Wrong codes in a row, over all challenges, that lock the factors.
const MOST_FAILURES: i32 = 10;
const LOCK_SECONDS: i64 = 900;

/// Who presents a code, and where it is noted.
pub(super) struct Check<'a> {
    pub(super) core: &'a Core,
    pub(super) tx: &'a Tx,
    pub(super) person: &'a Person,
    pub(super) prover: Prover<'a>,
    pub(super) origin: &'a Origin,
    pub(super) now: Timestamp,
}

/// Whether the second factor went on, or why the code was refused. What was written on the way stays either way.
pub(super) type Verdict = Result<bool, MfaError>;

/// What a right code belongs to.
enum Match {
    /// A factor in use.
    Present,
    /// The app that waits for its first code, which is of this time step.
    Pending(i64),
}

impl Check<'_> {
    pub(super) async fn run(
        &self,
        factors: Option<&Factors>,
        challenge: Option<&Challenge>,
        proof: Proof<'_>,
    ) -> Result<Verdict, MfaError> {
        let present = match self.precondition(factors, challenge, proof) {
            Ok(()) => factors,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if let Err(refusal) = self.count_down(challenge, proof).await? {
            return Ok(Err(refusal));
        }
        let (found, refusal) = match proof {
            Proof::App(code) => (
                self.app(present, challenge.is_some(), &typed(code)).await?,
                MfaError::WrongCode,
            ),
            Proof::Backup { code, .. } => {
                let is_right = self.backup(present, &typed(code)).await?;
                (
                    is_right.then_some(Match::Present),
                    MfaError::WrongBackupCode,
                )
            }
            Proof::Mail(code) => match self.mail(&typed(code)).await? {
                Ok(is_right) => (is_right.then_some(Match::Present), MfaError::WrongCode),
                Err(refusal) => return Ok(Err(refusal)),
            },
        };
        match (found, challenge) {
            (Some(_), Some(challenge)) => self.accept_sign_in(challenge, proof).await,
            (Some(found), None) => Ok(Ok(self.accept_signed_in(present, found, proof).await?)),
            (None, Some(challenge)) => {
                self.note_failure(challenge, proof).await?;
                Ok(Err(refusal))
            }
            (None, None) => {
                self.note_step_up_failure(present, proof).await?;
                Ok(Err(refusal))
            }
        }
    }

    fn precondition(
        &self,
        factors: Option<&Factors>,
        challenge: Option<&Challenge>,
        proof: Proof<'_>,
    ) -> Result<(), MfaError> {
        let is_signing_in = challenge.is_some();
        let has_pending =
            !is_signing_in && factors.is_some_and(|factors| factors.pending_secret.is_some());
        match proof {
            Proof::App(_) => {
                let has_app = factors.is_some_and(|factors| factors.secret.is_some());
                if !has_app && !has_pending {
                    return Err(MfaError::NoApp);
                }
            }
            Proof::Backup { .. } => {
                if factors.is_none_or(|factors| factors.backup_codes.is_none()) {
                    return Err(MfaError::NoBackupCodes);
                }
            }
            Proof::Mail(_) => {
                if challenge.is_some_and(|challenge| challenge.is_by_mail) {
                    return Err(MfaError::NoMail);
                }
            }
        }
        // A new app may always be tried: its secret is no secret to whoever sets it up.
        let is_enrolling = has_pending && matches!(proof, Proof::App(_));
        if !is_enrolling && self.is_locked(factors, is_signing_in) {
            return Err(MfaError::Locked);
        }
        Ok(())
    }

    fn is_locked(&self, factors: Option<&Factors>, is_signing_in: bool) -> bool {
        let until = factors.and_then(|factors| {
            if is_signing_in {
                factors.locked_until
            } else {
                factors.step_up_locked_until
            }
        });
        until.is_some_and(|until| until > self.now)
    }

    /// Ends a challenge that saw too many wrong codes; mailed codes count their own.
    async fn count_down(
        &self,
        challenge: Option<&Challenge>,
        proof: Proof<'_>,
    ) -> Result<Result<(), MfaError>, MfaError> {
        let tries = challenge.map_or(0, |challenge| challenge.tries);
        if tries < MOST_TRIES || matches!(proof, Proof::Mail(_)) {
            return Ok(Ok(()));
        }
        self.end_challenge().await?;
        Ok(Err(MfaError::TooManyTries {
            ends_challenge: true,
        }))
    }

    async fn end_challenge(&self) -> Result<bool, DbError> {
        let Prover::Challenge(id) = self.prover else {
            return Ok(true);
        };
        let gone = verification::consume(self.tx, &challenge::identifier(id)).await?;
        Ok(gone.is_some())
    }

    async fn app(
        &self,
        factors: Option<&Factors>,
        is_signing_in: bool,
        code: &str,
    ) -> Result<Option<Match>, MfaError> {
        let pending = factors
            .and_then(|factors| factors.pending_secret.as_deref())
            .filter(|_| !is_signing_in);
        if let Some(step) = self.step_of(pending, code)? {
            return Ok(Some(Match::Pending(step)));
        }
        let present = factors
            .and_then(|factors| factors.secret.as_deref())
            .filter(|_| !self.is_locked(factors, is_signing_in));
        let Some(step) = self.step_of(present, code)? else {
            return Ok(None);
        };
        let is_unused = store::use_step(self.tx, &self.person.id, step, self.now).await?;
        Ok(is_unused.then_some(Match::Present))
    }

    fn step_of(&self, sealed: Option<&str>, code: &str) -> Result<Option<i64>, MfaError> {
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let user = self.person.id.as_str();
        let secret = self.core.seal.open(SECRET_PURPOSE, user, sealed)?;
        Ok(totp::step_of(&secret, code, self.now))
    }

    async fn backup(&self, factors: Option<&Factors>, code: &str) -> Result<bool, MfaError> {
        let Some(sealed) = factors.and_then(|factors| factors.backup_codes.as_deref()) else {
            return Ok(false);
        };
        let user = &self.person.id;
        let json = self.core.seal.open(BACKUP_PURPOSE, user.as_str(), sealed)?;
        let mut codes: Vec<String> = serde_json::from_slice(&json).unwrap_or_default();
        let before = codes.len();
        codes.retain(|kept| !constant_time_eq(typed(kept).as_bytes(), code.as_bytes()));
        if codes.len() == before {
            return Ok(false);
        }
        let left = seal_codes(self.core, user, &codes)?;
        Ok(store::replace_backup_codes(self.tx, user, sealed, &left, self.now).await?)
    }

    async fn mail(&self, code: &str) -> Result<Result<bool, MfaError>, MfaError> {
        let identifier = self.prover.mailed_code();
        let found = verification::consume(self.tx, &identifier)
            .await?
            .filter(|row| row.expires_at > self.now);
        let mailed = found.and_then(|row| {
            let mailed: MailedCode = serde_json::from_str(&row.value).ok()?;
            Some((mailed, row.expires_at))
        });
        let Some((mut mailed, expires_at)) = mailed else {
            return Ok(Err(MfaError::MailedCodeExpired));
        };
        if mailed.tries >= MOST_TRIES {
            return Ok(Err(MfaError::TooManyTries {
                ends_challenge: false,
            }));
        }
        let given = hidden_code(self.core, &identifier, code);
        if constant_time_eq(given.as_bytes(), mailed.code.as_bytes()) {
            return Ok(Ok(true));
        }
        mailed.tries += 1;
        let user = &self.person.id;
        keep_mailed_code(self.core, self.tx, user, &identifier, &mailed, expires_at).await?;
        Ok(Ok(false))
    }

    /// A code of a sign-in was right.
    async fn accept_sign_in(
        &self,
        challenge: &Challenge,
        proof: Proof<'_>,
    ) -> Result<Verdict, MfaError> {
        let (tx, user) = (self.tx, &self.person.id);
        let keeps_challenge = matches!(proof, Proof::Backup { opens: false, .. });
        if !keeps_challenge && !self.end_challenge().await? {
            return Ok(Err(MfaError::NoChallenge));
        }
        store::forget_failures(tx, user, self.now).await?;
        if challenge.is_by_password && !matches!(proof, Proof::Mail(_)) {
            // Password and factor belong to one hand, wherever the password came from.
            store::trust_password(tx, user).await?;
        }
        self.record("TWO_FACTOR_VERIFIED", proof).await?;
        Ok(Ok(false))
    }

    /// A code of somebody signed in was right; answers whether the second factor went on.
    async fn accept_signed_in(
        &self,
        factors: Option<&Factors>,
        found: Match,
        proof: Proof<'_>,
    ) -> Result<bool, MfaError> {
        let (core, tx, person) = (self.core, self.tx, self.person);
        let user = &person.id;
        if let Match::Pending(step) = found {
            store::confirm_pending(tx, user, step, self.now).await?;
            // Whoever set the app up gave the password.
            store::trust_password(tx, user).await?;
            let is_news = self.switch_on(proof).await?;
            if !is_news {
                self.record("TWO_FACTOR_APP_ADDED", proof).await?;
                let change = FactorChange::App;
                tell_changed(core, tx, person, change, self.origin).await?;
            }
            return Ok(is_news);
        }
        if matches!(proof, Proof::Mail(_)) {
            if self.switch_on(proof).await? {
                return Ok(true);
            }
            // Beside an app the mailbox proves too little to change factors.
            if factors.is_some_and(|factors| factors.secret.is_some()) {
                return Ok(false);
            }
        }
        self.meet_factor().await?;
        store::forget_step_up_failures(tx, user, self.now).await?;
        self.record("TWO_FACTOR_VERIFIED", proof).await?;
        Ok(false)
    }

    /// Switches the second factor on, when it was off, in a session that thereby met it.
    async fn switch_on(&self, proof: Proof<'_>) -> Result<bool, MfaError> {
        let Prover::Session { session, .. } = self.prover else {
            return Ok(false);
        };
        let place = (session, self.origin);
        Ok(switch_on(self.core, self.tx, self.person, proof.label(), place).await?)
    }

    async fn meet_factor(&self) -> Result<(), MfaError> {
        if let Prover::Session { user, session } = self.prover {
            store::meet_factor(self.tx, user, session, self.now).await?;
        }
        Ok(())
    }

    async fn record(&self, event: &str, proof: Proof<'_>) -> Result<(), DbError> {
        let metadata = Some(serde_json::json!({ "method": proof.label() }));
        let (core, tx, user) = (self.core, self.tx, &self.person.id);
        events::record_in(core, tx, user, event, self.origin, metadata).await
    }

    /// Counts a wrong code of somebody signed in. Codes for an app that is being set up prove nothing, and are not counted.
    async fn note_step_up_failure(
        &self,
        factors: Option<&Factors>,
        proof: Proof<'_>,
    ) -> Result<(), MfaError> {
        let has_present = factors.is_some_and(|factors| match proof {
            Proof::App(_) => factors.secret.is_some(),
            Proof::Backup { .. } => factors.backup_codes.is_some(),
            Proof::Mail(_) => false,
        });
        if has_present {
            let until = self.now.plus_seconds(LOCK_SECONDS);
            let (tx, user) = (self.tx, &self.person.id);
            store::count_step_up_failure(tx, user, MOST_FAILURES, until, self.now).await?;
            self.record("TWO_FACTOR_FAILED", proof).await?;
        }
        Ok(())
    }

    /// Counts a wrong code of a sign-in.
    async fn note_failure(&self, challenge: &Challenge, proof: Proof<'_>) -> Result<(), MfaError> {
        let Prover::Challenge(id) = self.prover else {
            return Ok(());
        };
        let (core, tx, user) = (self.core, self.tx, &self.person.id);
        if !matches!(proof, Proof::Mail(_)) {
            let value = challenge.after_a_try();
            store::count_try(tx, &challenge::identifier(id), &value, self.now).await?;
        }
        let until = self.now.plus_seconds(LOCK_SECONDS);
        store::count_failure(tx, user, MOST_FAILURES, until, self.now).await?;
        let metadata = serde_json::json!({ "reason": "second-factor", "method": proof.label() });
        events::record_in(core, tx, user, "LOGIN_FAILURE", self.origin, Some(metadata)).await?;
        Ok(())
    }
}
