//! The page behind the mail about suspended passkeys: which they are, and a button for each.

pub(super) mod routes;

use super::layout;
use crate::passkeys::service::{CONFIRM_PATH, Passkey};
use kernel::text::Locale;

pub(super) fn question(locale: Locale, brand: &str, passkeys: &[Passkey]) -> String {
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

pub(super) fn notice(locale: Locale, brand: &str, (title, text): (&str, &str)) -> String {
    layout::page(locale.code(), brand, title, |html| {
        html.line("p", &[], text);
    })
}

pub(super) fn stranger(locale: Locale) -> (&'static str, &'static str) {
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

pub(super) fn none(locale: Locale) -> (&'static str, &'static str) {
    match locale {
        Locale::De => (
            "Nichts zu bestätigen",
            "Keiner deiner Passkeys ist ausgesetzt.",
        ),
        Locale::En => ("Nothing to confirm", "None of your passkeys is suspended."),
    }
}

pub(super) fn unproved(locale: Locale) -> (&'static str, &'static str) {
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
