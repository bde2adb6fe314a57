//! Mails through SMTP with lettre: required TLS, authentication, a pool of connections.

use super::{Mail, MailSetupError};
use crate::config::{SmtpConfig, SmtpSecurity};
use crate::jobs::JobError;
use kernel::ExposeSecret;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::Duration;
use tokio::time::timeout;

pub(super) struct Smtp {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

const TIMEOUT: Duration = Duration::from_secs(20);
/// The longest a mail may take from connecting to the end.
const PATIENCE: Duration = Duration::from_secs(30);

impl Smtp {
    pub(super) fn new(config: &SmtpConfig, from: &str) -> Result<Self, MailSetupError> {
        let failed = |error: &dyn std::fmt::Display| MailSetupError(error.to_string());
        let from = from
            .parse()
            .map_err(|error: lettre::address::AddressError| failed(&error))?;
        let tls = match config.security {
            SmtpSecurity::None => Tls::None,
            SmtpSecurity::StartTls => Tls::Required(tls_parameters(config)?),
            SmtpSecurity::Tls => Tls::Wrapper(tls_parameters(config)?),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&config.host)
            .port(config.port)
            .tls(tls)
            .timeout(Some(TIMEOUT));
        if let Some((user, password)) = &config.credentials {
            builder = builder.credentials(Credentials::new(
                user.clone(),
                password.expose_secret().to_owned(),
            ));
        }
        Ok(Self {
            from,
            transport: builder.build(),
        })
    }

    /// Sends a mail. `id` is the same at each try, so that a mail that arrives twice is known as one.
    pub(super) async fn send(&self, mail: &Mail, id: &str) -> Result<(), JobError> {
        let to: Mailbox = mail
            .to
            .parse()
            .map_err(|error: lettre::address::AddressError| JobError::Never(error.to_string()))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .subject(mail.subject.clone())
            .multipart(MultiPart::alternative_plain_html(
                mail.text.clone(),
                mail.html.clone(),
            ))
            .map_err(|error| JobError::Never(error.to_string()))?;
        // The transport's own limit is on connecting alone: a server that falls silent must not hold up what waits behind.
        let Ok(sent) = timeout(PATIENCE, self.transport.send(message)).await else {
            return Err(JobError::Retry("the mail server fell silent".to_owned()));
        };
        let Err(error) = sent else {
            metrics::counter!("auth_mails_sent_total").increment(1);
            return Ok(());
        };
        // Servers repeat the address, and reasons are logged.
        let reason = error.to_string().replace(&mail.to, "(recipient)");
        if error.is_permanent() && !is_about_us(&error) {
            // A mailbox that does not exist will not exist at the next try either.
            Err(JobError::Never(reason))
        } else {
            Err(JobError::Retry(reason))
        }
    }
}

/// Whether the server refuses our credentials (RFC 4954 §6): an operator mends that, and no mail may be lost until then.
fn is_about_us(error: &lettre::transport::smtp::Error) -> bool {
    let code = error.status().map(u16::from);
    code.is_some_and(|code| matches!(code, 530 | 534 | 535 | 538))
}

fn tls_parameters(config: &SmtpConfig) -> Result<TlsParameters, MailSetupError> {
    let failed = |error: &dyn std::fmt::Display| MailSetupError(error.to_string());
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(path) = &config.ca_file {
        let pem = std::fs::read(path)
            .map_err(|error| failed(&format!("SMTP_CA_FILE {}: {error}", path.display())))?;
        builder = builder
            .add_root_certificate(Certificate::from_pem(&pem).map_err(|error| failed(&error))?);
    }
    builder.build_rustls().map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::text::EmailAddress;

    /// Characters that addresses are made of, and those that break them.
    const CHARACTERS: [&str; 26] = [
        "a", "Z", "9", ".", "-", "_", "+", "'", "@", "\"", " ", "\\", "(", "<", ",", "[", "\0",
        "\r", "\n", "ü", "ß", "п", "\u{ff20}", "\u{200b}", "\u{3002}", "xn--",
    ];

    /// What the door accepts, the mailer sends: to a mailbox, in an envelope of ASCII.
    #[track_caller]
    fn is_sent(text: &str) -> bool {
        let Some(address) = EmailAddress::parse(text) else {
            return false;
        };
        let address = address.as_str();
        assert!(address.is_ascii(), "{address}");
        let to: Mailbox = address
            .parse()
            .unwrap_or_else(|error| panic!("{address}: {error}"));
        let message = Message::builder()
            .from("Mana <noreply@example.com>".parse().unwrap())
            .to(to)
            .body(String::new())
            .unwrap();
        let envelope: Vec<String> = message
            .envelope()
            .to()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(envelope, [address]);
        let parts = address.split_once('@').unwrap();
        assert!(parts.0.len() <= 64 && parts.1.len() <= 253 && address.len() <= 254);
        true
    }

    #[test]
    fn what_the_door_accepts_the_mailer_sends() {
        let mut state: u64 = 7;
        let mut next = |below: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            usize::try_from(state >> 33).unwrap() % below
        };
        let mut sent = 0;
        for round in 0..60_000 {
            // Mostly what addresses are made of, so that many are accepted.
            let known = if round % 3 == 0 { CHARACTERS.len() } else { 8 };
            let mut part = |longest: usize, known: usize| -> String {
                (0..=next(longest))
                    .map(|_| CHARACTERS[next(known)])
                    .collect()
            };
            let text = format!("{}@{}.{}de", part(6, known), part(6, known), part(3, known));
            sent += u32::from(is_sent(&text));
        }
        assert!(sent > 300, "{sent}");
        for (local, label) in [(64, 63), (65, 1), (64, 64), (1, 63)] {
            let text = format!("{}@{}.example", "a".repeat(local), "b".repeat(label));
            assert_eq!(is_sent(&text), local <= 64 && label <= 63);
        }
        assert!(is_sent("ada@bücher.example") && is_sent("ada@пример.испытание"));
    }
}
