//! One computer: its home, its anchor, its parts and its clock, which may be wrong.

use std::cell::{Cell, RefCell};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign::machine::{Facts, Listed};

use super::{Run, Said, World};

pub(crate) struct Machine<'w> {
    world: &'w World,
    name: String,
    facts: RefCell<Facts>,
    started: Cell<i64>,
    /// Seconds by which its clock is ahead.
    off: Cell<i64>,
}

impl<'w> Machine<'w> {
    pub(super) fn new(world: &'w World, name: &str) -> Machine<'w> {
        let part = |part: &str| {
            let hash = blake3::hash(format!("{part} of {name}").as_bytes());
            hash.to_hex().to_string()
        };
        let uuid = |hex: &str| {
            let cuts = [0..8, 8..12, 12..16, 16..20, 20..32];
            cuts.map(|cut| hex[cut].to_owned()).join("-")
        };
        let mac = part("card");
        let facts = Facts {
            machine_id: part("system")[..32].into(),
            root_fs_uuid: uuid(&part("file system")).into(),
            product_uuid: uuid(&part("board")).into(),
            mac: format!(
                "00:{}:{}:{}:{}:{}",
                &mac[0..2],
                &mac[2..4],
                &mac[4..6],
                &mac[6..8],
                &mac[8..10]
            )
            .into(),
            disk_serial: format!("s1{}", &part("disk")[..10]).into(),
            host_name: name.into(),
            boot_id: uuid(&part("first start")).into(),
            uptime: None,
            local_addresses: Listed::Given(vec!["192.0.2.7".parse().unwrap()]),
            usb_devices: Listed::Given(Vec::new()),
        };
        Machine {
            world,
            name: name.to_owned(),
            facts: RefCell::new(facts),
            started: Cell::new(world.now() - 1000),
            off: Cell::new(0),
        }
    }

    pub(crate) fn world(&self) -> &'w World {
        self.world
    }

    /// `--home` of this machine.
    pub(crate) fn home(&self) -> PathBuf {
        self.world.path().join("homes").join(&self.name)
    }

    /// Where what is for every user of this machine is kept.
    pub(crate) fn home_for_all(&self) -> PathBuf {
        let name = format!("{} for all", self.name);
        self.world.path().join("homes").join(name)
    }

    /// A file below the home.
    pub(crate) fn kept(&self, path: &str) -> PathBuf {
        self.home().join(path)
    }

    /// The state file of a license.
    pub(crate) fn state_of(&self, key: &str) -> PathBuf {
        let digits: String = key.chars().filter(char::is_ascii_digit).collect();
        self.kept(&format!("machine/licenses/{digits}.json"))
    }

    /// The whole home is copied to another computer, as somebody would who wants a second license for nothing.
    pub(crate) fn copy_home_to(&self, other: &Machine<'_>) {
        copy(&self.home(), &other.home());
    }

    /// Another part is put into the machine, or one is taken out.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Facts)) {
        change(&mut self.facts.borrow_mut());
    }

    /// What the machine is made of now.
    pub(crate) fn facts(&self) -> Facts {
        self.facts.borrow().clone()
    }

    /// The same with the time since it was started.
    pub(crate) fn facts_now(&self) -> Facts {
        let mut facts = self.facts();
        let up = u64::try_from(self.world.now() - self.started.get()).unwrap();
        facts.uptime = Some(Duration::from_secs(up));
        facts
    }

    /// Seconds by which its clock is ahead of the true time.
    pub(crate) fn ahead(&self) -> i64 {
        self.off.get()
    }

    /// These USB keys are plugged in, and no others.
    pub(crate) fn plug(&self, devices: &[&str]) {
        let devices = devices.iter().map(|device| device.parse().unwrap());
        let devices = Listed::Given(devices.collect());
        self.change(|facts| facts.usb_devices = devices);
    }

    /// Started again: time since the start begins anew.
    pub(crate) fn restart(&self) {
        self.started.set(self.world.now());
        let now = self.world.now();
        self.change(|facts| facts.boot_id = format!("start at {now}").into());
    }

    /// The clock is set this many seconds ahead of the true time; negative: behind.
    pub(crate) fn clock_ahead(&self, seconds: i64) {
        self.off.set(seconds);
    }

    /// Prepares the program with these arguments, on this machine.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run<'w> {
        self.run_at(&self.home(), args)
    }

    /// The same with another `--home`, such as one that many workstations share.
    pub(crate) fn run_at<S: AsRef<OsStr>>(
        &self,
        home: &Path,
        args: impl IntoIterator<Item = S>,
    ) -> Run<'w> {
        let mut run = self.run_at_home_of_user(args);
        run.args.insert(0, home.as_os_str().to_owned());
        run.args.insert(0, "--home".into());
        run
    }

    /// The same without `--home`: where the platform keeps data of this machine's user.
    pub(crate) fn run_at_home_of_user<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
    ) -> Run<'w> {
        let user = self.world.path().join("users").join(&self.name);
        fs::create_dir_all(&user).unwrap();
        let facts = self.facts_now();
        let described = self
            .world
            .path()
            .join("tmp")
            .join(format!("{}.json", self.name));
        // In one step: a program that runs meanwhile reads them, too.
        let written = described.with_extension("new");
        fs::write(&written, serde_json::to_vec(&facts).unwrap()).unwrap();
        fs::rename(&written, &described).unwrap();
        let args = args.into_iter().map(|arg| arg.as_ref().to_owned());
        Run::new(self.world, args.collect())
            .env("HOME", &user)
            .env("USER", &self.name)
            .env("COUNTERSIGN_TEST_MACHINE", described)
            .env("COUNTERSIGN_TEST_ANCHOR", user.join("anchor"))
            .env("COUNTERSIGN_TEST_SYSTEM", self.home_for_all())
            .env(
                "COUNTERSIGN_TEST_NOW",
                (self.world.now() + self.off.get()).to_string(),
            )
    }

    /// Installs a product file.
    pub(crate) fn install(&self, file: &Path) -> Said {
        self.run([
            OsStr::new("product"),
            OsStr::new("install"),
            file.as_os_str(),
        ])
        .done()
    }

    /// The request code for a license key.
    pub(crate) fn request(&self, key: &str) -> String {
        self.request_with(key, &[])
    }

    /// The request code for a license key, with options.
    pub(crate) fn request_with(&self, key: &str, options: &[&str]) -> String {
        let args = ["request", "activate", key]
            .into_iter()
            .chain(options.iter().copied());
        self.run(args).done().code()
    }

    /// Enters an answer that is taken.
    pub(crate) fn apply(&self, code: &str) -> Said {
        self.run(["apply"]).piped(code).done()
    }

    /// What an application asks at launch.
    pub(crate) fn check(&self) -> Run<'w> {
        self.run(["check"])
    }

    /// The same with options.
    pub(crate) fn check_with(&self, options: &[&str]) -> Run<'w> {
        self.run(["check"].iter().chain(options))
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}
