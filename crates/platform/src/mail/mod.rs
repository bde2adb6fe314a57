//! Mails: written as jobs in the transaction that causes them, sent through SMTP, or kept in a mailbox in development.

mod mailbox;
mod smtp;

pub use mailbox::Mailbox;

use crate::config::MailConfig;
use crate::db::{DbError, Tx};
use crate::jobs::{JobError, Jobs, Registry};
use askama::Template;
use kernel::crypto::digest::token_hash;
use kernel::crypto::seal::SealKeys;
use kernel::text::{EmailAddress, Locale};
use kernel::{Clock, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A mail as people get it.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Mail {
    /// To whom.
    pub to: String,
    /// The subject, one line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// A link with its label.
#[derive(Clone, Debug)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// Where it leads: a URL of ours, percent-encoded, so it stands in the HTML as it is.
    pub link: String,
}

/// What a mail says, before it is laid out. Everything but the links is escaped.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Subject and heading.
    pub title: String,
    /// First line.
    pub greeting: String,
    /// The text.
    pub paragraphs: Vec<String>,
    /// A code to type.
    pub code: Option<String>,
    /// A link to follow.
    pub button: Option<Button>,
    /// A text with a link for those who did not ask for the mail.
    pub aside: Option<(String, Button)>,
    /// Last line.
    pub footer: String,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Page<'a> {
    letter: &'a Letter,
    brand: &'a str,
    color: &'a str,
    language: &'a str,
}

impl Letter {
    fn lay_out(
        &self,
        to: &EmailAddress,
        locale: Locale,
        config: &MailConfig,
    ) -> Result<Mail, askama::Error> {
        let page = Page {
            letter: self,
            brand: &config.brand_name,
            color: &config.brand_color,
            language: locale.code(),
        };
        let mut text = format!(
            "{}\n\n{}\n\n{}\n",
            self.title,
            self.greeting,
            self.paragraphs.join("\n\n")
        );
        if let Some(code) = &self.code {
            text.push_str(&format!("\n    {code}\n"));
        }
        if let Some(button) = &self.button {
            text.push_str(&format!("\n{}:\n{}\n", button.label, button.link));
        }
        if let Some((aside, button)) = &self.aside {
            text.push_str(&format!(
                "\n{aside}\n\n{}:\n{}\n",
                button.label, button.link
            ));
        }
        text.push_str(&format!("\n-- \n{}\n", self.footer));
        let html = page.render()?;
        Ok(Mail {
            to: to.to_string(),
            subject: one_line(&self.title),
            text,
            html,
        })
    }
}

/// A name in a subject must not start a header of its own.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(200)
        .collect()
}

enum Transport {
    Smtp(smtp::Smtp),
    Mailbox(Arc<Mailbox>),
    /// Production without a mail server.
    None,
}

/// Sends mails.
pub struct Mailer {
    transport: Transport,
    config: MailConfig,
    jobs: Arc<Jobs>,
    seal: Arc<SealKeys>,
    clock: Arc<dyn Clock>,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    /// The mail carries links that sign people in: it waits sealed.
    sealed: String,
    id: String,
}

const JOB: &str = "mail.send";
const PURPOSE: &str = "mail";

/// Mail cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("mail: {0}")]
pub struct MailSetupError(pub String);

impl Mailer {
    /// SMTP when a server is configured, else a mailbox in development.
    ///
    /// # Errors
    /// When the sender or the server's certificate authority cannot be read.
    pub fn new(
        config: MailConfig,
        is_production: bool,
        jobs: Arc<Jobs>,
        seal: Arc<SealKeys>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, MailSetupError> {
        let transport = match &config.smtp {
            Some(server) => Transport::Smtp(smtp::Smtp::new(server, &config.from)?),
            None if is_production => Transport::None,
            None => Transport::Mailbox(Arc::new(Mailbox::default())),
        };
        Ok(Self {
            transport,
            config,
            jobs,
            seal,
            clock,
        })
    }

    /// The mailbox of development, `None` where mails leave.
    pub fn mailbox(&self) -> Option<Arc<Mailbox>> {
        match &self.transport {
            Transport::Mailbox(mailbox) => Some(mailbox.clone()),
            Transport::Smtp(_) | Transport::None => None,
        }
    }

    /// Whether mails reach anyone.
    pub fn is_enabled(&self) -> bool {
        !matches!(self.transport, Transport::None)
    }

    /// The name people know the service by.
    pub fn brand(&self) -> &str {
        &self.config.brand_name
    }

    /// Writes a mail into a transaction; it leaves after the commit. Call [`Mailer::wake`] then.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn post(
        &self,
        tx: &Tx,
        to: &EmailAddress,
        locale: Locale,
        letter: &Letter,
    ) -> Result<(), DbError> {
        let mail = match letter.lay_out(to, locale, &self.config) {
            Ok(mail) => mail,
            Err(error) => {
                tracing::error!(%error, "a mail could not be laid out");
                return Ok(());
            }
        };
        let now = self.clock.now();
        let id = format!("{}", now.millis());
        let json = serde_json::to_vec(&mail).unwrap_or_default();
        match self.seal.seal(PURPOSE, &id, &json) {
            Ok(sealed) => {
                self.jobs
                    .enqueue(tx, JOB, &Payload { sealed, id }, None, now)
                    .await
            }
            Err(error) => {
                tracing::error!(%error, "a mail could not be sealed");
                Ok(())
            }
        }
    }

    /// Lets posted mails leave at once.
    pub fn wake(&self) {
        self.jobs.wake();
    }

    /// Registers the job that sends.
    pub fn register(self: &Arc<Self>, registry: &mut Registry) {
        let mailer = self.clone();
        registry.on(JOB, move |payload| {
            let mailer = mailer.clone();
            async move { mailer.send(payload).await }
        });
    }

    async fn send(&self, payload: serde_json::Value) -> Result<(), JobError> {
        let never = |error: &dyn std::fmt::Display| JobError::Never(error.to_string());
        let payload: Payload = serde_json::from_value(payload).map_err(|error| never(&error))?;
        let json = self
            .seal
            .open(PURPOSE, &payload.id, &payload.sealed)
            .map_err(|error| JobError::Retry(error.to_string()))?;
        let mail: Mail = serde_json::from_slice(&json).map_err(|error| never(&error))?;
        match &self.transport {
            Transport::Smtp(smtp) => smtp.send(&mail, &token_hash(&payload.sealed)).await,
            Transport::Mailbox(mailbox) => {
                mailbox.put(mail, self.now());
                Ok(())
            }
            Transport::None => {
                tracing::warn!("a mail was not sent: SMTP_HOST is not set");
                Ok(())
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> MailConfig {
        MailConfig {
            smtp: None,
            from: "Mana <noreply@example.com>".into(),
            brand_name: "Mana & Co".into(),
            brand_color: "#2f5bd7".into(),
        }
    }

    #[test]
    fn names_are_escaped_and_links_stand_as_they_are() {
        let letter = Letter {
            title: "Hello\r\nBcc: eve@example.com".into(),
            greeting: "<script>alert(1)</script>".into(),
            paragraphs: vec!["a < b".into()],
            code: None,
            button: Some(Button {
                label: "Go".into(),
                link: "https://a.example/x?token=1&callbackURL=%2F".into(),
            }),
            aside: None,
            footer: String::new(),
        };
        let mail = letter
            .lay_out(
                &EmailAddress::parse("a@example.com").unwrap(),
                Locale::En,
                &config(),
            )
            .unwrap();
        assert!(!mail.html.contains("<script>"));
        assert!(
            mail.html
                .contains("https://a.example/x?token=1&callbackURL=%2F")
        );
        assert!(mail.html.contains("Mana &#38; Co"));
        assert!(!mail.subject.contains(['\r', '\n']));
        assert!(
            mail.text
                .contains("https://a.example/x?token=1&callbackURL=%2F")
        );
    }
}
