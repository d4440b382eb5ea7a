//! What is said to whoever gets no seat, and what the columns of `seat list` say.

use super::*;

/// Whoever has waited is told something else than to wait.
#[test]
fn who_has_waited_is_not_told_to_wait() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    machine.run(["seat", "take"]).done();
    running(&machine, &[], "true")
        .exits(116)
        .tells("wait for one with --wait 10m");
    for run in [
        running(&machine, &["--wait", "1s"], "true"),
        hold(&machine, &["--wait", "1s"]),
        machine.run(["seat", "take", "--wait", "1s"]),
    ] {
        let said = run.said().tells("wait for longer, or ask somebody");
        assert!(!said.stderr.contains("--wait"), "{said}");
        assert!([16, 116].contains(&said.exit), "{said}");
    }
}

/// A column says what there is: no features where the license has none, and a note of a loan is no user.
#[test]
fn the_columns_of_the_list_say_what_is_so() {
    let world = World::new();
    let (machine, _) = site(&world, &[], &["--seats", "1"]);
    machine.run(["seat", "take", "--user", "anna"]).done();
    let plain = machine.run(["seat", "list"]).done();
    assert!(!plain.stdout.contains("  all  "), "{plain}");
    let world = World::new();
    let order = ["--seats", "2", "--lend", "30", "--feature", "lv"];
    let site = crate::world::Site::new(&world, &["--feature", "lv"], &order);
    site.lend(&site.workstation("laptop"), "5");
    site.admin(["loan", "note", "1", "chen"]).done();
    let shown = site.machine.run(["seat", "list"]).done();
    let shown = shown
        .prints("  all  ")
        .prints("loan 1 (chen), until 2040-03-06");
    let row = shown.stdout.lines().nth(2).unwrap();
    assert_eq!(row.matches("chen").count(), 1, "{row}");
}
