//! The question behind a link that moves an account to another address: following it asks, the button moves.

use super::service::Question;
use crate::mails::made_words;
use crate::pages::layout;
use crate::verification::service::Step;
use kernel::text::Locale;

/// Where it stands.
pub(super) const PATH: &str = "/change-email";

/// The page with the button; token and callback go along.
pub(super) fn form(
    locale: Locale,
    brand: &str,
    question: &Question,
    (token, callback): (&str, &str),
) -> String {
    let is_agreeing = question.step == Step::ConfirmChange;
    let (title, submit) = match (locale, is_agreeing) {
        (Locale::De, true) => ("Adresse ändern lassen?", "Änderung zustimmen"),
        (Locale::En, true) => ("Let the address be changed?", "Agree to the change"),
        (Locale::De, false) => ("Adresse für dieses Konto?", "Adresse übernehmen"),
        (Locale::En, false) => ("Your address for this account?", "Take the address"),
    };
    layout::page(locale.code(), brand, title, |html| {
        html.line("p", &[], lead(locale, is_agreeing));
        html.tag("dl", &[], |html| {
            let (name, old, new) = match locale {
                Locale::De => ("Konto", "Bisherige Adresse", "Neue Adresse"),
                Locale::En => ("Account", "Present address", "New address"),
            };
            let addresses = [Some(question.person.address()), question.new_email.clone()];
            html.line("dt", &[], name);
            html.line("dd", &[], &question.person.view.name);
            for (label, address) in [old, new].into_iter().zip(addresses) {
                html.line("dt", &[], label);
                html.line(
                    "dd",
                    &[],
                    &address.map_or_else(String::new, |a| a.shown().into_owned()),
                );
            }
        });
        html.line("p", &[], &made_words(locale, &question.made));
        if !is_agreeing {
            html.line("p", &[], consequence(locale, question));
        }
        html.tag("form", &[("method", "post"), ("action", PATH)], |html| {
            layout::hidden(html, "token", token);
            layout::hidden(html, "callbackURL", callback);
            html.line("button", &[("type", "submit")], submit);
        });
    })
}

fn lead(locale: Locale, is_agreeing: bool) -> &'static str {
    match (locale, is_agreeing) {
        (Locale::De, true) => {
            "Jemand, der bei deinem Konto angemeldet ist, will seine Adresse ändern. Warst du das nicht, dann schließe diese Seite; es geschieht nichts."
        }
        (Locale::En, true) => {
            "Somebody who is signed in to your account wants to change its address. If this was not you, close this page; nothing happens."
        }
        (Locale::De, false) => {
            "Das folgende Konto soll deine Adresse bekommen. Ist es nicht deines, dann schließe diese Seite; es geschieht nichts."
        }
        (Locale::En, false) => {
            "The following account is to have your address. If it is not yours, close this page; nothing happens."
        }
    }
}

/// What becomes of the ways into the account.
fn consequence(locale: Locale, question: &Question) -> &'static str {
    match (locale, question.person.standing.is_email_verified) {
        (Locale::De, true) => {
            "Alle Sitzungen enden. Wer das Passwort oder einen Passkey des Kontos hat, kann sich weiter anmelden."
        }
        (Locale::En, true) => {
            "All sessions end. Whoever has the password or a passkey of the account can still sign in."
        }
        (Locale::De, false) => {
            "Alle Sitzungen, das Passwort, die Passkeys und zweiten Faktoren des Kontos gelten dann nicht mehr, und du setzt ein neues Passwort."
        }
        (Locale::En, false) => {
            "All sessions, the password, the passkeys and second factors of the account no longer count then, and you set a new password."
        }
    }
}
