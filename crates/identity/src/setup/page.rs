//! The page of the first administrator, in German and English.

use super::service::Standing;
use crate::pages::layout;
use kernel::text::Locale;
use platform::http::html::Html;

/// What stands in the form, and what is wrong with it.
#[derive(Default)]
pub(super) struct Form<'a> {
    pub(super) token: &'a str,
    pub(super) email: &'a str,
    pub(super) name: &'a str,
    /// Field and message.
    pub(super) errors: Vec<(&'static str, &'static str)>,
}

/// Everything the page says.
pub(super) struct Words {
    language: &'static str,
    title: &'static str,
    lead: &'static str,
    email: &'static str,
    name: &'static str,
    optional: &'static str,
    password: &'static str,
    password_hint: &'static str,
    submit: &'static str,
    pub(super) wrong_email: &'static str,
    pub(super) taken_email: &'static str,
    pub(super) wrong_name: &'static str,
    done_title: &'static str,
    done: &'static str,
    refused: &'static str,
    unknown: &'static str,
    expired: &'static str,
    already: &'static str,
    again: &'static str,
    reader: &'static str,
}

const GERMAN: Words = Words {
    language: "de",
    title: "Erstes Admin-Konto",
    lead: "Dieses Konto verwaltet den Server. Der Link gilt nur einmal.",
    email: "E-Mail-Adresse",
    name: "Name",
    optional: "freiwillig",
    password: "Passwort",
    password_hint: "8 bis 128 Zeichen",
    submit: "Konto anlegen",
    wrong_email: "Das ist keine E-Mail-Adresse.",
    taken_email: "Ein Konto mit dieser Adresse gibt es schon.",
    wrong_name: "Der Name ist länger als 255 Zeichen oder enthält Steuerzeichen.",
    done_title: "Das Konto ist angelegt",
    done: "Du kannst dich jetzt anmelden. Der Link gilt nicht mehr.",
    refused: "Dieser Link gilt nicht",
    unknown: "Er ist falsch, schon benutzt oder von einem neueren abgelöst.",
    expired: "Seine 24 Stunden sind vorbei.",
    already: "Der Server hat schon ein Admin-Konto.",
    again: "Einen neuen druckt: ",
    reader: "Zur API-Beschreibung",
};

const ENGLISH: Words = Words {
    language: "en",
    title: "First administrator",
    lead: "This account administers the server. The link works once.",
    email: "E-mail address",
    name: "Name",
    optional: "optional",
    password: "Password",
    password_hint: "8 to 128 characters",
    submit: "Create account",
    wrong_email: "That is not an e-mail address.",
    taken_email: "An account with this address exists.",
    wrong_name: "The name is longer than 255 characters or has control characters.",
    done_title: "The account is ready",
    done: "You can sign in now. The link no longer works.",
    refused: "This link does not work",
    unknown: "It is wrong, was used, or a newer one took its place.",
    expired: "Its 24 hours are over.",
    already: "The server has an administrator already.",
    again: "This prints a new one: ",
    reader: "To the API reader",
};

/// The words of a language.
pub(super) fn words(locale: Locale) -> &'static Words {
    match locale {
        Locale::De => &GERMAN,
        Locale::En => &ENGLISH,
    }
}

impl Words {
    fn page(&self, title: &str, content: impl FnOnce(&mut Html)) -> String {
        layout::page(self.language, "Mana Auth", title, content)
    }

    /// The form.
    pub(super) fn form(&self, form: &Form<'_>) -> String {
        self.page(self.title, |html| {
            html.line("p", &[], self.lead);
            layout::general_errors(html, &form.errors);
            html.tag(
                "form",
                &[("method", "post"), ("action", "/setup")],
                |html| {
                    layout::hidden(html, "token", form.token);
                    let email = [
                        ("type", "email"),
                        ("autocomplete", "email"),
                        ("required", ""),
                        ("value", form.email),
                    ];
                    layout::field(html, &form.errors, ("email", self.email, ""), &email);
                    let name = [
                        ("type", "text"),
                        ("autocomplete", "name"),
                        ("maxlength", "255"),
                        ("value", form.name),
                    ];
                    layout::field(
                        html,
                        &form.errors,
                        ("name", self.name, self.optional),
                        &name,
                    );
                    layout::new_password(html, &form.errors, self.password, self.password_hint);
                    html.line("button", &[("type", "submit")], self.submit);
                },
            );
        })
    }

    /// It worked.
    pub(super) fn done(&self) -> String {
        self.page(self.done_title, |html| {
            html.line("p", &[], self.done);
            html.tag("p", &[], |html| html.link("/docs", self.reader));
        })
    }

    /// The link does not count.
    pub(super) fn refused(&self, standing: Standing) -> String {
        self.page(self.refused, |html| {
            let reason = match standing {
                Standing::Expired => self.expired,
                Standing::Done => self.already,
                Standing::Open | Standing::Unknown => self.unknown,
            };
            html.line("p", &[], reason);
            if standing != Standing::Done {
                html.tag("p", &[], |html| {
                    html.text(self.again);
                    html.line("code", &[], "mana-auth user admin-link");
                });
            }
        })
    }
}
