//! What codes say, and who may say it (SPEC.md 3 to 5, 8, 10). Pure: no input or output, no clock, no randomness of its own.

pub mod catalogue;
pub mod checkpoint;
pub mod commitment;
pub mod contents;
pub mod date;
pub mod desk_certificate;
pub(crate) mod device_name;
pub mod digest;
pub mod emergency;
pub mod entitlements;
pub mod fitting;
pub mod grant;
pub mod loan;
pub mod note;
pub mod product;
pub mod requests;
mod root_fingerprint;
pub mod site_note;
pub mod site_rules;
pub mod trust;
pub mod user_name;
pub mod wire;
