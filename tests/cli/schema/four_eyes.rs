//! What the commands print that say what another approves.

use super::Printed;
use crate::world::World;

pub(super) fn lived(it: &mut Printed) {
    let world = World::new();
    let desk = world.desk("desk");
    desk.product("survey", &[]);
    desk.certify("ann", &[]);
    let policy = ["desk", "policy", "survey", "--approve", "seats>5"];
    it.one("desk-policy", desk.by("root", &policy));
    let sell = ["license", "new", "--product", "survey", "--customer", "A"];
    let ann = ["--as", "ann", "--key", "ann", "--seats"];
    let proposal = |seats: &str| {
        let sale = desk.run(sell.iter().chain(&ann)).arg(seats);
        sale.with_json_exits(9)["error"]["proposal"].to_string()
    };
    let (done, not) = (proposal("6"), proposal("7"));
    let inbox = |what: &str, number: &str| {
        desk.by("root", &["desk", "inbox", what])
            .arg(number)
            .arg("--as=bo")
    };
    it.one("desk-inbox-show", inbox("show", &done));
    it.one("desk-inbox-approve", inbox("approve", &done));
    it.one(
        "desk-inbox-decline",
        inbox("decline", &not).arg("--note=no"),
    );
    let all = ["desk", "inbox", "list", "--all"];
    it.all(0, "desk-inbox-list", desk.run(all));
    it.one("ledger-verify", desk.run(["ledger", "verify"]));
}
