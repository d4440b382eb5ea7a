//! What an application meets: `check` and `run`, demo, USB keys, servers by other names.

use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use super::world::{DAY, Machine, Said, Vendor};
use serde_json::json;

#[test]
fn limits_say_by_how_much_and_maintenance_stops_only_what_needs_it() {
    let mut vendor = Vendor::new(|_| ());
    let mut machine = Machine::licensed(&mut vendor, "");
    let over = machine.run("--json check --count employees=480");
    let object = over.json();
    assert_eq!((over.code, &object["state"]), (16, &json!("licensed")));
    let error = &object["error"];
    assert_eq!(
        (
            &error["limit"],
            &error["count"],
            &error["most"],
            &error["over_by"]
        ),
        (&json!("employees"), &json!(480), &json!(250), &json!(230))
    );
    assert!(over.err.contains("230 above"), "{}", over.err);
    assert_eq!(machine.run("check --count employees=250").code, 0);

    machine.activate_for_years(&mut vendor);
    machine.now += 60 * DAY;
    assert_eq!(machine.run("check --feature reports").code, 0);
    let stopped = machine.run("--json check --feature desktop");
    assert_eq!(stopped.code, 15);
    assert_eq!(stopped.json()["error"]["kind"], "maintenance_over");
}

impl Machine {
    fn activate_for_years(&self, vendor: &mut Vendor) {
        let request = self.run("request sync").ok();
        let answer = vendor.answer(&request, |grant| grant.revalidate_by = None);
        self.apply(&answer).ok();
    }
}

#[test]
fn a_new_home_is_no_new_demo() {
    let vendor = Vendor::new(|_| ());
    let mut machine = Machine::with(&vendor);
    let demo = machine.run("--json check --feature reports --count employees=5");
    assert_eq!((demo.code, &demo.json()["state"]), (0, &json!("demo")));
    assert_eq!(machine.run("check --count employees=6").code, 16);
    machine.now += 30 * DAY;
    assert_eq!(machine.run("check").code, 10);
    machine.run("--home fresh product install app.product").ok();
    let fresh = machine.run("--home fresh --json check");
    assert_eq!(fresh.code, 10);
    assert_eq!(fresh.json()["error"]["kind"], "demo_over");
}

#[test]
fn a_usb_key_is_needed_while_the_application_runs() {
    let mut vendor = Vendor::new(|_| ());
    let mut machine = Machine::with(&vendor);
    let key = vendor.key.digits();
    let none = machine.run(&format!("--json request activate {key} --usb auto"));
    assert_eq!(none.json()["error"]["kind"], "no_usb_key");
    let nameless = machine.run(&format!("request activate {key} --usb 0529:0001"));
    assert_eq!(nameless.code, 2);
    assert!(
        nameless.err.contains("no serial number"),
        "{}",
        nameless.err
    );
    machine.facts["usb_devices"] = json!(["0529:0001:8a3f21", "0529:0001:9b"]);
    let several = machine.run(&format!("request activate {key} --usb auto"));
    assert!(
        several.code == 2 && several.err.contains("0529:0001:9b"),
        "{}",
        several.err
    );

    machine.activate(&mut vendor, "--usb 0529:0001:8A3F21");
    assert_eq!(machine.run("--json check").json()["state"], "licensed");
    machine.facts["usb_devices"] = json!(["0529:0001:9b"]);
    let unplugged = machine.run("--json check").json();
    assert_eq!(unplugged["state"], "demo");
    assert_eq!(unplugged["limits"]["employees"], 5);
    machine.now += 30 * DAY;
    assert_eq!(machine.run("check").code, 10);
    machine.facts["usb_devices"] = json!(["0529:0001:8a3f21"]);
    assert_eq!(
        machine.run("--json check").json()["limits"]["employees"],
        250
    );

    // Another key is one exchange.
    machine.facts["usb_devices"] = json!(["0529:0001:9b"]);
    let request = machine.run("request sync --usb auto");
    assert!(request.err.contains("another USB key"), "{}", request.err);
    let answer = vendor.answer(&request.ok(), |_| ());
    machine.apply(&answer).ok();
    assert_eq!(
        machine.run("--json check").json()["limits"]["employees"],
        250
    );
}

#[test]
fn one_server_by_all_its_names() {
    let mut vendor = Vendor::new(|product| {
        product.fingerprint = false;
        product.bind = vec!["server".into(), "database".into()];
        product.demo_days = 0;
        product.demo_features.clear();
        product.demo_limits.clear();
    });
    let machine = Machine::licensed(&mut vendor, "--bind server=. --bind database=Nexus");
    for name in [
        "(local)",
        "LOCALHOST",
        "127.0.0.1",
        "192.168.0.1",
        "pc1",
        "PC1.example.org",
    ] {
        let check = machine.run(&format!("check --bind server={name} --bind database=nexus"));
        assert_eq!(check.code, 0, "{name}: {}", check.err);
    }
    assert_eq!(machine.run("check --bind server=10.0.0.5").code, 13);
    machine.run("alias 10.0.0.5=PC1").ok();
    assert_eq!(machine.run("alias").ok(), "10.0.0.5=pc1\n");
    assert_eq!(machine.run("check --bind server=10.0.0.5").code, 0);
    let request = machine
        .run("--json request sync --bind server=10.0.0.5")
        .json();
    assert_eq!(request["changes"], json!([]), "an alias is no other server");
    machine.run("alias --forget 10.0.0.5").ok();
    assert_eq!(machine.run("check --bind server=10.0.0.5").code, 13);

    let renamed = machine.run("--json request sync --bind server=db2").json();
    assert_eq!(renamed["changes"], json!(["server pc1 → db2"]));
    let answer = vendor.answer(renamed["code"].as_str().unwrap(), |_| ());
    machine.apply(&answer).ok();
    assert_eq!(
        machine
            .run("check --bind server=DB2 --bind database=nexus")
            .code,
        0
    );

    // Another workstation on the same state.
    let mut other = machine;
    other.facts = json!({ "host_name": "ws7", "machine_id": "77d1219c7c4c5404aaa1f6d2a48adfda" });
    assert_eq!(
        other
            .run("check --bind server=db2 --bind database=nexus")
            .code,
        0
    );
}

#[cfg(unix)]
#[test]
fn a_program_is_run_with_the_facts_of_its_license() {
    let mut vendor = Vendor::new(|_| ());
    let machine = Machine::licensed(&mut vendor, "");
    let script = "read line; echo $line $COUNTERSIGN_STATE $COUNTERSIGN_FEATURES $COUNTERSIGN_LIMITS $COUNTERSIGN_DAYS_LEFT ${COUNTERSIGN_EDITION-unset}; exit 42";
    let mut command = machine.command(&["run", "--feature", "reports", "--", "sh", "-c", script]);
    std::fs::write(machine.path("in"), "hello\n").unwrap();
    command.stdin(std::fs::File::open(machine.path("in")).unwrap());
    command.env("COUNTERSIGN_EDITION", "of an outer program");
    let said = Said::of(command.output().unwrap());
    assert_eq!(
        (said.code, said.out.as_str()),
        (
            42,
            "hello licensed reports,desktop employees=250 30 unset\n"
        ),
        "{}",
        said.err
    );
    assert_eq!(machine.run("run -- sh -c true").code, 0);
    let killed = machine
        .command(&["run", "--", "sh", "-c", "kill -9 $$"])
        .output();
    assert_eq!(Said::of(killed.unwrap()).code, 137);
    assert_eq!(machine.run("run -- /nowhere/at-all").code, 1);
    assert_eq!(machine.run("run").code, 2);
}

#[cfg(unix)]
#[test]
fn our_refusals_are_above_the_programs_own_codes() {
    let mut vendor = Vendor::new(|_| ());
    let mut machine = Machine::licensed(&mut vendor, "");
    let ran = machine.path("ran");
    let refused = |machine: &Machine, options: &str| {
        let said = machine.run(&format!("--json run {options} -- touch ran"));
        assert!(!ran.exists(), "{options}");
        said.code
    };
    assert_eq!(refused(&machine, "--feature nothing"), 115);
    assert_eq!(refused(&machine, "--count employees=251"), 116);
    assert_eq!(refused(&machine, "--product other"), 110);
    machine.now += 31 * DAY;
    assert_eq!(refused(&machine, ""), 112);
    machine.run("return --yes").ok();
    assert_eq!(refused(&machine, ""), 110);
}

#[cfg(unix)]
#[test]
fn signals_go_on_to_the_program() {
    let mut vendor = Vendor::new(|_| ());
    let machine = Machine::licensed(&mut vendor, "");
    for (signal, code) in [("TERM", 7), ("INT", 8), ("HUP", 9)] {
        let script = "trap 'exit 7' TERM; trap 'exit 8' INT; trap 'exit 9' HUP; echo ready; while :; do sleep 0.05; done";
        // Whoever runs the tests may have these signals ignored (nohup does), and what was ignored stays so: they are set back first.
        let plain = machine.command(&["run", "--", "sh", "-c", script]);
        let mut command = std::process::Command::new("env");
        command.arg("--default-signal=TERM,INT,HUP");
        command.arg(plain.get_program()).args(plain.get_args());
        command.current_dir(machine.path("."));
        command.stdin(Stdio::null());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        let pid = child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-s", signal, &pid])
            .status();
        assert!(sent.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{signal}");
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    }
}

/// A home on a share: what one workstation is granted, the others may read, after every further command too; secrets only their owner.
#[cfg(unix)]
#[test]
fn a_shared_home_stays_readable() {
    use std::os::unix::fs::PermissionsExt;

    let mut vendor = Vendor::new(|product| {
        product.fingerprint = false;
        product.bind = vec!["server".into()];
    });
    let machine = Machine::with(&vendor);
    std::fs::remove_dir_all(machine.path("home")).unwrap();
    machine.run("product install app.product --system").ok();
    machine.activate(&mut vendor, "--bind server=db1 --system");
    machine.run("request sync").ok();
    machine.run("alias 10.0.0.5=db1").ok();
    let mode = |below: &str| {
        let path = machine.path(&format!("home/machine/{below}"));
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    let key = vendor.key.digits();
    assert_eq!(mode(&format!("licenses/{key}.json")), 0o644);
    assert_eq!(mode("aliases.json"), 0o644);
    assert_eq!(mode(&format!("secrets/{key}.json")), 0o600);
    assert_eq!(mode("secrets"), 0o700);
}
