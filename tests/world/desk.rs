//! The vendor's desk, with what every test needs of it.

use std::ops::Deref;
use std::path::PathBuf;

use super::{Machine, Run, World};

/// A machine that has a desk.
pub(crate) struct Desk<'w>(Machine<'w>);

impl<'w> Deref for Desk<'w> {
    type Target = Machine<'w>;
    fn deref(&self) -> &Machine<'w> {
        &self.0
    }
}

impl<'w> Desk<'w> {
    pub(super) fn new(world: &'w World, name: &str) -> Desk<'w> {
        let desk = Desk(world.machine(name));
        desk.run([
            "desk",
            "init",
            "--vendor",
            "Nordic Survey AS",
            "--mail",
            "desk@example.com",
            "--no-passphrase",
        ])
        .done();
        desk
    }

    /// Defines a product and exports its file.
    pub(crate) fn product(&self, id: &str, options: &[&str]) -> PathBuf {
        let args = ["product", "add", id, "--name", "Survey"]
            .into_iter()
            .chain(options.iter().copied());
        self.run(args).done();
        self.export(id)
    }

    /// Exports a product's file.
    pub(crate) fn export(&self, id: &str) -> PathBuf {
        let file = self
            .world()
            .path()
            .join("files")
            .join(format!("{id}.product"));
        self.run(["product", "export", id, "-o", file.to_str().unwrap()])
            .done();
        file
    }

    /// Sells a license and returns its key.
    pub(crate) fn sell(&self, product: &str, options: &[&str]) -> String {
        let args = [
            "license",
            "new",
            "--product",
            product,
            "--customer",
            "Aurora Shipping",
        ];
        self.run(args.iter().chain(options)).done().line()
    }

    /// Prepares an answer.
    pub(crate) fn respond(&self, request: &str) -> Run<'w> {
        self.run(["respond"]).piped(request)
    }

    /// Prepares an answer with options.
    pub(crate) fn respond_with(&self, request: &str, options: &[&str]) -> Run<'w> {
        self.run(["respond"].iter().chain(options)).piped(request)
    }

    /// The response code to a request that is answered.
    pub(crate) fn answer(&self, request: &str) -> String {
        self.respond(request).done().code()
    }

    /// The whole job: the machine asks, the desk answers, the answer is entered.
    pub(crate) fn license(&self, machine: &Machine<'_>, key: &str) {
        machine.apply(&self.answer(&machine.request(key)));
    }

    /// Gives a clerk a key of his own, which the root certifies with these options.
    pub(crate) fn certify(&self, clerk: &str, options: &[&str]) {
        self.run(["desk", "request", clerk, "--no-passphrase"])
            .done();
        self.certify_again(clerk, options);
    }

    /// Certifies the key that a clerk has.
    pub(crate) fn certify_again(&self, clerk: &str, options: &[&str]) {
        let args = ["desk", "certify", clerk, "--key", "root"];
        self.run(args.iter().chain(options)).done();
    }

    /// Prepares what a clerk does with his key.
    pub(crate) fn by(&self, clerk: &str, args: &[&str]) -> Run<'w> {
        self.run(args).env("COUNTERSIGN_KEY", clerk)
    }

    /// What a clerk answers with his key: the response code and the certificate, as they leave the desk.
    pub(crate) fn answer_by(&self, clerk: &str, request: &str) -> String {
        self.by(clerk, &["respond"]).piped(request).done().stdout
    }

    /// Seats of a license that are taken, as the desk sees it.
    pub(crate) fn seats_taken(&self, key: &str) -> u64 {
        let license = self.run(["--json", "license", "show", key]).done().json();
        license["seats_taken"].as_u64().unwrap()
    }
}
