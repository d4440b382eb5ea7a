//! Figures, printed and not judged: `cargo test --release --lib issuer::tests::figures -- --ignored --nocapture`.

use std::num::NonZeroUsize;
use std::time::Instant;

use super::*;
use crate::issuer::ledger::LedgerError;
use crate::issuer::respond::{Batch, in_parallel};

const ANSWERS: u32 = 100_000;
const LICENSES: u32 = 1_000_000;

fn rate(count: u32, began: Instant) -> f64 {
    f64::from(count) / began.elapsed().as_secs_f64()
}

#[test]
#[ignore = "prints figures of a release build"]
fn figures() {
    let mut desk = Desk::new();
    let workers = NonZeroUsize::new(2).unwrap();
    let order = terms(1, LicenseType::Standalone);
    let keys = products::sell(&mut desk.ledger, &order, ANSWERS, BY, &mut entropy(1)).unwrap();
    let codes: Vec<Code> = (0..)
        .zip(keys)
        .map(|(nth, key)| code(&activate(key, 1, nth)))
        .collect();
    for page in codes.chunks(ANSWERS as usize / 4) {
        let count = u32::try_from(page.len()).unwrap();
        let root = SigningKey::from_seed(&[7; 32]).unwrap();
        let messages: Vec<[u8; 216]> = vec![[1; 216]; page.len()];
        let began = Instant::now();
        let signed = in_parallel(workers, messages, |message| root.sign(&message));
        let raw = rate(count, began);
        let began = Instant::now();
        let batch = Batch {
            issuer: &desk.issuer,
            options: &desk.options,
            by: BY,
            workers,
        };
        batch
            .respond(
                &mut desk.ledger,
                &mut entropy(5),
                page,
                |code| Ok::<_, ()>((*code).clone()),
                |_| Ok::<(), LedgerError>(()),
            )
            .unwrap();
        let answered = rate(count, began);
        println!(
            "signing {raw:.0}/s, answering {answered:.0}/s, ratio {:.2} ({})",
            answered / raw,
            signed.len()
        );
    }
    let began = Instant::now();
    let report = history::verify(&mut desk.ledger, |_, _| ()).unwrap();
    println!(
        "verification {:.0} events/s, {} wrong",
        rate(ANSWERS, began),
        report.wrong
    );
    for _ in 0..2 {
        let began = Instant::now();
        products::sell(&mut desk.ledger, &order, LICENSES, BY, &mut entropy(2)).unwrap();
        println!("licences {:.0}/s", rate(LICENSES, began));
    }
    let began = Instant::now();
    assert_eq!(desk.findings(), [""; 0]);
    println!(
        "verification of it all {:.2} s",
        began.elapsed().as_secs_f64()
    );
}
