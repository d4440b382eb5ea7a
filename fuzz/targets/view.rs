//! Each way to look at a text by itself: no panic, and no more made of a text than its length allows. `VIEW=rtf` takes one alone.
#![no_main]

use std::sync::LazyLock;

use countersign::text::fuzzed;
use libfuzzer_sys::fuzz_target;

/// Characters of what a view makes of one, such as a line for a tag, within a quotation.
const WIDEST: usize = 8;

static ONE: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("VIEW").ok());

fuzz_target!(|text: &str| {
    for name in fuzzed::names().filter(|it| ONE.as_deref().is_none_or(|one| one == *it)) {
        let made = fuzzed::view(name, text).unwrap_or_default();
        assert!(made.len() <= WIDEST * text.len() + 64, "{name} makes {} bytes of {}", made.len(), text.len());
    }
});
