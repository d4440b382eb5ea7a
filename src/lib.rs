//! Software licensing where the network never exists.

pub mod holder;
pub mod issuer;
pub mod license_key;
pub mod machine;
pub mod protocol;
pub mod text;
