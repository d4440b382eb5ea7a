//! Figures, printed and not judged: `cargo test --release --lib issuer::tests::figures -- --ignored --nocapture`.

use std::num::NonZeroUsize;
use std::time::Instant;

use super::*;
use crate::issuer::ledger::LedgerError;
use crate::issuer::respond::{Batch, in_parallel};

const ANSWERS: u32 = 100_000;
const LICENSES: u32 = 1_000_000;

/// Processor time of this process so far, in hundredths of a second; 0 where the system does not say.
fn processor() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split(' ');
    fields
        .skip(12)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum()
}

fn rate(count: u32, began: Instant) -> f64 {
    f64::from(count) / began.elapsed().as_secs_f64()
}

#[test]
#[ignore = "prints figures of a release build"]
fn figures() {
    let mut desk = Desk::new();
    let order = terms(1, LicenseType::Standalone);
    let keys = products::sell(&mut desk.ledger, &order, ANSWERS, BY, &mut entropy(1)).unwrap();
    let codes: Vec<Code> = (0..)
        .zip(keys)
        .map(|(nth, key)| code(&activate(key, 1, nth)))
        .collect();
    for (page, threads) in codes.chunks(ANSWERS as usize / 4).zip([1, 2, 1, 2]) {
        let workers = NonZeroUsize::new(threads).unwrap();
        let count = u32::try_from(page.len()).unwrap();
        let root = SigningKey::from_seed(&[7; 32]).unwrap();
        let messages: Vec<[u8; 216]> = vec![[1; 216]; page.len()];
        let (began, before) = (Instant::now(), processor());
        let signed = in_parallel(workers, messages, |message| root.sign(&message));
        let (raw, raw_time) = (rate(count, began), processor() - before);
        let (began, before) = (Instant::now(), processor());
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
            "{threads} threads: signing {raw:.0}/s, answering {answered:.0}/s, ratio {:.2}; processor {raw_time} and {} ticks ({})",
            answered / raw,
            processor() - before,
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
