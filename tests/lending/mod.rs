//! A model of the book of loans, and histories by chance against the program's own rules: mails that cross, get lost and come twice, sites that are put back,
//! licenses that shrink, new site keys, clocks that are hours off. A recorder that knows all and tells nobody looks on.

mod happens;
mod lives;

use std::fs;
use std::num::{NonZeroU8, NonZeroU16};
use std::path::{Path, PathBuf};

use countersign::holder::borrow;
use countersign::holder::{
    Anchor, Audience, CheckInput, Here, Home, Outcome, State, apply, check_product, give_up,
    products, request, sync,
};
use countersign::issuer::desk::{Desk, Root, read_key_file};
use countersign::issuer::history::Actor;
use countersign::issuer::ledger::{Ledger, OrderTerms, ProductId};
use countersign::issuer::policy::Options;
use countersign::issuer::respond::{self as desk, Issuer};
use countersign::issuer::{life, products as catalogue};
use countersign::license_key::LicenseKey;
use countersign::machine::Facts;
use countersign::protocol::date::{Day, Seconds};
use countersign::protocol::entitlements::Entitlements;
use countersign::protocol::grant::LicenseType;
use countersign::protocol::product::{Product, ProductFile, SeatUnit};
use countersign::seats::{Counted, Moment, Place, Seats};
use countersign::signing::keys::SigningKey;
use countersign::signing::signer::{Signer as _, TriedSigner};
use countersign::site::{self, LendingWish, Reply, Site, SiteError, Wish};
use countersign::text::Code;
use tempfile::TempDir;

use crate::clocks::Chance;

const HOUR: u32 = 3600;
const DAY: u32 = 24 * HOUR;
/// 2026-11-22, noon.
const BEGINNING: u32 = 2517 * DAY + 12 * HOUR;
const BUILT: u32 = BEGINNING - 100 * DAY;
const SEATS: u16 = 4;
const LONGEST: u8 = 10;
const WORKSTATIONS: usize = 6;

fn entropy(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut reader = blake3::Hasher::new()
        .update(&seed.to_be_bytes())
        .finalize_xof();
    move |bytes| reader.fill(bytes)
}

/// A machine with a home, a second place and a clock that is hours off.
struct Computer {
    directory: PathBuf,
    facts: Facts,
    /// Seconds by which its clock is ahead.
    off: i64,
}

impl Computer {
    fn new(below: &Path, name: &str, off: i64) -> Computer {
        let hash = blake3::hash(name.as_bytes()).to_hex();
        let part = |from: usize| hash[from..from + 2].to_owned();
        Computer {
            directory: below.join(name),
            facts: Facts {
                machine_id: hash[..32].to_owned().into(),
                mac: format!(
                    "00:{}:{}:{}:{}:{}",
                    part(0),
                    part(2),
                    part(4),
                    part(6),
                    part(8)
                )
                .into(),
                disk_serial: format!("s1{}", &hash[10..20]).into(),
                ..Facts::default()
            },
            off,
        }
    }

    fn home(&self) -> Home {
        let anchor = Anchor::of_one(&self.directory.join("anchor"));
        Home::new(&self.directory.join("home"), Audience::Owner).with_anchors([anchor])
    }

    fn clock(&self, truth: u32) -> Seconds {
        Seconds(u32::try_from(i64::from(truth) + self.off).unwrap())
    }

    fn here(&self, truth: u32) -> Here<'_> {
        Here {
            facts: &self.facts,
            wall: self.clock(truth),
            aliases: &[],
        }
    }
}

/// A code that goes from hand to hand.
#[derive(Clone)]
struct Mail {
    /// Whose request it is, or whom it answers; none: the site's.
    whose: usize,
    code: Code,
}

/// The world of a license that is lent.
struct Lives {
    chance: Chance,
    _directory: TempDir,
    ledger: Ledger,
    issuer: Issuer,
    key: LicenseKey,
    file: ProductFile,
    truth: u32,
    site: Computer,
    site_keys: u8,
    stations: Vec<Computer>,
    mails: Vec<Mail>,
    drawn: u64,
    /// A copy of the site's home.
    aside: Option<PathBuf>,
    seen: Seen,
}

/// What the recorder knows.
#[derive(Debug, Default)]
struct Seen {
    lent: u32,
    returned: u32,
    restored: u32,
    paused: u32,
    repaired: u32,
    /// The last refusal of each kind, for whoever reads a failure.
    refused: std::collections::BTreeMap<&'static str, u32>,
}

#[test]
fn no_seat_is_lent_twice_none_is_lost_and_nobody_honest_is_refused() {
    let mut all = Seen::default();
    for seed in 0..lives() {
        let seen = Lives::new(seed).live(120);
        all.lent += seen.lent;
        all.returned += seen.returned;
        all.restored += seen.restored;
        all.paused += seen.paused;
        all.repaired += seen.repaired;
        for (kind, times) in seen.refused {
            *all.refused.entry(kind).or_default() += times;
        }
    }
    println!("{all:?}");
    // It is no proof that nothing happens where nothing happens.
    assert!(all.lent > 50 && all.returned > 5, "{all:?}");
    assert!(
        all.restored > 2 && all.paused > 0 && all.repaired > 0,
        "{all:?}"
    );
}

/// `LIVES=300` lives that many.
fn lives() -> u64 {
    let lives = std::env::var("LIVES").ok();
    lives.and_then(|it| it.parse().ok()).unwrap_or(8)
}
