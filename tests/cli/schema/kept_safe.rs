//! A ledger that is kept safe, lost and put back.

use super::Printed;
use crate::world::World;

pub(super) fn lived(it: &mut Printed) {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    let page = desk.run(["license", "certificate", &key]);
    it.one("license-certificate", page);
    it.one("ledger-checkpoint", desk.run(["ledger", "checkpoint"]));
    let backup = world.path().join("backup.db");
    let backup = backup.to_str().unwrap();
    it.one("ledger-backup", desk.run(["ledger", "backup", backup]));
    desk.license(&ship, &key);
    it.one("request-held", ship.run(["request", "held"]));
    let held = ship.run(["request", "held"]).done().stdout;
    let back = ["ledger", "restore", backup, "--reason", "r"];
    let discard = ["--discard-newer"];
    it.one(
        "ledger-restore",
        desk.run(back.iter().chain(&["--dry-run"])),
    );
    desk.run(back.iter().chain(&discard)).done();
    let readopt = desk.run(["ledger", "readopt", "-"]).piped(held);
    it.one("ledger-readopt", readopt);
    let lines = world.path().join("lines.jsonl");
    let export = ["ledger", "export", lines.to_str().unwrap()];
    it.one("ledger-export", desk.run(export));
    let lines = std::fs::read_to_string(&lines).unwrap();
    let lines = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    it.0.entry("ledger-export-line").or_default().extend(lines);
    std::fs::remove_file(desk.kept("desk/ledger.db")).unwrap();
    it.one("ledger-import", desk.run(["ledger", "import", export[2]]));
    let change = ["desk", "change", "--mail", "new@example.com"];
    it.one("desk-change", desk.run(change));
    let replace = ["desk", "replace-root", "--stolen", "spare", "--reason", "r"];
    std::fs::remove_file(desk.kept("desk/spare.pem")).unwrap();
    let replace = desk.run(replace).arg("--no-passphrase");
    it.one("desk-replace-root", replace);
}
