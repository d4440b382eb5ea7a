//! Product files: no panic, and one text for one product (SPEC.md 10).
#![no_main]

use countersign::protocol::product::{Product, ProductFile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(product) = Product::parse_text(text) {
        assert_eq!(product.to_text(), text);
    }
    let _ = ProductFile::parse(text);
});
