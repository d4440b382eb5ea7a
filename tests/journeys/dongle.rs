//! From a HASP dongle to a software license, with no gap in service: at every step of it the application runs.

use crate::world::{Desk, Machine, World};

const HASP: &str = "0529:0001:8a3f21";
const PRODUCT: &[&str] = &[
    "--limit",
    "employees",
    "--demo-days",
    "30",
    "--demo-limit",
    "employees=5",
];

fn with_dongle(world: &World) -> (Desk<'_>, Machine<'_>, String) {
    let desk = world.desk("desk");
    let file = desk.product("infinitime", PRODUCT);
    let key = desk.sell("infinitime", &["--usb", HASP, "--limit", "employees=250"]);
    let site = world.machine("site");
    site.install(&file);
    site.plug(&[HASP]);
    let request = site.request_with(&key, &["--usb", "auto"]);
    site.apply(&desk.answer(&request));
    (desk, site, key)
}

/// What an application asks: with all employees, so that a demo would not do.
fn in_service(site: &Machine<'_>) {
    let check = site.check_with(&["--count", "employees=250"]);
    assert!(check.done().stdout.starts_with("licensed: infinitime"));
}

#[test]
fn the_old_dongle_is_retired_and_a_new_key_takes_its_place() {
    // Which of two licenses is looked at first depends on their keys: it must not matter.
    for new_first in [true, false] {
        let world = World::new();
        let (desk, site, old) = with_dongle(&world);
        in_service(&site);

        // The desk sells the software license: a new 13-digit key.
        let new = loop {
            let key = desk.sell("infinitime", &["--limit", "employees=250"]);
            if (key < old) == new_first {
                break key;
            }
        };
        let request = site.request(&new);
        in_service(&site);
        let answer = desk.answer(&request);
        in_service(&site);
        site.apply(&answer);
        in_service(&site);

        // From now on the dongle may be pulled, and is; the demo does not come in between.
        site.plug(&[]);
        in_service(&site);
        world.days_pass(3);
        in_service(&site);

        // The old license is given back, without its dongle; nothing of it is left in use.
        let code = site.run(["return", &old, "--yes"]).done().code();
        in_service(&site);
        desk.respond(&code).done().tells("seat freed");
        desk.run([
            "license",
            "revoke",
            &old,
            "--reason",
            "the dongle came back",
        ])
        .done();
        in_service(&site);
        assert_eq!((desk.seats_taken(&old), desk.seats_taken(&new)), (0, 1));

        // The dongle turns up once more: it brings nothing back, and does no harm.
        site.plug(&[HASP]);
        in_service(&site);
        site.check_with(&["--license", &old])
            .refused(10, "returned");
        world.days_pass(20);
        let request = site.run(["request", "sync"]).done().code();
        site.apply(&desk.answer(&request));
        in_service(&site);
        desk.run(["ledger", "verify"]).done();
    }
}

#[test]
fn or_the_same_license_goes_on_without_its_dongle() {
    let world = World::new();
    let (desk, site, key) = with_dongle(&world);
    desk.run(["license", "change", &key, "--usb", "none"])
        .done()
        .prints("usb key 0529:0001:8a3f21 → none");
    // The mail says what is to be typed there: the machine does not find out by itself.
    desk.run(["license", "mail", &key])
        .done()
        .prints(&format!("countersign request sync {key} --usb none"));
    in_service(&site);
    let request = site.run(["request", "sync", "--usb", "none"]).done();
    let code = request.tells("no USB key any more").code();
    in_service(&site);
    let answer = desk.answer(&code);
    in_service(&site);
    site.apply(&answer);
    in_service(&site);
    site.plug(&[]);
    in_service(&site);
    world.days_pass(25);
    let request = site.run(["request", "sync"]).done().code();
    site.apply(&desk.answer(&request));
    in_service(&site);
}
