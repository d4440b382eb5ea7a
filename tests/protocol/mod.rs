//! The protocol as pure logic: codecs, trust, product files.

mod codec;
mod ed25519;
mod product;
mod trust;
mod vectors;
