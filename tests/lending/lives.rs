//! A vendor, a site and its workstations.

use super::*;

/// In memory, where there is such a place: nothing here has to outlast a power cut.
fn directory() -> TempDir {
    let memory = Path::new("/dev/shm");
    match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    }
    .unwrap()
}

pub(super) fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, &target).unwrap()),
        }
    }
}

impl Lives {
    pub(super) fn new(seed: u64) -> Lives {
        let directory = directory();
        let by = Actor {
            name: "vera",
            now: Seconds(BEGINNING),
        };
        let place = directory.path().join("desk");
        let made = Desk::init(
            &place,
            "Example",
            None,
            ([None, None], None),
            by,
            &mut entropy(seed),
        );
        let made = made.unwrap();
        let mut ledger = made.ledger().unwrap();
        let root = SigningKey::from_pem(&read_key_file(&made.key_path(Root::Live)).unwrap(), None)
            .unwrap();
        let product = Product {
            id: "survey".into(),
            name: "Survey".into(),
            vendor: "Example".into(),
            roots: vec![root.public()],
            fingerprint: true,
            ..Product::default()
        };
        let pem = read_key_file(&made.key_path(Root::Live)).unwrap();
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
            seats: NonZeroU16::new(SEATS).unwrap(),
            license_type: LicenseType::Floating,
            edition: 0,
            expires: None,
            maintenance: None,
            grace_days: 0,
            lend_days: NonZeroU8::new(LONGEST),
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
        // Whatever two clocks say, they are less than 26 hours apart.
        let mut off = || i64::from(chance.below(24)) * 3600 - 12 * 3600;
        let site = Computer::new(directory.path(), "site", off());
        let stations = (0..WORKSTATIONS)
            .map(|number| Computer::new(directory.path(), &format!("ws-{number}"), off()))
            .collect();
        let file = ProductFile::parse(&text).unwrap();
        let mut lives = Lives {
            chance,
            ledger,
            issuer: vendor,
            key: sold.keys[0],
            file,
            truth: BEGINNING,
            site,
            site_keys: 1,
            stations,
            mails: Vec::new(),
            drawn: seed << 20,
            aside: None,
            seen: Seen::default(),
            _directory: directory,
        };
        lives.activate();
        lives
    }

    pub(super) fn fill(&mut self) -> impl FnOnce(&mut [u8]) -> Result<(), std::io::Error> + use<> {
        self.drawn += 1;
        let drawn = self.drawn;
        move |bytes| {
            entropy(drawn)(bytes);
            Ok(())
        }
    }

    /// The key with which the site signs now.
    pub(super) fn signer(&self) -> SigningKey {
        SigningKey::from_seed(&[self.site_keys; 32])
    }

    fn activate(&mut self) {
        for computer in self.stations.iter().chain([&self.site]) {
            products::install(&computer.home(), &self.file).unwrap();
        }
        let fill = self.fill();
        let wanted = request::Wanted {
            key: self.key,
            bindings: &[],
            seats: None,
            usb: None,
            site_key: Some(self.signer().public()),
            anew: false,
        };
        let here = self.site.here(self.truth);
        let home = self.site.home();
        let asked = request::activate(&home, &self.file, &wanted, &here, fill).unwrap();
        self.vendor_answers(&asked.code);
    }

    pub(super) fn vendor_answers(&mut self, code: &Code) -> bool {
        let by = Actor {
            name: "vera",
            now: Seconds(self.truth),
        };
        let why = Some("it was put back".to_owned());
        let options = Options {
            supersede_reason: why.clone(),
            accept_site_key_reason: why.clone(),
            override_reason: why,
            ..Options::default()
        };
        let replied = desk::respond(&mut self.ledger, &self.issuer, code, &options, by);
        let Ok(reply) = replied else { return false };
        let answer = reply.answer().unwrap();
        let here = self.site.here(self.truth);
        apply::apply(&self.site.home(), &answer.code, &here).is_ok()
    }

    /// Does something with the site of the license that it holds.
    pub(super) fn at_site<T>(&self, work: impl FnOnce(&mut Site<'_>, &Moment) -> T) -> T {
        let home = self.site.home();
        let here = self.site.here(self.truth);
        let input = CheckInput::new(here, Seconds(BUILT));
        let report = check_product(&self.file, &home, &input).unwrap();
        let counted = Counted {
            seats: report.terms.as_ref().unwrap().seats,
            pools: Vec::new(),
            unit: SeatUnit::Process,
        };
        let seats = Seats::open(Place::of(&home, self.key), self.key, counted).unwrap();
        let mut site = Site::open(&home, &self.site.facts, self.key, seats).unwrap();
        let moment = Moment::of(here.wall, &self.site.facts);
        work(&mut site, &moment)
    }
}
