//! Workstations that use the home of a server.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use nix::fcntl::{FcntlArg, fcntl};
use serde_json::Value;

use super::until;
use crate::world::{Holder, Machine, Run, World};

pub(super) const NAMES: [&str; 4] = ["--bind", "server=db1.example.com", "--bind", "database=One"];

/// A license for so many at once, bound to names alone, in the directory of a server that says that it is shared.
pub(super) struct Fleet<'w> {
    password: PathBuf,
    pub(super) server: Machine<'w>,
    key: String,
}

impl<'w> Fleet<'w> {
    pub(super) fn new(world: &'w World, product: &[&str], order: &[&str]) -> Fleet<'w> {
        let fleet = Fleet::unshared(world, product, order);
        let said = fleet.server.run(["seat", "share"]).done();
        said.prints("several computers share these seats from now on");
        fleet
    }

    pub(super) fn unshared(world: &'w World, product: &[&str], order: &[&str]) -> Fleet<'w> {
        Fleet::licensed(
            world,
            product,
            &[&["--type", "floating"], order].concat(),
            &[],
        )
    }

    /// In a home that root keeps for all.
    pub(super) fn for_all(world: &'w World, order: &[&str]) -> Fleet<'w> {
        let order = [&["--type", "floating"], order].concat();
        Fleet::licensed(world, &[], &order, &["--system"])
    }

    /// The same with a site's key.
    pub(super) fn with_site(world: &'w World, product: &[&str], order: &[&str]) -> Fleet<'w> {
        Fleet::typed("floating", world, product, order)
    }

    pub(super) fn typed(
        type_: &str,
        world: &'w World,
        product: &[&str],
        order: &[&str],
    ) -> Fleet<'w> {
        let order = [&["--type", type_], order].concat();
        Fleet::licensed(world, product, &order, &["--site"])
    }

    pub(super) fn licensed(
        world: &'w World,
        product: &[&str],
        order: &[&str],
        asked: &[&str],
    ) -> Fleet<'w> {
        let desk = world.desk("desk");
        let bound = ["--bind", "server,database", "--no-fingerprint"];
        let file = desk.product("survey", &[&bound, product].concat());
        let key = desk.sell("survey", &[&["--grace", "0"], order].concat());
        let server = world.machine("server");
        let for_all: &[&str] = match asked.contains(&"--system") {
            true => &["--system"],
            false => &[],
        };
        let install = ["product", "install", file.to_str().unwrap()];
        server.run(install.iter().chain(for_all)).done();
        let password = world.secret("password", "open sesame\n");
        let fleet = Fleet {
            password,
            server,
            key,
        };
        if asked.contains(&"--site") {
            fleet.admin(&["site", "init"]).done();
        }
        let request = fleet
            .server
            .request_with(&fleet.key, &[&NAMES[..], asked].concat());
        fleet.server.apply(&desk.answer(&request));
        fleet
    }

    /// A command of the administrator, who knows the password.
    pub(super) fn admin(&self, args: &[&str]) -> Run<'w> {
        let run = self.server.run(args);
        run.env("COUNTERSIGN_PASSPHRASE_FILE", &self.password)
    }

    /// A workstation whose clock is wrong by so many seconds.
    pub(super) fn workstation(&self, name: &str, ahead: i64) -> Workstation<'w, '_> {
        let machine = self.server.world().machine(name);
        machine.clock_ahead(ahead);
        Workstation {
            machine,
            fleet: self,
        }
    }

    pub(super) fn directory(&self) -> PathBuf {
        let digits: String = self.key.chars().filter(char::is_ascii_digit).collect();
        self.server.kept("machine/seats").join(digits)
    }

    pub(super) fn seat(&self, number: u16) -> PathBuf {
        self.directory().join(format!("seat-{number:05}"))
    }

    /// The file server loses the lock of a program's seat, and somebody else takes it, who says so in the seat's file.
    pub(super) fn gives_to_another(&self, held: &mut Holder, seat: u16) {
        let gate = File::options()
            .write(true)
            .open(self.directory().join("gate"))
            .unwrap();
        // Meanwhile nothing is renewed.
        let alone = lock(nix::libc::F_WRLCK);
        until(|| fcntl(&gate, FcntlArg::F_OFD_SETLK(&alone)).is_ok());
        let forgotten = self.server.world().path().join("files/forgotten");
        writeln!(held.stdin.as_mut().unwrap()).unwrap();
        until(|| forgotten.exists());
        std::fs::remove_file(forgotten).unwrap();
        let another = "0123456789abcdef 1 0123456789abcdef\n";
        std::fs::write(self.seat(seat), another).unwrap();
    }

    /// So long ago, or from now, the holder of a seat was there last.
    pub(super) fn was_there(&self, number: u16, ago: i64) {
        let now = SystemTime::now();
        let by = Duration::from_secs(ago.unsigned_abs());
        let then = if ago < 0 { now + by } else { now - by };
        let seat = File::options().write(true).open(self.seat(number)).unwrap();
        seat.set_modified(then).unwrap();
    }
}

/// A program on a seat whose lock the file server loses once a line is read: who has inherited a lock can give it up for all who have it.
const FORGOTTEN: &str = r#"
    echo seat $COUNTERSIGN_SEAT
    read now
    for open in /proc/$$/fd/*; do
        case $(readlink "$open") in
            */seat-0*) "$TESTS" --exact cli::seats::fleet::gives_its_lock_up --ignored <&"${open##*/}" > /dev/null ;;
        esac
    done
    touch forgotten
    read end
    exit 0
"#;

/// Of the open file: the byte that is locked where computers share seats.
fn lock(kind: nix::libc::c_int) -> nix::libc::flock {
    nix::libc::flock {
        l_type: kind.try_into().unwrap(),
        l_whence: nix::libc::SEEK_SET.try_into().unwrap(),
        l_start: 1 << 30,
        l_len: 1,
        l_pid: 0,
    }
}

/// Gives the lock on its standard input up, when a program that was [`Workstation::forgotten`] starts it.
#[test]
#[ignore = "a program that tests start"]
fn gives_its_lock_up() {
    let free = lock(nix::libc::F_UNLCK);
    fcntl(std::io::stdin(), FcntlArg::F_OFD_SETLK(&free)).unwrap();
}

pub(super) struct Workstation<'w, 'f> {
    machine: Machine<'w>,
    fleet: &'f Fleet<'w>,
}

impl<'w> Workstation<'w, '_> {
    pub(super) fn run(&self, args: &[&str]) -> Run<'w> {
        self.machine.run_at(&self.fleet.server.home(), args)
    }

    pub(super) fn check(&self, options: &[&str]) -> Run<'w> {
        self.run(&[&["check"], &NAMES[..], options].concat())
    }

    pub(super) fn hold(&self, options: &[&str]) -> Run<'w> {
        self.run(&[&["seat", "hold"], &NAMES[..], options].concat())
    }

    pub(super) fn take(&self, options: &[&str]) -> Run<'w> {
        self.run(&[&["seat", "take"], &NAMES[..], options].concat())
    }

    pub(super) fn running(&self, options: &[&str], script: &str) -> Run<'w> {
        let program = ["--", "sh", "-c", script];
        self.run(&[&["run"], &NAMES[..], options, &program].concat())
    }

    /// A program on a seat, and what it says at its end.
    pub(super) fn forgotten(&self, said: File) -> Holder {
        let tests = std::env::current_exe().unwrap();
        let run = self.running(&[], FORGOTTEN).env("TESTS", tests);
        let mut process = run.env("COUNTERSIGN_TEST_RENEWAL", "50").process();
        process.stderr(said);
        Holder::start_process(process)
    }

    pub(super) fn list(&self) -> Value {
        self.run(&["seat", "list"]).json()
    }

    pub(super) fn in_use(&self) -> Vec<u64> {
        let list = self.list();
        let taken = list["taken"].as_array().unwrap().iter();
        taken.map(|it| it["seat"].as_u64().unwrap()).collect()
    }
}
