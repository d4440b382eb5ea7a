//! License keys as people type them (SPEC.md 2.5).
#![no_main]

use countersign::license_key::LicenseKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(key) = text.parse::<LicenseKey>() {
        assert_eq!(key.to_string().parse(), Ok(key));
    }
});
