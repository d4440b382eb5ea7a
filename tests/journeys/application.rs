//! An application with several licenses, and what its developer tries first.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use countersign::app::{Needs, Refused};
use countersign::holder::{Difference, Outcome};
use countersign::license_key::LicenseKey;
use countersign::text::Kind;
use countersign::{App, License};

use crate::world::{Desk, World};

const PRODUCT: &[&str] = &[
    "--feature",
    "export",
    "--limit",
    "users",
    "--demo-days",
    "30",
    "--demo-limit",
    "users=2",
];

/// A desk, its product, and the application on a computer of its own.
struct Shop<'w> {
    world: &'w World,
    desk: Desk<'w>,
    product: String,
}

impl<'w> Shop<'w> {
    fn new(world: &'w World) -> Shop<'w> {
        let desk = world.desk("desk");
        let product = fs::read_to_string(desk.product("survey", PRODUCT)).unwrap();
        Shop {
            world,
            desk,
            product,
        }
    }

    fn app(&self) -> App {
        self.app_of(&self.product)
    }

    fn app_of(&self, product: &str) -> App {
        let now = Duration::from_secs(self.world.now().cast_unsigned());
        App::builder(product)
            .home(&self.home())
            .facts(self.world.machine("ship").facts_now())
            .clock(SystemTime::UNIX_EPOCH + now)
            .build()
            .unwrap()
    }

    fn home(&self) -> std::path::PathBuf {
        self.world.path().join("application")
    }

    fn sell(&self, options: &[&str]) -> LicenseKey {
        self.desk.sell("survey", options).parse().unwrap()
    }

    fn license(&self, options: &[&str]) -> LicenseKey {
        let key = self.sell(options);
        let request = self.app().activate(key).unwrap();
        self.apply(&request.to_string());
        key
    }

    fn revalidate(&self, key: LicenseKey) {
        let request = self.app().revalidate_of(key).unwrap();
        self.apply(&request.to_string());
    }

    fn apply(&self, request: &str) {
        let answer = self.desk.answer(request);
        let outcome = self.app().apply(&answer).unwrap();
        assert!(outcome.to_string().ends_with(" is in force"), "{outcome}");
    }

    fn only(&self, key: LicenseKey) -> Result<License, Refused> {
        self.app().check_for(&Needs::default().license(key))
    }
}

#[test]
fn a_return_never_gives_up_another_license() {
    let world = World::new();
    let shop = Shop::new(&world);
    let (one, other) = (shop.license(&[]), shop.license(&[]));
    let app = shop.app();
    let refused = app.return_license().unwrap_err();
    assert_eq!(refused.kind(), "which_license");
    for key in [one, other] {
        assert!(refused.to_string().contains(&key.to_string()), "{refused}");
        let _ = shop.only(key).unwrap();
    }
    assert_eq!(app.revalidate().unwrap_err().kind(), "which_license");

    let given = app.return_license_of(one).unwrap();
    assert!(!given.repeated);
    for _ in 0..3 {
        let again = app.return_license_of(one).unwrap();
        assert_eq!((again.code(), again.repeated), (given.code(), true));
        assert_eq!(app.return_license().unwrap_err().kind(), "which_license");
    }
    shop.desk
        .respond(&given.to_string())
        .done()
        .tells("seat freed");
    assert_eq!(shop.only(one).unwrap_err().kind(), "returned");
    assert_eq!(shop.app().check().unwrap().key(), Some(other));
    // Only one is held, and that one is re-validated.
    assert_eq!(app.revalidate().unwrap().license_key, other);
    assert_eq!(app.revalidate_of(one).unwrap_err().kind(), "not_licensed");
}

#[test]
fn what_is_only_requested_is_not_given_up() {
    let world = World::new();
    let shop = Shop::new(&world);
    let app = shop.app();
    let key = shop.sell(&[]);
    let request = app.activate(key).unwrap();
    for refused in [
        app.return_license(),
        app.return_license_of(key),
        app.revalidate(),
        app.revalidate_of(key),
    ] {
        assert_eq!(refused.unwrap_err().kind(), "not_licensed");
    }
    shop.apply(&request.to_string());
    let given = app.return_license().unwrap();
    shop.desk.respond(&given.to_string()).done();

    // Requested anew after it was given up: the same call makes the same code, and the request stands.
    let request = app.activate(key).unwrap();
    let again = app.return_license().unwrap();
    assert_eq!((again.code(), again.repeated), (given.code(), true));
    shop.apply(&request.to_string());
    assert_eq!(shop.app().check().unwrap().key(), Some(key));
    assert_ne!(app.return_license().unwrap().code(), given.code());
}

/// What a check says after a return does not hang on whether another license was asked for.
#[test]
fn a_demo_does_not_come_back_by_a_request() {
    let world = World::new();
    let shop = Shop::new(&world);
    shop.license(&[]);
    let given = shop.app().return_license().unwrap();
    shop.desk.respond(&given.to_string()).done();
    assert_eq!(shop.app().check().unwrap_err().kind(), "returned");
    let other = shop.sell(&[]);
    let request = shop.app().activate(other).unwrap();
    let refused = shop.app().check().unwrap_err();
    assert_eq!(refused.kind(), "not_licensed");
    assert_eq!(
        refused.to_string(),
        "there is no license for Survey on this machine"
    );
    shop.apply(&request.to_string());
    assert_eq!(shop.app().check().unwrap().key(), Some(other));
}

#[test]
fn licenses_and_requests_are_listed_and_answers_looked_at_before() {
    let world = World::new();
    let shop = Shop::new(&world);
    let (one, other) = (shop.license(&["--limit", "users=5"]), shop.sell(&[]));
    let app = shop.app();
    let asked = app.activate(other).unwrap();
    let again = app.revalidate_of(one).unwrap();
    let pending = app.pending().unwrap();
    let codes: Vec<_> = pending.iter().map(|it| it.request.code()).collect();
    assert_eq!(codes.len(), 2);
    assert!(codes.contains(&asked.code()) && codes.contains(&again.code()));
    let kinds: Vec<_> = pending.iter().map(|it| it.kind).collect();
    assert!(kinds.contains(&Kind::Activate) && kinds.contains(&Kind::Sync));
    assert!(pending.iter().all(|it| it.made.unix() == world.now()));
    let held = app.licenses().unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].key, one);
    assert_eq!(held[0].check.as_ref().unwrap().limit("users"), 5);

    let key = one.to_string();
    let change = ["license", "change", &key, "--limit", "users=9"];
    shop.desk.run(change).done();
    let answer = shop.desk.answer(&again.to_string());
    let before = world.snapshot();
    let Outcome::Applied(would) = app.preview(&answer).unwrap() else {
        panic!("it would change something");
    };
    assert_eq!(world.snapshot(), before);
    let changes = would.changes();
    let users = |it: &Difference| it.what.entry() == Some("users") && it.after == "9";
    assert!(changes.iter().any(users), "{changes:?}");
    assert_eq!(app.preview("no code").unwrap_err().kind(), "no_code");
    assert!(app.apply(&answer).unwrap().to_string().contains("Survey"));
    assert!(matches!(
        app.preview(&answer).unwrap(),
        Outcome::AlreadyApplied(_)
    ));
    assert_eq!(app.pending().unwrap().len(), 1);
}

#[test]
fn a_demo_says_its_last_day() {
    let world = World::new();
    let shop = Shop::new(&world);
    let warned = || {
        let demo = shop.app().check().unwrap();
        demo.warnings()
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert!(warned().is_empty());
    world.days_pass(22);
    let last = world.day(7);
    assert_eq!(warned(), [format!("the demo ends in 7 days, on {last}")]);
    world.days_pass(7);
    assert_eq!(warned(), ["this is the last day of the demo"]);
    world.days_pass(1);
    let refused = shop.app().check().unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!("the demo of Survey ended on {last}")
    );
}

#[test]
fn of_several_licenses_one_counts_that_has_what_is_needed() {
    let world = World::new();
    let shop = Shop::new(&world);
    let small = shop.license(&["--limit", "users=5", "--feature", "export"]);
    let large = shop.license(&["--limit", "users=10"]);
    let chosen = |needs: &Needs| shop.app().check_for(needs).map(|license| license.key());
    let users = |users| Needs::default().at_most("users", users);
    assert_eq!(chosen(&users(7)).unwrap(), Some(large));
    assert_eq!(chosen(&users(3).feature("export")).unwrap(), Some(small));
    let refused = chosen(&users(11)).unwrap_err();
    assert_eq!(refused.kind(), "over_limit");
    // Nothing is printed of the product but its name.
    let printed = format!("{refused:?} {:?}", shop.app());
    assert!(
        printed.contains("survey") && printed.len() < 1_000,
        "{printed}"
    );

    // Else the one that was granted last; and one that warns of nothing before it.
    for last in [small, large, small] {
        world.days_pass(1);
        shop.revalidate(last);
        assert_eq!(chosen(&Needs::default()).unwrap(), Some(last));
    }
    let ending = shop.license(&["--expires", &world.day(20)]);
    assert!(!shop.only(ending).unwrap().warnings().is_empty());
    assert_eq!(chosen(&Needs::default()).unwrap(), Some(small));
}

#[test]
fn time_counts_for_the_license_that_is_needed() {
    let world = World::new();
    let shop = Shop::new(&world);
    let (one, other) = (shop.license(&[]), shop.license(&[]));
    for key in [one, other] {
        let _ = shop.only(key).unwrap();
    }
    let mark = |key: LicenseKey| {
        let digits: String = key.to_string().replace('-', "");
        fs::read(shop.home().join(format!("machine/clock/{digits}.json"))).unwrap()
    };
    for (counts, rests) in [(one, other), (other, one)] {
        world.days_pass(1);
        let before = (mark(counts), mark(rests));
        let running = shop
            .app()
            .keep_time_while_running(&Needs::default().license(counts));
        assert_eq!((mark(counts), mark(rests)), before, "once an hour");
        drop(running);
        assert_ne!(mark(counts), before.0, "and when it ends");
        assert_eq!(mark(rests), before.1);
    }
}

#[test]
fn line_ends_of_another_system_do_no_harm() {
    let world = World::new();
    let shop = Shop::new(&world);
    let edited = format!("\u{feff}{}", shop.product.replace('\n', "\r\n"));
    assert!(shop.app_of(&edited).check().unwrap().is_demo());
    let ship = world.machine("ship");
    ship.install(&world.file("edited.product", &edited));
    let kept = ship.kept("machine/products/survey.product");
    assert_eq!(fs::read_to_string(&kept).unwrap(), shop.product);
    // Anything else is as wrong as it was.
    let blank = shop.product.replace('\n', " \n");
    let refused = App::builder(&blank).home(Path::new("unused")).build();
    assert_eq!(refused.unwrap_err().kind(), "bad_product_file");
}

/// "The number of instances of the software used simultaneously cannot exceed the number of licences."
#[test]
fn an_application_takes_a_seat_of_a_floating_license_and_gives_it_back() {
    let world = World::new();
    let shop = Shop::new(&world);
    let key = shop.license(&["--type", "floating", "--seats", "1", "--feature", "export"]);
    // Any number may ask; none of them may run for it.
    let refused = shop.app().check().unwrap_err();
    assert_eq!(refused.kind(), "needs_seat");
    let Refused::NeedsSeat { license } = refused else {
        panic!("{refused}")
    };
    assert!(license.floats() && license.has("export"));

    let app = shop.app();
    let seat = app.take_seat().unwrap();
    assert_eq!((seat.number(), seat.license().key()), (Some(1), Some(key)));
    let refused = shop.app().take_seat().unwrap_err();
    assert_eq!(refused.kind(), "no_seat");
    assert!(
        refused.to_string().starts_with("the only seat is in use: "),
        "{refused}"
    );
    drop(seat);
    let needs = Needs::default().feature("export");
    let again = shop.app().take_seat_for(&needs, Duration::ZERO).unwrap();
    assert_eq!(again.number(), Some(1));
    drop(again);
    // Waited for, in another thread of the application.
    let seat = app.take_seat().unwrap();
    let waits = std::thread::spawn(move || app.take_seat_for(&needs, Duration::from_secs(600)));
    drop(seat);
    assert_eq!(waits.join().unwrap().unwrap().number(), Some(1));
    // What else is not allowed is said first, and takes nothing.
    let needs = Needs::default().feature("nothing");
    let refused = shop.app().take_seat_for(&needs, Duration::ZERO);
    assert_eq!(refused.unwrap_err().kind(), "feature_missing");
}

/// A seat more is bought while the application waits for one.
#[test]
fn an_application_that_waits_has_the_license_as_it_is_by_then() {
    let world = World::new();
    let shop = Shop::new(&world);
    let key = shop.license(&["--type", "floating", "--seats", "1"]);
    let seat = shop.app().take_seat().unwrap();
    let app = shop.app();
    let waits =
        std::thread::spawn(move || app.take_seat_for(&Needs::default(), Duration::from_secs(600)));
    let change = ["license", "change", &key.to_string(), "--seats", "2"];
    let more = ["--feature", "export"];
    shop.desk.run(change.iter().chain(&more)).done();
    shop.revalidate(key);
    let other = waits.join().unwrap().unwrap();
    assert_eq!((seat.number(), other.number()), (Some(1), Some(2)));
    assert!(!seat.license().has("export") && other.license().has("export"));
}

#[test]
fn what_does_not_float_takes_no_seat() {
    let world = World::new();
    let shop = Shop::new(&world);
    let demo = shop.app().take_seat().unwrap();
    assert!(demo.license().is_demo() && demo.number().is_none());
    let key = shop.license(&[]);
    let (one, two) = (shop.app().take_seat(), shop.app().take_seat());
    for seat in [one.unwrap(), two.unwrap()] {
        assert_eq!((seat.number(), seat.license().key()), (None, Some(key)));
        assert!(!seat.license().floats());
    }
}
