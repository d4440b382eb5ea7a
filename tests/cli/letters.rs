//! The letters of `license mail`: what they tell to type is all that the machine must be given, and they go to addresses that a header can bear.

use crate::world::{Machine, Said, World};

const KEY: &str = "0529:0001:8a3f21";
const OTHER: &str = "0529:0001:77c04e";

/// The commands that a letter tells, which stand in lines of their own.
fn told(mail: &Said) -> Vec<String> {
    let line = |line: &str| line.strip_prefix("  countersign ").map(str::to_owned);
    mail.stdout.lines().filter_map(line).collect()
}

/// The same, typed at a machine as they stand: the last but `apply` is what asks.
fn typed(machine: &Machine<'_>, command: &str) -> String {
    machine.run(command.split(' ')).done().code()
}

#[test]
fn a_letter_tells_all_that_the_first_request_needs() {
    let world = World::new();
    let order = ["--type", "named", "--seats", "2", "--usb", KEY];
    let (desk, ship, key) = world.sold(&[], &order);
    let mail = desk.run(["license", "mail", &key]).done();
    let ask = format!("request activate {key} --usb {KEY} --site");
    assert_eq!(told(&mail), ["site init", &ask, "apply"], "{mail}");
    ship.plug(&[KEY]);
    let password = world.secret("password", "open sesame\n");
    ship.run(["site", "init"])
        .env("COUNTERSIGN_PASSPHRASE_FILE", password)
        .done();
    ship.apply(&desk.answer(&typed(&ship, &ask)));
}

#[test]
fn a_letter_asks_for_the_names_that_a_license_is_bound_to() {
    let world = World::new();
    let bound = ["--bind", "server", "--bind", "database"];
    let (desk, ship, key) = world.sold(&bound, &[]);
    let mail = desk.run(["license", "mail", &key]).done();
    let ask = format!("request activate {key} --bind server= --bind database=");
    assert_eq!(told(&mail), [&ask, "apply"], "{mail}");
    mail.prints("After each = write what the license is bound to there, server and database:");
    // Whoever types it as it stands is told so, and binds it to nothing that is not there.
    ship.run(ask.split(' ')).refused(2, "usage");
}

#[test]
fn a_letter_tells_of_another_usb_key_and_of_the_site_at_once() {
    let world = World::new();
    let order = ["--type", "floating", "--seats", "2", "--usb", KEY];
    let (desk, ship, key) = world.sold(&[], &order);
    ship.plug(&[KEY, OTHER]);
    ship.apply(&desk.answer(&ship.request_with(&key, &["--usb", KEY])));
    let letter = |change: &[&str]| {
        let command = ["license", "change", &key];
        desk.run(command.iter().chain(change)).done();
        told(&desk.run(["license", "mail", &key]).done())
    };
    let ask = format!("request sync {key} --usb {OTHER} --site");
    let both = letter(&["--type", "named", "--usb", OTHER]);
    assert_eq!(both, ["site init", &ask, "apply"]);
    let password = world.secret("password", "open sesame\n");
    ship.run(["site", "init"])
        .env("COUNTERSIGN_PASSPHRASE_FILE", password)
        .done();
    let accepted = ["--accept-site-key", "--reason", "they told us"];
    let answer = desk.respond_with(&typed(&ship, &ask), &accepted).done();
    ship.apply(&answer.code());
    // What it has need not be said again.
    let seats = letter(&["--seats", "3"]);
    assert_eq!(seats, [&format!("request sync {key}"), "apply"]);
    let none = letter(&["--usb", "none"]);
    assert_eq!(none, [&format!("request sync {key} --usb none"), "apply"]);
}

/// A key in whose serial number a shell would see more than letters.
#[test]
fn a_letter_quotes_what_a_shell_would_read_otherwise() {
    let world = World::new();
    let (desk, _, key) = world.sold(&[], &["--usb", "0529:0001:8a b'3f$d"]);
    let mail = desk.run(["license", "mail", &key]).done();
    mail.prints(&format!(
        "  countersign request activate {key} --usb '0529:0001:8a b'\\''3f$d'\n"
    ));
}

#[test]
fn a_letter_goes_to_no_address_that_a_header_cannot_bear() {
    let world = World::new();
    let (desk, ship, key) = world.sold(&[], &[]);
    desk.run(["license", "change", &key, "--contact", "dörte@example.com"])
        .refused(2, "usage")
        .tells("xn--");
    let change = [
        "license",
        "change",
        &key,
        "--contact",
        "d@xn--mller-kva.example",
    ];
    desk.run(change).done();
    desk.run(["license", "mail", &key])
        .done()
        .prints("To: d@xn--mller-kva.example\n");
    // Nor does any other mail, a code in it or not; and no request is made for it.
    let before = world.snapshot();
    ship.run([
        "request",
        "activate",
        &key,
        "--mail",
        "--to",
        "d@müller.example",
    ])
    .refused(2, "usage")
    .tells("xn--");
    assert_eq!(world.snapshot(), before);
}
