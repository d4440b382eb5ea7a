//! The reader of pasted text: no panic, and no code that was not there (SPEC.md 2).
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // Forty bits of integrity: what is read is what somebody wrote, and writes itself again.
    if let Ok(reading) = countersign::text::read(text, &[]) {
        let again = reading.code.to_text().expect("what was read can be written");
        let reread = countersign::text::read(&again, &[]).expect("what was written can be read");
        assert_eq!(reread.code, reading.code);
    }
});
