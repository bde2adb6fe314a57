//! Connecting: TLS as the URL asks for it, and the direct connection for migrations and LISTEN.

use super::{DbError, describe};
use deadpool_postgres::Connect;
use kernel::{ExposeSecret, SecretString};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, Connection, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

/// The longest a new connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest that sent bytes may stay unacknowledged.
const SILENCE: Duration = Duration::from_secs(10);
/// An idle connection is probed this often, three times in vain at most.
const KEEPALIVE: Duration = Duration::from_secs(5);

/// Opens connections to one database with the TLS its URL asks for.
#[derive(Clone)]
pub struct Connector {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl Connector {
    /// Reads a PostgreSQL URL. `sslmode` may be `disable`, `prefer`, `require`, `verify-ca` or `verify-full`,
    /// `sslrootcert` names a PEM file; without it the machine's certificate store is used.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn new(url: &SecretString) -> Result<Self, DbError> {
        let (plain, mode, root) = split_tls(url.expose_secret());
        let mut config: Config = plain
            .parse()
            .map_err(|_| DbError::Unavailable("the database URL cannot be read".to_owned()))?;
        config.application_name("mana-auth");
        bound_silence(&mut config);
        let tls = match mode.as_str() {
            "disable" => {
                config.ssl_mode(SslMode::Disable);
                None
            }
            "prefer" => {
                config.ssl_mode(SslMode::Prefer);
                Some(client_config(false, root.as_deref())?)
            }
            "require" => {
                config.ssl_mode(SslMode::Require);
                Some(client_config(false, root.as_deref())?)
            }
            "verify-ca" | "verify-full" => {
                config.ssl_mode(SslMode::Require);
                Some(client_config(true, root.as_deref())?)
            }
            other => {
                return Err(DbError::Unavailable(format!(
                    "sslmode `{other}` is not known"
                )));
            }
        };
        Ok(Self {
            config,
            tls: tls.map(MakeRustlsConnect::new),
        })
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// Opens one connection; the task moves its messages until the client is dropped.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses.
    pub async fn connect_once(&self) -> Result<(Client, JoinHandle<()>), tokio_postgres::Error> {
        match &self.tls {
            Some(tls) => {
                let (client, connection) = self.config.connect(tls.clone()).await?;
                Ok((client, spawn(connection)))
            }
            None => {
                let (client, connection) = self.config.connect(NoTls).await?;
                Ok((client, spawn(connection)))
            }
        }
    }
}

/// A machine that vanishes sends no word: without these its connections would hold the pool for a quarter of an hour.
fn bound_silence(config: &mut Config) {
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE);
    }
    config.keepalives_interval(KEEPALIVE);
    config.keepalives_idle(KEEPALIVE);
    config.keepalives_retries(3);
}

fn spawn<S, T>(connection: Connection<S, T>) -> JoinHandle<()>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a database connection ended");
        }
    })
}

impl Connect for Connector {
    fn connect(
        &self,
        _: &Config,
    ) -> futures_util::future::BoxFuture<'_, Result<(Client, JoinHandle<()>), tokio_postgres::Error>>
    {
        Box::pin(self.connect_once())
    }
}

/// Connections outside the pool, for migrations and LISTEN, which transaction pooling would break.
#[derive(Clone)]
pub struct DirectDb {
    connector: Connector,
}

impl DirectDb {
    /// Reads the direct URL.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn new(url: &SecretString) -> Result<Self, DbError> {
        Ok(Self {
            connector: Connector::new(url)?,
        })
    }

    /// Opens a connection whose messages a task moves.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] when the server cannot be reached.
    pub async fn connect(&self) -> Result<Client, DbError> {
        let connected = self.connector.connect_once().await;
        Ok(connected.map_err(unreachable)?.0)
    }

    /// Opens a connection and hands out each notification it receives; the channel closes with the connection.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] when the server cannot be reached.
    pub async fn listen(
        &self,
    ) -> Result<(Client, tokio::sync::mpsc::UnboundedReceiver<String>), DbError> {
        let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
        let client = match &self.connector.tls {
            Some(tls) => {
                let connected = self.connector.config.connect(tls.clone()).await;
                let (client, connection) = connected.map_err(unreachable)?;
                forward(connection, sender);
                client
            }
            None => {
                let connected = self.connector.config.connect(NoTls).await;
                let (client, connection) = connected.map_err(unreachable)?;
                forward(connection, sender);
                client
            }
        };
        Ok((client, receiver))
    }
}

/// Whatever a server does not answer with a code of its own is a server that cannot be reached.
fn unreachable(error: tokio_postgres::Error) -> DbError {
    if error.code().is_some() {
        error.into()
    } else {
        DbError::Unavailable(describe(&error))
    }
}

fn forward<S, T>(
    mut connection: Connection<S, T>,
    sender: tokio::sync::mpsc::UnboundedSender<String>,
) where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    tokio::spawn(async move {
        while let Some(Ok(message)) =
            std::future::poll_fn(|context| connection.poll_message(context)).await
        {
            if let tokio_postgres::AsyncMessage::Notification(notification) = message
                && sender.send(notification.payload().to_owned()).is_err()
            {
                break;
            }
        }
    });
}

/// tokio-postgres knows no `verify-full`: the TLS parameters are taken out of the URL and honoured here.
fn split_tls(url: &str) -> (String, String, Option<String>) {
    let Some((base, query)) = url.split_once('?') else {
        return (url.to_owned(), "prefer".to_owned(), None);
    };
    let mut mode = "prefer".to_owned();
    let mut root = None;
    let mut rest = Vec::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some(("sslmode", value)) => value.clone_into(&mut mode),
            Some(("sslrootcert", value)) => root = kernel::crypto::cookie::percent_decode(value),
            _ => rest.push(pair),
        }
    }
    let plain = if rest.is_empty() {
        base.to_owned()
    } else {
        format!("{base}?{}", rest.join("&"))
    };
    (plain, mode, root)
}

fn client_config(is_verified: bool, root: Option<&str>) -> Result<ClientConfig, DbError> {
    let builder = ClientConfig::builder_with_provider(Arc::new(
        rustls::crypto::aws_lc_rs::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .map_err(|error| DbError::Unavailable(error.to_string()))?;
    if !is_verified {
        return Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Unverified))
            .with_no_client_auth());
    }
    let mut roots = RootCertStore::empty();
    if let Some(path) = root {
        let certificates = CertificateDer::pem_file_iter(path)
            .map_err(|error| DbError::Unavailable(format!("sslrootcert `{path}`: {error}")))?;
        for certificate in certificates.flatten() {
            let _ = roots.add(certificate);
        }
    } else {
        for certificate in rustls_native_certs::load_native_certs().certs {
            let _ = roots.add(certificate);
        }
    }
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// `sslmode=prefer` and `require` encrypt without checking who answers, as libpq defines them.
#[derive(Debug)]
struct Unverified;

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        rustls::crypto::verify_tls12_signature(
            message,
            certificate,
            signature,
            &provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        rustls::crypto::verify_tls13_signature(
            message,
            certificate,
            signature,
            &provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::aws_lc_rs::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_parameters_leave_the_url() {
        let (plain, mode, root) = split_tls(
            "postgres://u:p@h/db?sslmode=verify-full&connect_timeout=3&sslrootcert=%2Fca.pem",
        );
        assert_eq!(
            (plain.as_str(), mode.as_str(), root.as_deref()),
            (
                "postgres://u:p@h/db?connect_timeout=3",
                "verify-full",
                Some("/ca.pem")
            )
        );
    }
}
