//! From the bytes of a mail, or of any file, to codes: transfer encodings, character sets, HTML, quotes, folds (SPEC.md 2).
#![no_main]

use countersign::text;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Forty bits of integrity: what is read is what somebody wrote, and writes itself again.
    if let Ok(reading) = text::read_bytes(bytes, &[]) {
        let again = reading.code.to_text().expect("what was read can be written");
        let reread = text::read_bytes(again.as_bytes(), &[]).expect("what was written can be read");
        assert_eq!(reread.code, reading.code);
    }
});
