//! One text is answered with one mail: it goes to nobody whom only a part of it concerns.

use crate::world::World;

#[test]
fn a_text_of_two_customers_goes_to_neither() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let mut requests = Vec::new();
    for (customer, contact) in [
        ("Gamma", Some("g@gamma.example")),
        ("Today", None),
        ("Gamma", None),
        ("Other", Some("o@other.example")),
    ] {
        let mut sale = vec![
            "license",
            "new",
            "--product",
            "survey",
            "--customer",
            customer,
        ];
        sale.extend(contact.into_iter().flat_map(|it| ["--contact", it]));
        let key = desk.run(sale).done().stdout.trim().to_owned();
        let machine = world.machine(&format!("m{}", requests.len()));
        machine.install(&file);
        requests.push(machine.request(&key));
    }
    let both = |one: usize, other: usize| format!("{}\n\n{}\n", requests[one], requests[other]);
    let mailed = |text: &str, more: &[&str]| {
        let args = ["respond", "--mail"].iter().chain(more);
        desk.run(args).piped(text)
    };
    let before = world.snapshot();
    mailed(&both(0, 1), &[])
        .refused(2, "usage")
        .tells("g@gamma.example is the contact of one, and Today has none");
    mailed(&both(0, 3), &[])
        .refused(2, "usage")
        .tells("different contacts");
    assert_eq!(world.snapshot(), before);
    // Told whom, and of one customer, it goes.
    let said = mailed(&both(0, 1), &["--to", "x@example.com"]).done();
    assert!(said.stdout.contains("To: <x@example.com>"), "{said}");
    let said = mailed(&both(0, 2), &[]).done();
    assert!(said.stdout.contains("To: <g@gamma.example>"), "{said}");
}
