//! Identity over HTTP on a real PostgreSQL.

mod compat;
