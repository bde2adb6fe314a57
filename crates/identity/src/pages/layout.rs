//! What every page looks like.

use kernel::crypto::password::PasswordError;
use kernel::text::Locale;
use platform::http::html::Html;

/// Where pages find their style sheet.
pub(crate) const STYLE_PATH: &str = "/pages.css";

/// The style sheet.
pub(super) const STYLE: &str = include_str!("style.css");

/// What is wrong with a form: fields and messages; a message about no field has an empty name.
pub(crate) type Errors = [(&'static str, &'static str)];

/// A whole page.
pub(crate) fn page(
    language: &str,
    brand: &str,
    title: &str,
    content: impl FnOnce(&mut Html),
) -> String {
    let whole = format!("{title} · {brand}");
    Html::page(language, &whole, STYLE_PATH, |html| {
        html.tag("main", &[], |html| {
            html.line("p", &[("class", "brand")], brand);
            html.line("h1", &[], title);
            content(html);
        });
    })
}

/// What is wrong with a form as a whole.
pub(crate) fn general_errors(html: &mut Html, errors: &Errors) {
    for (_, text) in errors.iter().filter(|(field, _)| field.is_empty()) {
        html.line("p", &[("class", "error"), ("role", "alert")], text);
    }
}

/// A value that goes along with a form.
pub(crate) fn hidden(html: &mut Html, name: &str, value: &str) {
    let attributes = [("type", "hidden"), ("name", name), ("value", value)];
    html.open("input", &attributes);
}

/// A field by name, label and hint, with what is wrong with it.
pub(crate) fn field(
    html: &mut Html,
    errors: &Errors,
    (name, label, hint): (&str, &str, &str),
    attributes: &[(&str, &str)],
) {
    let error = errors.iter().find(|(field, _)| *field == name);
    let note = format!("{name}-error");
    html.tag("label", &[("for", name)], |html| {
        html.text(label);
        if !hint.is_empty() {
            html.line("small", &[], hint);
        }
    });
    let mut all = vec![("id", name), ("name", name)];
    if error.is_some() {
        all.extend([
            ("aria-invalid", "true"),
            ("aria-describedby", note.as_str()),
        ]);
    }
    all.extend(attributes);
    html.open("input", &all);
    if let Some((_, text)) = error {
        html.line(
            "p",
            &[("class", "error"), ("id", &note), ("role", "alert")],
            text,
        );
    }
}

/// The field of a new password, named `password`.
pub(crate) fn new_password(html: &mut Html, errors: &Errors, label: &str, hint: &str) {
    let attributes = [
        ("type", "password"),
        ("autocomplete", "new-password"),
        ("minlength", "8"),
        ("maxlength", "128"),
        ("required", ""),
    ];
    field(html, errors, ("password", label, hint), &attributes);
}

/// Why a password is none.
pub(crate) fn refused_password(locale: Locale, error: &PasswordError) -> &'static str {
    match (locale, error) {
        (Locale::De, PasswordError::TooShort) => "Das Passwort braucht mindestens 8 Zeichen.",
        (Locale::De, PasswordError::TooLong) => "Das Passwort darf höchstens 128 Zeichen haben.",
        (Locale::En, PasswordError::TooShort) => "The password needs at least 8 characters.",
        (Locale::En, PasswordError::TooLong) => "The password may have at most 128 characters.",
    }
}

/// That no hash slot is free.
pub(crate) fn busy(locale: Locale) -> &'static str {
    match locale {
        Locale::De => "Der Server ist gerade ausgelastet. Versuche es gleich noch einmal.",
        Locale::En => "The server is busy. Try again in a moment.",
    }
}
