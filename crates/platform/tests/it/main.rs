//! Tests of `platform` on real services.

#[cfg(test)]
mod private_postgres;
