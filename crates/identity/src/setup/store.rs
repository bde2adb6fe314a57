//! The SQL of the first administrator's link.

use kernel::Timestamp;
use platform::db::DbError;
use queries::client::GenericClient;
use queries::queries::identity::setup as sql;

/// A link's token, as it is kept.
pub(super) struct Kept<'a> {
    pub(super) id: &'a str,
    pub(super) hash: &'a str,
    pub(super) expires_at: Timestamp,
    pub(super) now: Timestamp,
}

/// From now on this token counts, and no other.
pub(super) async fn replace<C: GenericClient>(client: &C, kept: &Kept<'_>) -> Result<(), DbError> {
    sql::replace_setup_token()
        .bind(
            client,
            &kept.id,
            &kept.hash,
            &kept.expires_at.into(),
            &kept.now.into(),
        )
        .await?;
    Ok(())
}

/// Until when a token counts.
pub(super) async fn find<C: GenericClient>(
    client: &C,
    hash: &str,
) -> Result<Option<Timestamp>, DbError> {
    let found = sql::find_setup_token().bind(client, &hash).opt().await?;
    Ok(found.map(Into::into))
}

/// Takes the token out; of parallel takers exactly one gets it.
pub(super) async fn take<C: GenericClient>(
    client: &C,
    hash: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>, DbError> {
    let taken = sql::take_setup_token()
        .bind(client, &hash, &now.into())
        .opt()
        .await?;
    Ok(taken.map(Into::into))
}
