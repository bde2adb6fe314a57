//! On which device somebody signs in, as far as we can tell without marking it.

use super::service::{Device, Method};
use crate::core::Core;
use crate::sessions::service::device_of;
use crate::users::Person;
use kernel::Timestamp;
use kernel::crypto::digest::token_hash;
use kernel::text::Locale;
use platform::http::Origin;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// The job that tells of a new device.
pub(crate) const NOTICE: &str = "identity.new-device";

/// What the mail about a new device says.
#[derive(Serialize, Deserialize)]
pub(crate) struct Notice {
    /// Whose account.
    pub(crate) user: String,
    /// "Firefox on Windows 11", when the user agent is a known one.
    pub(crate) device: Option<String>,
    /// From where.
    pub(crate) ip: String,
    /// When, in milliseconds since 1970.
    pub(crate) at: i64,
    /// What the browser speaks.
    #[serde(default)]
    pub(crate) locale: Option<Locale>,
}

/// What a sign-in leaves behind about its device.
#[derive(Default)]
pub(super) struct Sighting {
    pub(super) fingerprint: Option<String>,
    /// For the mail, when the device turns out to be new.
    pub(super) notice: Option<serde_json::Value>,
}

/// Sign-ins are told of, except on a device that is trusted already. A registration is remembered alone, and a session
/// that only takes another's place is neither.
pub(super) fn sighting(
    core: &Core,
    person: &Person,
    device: &Device,
    method: Method,
    origin: &Origin,
    now: Timestamp,
) -> Sighting {
    let is_told = match method {
        Method::Password
        | Method::EmailLink
        | Method::MagicLink
        | Method::EmailCode
        | Method::Passkey
        | Method::SecondFactor => !device.is_trusted && core.mailer.is_enabled(),
        Method::SignUp => false,
        Method::PasswordChange | Method::SecondFactorChange => return Sighting::default(),
    };
    let notice = Notice {
        user: person.id.to_string(),
        device: device_of(&origin.user_agent),
        ip: origin.ip.clone(),
        at: now.millis(),
        locale: origin.locale,
    };
    Sighting {
        fingerprint: Some(fingerprint(device.id.as_deref(), origin)),
        notice: is_told
            .then(|| serde_json::to_value(&notice).ok())
            .flatten(),
    }
}

/// The app's own id of the device, else browser, system and network.
pub(crate) fn fingerprint(id: Option<&str>, origin: &Origin) -> String {
    let text = match id {
        Some(id) if !id.is_empty() => format!("id:{id}"),
        _ => {
            let agent = device_of(&origin.user_agent).unwrap_or_else(|| origin.user_agent.clone());
            format!("agent:{agent}|{}", network(&origin.ip))
        }
    };
    token_hash(&text)
}

/// As much of an address as stays when a provider hands out another: 16 bits of IPv4, 32 of IPv6.
fn network(ip: &str) -> String {
    match ip.parse() {
        Ok(IpAddr::V4(ip)) => {
            let [a, b, ..] = ip.octets();
            format!("{a}.{b}")
        }
        Ok(IpAddr::V6(ip)) => {
            let [a, b, ..] = ip.segments();
            format!("{a:x}:{b:x}")
        }
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    const NEWER_FIREFOX: &str =
        "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0";
    const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 \
         (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";

    fn print(id: Option<&str>, ip: &str, agent: &str) -> String {
        let origin = Origin {
            ip: ip.to_owned(),
            user_agent: agent.to_owned(),
            ..Origin::default()
        };
        fingerprint(id, &origin)
    }

    #[test]
    fn an_update_or_another_address_of_the_provider_is_no_new_device() {
        let known = print(None, "203.0.113.7", FIREFOX);
        assert_eq!(print(None, "203.0.200.9", NEWER_FIREFOX), known);
        assert_ne!(print(None, "203.1.113.7", FIREFOX), known);
        assert_ne!(print(None, "203.0.113.7", SAFARI), known);
        let known = print(None, "2001:db8:1::1", FIREFOX);
        assert_eq!(print(None, "2001:db8:ffff::2", FIREFOX), known);
        assert_ne!(print(None, "2001:db9::1", FIREFOX), known);
        assert_ne!(print(None, "", "curl/8"), print(None, "", "wget/1"));
    }

    #[test]
    fn an_app_that_knows_its_device_is_believed() {
        let known = print(Some("phone-1"), "203.0.113.7", SAFARI);
        assert_eq!(print(Some("phone-1"), "198.51.100.1", FIREFOX), known);
        assert_ne!(print(Some("phone-2"), "203.0.113.7", SAFARI), known);
        assert_eq!(
            print(Some(""), "203.0.113.7", SAFARI),
            print(None, "203.0.113.7", SAFARI)
        );
    }
}
