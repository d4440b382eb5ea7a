//! Who waits for a seat while the license or its rules change.

use super::*;
use crate::world::Holder;

/// Somebody who waits for a seat, and is in the queue.
fn waits(site: &Site<'_>, at: &Part, user: &str) -> Child {
    let before = site.seats()["waiting"].as_u64().unwrap();
    let child = at.start(&["seat", "hold", "--user", user, "--wait", "5m"]);
    while site.seats()["waiting"].as_u64().unwrap() == before {
        thread::sleep(Duration::from_millis(20));
    }
    child
}

fn hold(site: &Site<'_>, user: &str) -> Holder {
    Holder::start(&site.machine.run(["seat", "hold", "--user", user]))
}

fn change_seats(site: &Site<'_>, seats: &str) {
    let change = ["license", "change", &site.key, "--seats", seats];
    site.desk.run(change).done();
    site.sync(&[], &[]);
}

/// What he waits for is a seat of the license as it is when one is free.
#[test]
fn who_waits_goes_by_the_license_as_it_is_by_then() {
    let world = World::new();
    let site = plain(&world, "2");
    let at = Part::site(&site);
    let (anna, bob) = (hold(&site, "anna"), hold(&site, "bob"));
    let mut chen = waits(&site, &at, "chen");
    let dana = waits(&site, &at, "dana");
    change_seats(&site, "1");
    anna.end();
    // One of one is in use.
    thread::sleep(Duration::from_secs(1));
    assert_eq!((site.counts(), chen.try_wait().unwrap()), ((1, 0, 0), None));
    // One more was bought, and who came first is first still.
    change_seats(&site, "2");
    let mut line = String::new();
    BufReader::new(chen.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.starts_with("seat "), "{line}");
    assert_eq!(site.counts(), (2, 0, 0));
    // Of a license that was given up nobody gets one.
    assert_eq!(site.seats()["waiting"], 1);
    site.machine.run(["return", "--yes"]).done();
    bob.end();
    let said = ended(dana, "");
    assert_eq!((said.exit, &*said.stdout), (10, ""), "{}", said.stderr);
    ended(chen, "").done();
}

#[test]
fn who_waits_goes_by_the_rules_as_they_are_by_then() {
    let world = World::new();
    let site = plain(&world, "1");
    let at = Part::site(&site);
    let anna = hold(&site, "anna");
    let eve = waits(&site, &at, "eve");
    let rules = world.file("rules.txt", "deny user:eve\n");
    let set = ["site", "rules", "set", rules.to_str().unwrap()];
    site.admin(set).done();
    anna.end();
    let said = ended(eve, "");
    assert_eq!((said.exit, &*said.stdout), (18, ""), "{}", said.stderr);
}

/// All seats are reserved while the password of a loan is typed.
#[test]
fn a_loan_goes_by_the_rules_as_they_are_when_it_is_signed() {
    let world = World::new();
    let site = plain(&world, "2");
    let at = Part::site(&site);
    let laptop = site.workstation("laptop");
    let request = site.ask(&laptop, &["--days", "3"]);
    let typed = world.path().join("files/typed");
    let made = Command::new("mkfifo").arg(&typed).status();
    assert!(made.unwrap().success());
    let mut respond = at.start(&["respond", "--passphrase-file", typed.to_str().unwrap()]);
    let mut reads = respond.stdin.take().unwrap();
    reads.write_all(request.as_bytes()).unwrap();
    drop(reads);
    // It waits for the password now.
    let mut password = std::fs::File::create(&typed).unwrap();
    let rules = world.file("rules.txt", "reserve 2 user:anna\n");
    let set = ["site", "rules", "set", rules.to_str().unwrap()];
    site.admin(set).done();
    password.write_all(b"open sesame\n").unwrap();
    drop(password);
    let said = ended(respond, "");
    assert_eq!((said.exit, &*said.stdout), (18, ""), "{}", said.stderr);
    assert_eq!(site.seats()["lent"], 0);
    book_holds(&site, 0);
}
