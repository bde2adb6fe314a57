//! The HTTP edge: errors, extractors, origins, client address, limits, the layers around every request and the accept loop.

pub mod client_ip;
pub mod codes;
pub mod edge;
pub mod error;
pub mod extract;
pub mod headers;
pub mod html;
pub mod json;
pub mod limits;
pub mod location;
pub mod origin;
pub mod origin_pattern;
pub mod serve;

pub use client_ip::{ClientIp, TrustedProxies};
pub use codes::Code;
pub use error::{ApiError, FieldError, Problem};
pub use extract::{
    Admin, Caller, Carried, Json, OptionalJson, Origin, Path, Query, accepted_locale,
    require_trusted_origin,
};
pub use limits::Limits;
pub use origin::{TrustedOrigins, request_origin};
