//! Settings of mail.

use super::source::Source;
use super::{MailConfig, SmtpConfig, SmtpSecurity};
use kernel::SecretString;
use std::net::IpAddr;
use std::path::PathBuf;

pub(super) fn read(s: &mut Source) -> MailConfig {
    let brand_color = s.text("BRAND_COLOR").unwrap_or("#2f5bd7").to_owned();
    let is_color = brand_color.len() == 7
        && brand_color
            .strip_prefix('#')
            .is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    if !is_color {
        s.problem(
            "BRAND_COLOR",
            format!("must look like #2f5bd7, not `{brand_color}`"),
        );
    }
    let from = s
        .text("SMTP_FROM")
        .unwrap_or("Mana <noreply@localhost>")
        .to_owned();
    if from.parse::<lettre::message::Mailbox>().is_err() {
        s.problem(
            "SMTP_FROM",
            format!("must be an address or `Name <address>`, not `{from}`"),
        );
    }
    MailConfig {
        smtp: read_smtp(s),
        from,
        brand_name: s.text("BRAND_NAME").unwrap_or("Mana").to_owned(),
        brand_color,
    }
}

fn read_smtp(s: &mut Source) -> Option<SmtpConfig> {
    let port = u16::try_from(s.integer("SMTP_PORT", 587, 1..=65_535)).unwrap_or(587);
    let security = match s
        .text("SMTP_SECURITY")
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        None | Some("starttls") => SmtpSecurity::StartTls,
        Some("tls") => SmtpSecurity::Tls,
        Some("none") => SmtpSecurity::None,
        Some(other) => {
            let message = format!("must be starttls, tls or none, not `{other}`");
            s.problem("SMTP_SECURITY", message);
            SmtpSecurity::StartTls
        }
    };
    let user = s.text("SMTP_USER").map(ToOwned::to_owned);
    let password = s.secret("SMTP_PASSWORD").map(SecretString::from);
    let host = s.text("SMTP_HOST")?.to_owned();
    for (given, missing, key) in [
        (user.is_some(), password.is_none(), "SMTP_PASSWORD"),
        (password.is_some(), user.is_none(), "SMTP_USER"),
    ] {
        if given && missing {
            s.problem(key, "is missing: name and password sign in together");
        }
    }
    let is_loopback =
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if security == SmtpSecurity::None && !is_loopback {
        s.problem(
            "SMTP_SECURITY",
            "may be none on loopback alone: mails carry links that sign people in",
        );
    }
    Some(SmtpConfig {
        host,
        port,
        security,
        ca_file: s.text("SMTP_CA_FILE").map(PathBuf::from),
        credentials: user.zip(password),
    })
}
