//! The question behind a deletion link: following it asks, the button deletes.

use super::layout;
use kernel::text::Locale;

/// Where it stands.
pub(super) const PATH: &str = "/delete-account";

/// Whom and what the question is about.
pub(super) struct Question<'a> {
    pub(super) email: &'a str,
    /// 0 when the account goes at once.
    pub(super) grace_days: i64,
    pub(super) token: &'a str,
    /// Where to go then.
    pub(super) callback: &'a str,
}

/// The page with the button.
pub(super) fn form(locale: Locale, brand: &str, question: &Question<'_>) -> String {
    let (title, submit) = match locale {
        Locale::De => ("Konto löschen?", "Konto löschen"),
        Locale::En => ("Delete your account?", "Delete account"),
    };
    let text = match (locale, question.grace_days) {
        (Locale::De, 0) => {
            "Dein Konto und alles, was wir darüber gespeichert haben, wird endgültig gelöscht."
                .to_owned()
        }
        (Locale::En, 0) => {
            "Your account and everything we keep about it will be deleted for good.".to_owned()
        }
        (Locale::De, days) => {
            format!(
                "Dein Konto wird gesperrt und in {days} Tagen mit allem Gespeicherten gelöscht."
            )
        }
        (Locale::En, days) => format!(
            "Your account will be closed, and deleted with everything we keep about it in {days} days."
        ),
    };
    layout::page(locale.code(), brand, title, |html| {
        html.line("p", &[], &text);
        html.tag("p", &[], |html| {
            html.line("strong", &[], question.email);
        });
        html.tag("form", &[("method", "post"), ("action", PATH)], |html| {
            layout::hidden(html, "token", question.token);
            layout::hidden(html, "callbackURL", question.callback);
            html.line("button", &[("type", "submit"), ("class", "grave")], submit);
        });
    })
}

/// Nobody is signed in here, so nobody can be deleted.
pub(super) fn stranger(locale: Locale, brand: &str) -> String {
    let (title, text) = match locale {
        Locale::De => (
            "Melde dich zuerst an",
            "Öffne den Link dann noch einmal im selben Browser. So löscht niemand anders dein Konto.",
        ),
        Locale::En => (
            "Sign in first",
            "Then open the link again in the same browser. That way nobody else deletes your account.",
        ),
    };
    layout::page(locale.code(), brand, title, |html| {
        html.line("p", &[], text);
    })
}
