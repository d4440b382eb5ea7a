//! What bites at ten million licenses and more, drawn and measured: `cargo test --test long_scale -- --nocapture`. docs/scale.md has each figure that is printed
//! here, as it is printed. All randomness comes from one seed, so the figures are the same each time.

// In a test a panic is how it fails.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod answered;
#[allow(
    dead_code,
    reason = "of it only how a desk is begun, sells and answers"
)]
#[path = "../edits/work.rs"]
mod work;

use std::convert::Infallible;
use std::fs;
use std::path::Path;

use countersign::license_key::LicenseKey;
use countersign::protocol::commitment::RequestSecret;
use countersign::protocol::date::{Day, Seconds};
use countersign::protocol::grant::LicenseType;

use work::{Work, activate, entropy, terms};

/// How many are drawn.
const MANY: usize = 10_000_000;
/// Machines of one license, in the count of those of which two have one name.
const FLEET: usize = 1_000;
/// Keys there are: eleven digits, the first not 0 (SPEC.md 2.5).
const KEYS: u64 = 90_000_000_000;

/// What is printed, and the page that is to say the same.
struct Page {
    text: String,
    missing: Vec<String>,
}

impl Page {
    fn open() -> Page {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scale.md");
        Page {
            text: fs::read_to_string(page).unwrap(),
            missing: Vec::new(),
        }
    }

    /// Holds it to a line.
    fn stands(&mut self, line: String) {
        println!("{line}");
        if !self.text.lines().any(|it| it == line) {
            self.missing.push(line);
        }
    }

    #[track_caller]
    fn has_all(self) {
        let missing = self.missing.join("\n");
        assert!(missing.is_empty(), "docs/scale.md does not say:\n{missing}");
    }
}

/// A number with a comma before every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// How often neighbors are the same once all are in order: with three of one kind, twice.
fn again<T: Ord>(mut drawn: Vec<T>) -> u64 {
    drawn.sort_unstable();
    drawn.windows(2).filter(|it| it[0] == it[1]).count() as u64
}

fn key(source: &mut impl FnMut(&mut [u8])) -> LicenseKey {
    let drawn = LicenseKey::from_entropy(|bytes| {
        source(bytes);
        Ok::<(), Infallible>(())
    });
    drawn.unwrap()
}

#[test]
fn keys_and_names_that_are_drawn_twice() {
    let mut page = Page::open();
    let mut source = entropy(13);
    let keys: Vec<u64> = (0..MANY).map(|_| key(&mut source).number()).collect();
    assert!(keys.iter().all(|it| (KEYS / 9..KEYS / 9 * 10).contains(it)));
    let sold = {
        let mut sold = keys.clone();
        sold.sort_unstable();
        sold
    };
    page.stands(format!(
        "| keys that were drawn again, of {} | {} |",
        grouped(MANY as u64),
        grouped(again(keys))
    ));
    let mut guesses = entropy(97);
    let hits = (0..MANY).filter(|_| sold.binary_search(&key(&mut guesses).number()).is_ok());
    page.stands(format!(
        "| guesses with right check digits that met one of these, of {} | {} |",
        grouped(MANY as u64),
        grouped(hits.count() as u64)
    ));

    let named = LicenseKey::from_number(KEYS / 9).unwrap();
    let mut secret = [0; 12];
    let ids: Vec<[u8; 4]> = (0..MANY)
        .map(|_| {
            source(&mut secret);
            let commitment = RequestSecret::new(secret).commitment(named);
            commitment.activation_id().0
        })
        .collect();
    let fleets = ids.chunks(FLEET);
    let within = fleets.filter(|fleet| again(fleet.to_vec()) > 0).count();
    page.stands(format!(
        "| licenses of {} machines in which two had one activation, of {} | {within} |",
        grouped(FLEET as u64),
        grouped((MANY / FLEET) as u64),
    ));
    page.stands(format!(
        "| activations whose number another had before, of {} | {} |",
        grouped(MANY as u64),
        grouped(again(ids))
    ));
    page.has_all();
}

/// Without its companions, which go when it is shut.
fn size(home: &Path) -> u64 {
    fs::metadata(home.join("desk/ledger.db")).unwrap().len()
}

#[test]
fn the_ledger_grows_by_so_much() {
    let mut page = Page::open();
    const SOLD: u32 = 100_000;
    const ANSWERED: u32 = 10_000;
    let home = tempfile::tempdir().unwrap();
    let (_, mut work) = Work::begin(home.path());
    let order = terms(1, "Aurora", 1, LicenseType::Standalone);
    let keys = work.sell(&order, SOLD);
    let Work { ledger, .. } = work;
    drop(ledger);
    let license = size(home.path()) / u64::from(SOLD);
    page.stands(format!(
        "| a license that was sold, of {} | {license} bytes |",
        grouped(SOLD.into())
    ));

    let other = tempfile::tempdir().unwrap();
    let (_, mut work) = Work::begin(other.path());
    let keys_of_other = work.sell(&order, SOLD);
    assert_eq!(keys, keys_of_other);
    answered::license_each(
        &mut work,
        keys.into_iter().take(usize::try_from(ANSWERED).unwrap()),
    );
    drop(work);
    let grown = size(other.path()) - size(home.path());
    // Exactly as many pages each time; an answer's place among them is not worth more than two digits.
    let answer = (grown / u64::from(ANSWERED)).div_ceil(10) * 10;
    page.stands(format!(
        "| an activation with its answer, of {} | about {} bytes |",
        grouped(ANSWERED.into()),
        grouped(answer)
    ));
    for many in [10_000_000, 100_000_000, 1_000_000_000_u64] {
        let gigabytes = |bytes: u64| format!("{:.1} GB", bytes as f64 / 1e9);
        let pairs = (many as f64).powi(2) / 2.0 / 2_f64.powi(32);
        page.stands(format!(
            "| {} | 1 of {} | 1 of {} | {} | {} | {} |",
            grouped(many),
            grouped(KEYS / many),
            grouped(10_u64.pow(13) / many),
            grouped(pairs.round() as u64),
            gigabytes(many * license),
            gigabytes(many * (license + answer)),
        ));
    }
    page.has_all();
}

#[test]
fn what_is_counted_ends_somewhere() {
    let mut page = Page::open();
    let last = Day::new(u16::MAX).unwrap();
    page.stands(format!("| days | 2 bytes | {last} |"));
    page.stands(format!("| seconds | 4 bytes | {} |", Seconds::LAST.day()));
    let most = grouped(u16::MAX.into());
    page.stands(format!("| seats of a license | 2 bytes | {most} |"));
    page.stands(format!("| answers to one activation | 2 bytes | {most} |"));
    page.stands(format!(
        "| loans of a site | 3 bytes | {} |",
        grouped((1 << 24) - 1)
    ));
    page.stands(format!("| epochs of a ledger | 1 byte | {} |", u8::MAX));
    page.has_all();
}
