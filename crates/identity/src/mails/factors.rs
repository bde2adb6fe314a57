//! What mails say about second factors and passkeys.

use super::{alarm, greeting, letter};
use kernel::Timestamp;
use kernel::text::Locale;
use platform::mail::Letter;

/// The code that stands for a second factor. It is valid for three minutes.
pub(crate) fn second_factor_code(locale: Locale, name: &str, code: &str) -> Letter {
    let (title, text) = match locale {
        Locale::De => (
            "Dein Bestätigungscode",
            "Mit diesem Code bestätigst du deine Anmeldung. Er gilt drei Minuten und nur dort, wo du ihn angefordert hast. Gib ihn niemandem weiter.",
        ),
        Locale::En => (
            "Your verification code",
            "This code confirms your sign-in. It is valid for three minutes, and only where you asked for it. Give it to nobody.",
        ),
    };
    Letter {
        code: Some(code.to_owned()),
        ..letter(title, greeting(locale, name), &[text], None, alarm(locale))
    }
}

/// Tells that the second factor went on or off.
pub(crate) fn second_factor_switched(locale: Locale, name: &str, is_on: bool) -> Letter {
    let (title, text) = match (locale, is_on) {
        (Locale::De, true) => (
            "Zweiter Faktor eingeschaltet",
            "Ab jetzt fragt die Anmeldung nach dem Passwort auch nach deinem zweiten Faktor.",
        ),
        (Locale::De, false) => (
            "Zweiter Faktor ausgeschaltet",
            "Dein Konto ist jetzt nur noch durch das Passwort geschützt. Ersatzcodes und vertraute Geräte gelten nicht mehr.",
        ),
        (Locale::En, true) => (
            "Second factor switched on",
            "From now on signing in asks for your second factor after the password.",
        ),
        (Locale::En, false) => (
            "Second factor switched off",
            "Only the password protects your account now. Backup codes and trusted devices no longer count.",
        ),
    };
    letter(title, greeting(locale, name), &[text], None, alarm(locale))
}

/// What became another one of a second factor that stays on.
#[derive(Clone, Copy)]
pub(crate) enum FactorChange {
    App,
    BackupCodes,
}

/// Tells that an app was added or that backup codes were replaced.
pub(crate) fn second_factor_changed(locale: Locale, name: &str, change: FactorChange) -> Letter {
    let (title, text) = match (locale, change) {
        (Locale::De, FactorChange::App) => (
            "Neue Authenticator-App",
            "Zu deinem zweiten Faktor gehört jetzt eine Authenticator-App, mit neuen Ersatzcodes.",
        ),
        (Locale::De, FactorChange::BackupCodes) => (
            "Neue Ersatzcodes",
            "Die Ersatzcodes deines Kontos wurden eben ersetzt. Die alten gelten nicht mehr.",
        ),
        (Locale::En, FactorChange::App) => (
            "New authenticator app",
            "An authenticator app belongs to your second factor now, with new backup codes.",
        ),
        (Locale::En, FactorChange::BackupCodes) => (
            "New backup codes",
            "The backup codes of your account were replaced just now. The old ones no longer count.",
        ),
    };
    letter(title, greeting(locale, name), &[text], None, alarm(locale))
}

/// What became of a passkey.
#[derive(Clone, Copy)]
pub(crate) enum PasskeyChange {
    Added,
    Deleted,
    Confirmed,
}

/// Tells that a passkey came, went, or signs in again.
pub(crate) fn passkey_changed(locale: Locale, name: &str, change: PasskeyChange) -> Letter {
    let (title, text) = match (locale, change) {
        (Locale::De, PasskeyChange::Added) => (
            "Neuer Passkey",
            "Zu deinem Konto gehört ein neuer Passkey. Wer das Gerät dazu hat, kann sich damit anmelden.",
        ),
        (Locale::De, PasskeyChange::Deleted) => (
            "Passkey gelöscht",
            "Ein Passkey deines Kontos wurde gelöscht. Anmelden kann sich damit niemand mehr.",
        ),
        (Locale::De, PasskeyChange::Confirmed) => (
            "Passkey bestätigt",
            "Ein ausgesetzter Passkey deines Kontos wurde bestätigt. Wer das Gerät dazu hat, kann sich wieder damit anmelden.",
        ),
        (Locale::En, PasskeyChange::Confirmed) => (
            "Passkey confirmed",
            "A suspended passkey of your account was confirmed. Whoever has its device can sign in with it again.",
        ),
        (Locale::En, PasskeyChange::Added) => (
            "New passkey",
            "Your account has a new passkey. Whoever has its device can sign in with it.",
        ),
        (Locale::En, PasskeyChange::Deleted) => (
            "Passkey deleted",
            "A passkey of your account was deleted. Nobody can sign in with it any more.",
        ),
    };
    letter(title, greeting(locale, name), &[text], None, alarm(locale))
}

/// Tells which passkeys a reset of the password suspended; the link leads to the page that confirms them.
pub(crate) fn passkeys_suspended(
    locale: Locale,
    name: &str,
    passkeys: &[(Option<&str>, Timestamp)],
    link: &str,
) -> Letter {
    let (title, text, label, unnamed) = match locale {
        Locale::De => (
            "Passkeys ausgesetzt",
            "Weil dein Passwort per Mail zurückgesetzt wurde, meldet sich mit Passkeys der letzten 30 Tage niemand an, bis du sie bestätigst. Lösche, was du nicht kennst.",
            "Passkeys bestätigen",
            "Passkey ohne Namen",
        ),
        Locale::En => (
            "Passkeys suspended",
            "Because your password was reset by mail, nobody signs in with passkeys of the last 30 days until you confirm them. Delete what you do not know.",
            "Confirm passkeys",
            "Passkey without a name",
        ),
    };
    let line = |(passkey, at): &(Option<&str>, Timestamp)| {
        let passkey = passkey.unwrap_or(unnamed);
        match locale {
            Locale::De => format!("{passkey}, vom {}", at.utc().format("%d.%m.%Y")),
            Locale::En => format!("{passkey}, of {}", at.utc().format("%-d %B %Y")),
        }
    };
    let lines: Vec<String> = passkeys.iter().map(line).collect();
    let paragraphs: Vec<&str> = std::iter::once(text)
        .chain(lines.iter().map(String::as_str))
        .collect();
    letter(
        title,
        greeting(locale, name),
        &paragraphs,
        Some((label, link)),
        alarm(locale),
    )
}
