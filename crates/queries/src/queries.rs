// This file was generated with `cornucopia`. Do not modify.

pub mod credits;
pub mod identity;
pub mod platform;
