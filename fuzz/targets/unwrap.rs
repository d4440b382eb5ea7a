//! What wraps a mail: opaque S/MIME and `winmail.dat`, whose rich text is compressed.
#![no_main]

use countersign::text::fuzzed;
use libfuzzer_sys::fuzz_target;

/// Rich text is unpacked to so many bytes at most, for each of which a property has its own.
const UNPACKED: usize = 4 << 20;

fuzz_target!(|bytes: &[u8]| {
    // Nine bits say at most 17 bytes.
    assert!(fuzzed::unwrapped(bytes) <= (16 * bytes.len() + 64).max(UNPACKED));
});
