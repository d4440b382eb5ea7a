//! SYNC, RETURN and EMERGENCY from the command line.

use super::world::{DAY, Machine, Vendor, day, employees};
use serde_json::json;

#[test]
fn a_purchase_is_one_exchange_and_says_what_it_changed() {
    let mut vendor = Vendor::new(|_| ());
    let machine = Machine::licensed(&mut vendor, "");
    let first = machine.run("--json request sync").json();
    assert_eq!(first["kind"], "sync");
    assert_eq!(first["verdict"], "new");
    let code = first["code"].as_str().unwrap();
    assert!(code.starts_with("SYN1: "), "{code}");
    let again = machine.run("request sync");
    assert_eq!(again.out.trim_end(), code);
    assert!(again.err.contains("the same code again"), "{}", again.err);
    let status = machine.run("status");
    assert!(status.out.contains("1 request"), "{}", status.out);
    assert!(status.err.contains("countersign apply"), "{}", status.err);

    let answer = vendor.answer(code, |grant| {
        grant.seats = 8;
        grant.entitlements = employees(500);
        grant.revalidate_by = Some(day("2041-02-01"));
    });
    let applied = machine.apply(&answer);
    assert!(
        applied.err.contains(
            "seats 5 → 8, re-validate by 2040-12-22 → 2041-02-01 and employees 250 → 500"
        ),
        "{}",
        applied.err
    );
    assert_eq!(machine.run("--json check").json()["seats"], 8);
    let again = machine.run(&format!("--json apply {}", answer.replace('\n', " ")));
    assert_eq!(again.json()["outcome"], "already_applied");
    let history = machine.run("--json status").json()["history"].clone();
    assert_eq!(history.as_array().unwrap().len(), 2);
}

#[test]
fn drift_is_warned_of_said_and_healed() {
    let mut vendor = Vendor::new(|_| ());
    let mut machine = Machine::licensed(&mut vendor, "");
    for part in ["product_uuid", "mac", "disk_serial"] {
        machine.facts[part] = json!(match part {
            "mac" => "3c:ec:ef:99:99:99".to_owned(),
            _ => "another-one-77".to_owned(),
        });
    }
    let check = machine.run("check");
    assert_eq!(check.code, 0, "{}", check.err);
    assert!(
        check.err.contains("the machine has changed"),
        "{}",
        check.err
    );
    machine.now += 3 * DAY;
    assert_eq!(machine.run("check").code, 13);
    let request = machine.run("request sync");
    assert!(
        request
            .err
            .contains("main board, network card, system disk changed"),
        "{}",
        request.err
    );
    let answer = vendor.answer(&request.ok(), |_| ());
    machine.apply(&answer).ok();
    assert_eq!(machine.run("--json check").json()["warnings"], json!([]));
    machine.facts["machine_id"] = json!("ffd1219c7c4c5404aaa1f6d2a48adfda");
    machine.facts["root_fs_uuid"] = json!("6f1e0bd0-3f4b-4a3e-9a51-0c1c6a0f3aff");
    for part in ["product_uuid", "mac", "disk_serial"] {
        machine.facts[part] = json!(null);
    }
    assert_eq!(machine.run("check").code, 13, "nothing of it is the same");
}

#[test]
fn a_return_is_reprinted_and_never_undone() {
    let mut vendor = Vendor::new(|_| ());
    let mut machine = Machine::licensed(&mut vendor, "");
    let late = vendor.answer(&machine.run("request sync").ok(), |_| ());
    machine.copy_home("copy");
    let unasked = machine.run("return");
    assert_eq!(unasked.code, 2, "nobody could be asked: {}", unasked.err);
    assert_eq!(machine.run("check").code, 0);

    let code = machine.run("return --yes").ok();
    assert!(code.starts_with("RET1: ") && code.len() < 62, "{code}");
    let symbols = code.trim_start_matches("RET1: ");
    let symbols = symbols.chars().filter(char::is_ascii_alphanumeric).count();
    assert!(symbols < 45, "{symbols}");
    let check = machine.run("--json check");
    assert_eq!(
        (check.code, &check.json()["state"]),
        (10, &json!("returned"))
    );
    // From a machine that drifted away, and without being asked.
    for part in ["root_fs_uuid", "product_uuid", "mac", "disk_serial"] {
        machine.facts[part] = json!(null);
    }
    let again = machine.run("--json return").json();
    assert_eq!(again["verdict"], "repeated");
    assert_eq!(again["code"].as_str().unwrap(), code.trim_end());

    // The copy, by --home and in place, also with an answer that was under way.
    let machine = machine;
    for home in ["copy", "home"] {
        let said = machine.run(&format!("--home {home} --json check"));
        assert_eq!(said.json()["state"], "returned", "{home}");
        let said = machine.run(&format!("--home {home} apply {}", late.replace('\n', " ")));
        let said_then = machine.run(&format!("--home {home} --json check"));
        assert_eq!(said_then.json()["state"], "returned", "{home} {}", said.err);
        assert_eq!(machine.run(&format!("--home {home} request sync")).code, 6);
        machine.copy_home("unused");
        let _ = std::fs::remove_dir_all(machine.path("home"));
        let _ = std::fs::rename(machine.path("copy"), machine.path("home"));
    }
}

#[test]
fn a_pending_request_can_be_returned() {
    let mut vendor = Vendor::new(|_| ());
    let machine = Machine::with(&vendor);
    assert_eq!(machine.run("return --yes").code, 10);
    let key = vendor.key.digits();
    let request = machine.run(&format!("request activate {key}")).ok();
    let answer = vendor.answer(&request, |_| ());
    let code = machine.run("return --yes").ok();
    assert_eq!(machine.run("return --yes").ok(), code);
    assert_eq!(machine.apply(&answer).code, 6);
    assert_eq!(machine.run("--json check").json()["state"], "returned");
}

#[test]
fn an_emergency_code_is_read_out() {
    let mut vendor = Vendor::new(|_| ());
    let mut machine = Machine::licensed(&mut vendor, "");
    machine.now += 40 * DAY;
    assert_eq!(machine.run("check").code, 12);
    let code = vendor.emergency(2);
    let applied = machine.apply(&code);
    assert!(
        applied
            .err
            .contains("re-validate by 2040-12-22 → 2041-01-05"),
        "{}",
        applied.err
    );
    assert_eq!(machine.run("check").code, 0);
    let status = machine.run("status").out;
    assert!(
        status.contains("emergency step 2") && status.contains("generation 1"),
        "{status}"
    );
    assert!(machine.apply(&code).err.contains("in force already"));
    assert!(
        machine
            .apply(&vendor.emergency(1))
            .err
            .contains("nothing was changed")
    );

    let stranger = Machine::with(&vendor);
    let other = Machine::run(
        &stranger,
        &format!("--json apply {}", code.replace('\n', " ")),
    );
    assert_eq!(
        (other.code, &other.json()["error"]["kind"]),
        (4, &json!("other_emergency"))
    );
}
