//! The way out for the owner of a mailbox whose address somebody else registered: the button hands them the account.

use super::service::Question;
use crate::mails::made_words;
use crate::pages::layout;
use kernel::text::Locale;
use platform::http::html::Html;

/// Where it stands.
pub(super) const PATH: &str = "/not-me";

/// The page with the button.
pub(super) fn form(locale: Locale, brand: &str, question: &Question, token: &str) -> String {
    let title = match locale {
        Locale::De => "Warst du das nicht?",
        Locale::En => "Was this not you?",
    };
    layout::page(locale.code(), brand, title, |html| {
        offer(html, locale, question, token);
    })
}

/// The same below the news that the address is proved, with a way on to the app when there is one.
pub(super) fn verified(
    locale: Locale,
    brand: &str,
    app: Option<&str>,
    question: &Question,
    token: &str,
) -> String {
    let (title, label, heading) = match locale {
        Locale::De => ("Adresse bestätigt", "Zur App", "Warst du das nicht?"),
        Locale::En => ("Address verified", "To the app", "Was this not you?"),
    };
    layout::page(locale.code(), brand, title, |html| {
        if let Some(app) = app {
            html.tag("p", &[], |html| html.link(app, label));
        }
        html.line("h2", &[], heading);
        offer(html, locale, question, token);
    })
}

fn offer(html: &mut Html, locale: Locale, question: &Question, token: &str) {
    let (text, submit) = match locale {
        Locale::De => (
            "Hat jemand anders es angelegt, gehört es trotzdem dir: Mit diesem Knopf enden alle seine Sitzungen, sein Passwort, seine Passkeys und zweiten Faktoren gelten nicht mehr, und du setzt ein neues Passwort.",
            "Das war ich nicht",
        ),
        Locale::En => (
            "If somebody else made it, it is yours all the same: this button ends all their sessions, their password, passkeys and second factors no longer count, and you set a new password.",
            "This was not me",
        ),
    };
    html.tag("p", &[], |html| {
        html.line("strong", &[], &question.person.address().shown());
    });
    html.line("p", &[], &made_words(locale, &question.made));
    html.line("p", &[], text);
    html.tag("form", &[("method", "post"), ("action", PATH)], |html| {
        layout::hidden(html, "token", token);
        html.line("button", &[("type", "submit"), ("class", "grave")], submit);
    });
}
