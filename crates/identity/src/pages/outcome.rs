//! How a mailed link ended.

use super::layout;
use kernel::text::Locale;

/// A heading and a line.
#[derive(Clone, Copy)]
pub(super) struct Outcome {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

const fn outcome(title: &'static str, text: &'static str) -> Outcome {
    Outcome { title, text }
}

const CLOSE_DE: &str = "Du kannst diese Seite schließen.";
const CLOSE_EN: &str = "You can close this page.";

pub(super) fn verified(locale: Locale) -> Outcome {
    match locale {
        Locale::De => outcome("Adresse bestätigt", CLOSE_DE),
        Locale::En => outcome("Address verified", CLOSE_EN),
    }
}

pub(super) fn change_confirmed(locale: Locale) -> Outcome {
    match locale {
        Locale::De => outcome(
            "Fast fertig",
            "Wir haben an deine neue Adresse geschrieben. Öffne den Link in jener Mail; erst dann gilt sie.",
        ),
        Locale::En => outcome(
            "Almost done",
            "We have written to your new address. Open the link in that mail; only then does it count.",
        ),
    }
}

pub(super) fn signed_in(locale: Locale) -> Outcome {
    match locale {
        Locale::De => outcome("Du bist angemeldet", CLOSE_DE),
        Locale::En => outcome("You are signed in", CLOSE_EN),
    }
}

pub(super) fn password_set(locale: Locale) -> Outcome {
    match locale {
        Locale::De => outcome(
            "Dein Passwort ist gesetzt",
            "Melde dich jetzt mit dem neuen Passwort an. Alle bisherigen Sitzungen sind beendet.",
        ),
        Locale::En => outcome(
            "Your password is set",
            "Sign in with the new password now. All earlier sessions have ended.",
        ),
    }
}

pub(super) fn deleted(locale: Locale) -> Outcome {
    match locale {
        Locale::De => outcome("Dein Konto ist gelöscht", CLOSE_DE),
        Locale::En => outcome("Your account is deleted", CLOSE_EN),
    }
}

/// What a refusal's code means; an unknown one is worded generally.
pub(super) fn refusal(locale: Locale, code: &str) -> Outcome {
    match (locale, code) {
        (Locale::De, "INVALID_TOKEN" | "TOKEN_EXPIRED") => outcome(
            "Dieser Link gilt nicht",
            "Er ist falsch, abgelaufen oder wurde schon benutzt. Fordere einen neuen an.",
        ),
        (Locale::En, "INVALID_TOKEN" | "TOKEN_EXPIRED") => outcome(
            "This link does not work",
            "It is wrong, expired or was used already. Ask for a new one.",
        ),
        (Locale::De, "USER_ALREADY_EXISTS") => outcome(
            "Die Adresse ist vergeben",
            "Ein anderes Konto hat diese Adresse inzwischen.",
        ),
        (Locale::En, "USER_ALREADY_EXISTS") => outcome(
            "The address is taken",
            "Another account has this address by now.",
        ),
        (Locale::De, _) => outcome(
            "Das hat nicht geklappt",
            "Versuche es noch einmal, oder wende dich an den Betreiber.",
        ),
        (Locale::En, _) => outcome(
            "That did not work",
            "Try again, or turn to whoever runs this service.",
        ),
    }
}

impl Outcome {
    /// The page, with a way on to the app when there is one.
    pub(super) fn page(self, locale: Locale, brand: &str, app: Option<&str>) -> String {
        layout::page(locale.code(), brand, self.title, |html| {
            html.line("p", &[], self.text);
            if let Some(app) = app {
                let label = match locale {
                    Locale::De => "Zur App",
                    Locale::En => "To the app",
                };
                html.tag("p", &[], |html| html.link(app, label));
            }
        })
    }
}
