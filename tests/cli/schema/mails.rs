//! What the commands print that answer mails unattended.

use super::Printed;
use crate::cli::unattended::{KARI, answer, desk_with, mail};
use crate::world::World;

pub(super) fn lived(it: &mut Printed) {
    let world = World::new();
    let (desk, ship, key) = desk_with(&world, &["--contact", KARI]);
    let request = ship.request(&key);
    let held = |id: &str| mail(id, KARI, "Precedence: bulk\n", &request);
    it.one("desk-answer", answer(&desk, "no mail"));
    it.one("desk-answer", answer(&desk, &held("1")));
    it.one("desk-answer", answer(&desk, &held("2")));
    it.one(
        "desk-inbox-show",
        desk.run(["desk", "inbox", "show", "M-1"]),
    );
    it.all(0, "desk-report", desk.run(["desk", "report"]));
    let approve = ["desk", "inbox", "approve", "M-1"];
    it.one("desk-inbox-approve", desk.run(approve));
    let decline = ["desk", "inbox", "decline", "M-2", "--note", "no"];
    it.one("desk-inbox-decline", desk.run(decline));
    let all = ["desk", "inbox", "list", "--all"];
    it.all(0, "desk-inbox-list", desk.run(all));
}
