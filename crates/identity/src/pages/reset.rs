//! The form for a new password.

use super::layout::{self, Errors};
use kernel::text::Locale;

/// Where it stands.
pub(super) const PATH: &str = "/reset-password";

/// The page with the form; the token goes along.
pub(super) fn form(locale: Locale, brand: &str, token: &str, errors: &Errors) -> String {
    let (title, lead, label, hint, submit) = match locale {
        Locale::De => (
            "Neues Passwort",
            "Wenn du es gesetzt hast, enden alle Sitzungen deines Kontos, und du meldest dich neu an.",
            "Neues Passwort",
            "8 bis 128 Zeichen",
            "Passwort setzen",
        ),
        Locale::En => (
            "New password",
            "Once you have set it, every session of your account ends, and you sign in anew.",
            "New password",
            "8 to 128 characters",
            "Set password",
        ),
    };
    layout::page(locale.code(), brand, title, |html| {
        html.line("p", &[], lead);
        layout::general_errors(html, errors);
        html.tag("form", &[("method", "post"), ("action", PATH)], |html| {
            layout::hidden(html, "token", token);
            layout::new_password(html, errors, label, hint);
            html.line("button", &[("type", "submit")], submit);
        });
    })
}
