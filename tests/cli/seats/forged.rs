//! What a user of the computer writes by hand, to be seen otherwise than he was, to speak ill of others, or to have them ended.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};

use super::accounts::{as_user, home_for_all, open_to_others};
use super::used::row;
use super::*;

const ADA: u32 = 61_001;
const BOB: u32 = 61_002;
const MALLORY: u32 = 61_003;
const CARL: u32 = 61_004;

fn seats_of(machine: &Machine<'_>, key: &str) -> std::path::PathBuf {
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    machine.home().join(format!("machine/seats/{digits}"))
}

fn report(machine: &Machine<'_>) -> serde_json::Value {
    machine.run(["site", "report"]).json()
}

#[test]
fn a_log_that_is_written_by_hand_concerns_nobody_else() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let (machine, key) = home_for_all(&world, &[]);
    let start = |user: u32| Holder::start_process(as_user(user, &hold(&machine, &[])));
    let (ada, bob) = (start(ADA), start(BOB));
    world.hours_pass(2);
    bob.kill();
    as_user(MALLORY, &hold(&machine, &["--wait", "1s"]))
        .stdout(Stdio::null())
        .status()
        .unwrap();
    let names = ["user 61001", "user 61002"];
    let before = report(&machine);
    let before = names.map(|name| row(&before, name));
    assert_eq!(before[0]["seconds"], 2 * 3600);
    let logs = seats_of(&machine, &key).join("log");
    let text = |user: u32| std::fs::read_to_string(logs.join(format!("{user}.2040-03"))).unwrap();
    // Where others have worked nobody reads, and what they wrote nobody changes.
    let theirs = logs.join(format!("{ADA}.2040-03"));
    for attack in ["cat", "truncate -s 0", "rm -f", "chmod 666"] {
        let script = format!("{attack} '{}'", theirs.display());
        let mut shell = std::process::Command::new("setpriv");
        let user = MALLORY.to_string();
        shell.args([
            "--reuid",
            &user,
            "--regid",
            &user,
            "--clear-groups",
            "sh",
            "-c",
            &script,
        ]);
        let done = shell.stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(!done.unwrap().success(), "{attack}");
    }
    let mut forged = Vec::new();
    for user in [ADA, BOB] {
        let line = text(user).lines().next().unwrap().to_owned();
        let fields: Vec<&str> = line.split('\t').collect();
        let (at, seat, process) = (fields[0], fields[2], fields[3]);
        forged.push(line.clone());
        forged.push(format!("{at}\tgiven_back\t{seat}\t{process}\t{at}\t1"));
        forged.push(format!("{at}\tover\t{seat}\t{process}\t{at}\t{user}"));
        forged.push(format!("636379201\ttaken\t{seat}\t7\troot\tws\tx\t"));
        forged.push(format!("636379201\tdisconnected\t{seat}\tx"));
        forged.push(format!("636379201\tlent\t{seat}\t9\t736379201"));
        forged.push("636379201\treturned\t1".to_owned());
    }
    forged.push("999999999999\ttaken\t1\t1\ta\tb\tc\t".to_owned());
    forged.push("636379200\ttaken\t1\t1\t\u{202e}a\tb\tc\t".to_owned());
    let mut bytes = forged.join("\n").into_bytes();
    bytes.extend(b"\n\xff\xfe\n\0\0\n");
    bytes.extend(vec![b'x'; 9 << 20]);
    let own = logs.join(format!("{MALLORY}.2040-03"));
    std::fs::write(&own, bytes).unwrap();
    // Nor is a link followed, or a pipe waited for.
    std::os::unix::fs::symlink(&theirs, logs.join("a.2040-03")).unwrap();
    nix::unistd::mkfifo(&logs.join("b.2040-03"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    for name in ["a.2040-03", "b.2040-03"] {
        std::os::unix::fs::lchown(logs.join(name), Some(MALLORY), Some(MALLORY)).unwrap();
    }
    let seen = report(&machine);
    assert_eq!(names.map(|name| row(&seen, name)), before, "{seen}");
    let unfit = &seen["unfit_logs"];
    assert_eq!(unfit.as_array().unwrap().len(), 1, "{unfit}");
    assert_eq!(unfit[0]["account"], "user 61003");
    assert!(unfit[0]["damaged_lines"].as_u64().unwrap() >= 5, "{unfit}");
    assert_eq!(unfit[0]["unread"], 2);
    assert!(seen["total"]["peak"].as_u64().unwrap() <= 2);
    // A name that is taken keeps nobody from a log of his own.
    let taken = logs.join(format!("{CARL}.2040-03"));
    std::fs::write(&taken, "").unwrap();
    chown(&taken, Some(MALLORY), Some(MALLORY)).unwrap();
    assert_eq!(start(CARL).end(), 0);
    let own = std::fs::metadata(logs.join(format!("{CARL}~1.2040-03"))).unwrap();
    assert_eq!((own.uid(), own.mode() & 0o777), (CARL, 0o600));
    assert_eq!(row(&report(&machine), "user 61004")["sessions"], 1);
    ada.end();
    for args in [
        ["site", "report"].as_slice(),
        &["seat", "disconnect", "1", "--reason", "x"],
    ] {
        let said = as_user(ADA, &machine.run(args)).output().unwrap();
        let text = String::from_utf8_lossy(&said.stderr);
        assert_eq!(said.status.code(), Some(1), "{text}");
        assert!(text.contains("as the user who owns it"), "{text}");
    }
}

/// When a process began, as the system says it.
fn began(id: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let (_, after) = stat.rsplit_once(')').unwrap();
    after.split_whitespace().nth(19).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn nobody_has_another_process_ended_by_what_he_writes() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let (machine, key) = home_for_all(&world, &[]);
    let mut innocent = std::process::Command::new("sleep")
        .arg("1000")
        .spawn()
        .unwrap();
    let bob = Holder::start_process(as_user(BOB, &hold(&machine, &["--user", "bob"])));
    let records = seats_of(&machine, &key).join("records");
    let record = std::fs::read(records.join(BOB.to_string())).unwrap();
    let end = record.iter().position(|byte| *byte == 0).unwrap();
    let mut forged: serde_json::Value = serde_json::from_slice(&record[..end]).unwrap();
    forged["process"] = innocent.id().into();
    forged["began"] = began(innocent.id()).into();
    forged["since"] = (forged["since"].as_u64().unwrap() + 5).into();
    let mut write = |user: &str| {
        forged["user"] = user.into();
        let own = records.join(MALLORY.to_string());
        std::fs::write(&own, forged.to_string()).unwrap();
        chown(&own, Some(MALLORY), Some(MALLORY)).unwrap();
    };
    let disconnect = |whom: &[&str]| {
        let command = ["seat", "disconnect", "--reason", "x"].iter().chain(whom);
        machine.run(command)
    };
    write("mallory");
    disconnect(&["--user", "mallory"]).owes(4, "unknown_seat");
    write("bob");
    disconnect(&["1"]).done();
    assert!(innocent.try_wait().unwrap().is_none());
    assert_eq!(in_use(&machine), 0);
    bob.kill();
    innocent.kill().unwrap();
    innocent.wait().unwrap();
}

/// Whoever is not root reads what is written for him, and sees no processes of others.
#[cfg(target_os = "linux")]
#[test]
fn the_owner_of_a_home_for_all_looks_back_and_leaves_to_root_what_is_roots() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let (machine, key) = home_for_all(&world, &[]);
    let mut chown = std::process::Command::new("chown");
    let owner = format!("{ADA}:{ADA}");
    assert!(
        chown
            .arg("-R")
            .arg(owner)
            .arg(machine.home())
            .status()
            .unwrap()
            .success()
    );
    open_to_others(world.path());
    let by = |user: u32, args: &[&str]| as_user(user, &machine.run(args)).output().unwrap();
    let bob = Holder::start_process(as_user(BOB, &hold(&machine, &[])));
    let seen = by(ADA, &["site", "report", "--json"]);
    assert!(seen.status.success(), "{seen:?}");
    let seen: serde_json::Value = serde_json::from_slice(&seen.stdout).unwrap();
    assert_eq!(row(&seen, "user 61002")["sessions"], 1);
    let log = seats_of(&machine, &key).join(format!("log/{BOB}.2040-03"));
    assert_eq!(
        std::fs::metadata(log).unwrap().permissions().mode() & 0o777,
        0o644
    );
    let disconnect = ["seat", "disconnect", "1", "--reason", "x"];
    let said = by(ADA, &disconnect);
    assert_eq!(said.status.code(), Some(1));
    let text = String::from_utf8_lossy(&said.stderr);
    assert!(
        text.contains("does not see") && text.contains("as root"),
        "{text}"
    );
    assert_eq!(in_use(&machine), 1);
    machine.run(disconnect).done();
    assert_eq!(in_use(&machine), 0);
    bob.kill();
}

#[cfg(target_os = "linux")]
#[test]
fn nobody_has_the_lease_of_another_ended_by_what_he_writes() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let (machine, key) = home_for_all(&world, &[]);
    let own = seats_of(&machine, &key).join(format!("records/{MALLORY}"));
    let mallory = Holder::start_process(as_user(MALLORY, &hold(&machine, &[])));
    let record = std::fs::read(&own).unwrap();
    mallory.end();
    let lease = as_user(BOB, &machine.run(["seat", "take"]))
        .output()
        .unwrap();
    assert!(lease.status.success(), "{lease:?}");
    let token = String::from_utf8(lease.stdout).unwrap();
    // It names a process that runs, and is later than the lease.
    let end = record.iter().position(|byte| *byte == 0).unwrap();
    let mut forged: serde_json::Value = serde_json::from_slice(&record[..end]).unwrap();
    forged["process"] = std::process::id().into();
    forged["began"] = began(std::process::id()).into();
    forged["since"] = (forged["since"].as_u64().unwrap() + 5).into();
    std::fs::write(&own, forged.to_string()).unwrap();
    assert_eq!(list(&machine)["taken"][0]["account"], "user 61003");
    let disconnect =
        |user: &str| machine.run(["seat", "disconnect", "--user", user, "--reason", "x"]);
    for user in ["user 61003", "61003"] {
        disconnect(user).owes(4, "unknown_seat");
    }
    let keep = || {
        let mut keep = as_user(BOB, &machine.run(["seat", "keep", token.trim()]));
        keep.output().unwrap().status.code()
    };
    assert_eq!(keep(), Some(0));
    disconnect("user 61002").done();
    assert_eq!(keep(), Some(4));
}

/// Whoever has a lock can hand it to any process, by a socket or by starting it: that one has no seat by it.
#[cfg(target_os = "linux")]
#[test]
fn nobody_is_ended_for_a_lock_that_another_handed_to_him() {
    use std::io::BufRead;

    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let world = World::new();
    let (machine, key) = home_for_all(&world, &[]);
    let seat = seats_of(&machine, &key).join("seat-00001");
    let by = |user: u32| format!("setpriv --reuid {user} --regid {user} --clear-groups");
    // Mallory locks what the others have open.
    let script = format!(
        "exec 9<>'{}'; {} flock -n 9; {} sleep 300 & echo $!; wait",
        seat.display(),
        by(MALLORY),
        by(ADA)
    );
    let mut shell = std::process::Command::new("sh");
    let mut shell = shell
        .args(["-c", &script])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut said = std::io::BufReader::new(shell.stdout.take().unwrap());
    said.read_line(&mut line).unwrap();
    until(|| list(&machine)["in_use"] == 1);
    for options in [&["1"][..], &["1", "--force"]] {
        super::taken_back::disconnect(&machine, options).owes(1, "not_ended");
    }
    let ada = format!("/proc/{}/status", line.trim());
    let status = std::fs::read_to_string(ada).unwrap();
    assert!(status.contains("sleeping"), "{status}");
    let ended = std::process::Command::new("kill").arg(line.trim()).status();
    assert!(ended.unwrap().success());
    shell.wait().unwrap();
}
