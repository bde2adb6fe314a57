//! Tests of `platform` on real services.

#[cfg(test)]
mod archive;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod private_postgres;
#[cfg(test)]
mod tls;
