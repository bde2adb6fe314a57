//! Setting second factors up, checking their codes, taking them away.

use super::challenge::{self, Challenge};
use super::check::Check;
use super::{store, totp, trust};
use crate::account::service::{self as account, PasswordChangeError, Presented};
use crate::core::Core;
use crate::mail_quota::service::{self as mail_quota, Asker, Mailbox};
use crate::mails::{self, FactorChange};
use crate::security_events::service as events;
use crate::sign_in::service::{self as sign_in, Method, Opened, SignInError};
use crate::step_up::{self, Standing};
use crate::typed_code::typed;
use crate::users::{self, Person};
use crate::verification::service::tell;
use crate::verification::store::{self as verification, NewToken};
use kernel::chance::{self, Alphabet};
use kernel::crypto::digest::{hmac_sha256, token_hash};
use kernel::crypto::password::Password;
use kernel::crypto::seal::SealError;
use kernel::{Timestamp, UserId};
use platform::db::{Actor, DbError, Tx};
use platform::http::Origin;
use queries::client::GenericClient;
use serde::{Deserialize, Serialize};

const MAILED_CODE_SECONDS: i64 = 180;
const MAILED_CODE: &str = "two-factor-code";
const BACKUP_CODES: usize = 10;
pub(super) const SECRET_PURPOSE: &str = "totp";
pub(super) const BACKUP_PURPOSE: &str = "backup-codes";

/// Why a second factor was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MfaError {
    /// The challenge is unknown, used or too old.
    #[error("there is no such challenge")]
    NoChallenge,
    /// The code of app or mail is wrong.
    #[error("the code is wrong")]
    WrongCode,
    /// The backup code is wrong or used.
    #[error("the backup code is wrong")]
    WrongBackupCode,
    /// There is no app, or it was never proved.
    #[error("there is no authenticator app")]
    NoApp,
    /// There are no backup codes.
    #[error("there are no backup codes")]
    NoBackupCodes,
    /// The second factor is off.
    #[error("the second factor is off")]
    Off,
    /// There is an app already; it is taken away before another is set up.
    #[error("there is an authenticator app already")]
    HasApp,
    /// No factor was met in this session.
    #[error("a factor has to be met first")]
    NotMet,
    /// The session has ended.
    #[error("the session has ended")]
    Ended,
    /// No mail leaves this server.
    #[error("codes cannot be mailed")]
    NoMail,
    /// The mailed code is used or too old.
    #[error("the mailed code has expired")]
    MailedCodeExpired,
    /// Too many wrong codes; `ends_challenge` when the sign-in has to begin anew.
    #[error("too many wrong codes")]
    TooManyTries {
        /// The challenge is gone.
        ends_challenge: bool,
    },
    /// Too many wrong codes in a row.
    #[error("the second factors are locked")]
    Locked,
    /// The password was refused.
    #[error(transparent)]
    Password(#[from] PasswordChangeError),
    /// The session could not be opened.
    #[error("no session: {0:?}")]
    SignIn(SignInError),
    /// The database did not answer.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A sealed value does not open.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Who presents a code.
#[derive(Clone, Copy)]
pub(crate) enum Prover<'a> {
    /// Somebody who signs in, by the challenge of their cookie.
    Challenge(&'a str),
    /// Somebody signed in.
    Session {
        /// Who.
        user: &'a UserId,
        /// Their session.
        session: &'a str,
    },
}

impl Prover<'_> {
    /// Mailed codes are bound to the challenge or session that asked.
    pub(super) fn mailed_code(self) -> String {
        let key = match self {
            Self::Challenge(id) => format!("2fa-otp-{id}"),
            Self::Session { user, session } => format!("2fa-otp-{}!{session}", user.as_str()),
        };
        format!("{MAILED_CODE}:{}", token_hash(&key))
    }
}

/// What is presented.
#[derive(Clone, Copy)]
pub(crate) enum Proof<'a> {
    /// A code of the authenticator app.
    App(&'a str),
    /// A code that was mailed.
    Mail(&'a str),
    /// A backup code; without a session to open, the challenge stays.
    Backup {
        /// The code.
        code: &'a str,
        /// Whether a session is opened with it.
        opens: bool,
    },
}

impl Proof<'_> {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::App(_) => "totp",
            Self::Mail(_) => "otp",
            Self::Backup { .. } => "backup-code",
        }
    }
}

/// A code was right.
pub(crate) struct Proved {
    /// The person, as they were before.
    pub(crate) person: Person,
    /// The second factor went on with this code.
    pub(crate) is_switched_on: bool,
    challenge: Option<Challenge>,
}

impl Proved {
    /// Whether the session that follows outlives the browser.
    pub(crate) fn is_remembered(&self) -> bool {
        self.challenge
            .as_ref()
            .is_some_and(|challenge| challenge.device().is_remembered)
    }
}

/// A new secret for an authenticator app with its backup codes.
pub(crate) struct Enrolment {
    pub(crate) uri: String,
    pub(crate) backup_codes: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct MailedCode {
    pub(super) code: String,
    pub(super) tries: u32,
}

/// Somebody signed in who changes their factors.
pub(crate) struct Changer<'a> {
    pub(crate) person: &'a Person,
    /// Their session.
    pub(crate) session: &'a str,
    /// A code of their app or a backup code, where they meet the factor along with the change.
    pub(crate) code: Option<&'a str>,
    pub(crate) origin: &'a Origin,
}

impl Changer<'_> {
    /// Checks the password, then the code where one is needed.
    async fn prove(&self, core: &Core, password: Password) -> Result<(), MfaError> {
        let presented = Presented {
            password,
            session: self.session,
            origin: self.origin,
        };
        account::verify_password(core, &self.person.id, presented).await?;
        let Some(code) = self.code.filter(|code| !code.is_empty()) else {
            return Ok(());
        };
        let once = core.db.once(&Actor::Service).await?;
        let standing = step_up::standing(&once, &self.person.id, self.session).await?;
        drop(once);
        if standing != Standing::NotMet {
            return Ok(());
        }
        let is_digits = typed(code).bytes().all(|byte| byte.is_ascii_digit());
        let proof = if is_digits {
            Proof::App(code)
        } else {
            Proof::Backup { code, opens: false }
        };
        let prover = Prover::Session {
            user: &self.person.id,
            session: self.session,
        };
        verify(core, prover, proof, self.origin).await.map(drop)
    }

    /// Refuses where the factor is on and none was met in the session.
    async fn require_met<C: GenericClient>(&self, client: &C) -> Result<(), MfaError> {
        match step_up::standing(client, &self.person.id, self.session).await? {
            Standing::Met => Ok(()),
            Standing::NotMet => Err(MfaError::NotMet),
            Standing::Ended => Err(MfaError::Ended),
        }
    }
}

/// Makes a secret and backup codes. They count after the first right code; until then nothing changes.
pub(crate) async fn enrol(
    core: &Core,
    changer: &Changer<'_>,
    password: Password,
    issuer: Option<&str>,
) -> Result<Enrolment, MfaError> {
    let person = changer.person;
    changer.prove(core, password).await?;
    let random = core.context.random.as_ref();
    let secret = data_encoding::BASE64URL_NOPAD.encode(&chance::bytes::<24>(random));
    let sealed = core
        .seal
        .seal(SECRET_PURPOSE, person.id.as_str(), secret.as_bytes())?;
    let backup_codes = new_backup_codes(core);
    let sealed_codes = seal_codes(core, &person.id, &backup_codes)?;
    let now = core.context.now();
    let tx = core.db.tx(&Actor::Service).await?;
    let id = core.context.new_id();
    let factors = store::lock(&tx, &person.id).await?;
    if factors.is_some_and(|factors| factors.secret.is_some()) {
        return Err(MfaError::HasApp);
    }
    changer.require_met(&tx).await?;
    store::keep_pending(&tx, &person.id, &id, (&sealed, &sealed_codes), now).await?;
    tx.commit().await?;
    let asked = issuer.and_then(totp::readable_issuer);
    let issuer = asked.unwrap_or_else(|| own_issuer(core));
    Ok(Enrolment {
        uri: totp::uri(secret.as_bytes(), &issuer, &person.view.email),
        backup_codes,
    })
}

/// Makes the code by mail a factor.
pub(crate) async fn enable_mail(
    core: &Core,
    changer: &Changer<'_>,
    password: Password,
) -> Result<(), MfaError> {
    let person = changer.person;
    changer.prove(core, password).await?;
    if !core.mailer.is_enabled() || !core.config.has_mailed_factor {
        return Err(MfaError::NoMail);
    }
    let tx = core.db.tx(&Actor::Service).await?;
    let place = (changer.session, changer.origin);
    switch_on(core, &tx, person, "otp", place).await?;
    tx.commit().await?;
    core.mailer.wake();
    core.live.forget(&person.id);
    Ok(())
}

/// Switches the second factor on; answers whether it was off. What was signed in without it ends, but for the session that
/// did it.
pub(super) async fn switch_on(
    core: &Core,
    tx: &Tx,
    person: &Person,
    method: &str,
    (session, origin): (&str, &Origin),
) -> Result<bool, DbError> {
    let now = core.context.now();
    let user = &person.id;
    store::keep_row(tx, user, &core.context.new_id(), now).await?;
    let is_news = store::switch(tx, user, true, now).await?;
    if is_news {
        store::meet_factor(tx, user, session, now).await?;
        verification::end_sessions(tx, user, Some(session), now).await?;
        verification::void_links(tx, user, &[trust::KIND]).await?;
        let metadata = Some(serde_json::json!({ "method": method }));
        events::record_in(core, tx, user, "TWO_FACTOR_ENABLED", origin, metadata).await?;
        tell_switched(core, tx, person, true, origin).await?;
    }
    Ok(is_news)
}

/// Takes every factor, open challenge and trusted device away. Nothing to take away is no error.
pub(crate) async fn disable(
    core: &Core,
    changer: &Changer<'_>,
    password: Password,
) -> Result<(), MfaError> {
    let (person, origin) = (changer.person, changer.origin);
    let user = &person.id;
    changer.prove(core, password).await?;
    let now = core.context.now();
    let tx = core.db.tx(&Actor::Service).await?;
    // Held first, as by every check of a code.
    store::lock(&tx, user).await?;
    changer.require_met(&tx).await?;
    store::delete(&tx, user).await?;
    verification::void_links(&tx, user, &[challenge::KIND, MAILED_CODE, trust::KIND]).await?;
    if store::switch(&tx, user, false, now).await? {
        events::record_in(core, &tx, user, "TWO_FACTOR_DISABLED", origin, None).await?;
        tell_switched(core, &tx, person, false, origin).await?;
    }
    tx.commit().await?;
    core.mailer.wake();
    core.live.forget(user);
    Ok(())
}

async fn tell_switched(
    core: &Core,
    tx: &Tx,
    person: &Person,
    is_on: bool,
    origin: &Origin,
) -> Result<(), DbError> {
    tell(core, tx, person, origin.locale, |locale, name| {
        mails::second_factor_switched(locale, name, is_on)
    })
    .await
}

/// Tells of a factor that is another one now.
pub(super) async fn tell_changed(
    core: &Core,
    tx: &Tx,
    person: &Person,
    change: FactorChange,
    origin: &Origin,
) -> Result<(), DbError> {
    tell(core, tx, person, origin.locale, |locale, name| {
        mails::second_factor_changed(locale, name, change)
    })
    .await
}

/// The address of the secret, for another authenticator app: of the one in use, else of the one that waits for its code.
pub(crate) async fn uri(
    core: &Core,
    changer: &Changer<'_>,
    password: Password,
) -> Result<String, MfaError> {
    let person = changer.person;
    let once = core.db.once(&Actor::Service).await?;
    let factors = store::find(&once, &person.id).await?;
    drop(once);
    let sealed = factors
        .and_then(|factors| factors.secret.or(factors.pending_secret))
        .ok_or(MfaError::NoApp)?;
    changer.prove(core, password).await?;
    let once = core.db.once(&Actor::Service).await?;
    // Whoever knows the secret has the factor.
    changer.require_met(&once).await?;
    drop(once);
    let secret = core
        .seal
        .open(SECRET_PURPOSE, person.id.as_str(), &sealed)?;
    let email = &person.view.email;
    Ok(totp::uri(&secret, &own_issuer(core), email))
}

fn own_issuer(core: &Core) -> String {
    totp::readable_issuer(core.mailer.brand()).unwrap_or_else(|| "Mana".to_owned())
}

/// Replaces all backup codes.
pub(crate) async fn renew_backup_codes(
    core: &Core,
    changer: &Changer<'_>,
    password: Password,
) -> Result<Vec<String>, MfaError> {
    let (person, origin) = (changer.person, changer.origin);
    if !person.view.two_factor_enabled {
        return Err(MfaError::Off);
    }
    changer.prove(core, password).await?;
    let codes = new_backup_codes(core);
    let sealed = seal_codes(core, &person.id, &codes)?;
    let now = core.context.now();
    let tx = core.db.tx(&Actor::Service).await?;
    let old = store::lock(&tx, &person.id)
        .await?
        .and_then(|factors| factors.backup_codes)
        .ok_or(MfaError::Off)?;
    changer.require_met(&tx).await?;
    store::replace_backup_codes(&tx, &person.id, &old, &sealed, now).await?;
    let event = "TWO_FACTOR_BACKUP_CODES_REPLACED";
    events::record_in(core, &tx, &person.id, event, origin, None).await?;
    tell_changed(core, &tx, person, FactorChange::BackupCodes, origin).await?;
    tx.commit().await?;
    core.mailer.wake();
    Ok(codes)
}

fn new_backup_codes(core: &Core) -> Vec<String> {
    let random = core.context.random.as_ref();
    let half = || chance::text(random, Alphabet::Alphanumeric, 5);
    (0..BACKUP_CODES)
        .map(|_| format!("{}-{}", half(), half()))
        .collect()
}

pub(super) fn seal_codes(
    core: &Core,
    user: &UserId,
    codes: &[String],
) -> Result<String, SealError> {
    let json = serde_json::to_vec(codes).unwrap_or_default();
    core.seal.seal(BACKUP_PURPOSE, user.as_str(), &json)
}

/// The person a challenge or session belongs to, and whether their mailbox was the first factor.
async fn prover_of(core: &Core, prover: Prover<'_>) -> Result<(Person, bool), MfaError> {
    let (user, is_by_mail) = match prover {
        Prover::Session { user, .. } => (user.clone(), false),
        Prover::Challenge(id) => {
            let once = core.db.once(&Actor::Service).await?;
            let found = challenge::find(core, &once, id).await?;
            let found = found.ok_or(MfaError::NoChallenge)?;
            (UserId::new(found.user), found.is_by_mail)
        }
    };
    let person = users::find(core, &user).await?;
    Ok((person.ok_or(MfaError::NoChallenge)?, is_by_mail))
}

/// Mails a code, valid for three minutes; an older one no longer is.
pub(crate) async fn send_code(
    core: &Core,
    prover: Prover<'_>,
    asker: &Asker,
) -> Result<(), MfaError> {
    let (person, is_by_mail) = prover_of(core, prover).await?;
    let has_app = match prover {
        Prover::Challenge(_) => {
            let once = core.db.once(&Actor::Service).await?;
            store::find_ways(&once, &person.id).await?.has_app
        }
        // Somebody who sets the factor up has no need of it yet.
        Prover::Session { .. } => true,
    };
    if is_by_mail || !challenge::may_mail(core, has_app) {
        return Err(MfaError::NoMail);
    }
    let code = chance::text(core.context.random.as_ref(), Alphabet::Digits, 6);
    let identifier = prover.mailed_code();
    let mailed = MailedCode {
        code: hidden_code(core, &identifier, &code),
        tries: 0,
    };
    let expires_at = core.context.now().plus_seconds(MAILED_CODE_SECONDS);
    let to = person.address();
    let tx = core.db.tx(&Actor::Service).await?;
    // Past the quota the code that was mailed last stays good.
    let mailbox = Mailbox {
        address: &to,
        owner: Some(&person),
    };
    if !mail_quota::admits_second_factor(core, &tx, asker, mailbox).await? {
        return Ok(());
    }
    verification::consume(&tx, &identifier).await?;
    keep_mailed_code(core, &tx, &person.id, &identifier, &mailed, expires_at).await?;
    tell(core, &tx, &person, asker.origin.locale, |locale, name| {
        mails::second_factor_code(locale, name, &code)
    })
    .await?;
    tx.commit().await?;
    core.mailer.wake();
    Ok(())
}

/// Six digits are no secret as a plain digest: the key makes them one.
pub(super) fn hidden_code(core: &Core, identifier: &str, code: &str) -> String {
    let text = format!("{identifier}|{code}");
    data_encoding::HEXLOWER.encode(&hmac_sha256(
        core.derivation_key.as_slice(),
        text.as_bytes(),
    ))
}

pub(super) async fn keep_mailed_code(
    core: &Core,
    tx: &Tx,
    user: &UserId,
    identifier: &str,
    mailed: &MailedCode,
    expires_at: Timestamp,
) -> Result<(), DbError> {
    let row = NewToken {
        id: &core.context.new_id(),
        identifier,
        value: &serde_json::to_string(mailed).unwrap_or_default(),
        user: Some(user),
        address: None,
        kind: MAILED_CODE,
        expires_at,
        now: core.context.now(),
    };
    verification::insert(tx, &row).await
}

/// Checks a code. A right one uses itself and its challenge up; a wrong one of a sign-in is counted.
pub(crate) async fn verify(
    core: &Core,
    prover: Prover<'_>,
    proof: Proof<'_>,
    origin: &Origin,
) -> Result<Proved, MfaError> {
    let (person, _) = prover_of(core, prover).await?;
    let tx = core.db.tx(&Actor::Service).await?;
    let factors = store::lock(&tx, &person.id).await?;
    // Read again under the lock: another guess may have counted or used it.
    let challenge = match prover {
        Prover::Session { .. } => None,
        Prover::Challenge(id) => Some(
            challenge::find(core, &tx, id)
                .await?
                .ok_or(MfaError::NoChallenge)?,
        ),
    };
    let check = Check {
        core,
        tx: &tx,
        person: &person,
        prover,
        origin,
        now: core.context.now(),
    };
    let verdict = check
        .run(factors.as_ref(), challenge.as_ref(), proof)
        .await?;
    tx.commit().await?;
    let is_switched_on = verdict?;
    if matches!(prover, Prover::Session { .. }) {
        core.mailer.wake();
    }
    if is_switched_on {
        core.live.forget(&person.id);
    }
    Ok(Proved {
        person,
        is_switched_on,
        challenge,
    })
}

/// Opens the session that a right code of a challenge leads to.
pub(crate) async fn enter(
    core: &Core,
    proved: &Proved,
    origin: &Origin,
) -> Result<Opened, MfaError> {
    let challenge = proved.challenge.as_ref().ok_or(MfaError::NoChallenge)?;
    let device = challenge.device();
    sign_in::open(core, &proved.person, &device, Method::SecondFactor, origin)
        .await
        .map_err(MfaError::SignIn)?
        .ok_or(MfaError::NoChallenge)
}
