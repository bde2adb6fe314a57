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

pub(super) struct Smtp {
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

const TIMEOUT: Duration = Duration::from_secs(20);

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

    pub(super) async fn send(&self, mail: &Mail) -> Result<(), JobError> {
        let to: Mailbox = mail
            .to
            .parse()
            .map_err(|error: lettre::address::AddressError| JobError::Never(error.to_string()))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject.clone())
            .multipart(MultiPart::alternative_plain_html(
                mail.text.clone(),
                mail.html.clone(),
            ))
            .map_err(|error| JobError::Never(error.to_string()))?;
        match self.transport.send(message).await {
            Ok(_) => {
                metrics::counter!("auth_mails_sent_total").increment(1);
                Ok(())
            }
            // A mailbox that does not exist will not exist at the next try either.
            Err(error) if error.is_permanent() => Err(JobError::Never(error.to_string())),
            Err(error) => Err(JobError::Retry(error.to_string())),
        }
    }
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
