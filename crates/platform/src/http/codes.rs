//! The one catalogue of error codes on `/api/v1` (contract accounts.md §0.2 and decision 2).

use http::StatusCode;

macro_rules! catalogue {
    ($($name:ident = $code:literal, $status:ident, $meaning:literal;)*) => {
        /// A stable code that clients compare with.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $meaning] $name,)*
        }

        impl Code {
            /// Every code, for the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code as clients see it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The status it has unless the route says otherwise.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// What it means, one sentence.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }
        }
    };
}

catalogue! {
    InvalidCredentials = "INVALID_CREDENTIALS", UNAUTHORIZED, "The e-mail address or the password is wrong.";
    EmailNotVerified = "EMAIL_NOT_VERIFIED", FORBIDDEN, "The e-mail address has not been verified yet.";
    EmailAlreadyRegistered = "EMAIL_ALREADY_REGISTERED", CONFLICT, "An account with this e-mail address exists.";
    WeakPassword = "WEAK_PASSWORD", BAD_REQUEST, "The password does not meet the length rules.";
    AccountLocked = "ACCOUNT_LOCKED", TOO_MANY_REQUESTS, "Too many failed sign-ins; the account is locked for a while.";
    AccountBanned = "ACCOUNT_BANNED", FORBIDDEN, "The account is suspended.";
    SignupLimitReached = "SIGNUP_LIMIT_REACHED", TOO_MANY_REQUESTS, "Today's sign-up limit is reached.";
    RateLimited = "RATE_LIMITED", TOO_MANY_REQUESTS, "Too many requests; try again later.";
    TokenExpired = "TOKEN_EXPIRED", UNAUTHORIZED, "The token has expired.";
    TokenInvalid = "TOKEN_INVALID", BAD_REQUEST, "The token is not valid.";
    TwoFactorRequired = "TWO_FACTOR_REQUIRED", UNAUTHORIZED, "A second factor is needed.";
    TwoFactorFailed = "TWO_FACTOR_FAILED", UNAUTHORIZED, "The second factor is wrong.";
    PasskeyNotEnabled = "PASSKEY_NOT_ENABLED", NOT_FOUND, "Passkeys are switched off.";
    PasskeyCancelled = "PASSKEY_CANCELLED", BAD_REQUEST, "The passkey ceremony was cancelled.";
    PasskeyVerificationFailed = "PASSKEY_VERIFICATION_FAILED", UNAUTHORIZED, "The passkey could not be verified.";
    PasskeySuspended = "PASSKEY_SUSPENDED", FORBIDDEN, "The passkey is suspended since the password was reset; sign in another way and confirm it.";
    SessionNotFresh = "SESSION_NOT_FRESH", FORBIDDEN, "The sign-in is too long ago for this; sign in again.";
    Validation = "VALIDATION", BAD_REQUEST, "A field of the request is missing, malformed or not known.";
    Unauthorized = "UNAUTHORIZED", UNAUTHORIZED, "Sign in first.";
    Forbidden = "FORBIDDEN", FORBIDDEN, "This account may not do that.";
    InvalidOrigin = "INVALID_ORIGIN", FORBIDDEN, "The request comes from an origin that is not trusted.";
    NotFound = "NOT_FOUND", NOT_FOUND, "There is nothing here.";
    MethodNotAllowed = "METHOD_NOT_ALLOWED", METHOD_NOT_ALLOWED, "This path knows other methods.";
    Conflict = "CONFLICT", CONFLICT, "The request contradicts the present state.";
    PayloadTooLarge = "PAYLOAD_TOO_LARGE", PAYLOAD_TOO_LARGE, "The request body is too large.";
    UriTooLong = "URI_TOO_LONG", URI_TOO_LONG, "The address of the request is too long.";
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", UNSUPPORTED_MEDIA_TYPE, "The request body must be application/json.";
    InsufficientCredits = "INSUFFICIENT_CREDITS", PAYMENT_REQUIRED, "The balance does not cover the amount.";
    IdempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED", UNPROCESSABLE_ENTITY, "The idempotency key was used with another request.";
    ServiceUnavailable = "SERVICE_UNAVAILABLE", SERVICE_UNAVAILABLE, "A part the answer depends on is down; try again.";
    Internal = "INTERNAL", INTERNAL_SERVER_ERROR, "Something went wrong on our side.";
}
