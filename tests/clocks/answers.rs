//! Somebody who saves answers up, enters them again and in any order, in copies of his home that he took before and after, and who sets the clock, restarts
//! and kills as he likes: against the holder itself, on a disk. His desk answers whatever he asks, until it does no more. He may not write marks, and the
//! second place outlives each home; what a copy of the whole computer does is said in SECURITY.md.

mod files;

use std::fs;
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign::holder::{
    Anchor, Audience, CheckInput, Here, Home, apply, check_product, products, request, sync,
};
use countersign::issuer::desk::{Desk, Root, read_key_file};
use countersign::issuer::history::Actor;
use countersign::issuer::ledger::{Ledger, OrderTerms, ProductId};
use countersign::issuer::policy::Options;
use countersign::issuer::products as catalogue;
use countersign::issuer::respond::{Issuer, Reply, respond};
use countersign::license_key::LicenseKey;
use countersign::machine::Facts;
use countersign::protocol::date::{Day, Seconds};
use countersign::protocol::entitlements::Entitlements;
use countersign::protocol::grant::LicenseType;
use countersign::protocol::product::{Product, ProductFile};
use countersign::signing::keys::SigningKey;
use countersign::signing::signer::{Signer as _, TriedSigner};
use countersign::text::Code;
use tempfile::TempDir;

use self::files::{directory, replace};
use super::{Chance, DAY, HOUR};

/// 2026-11-22, noon.
const ISSUED: u32 = 2517 * DAY + 12 * HOUR;
const BUILT: u32 = ISSUED - 100 * DAY;
/// Days that an answer is good for.
const GRACE: u16 = 6;
/// Homes that are put aside.
const COPIES: u32 = 4;
/// Answers that are asked for at the most.
const ANSWERS: usize = 8;

/// What came of it. All in seconds.
#[derive(Debug, Default)]
pub(crate) struct Saved {
    /// Use between a look that allowed it and the next one.
    pub(crate) used: u32,
    /// From the first answer to the end of the last day of the last one.
    pub(crate) entitled: u32,
    /// Starts of the computer in which something was used.
    pub(crate) starts: u32,
    /// Guards that were killed, or went down with the computer.
    pub(crate) killed: u32,
    /// Answers that were entered, the same ones again among them.
    pub(crate) entered: u32,
}

impl Saved {
    /// As for an attack without answers: what the license had, an hour for the last look that allowed it, and one for each start and each guard that was
    /// killed.
    pub(crate) fn bound(&self) -> u32 {
        self.entitled + self.entitled / 49 + HOUR + (self.starts + self.killed) * (HOUR + 120)
    }

    /// Does whatever comes to mind.
    pub(crate) fn by_chance(seed: u64) -> Saved {
        let mut saver = Saver::new(seed);
        saver.ask_first();
        let mut refused = 0;
        let most = ISSUED + 60 * DAY;
        while refused < 40 && saver.saved.starts < 120 && saver.truth < most {
            for _ in 0..saver.chance.below(4) {
                saver.trick();
            }
            if saver.chance.one_in(3) {
                saver.restart();
            }
            saver.set_clock();
            if saver.look(false) {
                refused = 0;
                saver.session();
            } else {
                refused += 1;
                let passes = saver.chance.below(3 * HOUR);
                saver.pass(passes);
            }
        }
        saver.saved
    }
}

struct Saver {
    chance: Chance,
    directory: TempDir,
    ledger: Ledger,
    issuer: Issuer,
    key: LicenseKey,
    file: ProductFile,
    facts: Facts,
    truth: u32,
    wall: Seconds,
    boots: u32,
    up_since: u32,
    used_this_start: bool,
    /// When the desk answers for the last time.
    paid_until: u32,
    answers: Vec<(Code, Seconds)>,
    drawn: u64,
    saved: Saved,
}

fn entropy(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut reader = blake3::Hasher::new()
        .update(&seed.to_be_bytes())
        .finalize_xof();
    move |bytes| reader.fill(bytes)
}

impl Saver {
    fn new(seed: u64) -> Saver {
        let directory = directory();
        let by = Actor {
            name: "vera",
            now: Seconds(ISSUED),
        };
        let place = directory.path().join("desk");
        let desk = Desk::init(
            &place,
            "Example",
            None,
            ([None, None], None),
            by,
            &mut entropy(seed),
        );
        let desk = desk.unwrap();
        let mut ledger = desk.ledger().unwrap();
        let root = SigningKey::from_pem(&read_key_file(&desk.key_path(Root::Live)).unwrap(), None)
            .unwrap();
        let product = Product {
            id: "survey".into(),
            name: "Survey".into(),
            vendor: "Example".into(),
            roots: vec![root.public()],
            fingerprint: true,
            ..Product::default()
        };
        let pem = read_key_file(&desk.key_path(Root::Live)).unwrap();
        let vendor = SigningKey::from_pem(&pem, None).unwrap();
        let vendor = Issuer::root(TriedSigner::new(vendor).unwrap());
        catalogue::add(&mut ledger, product.clone(), vendor.hand(by)).unwrap();
        let text = product
            .to_file(&root.public(), |text| root.sign(text))
            .unwrap();
        let terms = OrderTerms {
            product: ProductId(1),
            customer: "Aurora".to_owned(),
            contact: None,
            seats: NonZeroU16::MIN,
            license_type: LicenseType::Standalone,
            edition: 0,
            expires: None,
            maintenance: None,
            grace_days: GRACE,
            lend_days: None,
            emergency: None,
            entitlements: Entitlements::new(Vec::new()).unwrap(),
            usb: None,
            order: None,
            note: None,
        };
        let sold = catalogue::sell(
            &mut ledger,
            &terms,
            1,
            vendor.hand(by),
            &mut entropy(seed + 1),
        )
        .unwrap();
        let mut chance = Chance(seed);
        let paid_until = ISSUED + chance.below(4 * DAY);
        let mut saver = Saver {
            chance,
            directory,
            ledger,
            issuer: vendor,
            key: sold.keys[0],
            file: ProductFile::parse(&text).unwrap(),
            facts: Facts {
                machine_id: "5dd1219c7c4c5404aaa1f6d2a48adfda".into(),
                mac: "3c:ec:ef:10:20:31".into(),
                disk_serial: "s3z2nb0k123477".into(),
                ..Facts::default()
            },
            truth: ISSUED,
            wall: Seconds(ISSUED),
            boots: 0,
            up_since: ISSUED,
            used_this_start: false,
            paid_until,
            answers: Vec::new(),
            drawn: seed << 20,
            saved: Saved::default(),
        };
        saver.restart();
        saver
    }

    fn place(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn home(&self) -> Home {
        let anchor = Anchor::of_one(&self.place("anchor"));
        Home::new(&self.place("home"), Audience::Owner).with_anchors([anchor])
    }

    fn here(&self) -> Here<'_> {
        Here {
            facts: &self.facts,
            wall: self.wall,
            aliases: &[],
        }
    }

    fn fill(&mut self) -> impl FnOnce(&mut [u8]) -> Result<(), std::io::Error> + use<> {
        self.drawn += 1;
        let mut fill = entropy(self.drawn);
        move |buffer| {
            fill(buffer);
            Ok(())
        }
    }

    fn pass(&mut self, seconds: u32) {
        self.truth += seconds;
        self.wall = self.wall.plus(seconds);
        self.facts.uptime = Some(Duration::from_secs((self.truth - self.up_since).into()));
    }

    fn restart(&mut self) {
        self.boots += 1;
        self.up_since = self.truth;
        self.used_this_start = false;
        self.facts.boot_id = self.boots.to_string().into();
        self.pass(60);
    }

    /// The license, from its beginning: a copy of the home that waits for its first answer is kept.
    fn ask_first(&mut self) {
        products::install(&self.home(), &self.file).unwrap();
        let fill = self.fill();
        let wanted = request::Wanted {
            key: self.key,
            bindings: &[],
            seats: None,
            usb: None,
            site_key: None,
            anew: false,
        };
        let asked = request::activate(&self.home(), &self.file, &wanted, &self.here(), fill);
        let code = asked.unwrap().code;
        self.put_aside(0);
        self.answered(&code);
        self.enter(0);
    }

    /// The desk answers, at the true time.
    fn answered(&mut self, code: &Code) {
        let by = Actor {
            name: "anna",
            now: Seconds(self.truth),
        };
        let options = Options {
            override_reason: Some("whatever is asked".to_owned()),
            ..Options::default()
        };
        let (ledger, issuer) = (&mut self.ledger, &self.issuer);
        let reply = respond(ledger, issuer, code, &options, by);
        if let Ok(Reply::Answer(answer)) = reply {
            let last: Day = answer.grant.revalidate_by.unwrap();
            self.saved.entitled = last.end().0 - ISSUED;
            self.answers.push((answer.code, answer.grant.issued));
        }
    }

    fn ask_again(&mut self) {
        if self.answers.len() >= ANSWERS || self.truth > self.paid_until {
            return;
        }
        let fill = self.fill();
        let wanted = sync::Wanted {
            site_key: None,
            site: None,
            before: &[],
            key: self.key,
            bindings: &[],
            usb: None,
            anew: self.chance.one_in(2),
        };
        let synced = sync::sync(&self.home(), &self.file, &wanted, &self.here(), fill);
        if let Ok(synced) = synced {
            self.answered(&synced.asked.code);
        }
    }

    fn enter(&mut self, nth: usize) {
        let code = self.answers[nth].0.clone();
        let _ = apply::apply(&self.home(), &code, &self.here());
        self.saved.entered += 1;
    }

    fn put_aside(&mut self, nth: u32) {
        let aside = self.place(&format!("copy-{nth}"));
        replace(&self.place("home"), &aside);
    }

    fn put_back(&mut self, nth: u32) {
        let aside = self.place(&format!("copy-{nth}"));
        if aside.is_dir() {
            replace(&aside, &self.place("home"));
        }
    }

    fn trick(&mut self) {
        let nth = self.chance.below(COPIES);
        match self.chance.below(8) {
            0 => self.put_aside(nth),
            1 | 2 => self.put_back(nth),
            3 => self.ask_again(),
            4 | 5 => {
                let nth = self.chance.below(self.answers.len() as u32);
                self.enter(nth as usize);
            }
            6 => self.set_clock(),
            // A look that is no use.
            _ => drop(self.look(false)),
        }
    }

    fn set_clock(&mut self) {
        let nth = self.chance.below(self.answers.len() as u32) as usize;
        let issued = self.answers[nth].1;
        self.wall = match self.chance.below(8) {
            0 | 1 => issued,
            2 => issued.minus(26 * HOUR),
            3 => Seconds(self.truth),
            4 => issued.plus(self.chance.below(10 * DAY)),
            5 => issued.plus(47 * HOUR),
            6 => self.wall.minus(HOUR),
            _ => self.wall,
        };
    }

    /// Whether the program may run.
    fn look(&mut self, running: bool) -> bool {
        let input = CheckInput {
            running,
            ..CheckInput::new(self.here(), Seconds(BUILT))
        };
        let checked = check_product(&self.file, &self.home(), &input);
        checked.is_ok_and(|report| report.allowed())
    }

    /// The program runs, and its guard looks each hour; in between he does what he likes.
    fn session(&mut self) {
        self.saved.starts += u32::from(!self.used_this_start);
        self.used_this_start = true;
        let length = [3, 30, 300][self.chance.below(3) as usize];
        loop {
            let ends = self.chance.one_in(length);
            let part = match ends {
                true => 1 + self.chance.below(HOUR),
                false => HOUR,
            };
            self.pass(part - part / 60);
            if self.chance.one_in(2) {
                self.trick();
            }
            self.pass(part / 60);
            self.saved.used += part;
            if ends && self.chance.one_in(2) {
                self.saved.killed += 1;
                return;
            }
            if self.chance.one_in(3) {
                self.set_clock();
            }
            if !self.look(true) || ends {
                return;
            }
        }
    }
}
