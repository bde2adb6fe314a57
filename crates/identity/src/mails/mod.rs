//! What mails say, in German and English: one function per mail, complete for both languages by type.

mod factors;

use kernel::Timestamp;
use kernel::text::Locale;
use platform::mail::{Button, Letter};

pub(crate) use factors::{
    FactorChange, PasskeyChange, passkey_changed, passkeys_suspended, second_factor_changed,
    second_factor_code, second_factor_switched,
};

/// When an account was made, and in which browser.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) at: Timestamp,
    /// "Firefox on Windows 11", when it is known.
    pub(crate) device: Option<String>,
}

fn letter(
    title: &str,
    greeting: String,
    paragraphs: &[&str],
    button: Option<(&str, &str)>,
    footer: &str,
) -> Letter {
    Letter {
        title: title.to_owned(),
        greeting,
        paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
        code: None,
        button: button.map(|(label, link)| Button {
            label: label.to_owned(),
            link: link.to_owned(),
        }),
        aside: None,
        footer: footer.to_owned(),
    }
}

fn greeting(locale: Locale, name: &str) -> String {
    match (locale, name.trim()) {
        (Locale::De, "") => "Hallo,".to_owned(),
        (Locale::En, "") => "Hello,".to_owned(),
        (Locale::De, name) => format!("Hallo {name},"),
        (Locale::En, name) => format!("Hello {name},"),
    }
}

fn not_you(locale: Locale) -> &'static str {
    match locale {
        Locale::De => {
            "Warst du das nicht? Dann kannst du diese Mail löschen; ohne den Link geschieht nichts."
        }
        Locale::En => "Was this not you? Then delete this mail; without the link nothing happens.",
    }
}

fn alarm(locale: Locale) -> &'static str {
    match locale {
        Locale::De => {
            "Warst du das nicht? Dann setze sofort dein Passwort zurück und beende alle Sitzungen."
        }
        Locale::En => "Was this not you? Then reset your password at once and end all sessions.",
    }
}

/// A device in a person's language; `device` is "Firefox on Windows 11", when it is known.
pub(crate) fn device_words(locale: Locale, device: Option<&str>) -> String {
    match (locale, device) {
        (Locale::De, None) => "unbekanntes Gerät".to_owned(),
        (Locale::De, Some(device)) => device.replace(" on ", " auf "),
        (Locale::En, None) => "unknown device".to_owned(),
        (Locale::En, Some(device)) => device.to_owned(),
    }
}

/// A moment in a person's language.
pub(crate) fn moment_words(locale: Locale, at: Timestamp) -> String {
    let format = match locale {
        Locale::De => "%d.%m.%Y um %H:%M",
        Locale::En => "%-d %B %Y at %H:%M",
    };
    format!("{} UTC", at.utc().format(format))
}

/// When and in which browser an account was made.
pub(crate) fn made_words(locale: Locale, made: &Made) -> String {
    let at = moment_words(locale, made.at);
    let device = device_words(locale, made.device.as_deref());
    match locale {
        Locale::De => format!("Das Konto wurde am {at} angelegt: {device}."),
        Locale::En => format!("The account was made on {at}: {device}."),
    }
}

/// Offers the account to the owner of the mailbox, who need not have made it.
pub(crate) fn offer_disowning(locale: Locale, letter: &mut Letter, made: &Made, link: &str) {
    let made = made_words(locale, made);
    let (offer, label) = match locale {
        Locale::De => (
            "Warst du das nicht? Dann gehört das Konto trotzdem zu deiner Adresse: Hier übernimmst du es und wirfst hinaus, wer es angelegt hat. Das geht drei Tage lang.",
            "Das war ich nicht",
        ),
        Locale::En => (
            "Was this not you? The account belongs to your address all the same: take it over here and put out whoever made it. That is possible for three days.",
            "This was not me",
        ),
    };
    let button = Button {
        label: label.to_owned(),
        link: link.to_owned(),
    };
    letter.aside = Some((format!("{made} {offer}"), button));
}

/// Proves an address after registration, or when asked again. The link lives 24 hours.
pub(crate) fn verify_email(
    locale: Locale,
    name: &str,
    link: &str,
    made: &Made,
    disown: &str,
) -> Letter {
    let (title, text, label, footer) = match locale {
        Locale::De => (
            "Bestätige deine E-Mail-Adresse",
            "Mit einem Klick bestätigst du, dass diese Adresse dir gehört. Der Link gilt 24 Stunden.",
            "Adresse bestätigen",
            "Diese Mail kommt, weil jemand mit deiner Adresse ein Konto angelegt hat.",
        ),
        Locale::En => (
            "Verify your e-mail address",
            "One click proves that this address is yours. The link is valid for 24 hours.",
            "Verify address",
            "You get this mail because somebody made an account with your address.",
        ),
    };
    let mut letter = letter(
        title,
        greeting(locale, name),
        &[text],
        Some((label, link)),
        footer,
    );
    offer_disowning(locale, &mut letter, made, disown);
    letter
}

/// Signs in. The link lives ten minutes and works once.
pub(crate) fn magic_link(locale: Locale, name: &str, link: &str) -> Letter {
    let (title, text, label) = match locale {
        Locale::De => (
            "Dein Anmeldelink",
            "Mit diesem Link meldest du dich an. Er gilt zehn Minuten und nur einmal.",
            "Anmelden",
        ),
        Locale::En => (
            "Your sign-in link",
            "This link signs you in. It is valid for ten minutes and works once.",
            "Sign in",
        ),
    };
    letter(
        title,
        greeting(locale, name),
        &[text],
        Some((label, link)),
        not_you(locale),
    )
}

/// What a mailed code is for.
#[derive(Clone, Copy)]
pub(crate) enum CodeUse {
    SignIn,
    VerifyEmail,
    ResetPassword,
    ChangeEmail,
}

/// A code to type. It lives five minutes and works once.
pub(crate) fn code(locale: Locale, name: &str, purpose: CodeUse, code: &str) -> Letter {
    let (title, text) = match (locale, purpose) {
        (Locale::De, CodeUse::SignIn) => {
            ("Dein Anmeldecode", "Mit diesem Code meldest du dich an.")
        }
        (Locale::De, CodeUse::VerifyEmail) => (
            "Dein Bestätigungscode",
            "Mit diesem Code bestätigst du, dass diese Adresse dir gehört.",
        ),
        (Locale::De, CodeUse::ResetPassword) => (
            "Dein Code für ein neues Passwort",
            "Mit diesem Code setzt du ein neues Passwort.",
        ),
        (Locale::De, CodeUse::ChangeEmail) => (
            "Dein Code für die neue E-Mail-Adresse",
            "Mit diesem Code wird diese Adresse die deines Kontos.",
        ),
        (Locale::En, CodeUse::SignIn) => ("Your sign-in code", "This code signs you in."),
        (Locale::En, CodeUse::VerifyEmail) => (
            "Your verification code",
            "This code proves that this address is yours.",
        ),
        (Locale::En, CodeUse::ResetPassword) => (
            "Your code for a new password",
            "This code lets you set a new password.",
        ),
        (Locale::En, CodeUse::ChangeEmail) => (
            "Your code for the new e-mail address",
            "This code makes this the address of your account.",
        ),
    };
    let (validity, footer) = match locale {
        Locale::De => (
            "Er gilt fünf Minuten und nur einmal. Gib ihn niemandem weiter.",
            "Warst du das nicht? Dann kannst du diese Mail löschen; ohne den Code geschieht nichts.",
        ),
        Locale::En => (
            "It is valid for five minutes and works once. Give it to nobody.",
            "Was this not you? Then delete this mail; without the code nothing happens.",
        ),
    };
    Letter {
        code: Some(code.to_owned()),
        ..letter(
            title,
            greeting(locale, name),
            &[text, validity],
            None,
            footer,
        )
    }
}

/// Leads to a new password. The link lives one hour and works once.
pub(crate) fn reset_password(locale: Locale, name: &str, link: &str) -> Letter {
    let (title, text, label) = match locale {
        Locale::De => (
            "Neues Passwort setzen",
            "Über diesen Link setzt du ein neues Passwort. Er gilt eine Stunde und nur einmal.",
            "Neues Passwort setzen",
        ),
        Locale::En => (
            "Set a new password",
            "This link lets you set a new password. It is valid for one hour and works once.",
            "Set a new password",
        ),
    };
    letter(
        title,
        greeting(locale, name),
        &[text],
        Some((label, link)),
        not_you(locale),
    )
}

/// Tells that the password changed.
pub(crate) fn password_changed(locale: Locale, name: &str) -> Letter {
    let (title, text) = match locale {
        Locale::De => (
            "Dein Passwort wurde geändert",
            "Dein Passwort wurde eben geändert. Andere Sitzungen wurden beendet.",
        ),
        Locale::En => (
            "Your password was changed",
            "Your password was changed just now. Other sessions were ended.",
        ),
    };
    letter(title, greeting(locale, name), &[text], None, alarm(locale))
}

/// Deletes the account. The link lives 24 hours.
pub(crate) fn delete_account(locale: Locale, name: &str, link: &str) -> Letter {
    let (title, text, label) = match locale {
        Locale::De => (
            "Konto löschen",
            "Mit diesem Link löschst du dein Konto und alles, was wir darüber gespeichert haben, endgültig. Er gilt 24 Stunden.",
            "Konto löschen",
        ),
        Locale::En => (
            "Delete your account",
            "This link deletes your account and everything we keep about it, for good. It is valid for 24 hours.",
            "Delete account",
        ),
    };
    letter(
        title,
        greeting(locale, name),
        &[text],
        Some((label, link)),
        not_you(locale),
    )
}

/// Tells that the account is gone; what is kept about it goes after `grace_days`, 0 meaning that it has gone.
pub(crate) fn account_deleted(locale: Locale, name: &str, grace_days: i64) -> Letter {
    let (title, text, footer) = match locale {
        Locale::De => (
            "Dein Konto wurde gelöscht",
            match grace_days {
                0 => "Dein Konto und alles, was wir darüber gespeichert haben, wurde gelöscht."
                    .to_owned(),
                days => format!(
                    "Dein Konto ist gesperrt und wird mit allem, was wir darüber gespeichert haben, in {days} Tagen gelöscht."
                ),
            },
            "Das ist die letzte Mail zu diesem Konto.",
        ),
        Locale::En => (
            "Your account was deleted",
            match grace_days {
                0 => "Your account and everything we kept about it were deleted.".to_owned(),
                days => format!(
                    "Your account is closed and will be deleted with everything we keep about it in {days} days."
                ),
            },
            "This is the last mail about this account.",
        ),
    };
    letter(title, greeting(locale, name), &[&text], None, footer)
}

/// Asks the old address whether the change to a new one is wanted.
pub(crate) fn confirm_email_change(
    locale: Locale,
    name: &str,
    new_email: &str,
    link: &str,
) -> Letter {
    let (title, text, label) = match locale {
        Locale::De => (
            "Änderung deiner E-Mail-Adresse bestätigen",
            format!(
                "Deine Adresse soll auf {new_email} geändert werden. Bestätige es hier; danach schreiben wir an die neue Adresse."
            ),
            "Änderung bestätigen",
        ),
        Locale::En => (
            "Confirm the change of your e-mail address",
            format!(
                "Your address is about to change to {new_email}. Confirm it here; then we write to the new address."
            ),
            "Confirm the change",
        ),
    };
    letter(
        title,
        greeting(locale, name),
        &[&text],
        Some((label, link)),
        not_you(locale),
    )
}

/// Proves the new address.
pub(crate) fn verify_new_email(locale: Locale, name: &str, link: &str) -> Letter {
    let (title, text, label) = match locale {
        Locale::De => (
            "Bestätige deine neue E-Mail-Adresse",
            "Mit einem Klick wird diese Adresse die deines Kontos. Der Link gilt 24 Stunden.",
            "Neue Adresse bestätigen",
        ),
        Locale::En => (
            "Verify your new e-mail address",
            "One click makes this the address of your account. The link is valid for 24 hours.",
            "Verify new address",
        ),
    };
    letter(
        title,
        greeting(locale, name),
        &[text],
        Some((label, link)),
        not_you(locale),
    )
}

/// Tells the old address that it no longer belongs to the account.
pub(crate) fn email_changed(locale: Locale, name: &str, new_email: &str) -> Letter {
    let (title, text) = match locale {
        Locale::De => (
            "Deine E-Mail-Adresse wurde geändert",
            format!(
                "Die Adresse deines Kontos ist jetzt {new_email}. Diese Adresse wird nicht mehr verwendet."
            ),
        ),
        Locale::En => (
            "Your e-mail address was changed",
            format!(
                "The address of your account is {new_email} now. This address is no longer used."
            ),
        ),
    };
    // This mailbox no longer resets the password.
    let footer = match locale {
        Locale::De => {
            "Warst du das nicht? Dann wende dich sofort an den Betreiber dieses Dienstes."
        }
        Locale::En => "Was this not you? Then turn to whoever runs this service at once.",
    };
    letter(title, greeting(locale, name), &[&text], None, footer)
}

/// Tells of a sign-in on a device that was not seen before. `device` is "Firefox on Windows 11", when it is known.
pub(crate) fn new_device(
    locale: Locale,
    name: &str,
    device: Option<&str>,
    ip: &str,
    at: Timestamp,
) -> Letter {
    let device = device_words(locale, device);
    let at = moment_words(locale, at);
    let (title, text) = match locale {
        Locale::De => (
            "Anmeldung auf einem neuen Gerät",
            format!(
                "Bei deinem Konto hat sich jemand angemeldet: {device}, Adresse {ip}, am {at}."
            ),
        ),
        Locale::En => (
            "Sign-in on a new device",
            format!("Somebody signed in to your account: {device}, address {ip}, on {at}."),
        ),
    };
    let calm = match locale {
        Locale::De => "Warst du das, ist nichts zu tun.",
        Locale::En => "If this was you, there is nothing to do.",
    };
    letter(
        title,
        greeting(locale, name),
        &[&text, calm],
        None,
        alarm(locale),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mail_speaks_both_languages_and_carries_its_link() {
        let link = "https://auth.example/x?token=t&callbackURL=%2F";
        let made = Made {
            at: Timestamp::from_millis(1_780_315_200_000).unwrap(),
            device: None,
        };
        for locale in [Locale::De, Locale::En] {
            for letter in [
                verify_email(locale, "Ada", link, &made, "https://auth.example/not-me"),
                reset_password(locale, "Ada", link),
                delete_account(locale, "Ada", link),
                magic_link(locale, "Ada", link),
                confirm_email_change(locale, "Ada", "b@example.com", link),
                verify_new_email(locale, "Ada", link),
            ] {
                assert_eq!(letter.button.unwrap().link, link);
                assert!(letter.greeting.contains("Ada"));
            }
            for purpose in [
                CodeUse::SignIn,
                CodeUse::VerifyEmail,
                CodeUse::ResetPassword,
                CodeUse::ChangeEmail,
            ] {
                let letter = code(locale, "Ada", purpose, "012345");
                assert_eq!(letter.code.as_deref(), Some("012345"));
            }
            assert!(password_changed(locale, "").greeting.ends_with(','));
        }
        for locale in [Locale::De, Locale::En] {
            let letter = second_factor_code(locale, "Ada", "123456");
            assert_eq!(letter.code.as_deref(), Some("123456"));
            let switched = |is_on| second_factor_switched(locale, "Ada", is_on).title;
            assert_ne!(switched(true), switched(false));
        }
        let at = Timestamp::from_millis(1_780_315_200_000).unwrap();
        let told = |locale, device| {
            new_device(locale, "", device, "203.0.113.7", at)
                .paragraphs
                .join(" ")
        };
        let text = told(Locale::De, Some("Firefox on Linux"));
        assert!(
            text.contains("Firefox auf Linux, Adresse 203.0.113.7, am 01.06.2026 um 12:00 UTC"),
            "{text}"
        );
        let text = told(Locale::En, None);
        assert!(
            text.contains("unknown device, address 203.0.113.7, on 1 June 2026 at 12:00 UTC"),
            "{text}"
        );
        let verify = |locale| verify_email(locale, "", link, &made, link);
        assert_ne!(verify(Locale::De).title, verify(Locale::En).title);
        let aside = |locale| verify(locale).aside.unwrap().0;
        assert!(
            aside(Locale::De).contains("am 01.06.2026 um 12:00 UTC angelegt: unbekanntes Gerät")
        );
        assert!(aside(Locale::En).contains("made on 1 June 2026 at 12:00 UTC: unknown device"));
        assert_ne!(
            email_changed(Locale::De, "", "x").title,
            email_changed(Locale::En, "", "x").title
        );
    }
}
