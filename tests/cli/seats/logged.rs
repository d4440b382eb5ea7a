//! The log of the seats: where it cannot be written, is full, torn, or old.

use super::used::{logs, own_log, release, report, row, take};
use super::*;

/// The log keeps nobody from a seat: where it cannot be written, where it is full, or torn.
#[test]
fn a_log_that_cannot_be_written_refuses_nobody() {
    let world = World::new();
    let (machine, key) = site(&world, &[], &["--seats", "1"]);
    let logs = logs(&machine, &key);
    std::fs::remove_dir(&logs).unwrap();
    for place in ["nothing", "a file"] {
        if place == "a file" {
            std::fs::write(&logs, "x").unwrap();
        }
        running(&machine, &[], "true").done().silent();
        take(&machine, "anna", "ws-14", &[]);
        hold(&machine, &[]).owes(16, "no_seat");
        world.days_pass(2);
    }
    machine.run(["site", "report"]).owes(1, "io");
    std::fs::remove_file(&logs).unwrap();
    std::fs::create_dir(&logs).unwrap();
    machine.run(["site", "report"]).done();
    let token = take(&machine, "anna", "ws-14", &[]);
    let own = own_log(&machine, &key);
    // A disk that was full tore a line: no other is lost for it.
    let torn = |text: &str| {
        let whole = std::fs::read_to_string(&own).unwrap();
        std::fs::write(&own, whole + text).unwrap();
    };
    torn("636379200\ttak");
    world.hours_pass(1);
    release(&machine, &token);
    let seen = report(&machine, &[]);
    assert_eq!(row(&seen, "anna")["seconds"], 3600);
    assert_eq!(seen["unfit_logs"][0]["damaged_lines"], 1);
    machine
        .run(["site", "report"])
        .done()
        .tells("1 line in the log of root is damaged or forged, and was left out: ask root whether the log was edited");
    // However often somebody asks, he fills no disk.
    let token = take(&machine, "anna", "ws-14", &[]);
    let line = "636379200\trefused\tno_seat\t\tzoe\tws-9\t\t\n";
    torn(&line.repeat((4 << 20) / line.len()));
    let size = || std::fs::metadata(&own).unwrap().len();
    let full = size();
    hold(&machine, &[]).exits(16);
    assert_eq!(size(), full);
    world.hours_pass(1);
    release(&machine, &token);
    assert!(size() > full);
    assert_eq!(report(&machine, &[])["unfit_logs"][0]["full_months"], 1);
    machine
        .run(["site", "report"])
        .done()
        .tells("what came later may not be in it; ask root what asks for seats so often");
}

#[test]
fn after_24_months_it_is_forgotten() {
    let world = World::new();
    let (machine, key) = site(&world, &[], &["--seats", "1"]);
    let name = own_log_after_a_session(&machine, &key);
    world.days_pass(740);
    // The license knows of no clock that stands still for years: it is another month's file that counts.
    machine.run(["site", "report"]).done();
    assert!(logs(&machine, &key).join(&name).exists());
    world.days_pass(30);
    machine
        .run(["site", "report"])
        .done()
        .prints("no seat was used");
    assert!(!logs(&machine, &key).join(&name).exists());
}

fn own_log_after_a_session(machine: &Machine<'_>, key: &str) -> String {
    let token = take(machine, "anna", "ws-14", &[]);
    release(machine, &token);
    let own = own_log(machine, key);
    own.file_name().unwrap().to_str().unwrap().to_owned()
}
