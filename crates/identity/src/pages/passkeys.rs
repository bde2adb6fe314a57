//! The page behind the mail about suspended passkeys: which they are, and a button for each.

use super::layout;
use super::routes::{language, own_form, page, see_other, session, value};
use crate::core::Core;
use crate::passkeys::service::{self as passkeys, Passkey, PasskeyError};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use kernel::text::Locale;
use platform::http::{ApiError, Origin, limits};
use platform::limited;
use std::sync::Arc;

/// Where it stands.
pub(crate) const CONFIRM_PATH: &str = "/passkeys/confirm";

pub(super) fn router() -> Router<Arc<Core>> {
    Router::new()
        .route(
            CONFIRM_PATH,
            post(confirm).layer(limited!(limits::PASSKEY_OPTIONS)),
        )
        .route(CONFIRM_PATH, get(ask))
}

async fn ask(State(core): State<Arc<Core>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let locale = language(&core, &headers);
    let Some(live) = session(&core, &headers).await? else {
        let html = notice(locale, core.mailer.brand(), stranger(locale));
        return Ok(page(StatusCode::UNAUTHORIZED, html));
    };
    let mut listed = passkeys::list(&core, &live.stored.user_id).await?;
    listed.retain(|passkey| passkey.suspended_at.is_some());
    let html = if listed.is_empty() {
        notice(locale, core.mailer.brand(), none(locale))
    } else {
        question(locale, core.mailer.brand(), &listed)
    };
    Ok(page(StatusCode::OK, html))
}

async fn confirm(
    State(core): State<Arc<Core>>,
    origin: Origin,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let locale = language(&core, &headers);
    let given = own_form(&core, &headers, body)?;
    let Some(live) = session(&core, &headers).await? else {
        let html = notice(locale, core.mailer.brand(), stranger(locale));
        return Ok(page(StatusCode::UNAUTHORIZED, html));
    };
    let owner = (&live.stored.user_id, live.stored.session.id.as_str());
    match passkeys::confirm(&core, owner, value(&given, "id"), &origin).await {
        // What is confirmed already needs no second word.
        Ok(()) | Err(PasskeyError::NotFound) => Ok(see_other(CONFIRM_PATH)),
        Err(PasskeyError::NotMet | PasskeyError::NotFresh) => {
            let html = notice(locale, core.mailer.brand(), unproved(locale));
            Ok(page(StatusCode::FORBIDDEN, html))
        }
        Err(error) => Err(error.into()),
    }
}

fn question(locale: Locale, brand: &str, passkeys: &[Passkey]) -> String {
    let (title, text, unnamed, submit) = match locale {
        Locale::De => (
            "Passkeys bestätigen",
            "Dein Passwort wurde per Mail zurückgesetzt. Bis du sie bestätigst, meldet sich mit diesen Passkeys niemand an. Bestätige nur, was du kennst, und lösche das Übrige in der App.",
            "Passkey ohne Namen",
            "Bestätigen",
        ),
        Locale::En => (
            "Confirm passkeys",
            "Your password was reset by mail. Until you confirm them, nobody signs in with these passkeys. Confirm only what you know, and delete the rest in the app.",
            "Passkey without a name",
            "Confirm",
        ),
    };
    layout::page(locale.code(), brand, title, |html| {
        html.line("p", &[], text);
        for passkey in passkeys {
            let name = passkey.name.as_deref().unwrap_or(unnamed);
            let since = passkey.created_at.utc();
            let line = match locale {
                Locale::De => format!("{name}, vom {}", since.format("%d.%m.%Y %H:%M UTC")),
                Locale::En => format!("{name}, of {}", since.format("%-d %B %Y %H:%M UTC")),
            };
            let form = [("method", "post"), ("action", CONFIRM_PATH)];
            html.tag("form", &form, |html| {
                html.line("p", &[], &line);
                layout::hidden(html, "id", &passkey.id);
                html.line("button", &[("type", "submit")], submit);
            });
        }
    })
}

fn notice(locale: Locale, brand: &str, (title, text): (&str, &str)) -> String {
    layout::page(locale.code(), brand, title, |html| {
        html.line("p", &[], text);
    })
}

fn stranger(locale: Locale) -> (&'static str, &'static str) {
    match locale {
        Locale::De => (
            "Melde dich zuerst an",
            "Öffne diese Seite dann noch einmal im selben Browser.",
        ),
        Locale::En => (
            "Sign in first",
            "Then open this page again in the same browser.",
        ),
    }
}

fn none(locale: Locale) -> (&'static str, &'static str) {
    match locale {
        Locale::De => (
            "Nichts zu bestätigen",
            "Keiner deiner Passkeys ist ausgesetzt.",
        ),
        Locale::En => ("Nothing to confirm", "None of your passkeys is suspended."),
    }
}

fn unproved(locale: Locale) -> (&'static str, &'static str) {
    match locale {
        Locale::De => (
            "Das genügt noch nicht",
            "Melde dich neu an, mit deinem zweiten Faktor oder einem anderen Passkey; wenn du beides nicht hast, mit dem Passwort. Ein Link oder Code aus dem Postfach reicht dafür nicht.",
        ),
        Locale::En => (
            "That is not enough yet",
            "Sign in anew with your second factor or another passkey, or with the password if you have neither. A link or code from the mailbox is not enough for this.",
        ),
    }
}
