//! `GET /api/v1/auth/profile`.

use crate::core::Core;
use axum::extract::State;
use kernel::Timestamp;
use kernel::text::shown_email;
use platform::http::{ApiError, Caller, Code, Problem};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn router() -> OpenApiRouter<Arc<Core>> {
    OpenApiRouter::new().routes(routes!(get_profile))
}

/// A person's profile.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Profile {
    /// Their id.
    id: String,
    /// How they are addressed.
    name: String,
    /// Their address.
    email: String,
    /// Whether the address is proved.
    email_verified: bool,
    /// A picture's URL.
    image: Option<String>,
    /// user, admin or service.
    role: String,
    /// When they registered.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// The caller's profile.
#[utoipa::path(get, path = "/api/v1/auth/profile", tag = "account", security(("bearer" = []), ("cookie" = [])), responses(
    (status = 200, body = Profile), (status = 401, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub(crate) async fn get_profile(
    State(core): State<Arc<Core>>,
    caller: Caller,
) -> Result<axum::Json<Profile>, ApiError> {
    let person = crate::users::find(&core, &caller.user_id).await?;
    let view = person
        .filter(|person| !person.standing.is_deleted)
        .ok_or_else(|| ApiError::new(Code::NotFound))?
        .view;
    Ok(axum::Json(Profile {
        id: view.id,
        name: view.name,
        email: shown_email(&view.email).into_owned(),
        email_verified: view.email_verified,
        image: view.image,
        role: view.role,
        created_at: view.created_at,
    }))
}
