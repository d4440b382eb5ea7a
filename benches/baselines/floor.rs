//! The floor of a launch check: the least that a Rust program can do to hold a license file against a key. It knows no machine, no clock, no product.
//!
//! `floor KEY LICENSE`: the 32 bytes of a public key; the 64 bytes of a signature and then what is signed.

use std::process::ExitCode;

use ed25519_dalek::{Signature, Verifier, VerifyingKey};

fn main() -> ExitCode {
    if holds().is_some() {
        println!("licensed");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn holds() -> Option<()> {
    let mut args = std::env::args_os().skip(1);
    let key: [u8; 32] = std::fs::read(args.next()?).ok()?.try_into().ok()?;
    let license = std::fs::read(args.next()?).ok()?;
    let (signature, text) = license.split_first_chunk::<64>()?;
    let key = VerifyingKey::from_bytes(&key).ok()?;
    key.verify(text, &Signature::from_bytes(signature)).ok()
}
