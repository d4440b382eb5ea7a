//! A customer's site: a machine that holds a floating license and lends its seats, and the workstations that borrow them.

use std::ffi::OsStr;
use std::path::PathBuf;

use super::{Desk, Machine, Run, Said, World};

pub(crate) struct Site<'w> {
    pub(crate) desk: Desk<'w>,
    pub(crate) machine: Machine<'w>,
    pub(crate) key: String,
    pub(crate) file: PathBuf,
    password: PathBuf,
}

impl<'w> Site<'w> {
    /// Sold with this catalogue and these options, and licensed as a site.
    pub(crate) fn new(world: &'w World, product: &[&str], order: &[&str]) -> Site<'w> {
        Site::of("floating", world, product, order)
    }

    /// The same of a license of this type.
    pub(crate) fn of(
        license_type: &str,
        world: &'w World,
        product: &[&str],
        order: &[&str],
    ) -> Site<'w> {
        let desk = world.desk("vendor of the site");
        let file = desk.product("survey", product);
        let order: Vec<&str> = ["--type", license_type]
            .iter()
            .chain(order)
            .copied()
            .collect();
        let key = desk.sell("survey", &order);
        let site = Site {
            machine: world.machine("site"),
            password: world.secret("password", "open sesame\n"),
            desk,
            key,
            file,
        };
        site.machine.install(&site.file);
        site.admin(["site", "init"]).done();
        let request = site.machine.request_with(&site.key, &["--site"]);
        site.machine.apply(&site.desk.answer(&request));
        site
    }

    /// A command of the site's administrator, who knows the password.
    pub(crate) fn admin<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run<'w> {
        self.machine
            .run(args)
            .env("COUNTERSIGN_PASSPHRASE_FILE", &self.password)
    }

    /// A workstation of this name that knows the product and nothing else.
    pub(crate) fn workstation(&self, name: &str) -> Machine<'w> {
        let machine = self.machine.world().machine(name);
        machine.install(&self.file);
        machine
    }

    /// What a workstation asks.
    pub(crate) fn ask(&self, machine: &Machine<'w>, options: &[&str]) -> String {
        let args = ["request", "borrow", &self.key];
        let args = args.iter().copied().chain(options.iter().copied());
        machine.run(args).done().code()
    }

    /// An answer that is prepared.
    pub(crate) fn respond(&self, request: &str, options: &[&str]) -> Run<'w> {
        self.admin(["respond"].iter().chain(options)).piped(request)
    }

    /// The code that answers a request.
    pub(crate) fn answer(&self, request: &str) -> String {
        self.respond(request, &[]).done().code()
    }

    /// The whole of it: asked, answered, entered.
    pub(crate) fn lend(&self, machine: &Machine<'w>, days: &str) -> Said {
        machine.apply(&self.answer(&self.ask(machine, &["--days", days])))
    }

    pub(crate) fn seats(&self) -> serde_json::Value {
        self.machine.run(["seat", "list"]).json()
    }

    /// Seats that are in use here, lent and free.
    pub(crate) fn counts(&self) -> (u64, u64, u64) {
        let seats = self.seats();
        let number = |name: &str| seats[name].as_u64().unwrap();
        (number("in_use"), number("lent"), number("free"))
    }

    /// The vendor is asked once more, and answers with a clerk's word.
    pub(crate) fn sync(&self, asked: &[&str], answered: &[&str]) -> Said {
        let request = ["request", "sync"].iter().chain(asked);
        let request = self.machine.run(request).done().code();
        let answer = self.desk.respond_with(&request, answered).done().code();
        self.machine.apply(&answer)
    }
}
