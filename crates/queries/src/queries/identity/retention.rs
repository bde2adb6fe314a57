// This file was generated with `cornucopia`. Do not modify.

use crate::client::async_::GenericClient;
use futures::{self, StreamExt, TryStreamExt};
pub struct DeleteSessionsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn delete_sessions() -> DeleteSessionsStmt {
    DeleteSessionsStmt(
        "delete from auth.sessions where expires_at < $1 or revoked_at < $1",
        None,
    )
}
impl DeleteSessionsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        before: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[before], self.1.as_ref()).await
    }
}
pub struct DeleteRefreshTokensStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn delete_refresh_tokens() -> DeleteRefreshTokensStmt {
    DeleteRefreshTokensStmt(
        "delete from auth.refresh_tokens where expires_at < $1 or revoked_at < $1",
        None,
    )
}
impl DeleteRefreshTokensStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        before: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[before], self.1.as_ref()).await
    }
}
pub struct DeleteVerificationsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn delete_verifications() -> DeleteVerificationsStmt {
    DeleteVerificationsStmt("delete from auth.verification where expires_at < $1", None)
}
impl DeleteVerificationsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        before: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[before], self.1.as_ref()).await
    }
}
pub struct DeleteAttemptsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn delete_attempts() -> DeleteAttemptsStmt {
    DeleteAttemptsStmt(
        "delete from auth.login_attempts where attempted_at < $1",
        None,
    )
}
impl DeleteAttemptsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        before: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[before], self.1.as_ref()).await
    }
}
pub struct DeleteDevicesStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn delete_devices() -> DeleteDevicesStmt {
    DeleteDevicesStmt(
        "delete from auth.known_devices where last_seen_at < $1",
        None,
    )
}
impl DeleteDevicesStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        before: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[before], self.1.as_ref()).await
    }
}
pub struct DeleteQuotasStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn delete_quotas() -> DeleteQuotasStmt {
    DeleteQuotasStmt("delete from auth.mail_quotas where free_at < $1", None)
}
impl DeleteQuotasStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        before: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[before], self.1.as_ref()).await
    }
}
pub struct DeleteEventsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn delete_events() -> DeleteEventsStmt {
    DeleteEventsStmt(
        "delete from auth.security_events where created_at < $1",
        None,
    )
}
impl DeleteEventsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
        before: &'a chrono::DateTime<chrono::FixedOffset>,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[before], self.1.as_ref()).await
    }
}
pub struct DeletePasswordKindsStmt(&'static str, Option<tokio_postgres::Statement>);
pub fn delete_password_kinds() -> DeletePasswordKindsStmt {
    DeletePasswordKindsStmt(
        "delete from auth.password_kinds k where not exists (select from auth.accounts a where auth.password_kind(a.password) = k.kind)",
        None,
    )
}
impl DeletePasswordKindsStmt {
    pub async fn prepare<'a, C: GenericClient>(
        mut self,
        client: &'a C,
    ) -> Result<Self, tokio_postgres::Error> {
        self.1 = Some(client.prepare(self.0).await?);
        Ok(self)
    }
    pub async fn bind<'c, 'a, 's, C: GenericClient>(
        &'s self,
        client: &'c C,
    ) -> Result<u64, tokio_postgres::Error> {
        crate::client::async_::execute(client, self.0, &[], self.1.as_ref()).await
    }
}
