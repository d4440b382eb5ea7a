//! The files of a licensed machine, each in turn with any content: no panic, and no license but by what the desk signed (SPEC.md 6, 7).
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};

use countersign::holder::{self, Audience, CheckInput, Here, Home, State, give_up};
use countersign::machine::Facts;
use countersign::protocol::date::Seconds;
use countersign::protocol::product::ProductFile;
use libfuzzer_sys::fuzz_target;

const PRODUCT: &str = include_str!("../home/machine/products/kit.product");
const FACTS: &str = include_str!("../home/facts.json");
const LICENSE: &str = include_str!("../home/machine/licenses/5933150940769.json");
const FILES: [(&str, &str); 5] = [
    ("licenses/5933150940769.json", LICENSE),
    ("secrets/5933150940769.json", include_str!("../home/machine/secrets/5933150940769.json")),
    ("history/5933150940769.jsonl", include_str!("../home/machine/history/5933150940769.jsonl")),
    ("products/kit.product", PRODUCT),
    ("aliases.json", include_str!("../home/machine/aliases.json")),
];
/// A day after the answer was applied.
const NOW: i64 = 1_795_712_000;

fn lay_out(home: &Path, other: usize, content: &[u8]) {
    let _ = fs::remove_dir_all(home);
    for (index, (name, usual)) in FILES.iter().enumerate() {
        let path = home.join("machine").join(name);
        fs::create_dir_all(path.parent().expect("it lies in a directory")).expect("a place to write");
        let content = if index == other { content } else { usual.as_bytes() };
        fs::write(path, content).expect("a place to write");
    }
}

fuzz_target!(|input: (u8, &[u8])| {
    let (which, content) = (usize::from(input.0) % FILES.len(), input.1);
    let directory: PathBuf = std::env::temp_dir().join(format!("countersign-fuzz-{}", std::process::id()));
    lay_out(&directory, which, content);
    let home = Home::new(&directory, Audience::Owner);
    let facts: Facts = serde_json::from_str(FACTS).expect("facts");
    let aliases = holder::aliases::load(&home).unwrap_or_default();
    let here = Here { facts: &facts, wall: Seconds::from_unix(NOW), aliases: &aliases };
    let bindings = [("server".to_owned(), "db".to_owned())];
    let file = ProductFile::parse(PRODUCT).expect("a product");
    let input = CheckInput { bindings: &bindings, ..CheckInput::new(here, Seconds::from_unix(NOW)) };
    if let Ok(report) = holder::check_product(&file, &home, &input) {
        let grant = serde_json::from_str::<serde_json::Value>(LICENSE).expect("JSON")["held"]["grant"].to_string();
        let signed = which != 0 || String::from_utf8_lossy(content).contains(&grant);
        assert!(!report.allowed() || report.state == State::Demo || signed, "licensed by nobody");
    }
    let _ = holder::products::survey(&home);
    for license in home.survey().map(|(found, _)| found).unwrap_or_default() {
        let _ = home.history(license.license_key);
        let _ = give_up::give_up(&home, license.license_key, &input.here);
    }
});
