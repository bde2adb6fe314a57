//! Refusals as Better Auth words them: a flat JSON body with a message and mostly a code (contract better-auth §0.2, §0.4).

use crate::account::service::PasswordChangeError;
use crate::mfa::service::MfaError;
use crate::passkeys::ceremony::CeremonyError;
use crate::passkeys::service::PasskeyError;
use crate::passwords::HashPoolError;
use crate::policy::Refusal;
use crate::registration::RegisterError;
use crate::sign_in::service::SignInError;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use kernel::crypto::password::PasswordError;
use platform::db::DbError;
use platform::http::error::Cause;
use platform::http::{ApiError, Code};
use std::borrow::Cow;

/// An answer that is not a success.
#[derive(Debug)]
pub(crate) struct NativeError {
    status: StatusCode,
    code: Option<&'static str>,
    message: Cow<'static, str>,
    retry_after_seconds: Option<u64>,
    /// For the log alone.
    cause: Option<(Code, Option<String>)>,
}

/// A refusal that is always worded alike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused(
    pub(super) StatusCode,
    pub(super) &'static str,
    pub(super) &'static str,
);

macro_rules! refusals {
    ($($name:ident $status:ident $message:literal;)*) => {
        $(pub(crate) const $name: Refused = Refused(StatusCode::$status, stringify!($name), $message);)*
    };
}

refusals! {
    UNAUTHORIZED UNAUTHORIZED "Unauthorized";
    BAD_REQUEST BAD_REQUEST "Invalid JSON in request body";
    INVALID_ORIGIN FORBIDDEN "Invalid origin";
    MISSING_OR_NULL_ORIGIN FORBIDDEN "Missing or null Origin";
    CROSS_SITE_NAVIGATION_LOGIN_BLOCKED FORBIDDEN "Cross-site navigation login blocked. This request appears to be a CSRF attack.";
    INVALID_CALLBACK_URL FORBIDDEN "Invalid callbackURL";
    INVALID_REDIRECT_URL FORBIDDEN "Invalid redirectURL";
    INVALID_ERROR_CALLBACK_URL FORBIDDEN "Invalid errorCallbackURL";
    INVALID_NEW_USER_CALLBACK_URL FORBIDDEN "Invalid newUserCallbackURL";
    INVALID_EMAIL BAD_REQUEST "Invalid email";
    INVALID_PASSWORD BAD_REQUEST "Invalid password";
    INVALID_TOKEN NOT_FOUND "Invalid token";
    FAILED_TO_GET_USER_INFO NOT_FOUND "Failed to get user info";
    INVALID_EMAIL_OR_PASSWORD UNAUTHORIZED "Invalid email or password";
    EMAIL_NOT_VERIFIED FORBIDDEN "Email not verified";
    BANNED_USER FORBIDDEN "You have been banned from this application. Please contact support if you believe this is an error.";
    USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL UNPROCESSABLE_ENTITY "User already exists. Use another email.";
    PASSWORD_TOO_SHORT BAD_REQUEST "Password too short";
    PASSWORD_TOO_LONG BAD_REQUEST "Password too long";
    CREDENTIAL_ACCOUNT_NOT_FOUND BAD_REQUEST "Credential account not found";
    EMAIL_CAN_NOT_BE_UPDATED BAD_REQUEST "Email can not be updated";
    SESSION_EXPIRED BAD_REQUEST "Session expired. Re-authenticate to perform this action.";
    SESSION_NOT_FRESH FORBIDDEN "Session is not fresh";
    FAILED_TO_UNLINK_LAST_ACCOUNT BAD_REQUEST "You can't unlink your last account";
    ACCOUNT_NOT_FOUND BAD_REQUEST "Account not found";
    EMAIL_MISMATCH BAD_REQUEST "Email mismatch";
    EMAIL_ALREADY_VERIFIED BAD_REQUEST "Email is already verified";
    INVALID_OTP BAD_REQUEST "Invalid OTP";
    OTP_EXPIRED BAD_REQUEST "OTP expired";
    TOO_MANY_ATTEMPTS FORBIDDEN "Too many attempts";
    USER_NOT_FOUND BAD_REQUEST "User not found";
    INVALID_SESSION_TOKEN UNAUTHORIZED "Invalid session token";
    METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED METHOD_NOT_ALLOWED "POST method requires deferSessionRefresh to be enabled in session config";
    INVALID_TWO_FACTOR_COOKIE UNAUTHORIZED "Invalid two factor cookie";
    INVALID_CODE UNAUTHORIZED "Invalid code";
    INVALID_BACKUP_CODE UNAUTHORIZED "Invalid backup code";
    TOTP_ALREADY_ENABLED BAD_REQUEST "TOTP is already enabled";
    TOTP_NOT_ENABLED BAD_REQUEST "TOTP not enabled";
    BACKUP_CODES_NOT_ENABLED BAD_REQUEST "Backup codes aren't enabled";
    TWO_FACTOR_NOT_ENABLED BAD_REQUEST "Two factor isn't enabled";
    TWO_FACTOR_REQUIRED UNAUTHORIZED "A second factor is needed";
    OTP_NOT_CONFIGURED BAD_REQUEST "OTP is not available";
    OTP_HAS_EXPIRED BAD_REQUEST "OTP has expired";
    TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE BAD_REQUEST "Too many attempts. Please request a new code.";
    ACCOUNT_TEMPORARILY_LOCKED TOO_MANY_REQUESTS "Too many failed verification attempts. Your account is temporarily locked. Please try again later.";
    CHALLENGE_NOT_FOUND BAD_REQUEST "Challenge not found";
    FAILED_TO_VERIFY_REGISTRATION BAD_REQUEST "Failed to verify registration";
    YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY UNAUTHORIZED "You are not allowed to register this passkey";
    PREVIOUSLY_REGISTERED BAD_REQUEST "Previously registered";
    PASSKEY_NOT_FOUND NOT_FOUND "Passkey not found";
    PASSKEY_SUSPENDED FORBIDDEN "This passkey is suspended since the password was reset. Sign in another way and confirm it.";
    AUTHENTICATION_FAILED BAD_REQUEST "Authentication failed";
    PAYLOAD_TOO_LARGE PAYLOAD_TOO_LARGE "The request body is too large";
    SERVICE_UNAVAILABLE SERVICE_UNAVAILABLE "A part the answer depends on is down; try again";
    INTERNAL_SERVER_ERROR INTERNAL_SERVER_ERROR "Internal Server Error";
}

/// A mailed token for a new password that does nothing: 400, where other invalid tokens are 404.
pub(crate) const INVALID_RESET_TOKEN: Refused =
    Refused(StatusCode::BAD_REQUEST, "INVALID_TOKEN", "Invalid token");

/// Signed in, but without the second factor that this asks for: 403, where a sign-in that lacks it is 401.
pub(crate) const FACTOR_NOT_MET: Refused = Refused(
    StatusCode::FORBIDDEN,
    "TWO_FACTOR_REQUIRED",
    "Enter a code of your second factor first",
);

impl NativeError {
    /// A refusal with a message of its own.
    pub(crate) fn new(
        status: StatusCode,
        code: Option<&'static str>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            retry_after_seconds: None,
            cause: None,
        }
    }

    /// A 400 that carries no code.
    pub(crate) fn without_code(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, None, message)
    }

    /// Fields that are missing or malformed.
    pub(crate) fn validation(message: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some("VALIDATION_ERROR"), message)
    }

    /// 429 as limits give it, whatever the reason.
    pub(crate) fn too_many(seconds: i64) -> Self {
        Self {
            retry_after_seconds: Some(u64::try_from(seconds).unwrap_or(1).max(1)),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                None,
                "Too many requests. Please try again later.",
            )
        }
    }

    /// 500; the cause goes to the log, never to the client.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        Self {
            cause: Some((Code::Internal, Some(cause.to_string()))),
            ..INTERNAL_SERVER_ERROR.into()
        }
    }

    /// 503 with Retry-After; the cause goes to the log, never to the client.
    pub(crate) fn unavailable(cause: impl std::fmt::Display) -> Self {
        Self {
            retry_after_seconds: Some(2),
            cause: Some((Code::ServiceUnavailable, Some(cause.to_string()))),
            ..SERVICE_UNAVAILABLE.into()
        }
    }
}

impl From<Refused> for NativeError {
    fn from(Refused(status, code, message): Refused) -> Self {
        Self::new(status, Some(code), message)
    }
}

impl From<DbError> for NativeError {
    fn from(error: DbError) -> Self {
        ApiError::from(error).into()
    }
}

impl From<HashPoolError> for NativeError {
    fn from(error: HashPoolError) -> Self {
        ApiError::from(error).into()
    }
}

impl From<ApiError> for NativeError {
    fn from(error: ApiError) -> Self {
        let cause = error.cause_text().unwrap_or_default();
        match error.code() {
            Code::ServiceUnavailable => Self::unavailable(cause),
            Code::Unauthorized => UNAUTHORIZED.into(),
            Code::Validation => Self::validation(error.detail_text().to_owned()),
            code => Self::internal(format!("{} {} {cause}", code.as_str(), error.detail_text())),
        }
    }
}

impl From<PasswordError> for NativeError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::TooShort => PASSWORD_TOO_SHORT.into(),
            PasswordError::TooLong => PASSWORD_TOO_LONG.into(),
        }
    }
}

impl From<PasswordChangeError> for NativeError {
    fn from(error: PasswordChangeError) -> Self {
        match error {
            PasswordChangeError::NoPassword => CREDENTIAL_ACCOUNT_NOT_FOUND.into(),
            PasswordChangeError::WrongPassword => INVALID_PASSWORD.into(),
            PasswordChangeError::Locked { remaining_seconds } => Self::too_many(remaining_seconds),
            PasswordChangeError::Gone => UNAUTHORIZED.into(),
            PasswordChangeError::Db(error) => error.into(),
            PasswordChangeError::Hash(error) => error.into(),
        }
    }
}

impl From<MfaError> for NativeError {
    fn from(error: MfaError) -> Self {
        match error {
            MfaError::NoChallenge => INVALID_TWO_FACTOR_COOKIE.into(),
            MfaError::WrongCode => INVALID_CODE.into(),
            MfaError::WrongBackupCode => INVALID_BACKUP_CODE.into(),
            MfaError::NoApp => TOTP_NOT_ENABLED.into(),
            MfaError::NoBackupCodes => BACKUP_CODES_NOT_ENABLED.into(),
            MfaError::Off => TWO_FACTOR_NOT_ENABLED.into(),
            MfaError::HasApp => TOTP_ALREADY_ENABLED.into(),
            MfaError::NotMet => FACTOR_NOT_MET.into(),
            MfaError::Ended => UNAUTHORIZED.into(),
            MfaError::NoMail => OTP_NOT_CONFIGURED.into(),
            MfaError::MailedCodeExpired => OTP_HAS_EXPIRED.into(),
            MfaError::TooManyTries { .. } => TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE.into(),
            MfaError::Locked => ACCOUNT_TEMPORARILY_LOCKED.into(),
            MfaError::Password(PasswordChangeError::NoPassword) => INVALID_PASSWORD.into(),
            MfaError::Password(error) => error.into(),
            MfaError::SignIn(error) => error.into(),
            MfaError::Db(error) => error.into(),
            MfaError::Seal(error) => Self::internal(error),
        }
    }
}

impl From<PasskeyError> for NativeError {
    fn from(error: PasskeyError) -> Self {
        match error {
            PasskeyError::NoChallenge => CHALLENGE_NOT_FOUND.into(),
            PasskeyError::ForeignChallenge => YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY.into(),
            PasskeyError::Unknown | PasskeyError::Refused(Refusal::Deleted) => Refused(
                StatusCode::UNAUTHORIZED,
                PASSKEY_NOT_FOUND.1,
                PASSKEY_NOT_FOUND.2,
            )
            .into(),
            // As the real server: a wrong signature is 401, everything that is wrong before it 400.
            PasskeyError::Ceremony(CeremonyError::Signature) => Refused(
                StatusCode::UNAUTHORIZED,
                AUTHENTICATION_FAILED.1,
                AUTHENTICATION_FAILED.2,
            )
            .into(),
            PasskeyError::Ceremony(_) | PasskeyError::CounterRegress => {
                AUTHENTICATION_FAILED.into()
            }
            PasskeyError::Ended => UNAUTHORIZED.into(),
            PasskeyError::Taken => PREVIOUSLY_REGISTERED.into(),
            PasskeyError::Blocked { remaining_seconds } => Self::too_many(remaining_seconds),
            PasskeyError::Refused(refusal) => refusal.into(),
            PasskeyError::LastWayIn => FAILED_TO_UNLINK_LAST_ACCOUNT.into(),
            PasskeyError::Suspended => PASSKEY_SUSPENDED.into(),
            PasskeyError::NotMet => FACTOR_NOT_MET.into(),
            PasskeyError::NotFresh => SESSION_NOT_FRESH.into(),
            PasskeyError::NotFound => PASSKEY_NOT_FOUND.into(),
            PasskeyError::Db(error) => error.into(),
        }
    }
}

impl From<Refusal> for NativeError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Deleted => INVALID_EMAIL_OR_PASSWORD.into(),
            Refusal::Banned => BANNED_USER.into(),
            Refusal::Unverified => EMAIL_NOT_VERIFIED.into(),
            Refusal::SecondFactor => TWO_FACTOR_REQUIRED.into(),
        }
    }
}

impl From<SignInError> for NativeError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::WrongCredentials => INVALID_EMAIL_OR_PASSWORD.into(),
            SignInError::Locked { remaining_seconds } => Self::too_many(remaining_seconds),
            SignInError::Refused(refusal) => refusal.into(),
            SignInError::Db(error) => error.into(),
            SignInError::Hash(error) => error.into(),
            SignInError::Signing(cause) => Self::unavailable(cause),
        }
    }
}

impl From<RegisterError> for NativeError {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::EmailTaken => USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL.into(),
            RegisterError::LimitReached(seconds) => Self::too_many(seconds),
            RegisterError::Db(error) => error.into(),
            RegisterError::Hash(error) => error.into(),
        }
    }
}

impl IntoResponse for NativeError {
    fn into_response(self) -> Response {
        let mut body = serde_json::Map::new();
        if let Some(code) = self.code {
            body.insert("code".to_owned(), code.into());
        }
        body.insert("message".to_owned(), self.message.as_ref().into());
        let mut response = super::endpoint::json(&body);
        *response.status_mut() = self.status;
        if let Some(seconds) = self.retry_after_seconds {
            for name in [
                header::RETRY_AFTER,
                HeaderName::from_static("x-retry-after"),
            ] {
                response
                    .headers_mut()
                    .insert(name, HeaderValue::from(seconds));
            }
        }
        if let Some((code, text)) = self.cause {
            response.extensions_mut().insert(Cause { code, text });
        }
        response
    }
}
