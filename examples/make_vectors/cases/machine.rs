//! Categories `fingerprint` and `bindings`: what a machine is (SPEC.md 6, 12.8, 12.9).

use countersign::machine::{Bindings, Fact, Facts, Fingerprint, Listed};

use super::File;
use super::world::{facts, license};

/// The header lines of a fingerprint and the facts they name.
pub(crate) const COMPONENTS: [&str; 5] = [
    "machine-id",
    "root-fs-uuid",
    "product-uuid",
    "mac",
    "disk-serial",
];

fn values(facts: &Facts) -> [&Fact; 5] {
    [
        &facts.machine_id,
        &facts.root_fs_uuid,
        &facts.product_uuid,
        &facts.mac,
        &facts.disk_serial,
    ]
}

pub(super) fn fingerprints() -> Vec<File> {
    let one = |name, comment, change: fn(&mut Facts)| {
        let mut facts = facts();
        change(&mut facts);
        let print = Fingerprint::of(&facts, &license().to_bytes()).unwrap();
        let mut file =
            File::new("fingerprint", name, comment, "ok").line("license-key", license().digits());
        for (name, value) in COMPONENTS.into_iter().zip(values(&facts)) {
            file = file.optional(name, value.text());
        }
        file.line("fingerprint", hex::encode(print.to_bytes()))
    };
    let print = |name: &str| {
        let known: [u8; 11] = std::array::from_fn(|at| at as u8 + 0x10);
        let mut bytes = known;
        bytes[0] = 0x1f;
        // Letters change a component, digits make it unknown.
        for change in name.bytes() {
            if let Some(component) = b"ABCDE".iter().position(|&letter| letter == change) {
                bytes[1 + 2 * component] ^= 0x80;
            } else {
                let component = usize::from(change - b'0');
                bytes[0] &= !(1 << component);
                bytes[1 + 2 * component..3 + 2 * component].fill(0);
            }
        }
        bytes
    };
    let pair = |name, comment, expect, a: &str, b: &str| {
        File::new("fingerprint", name, comment, expect)
            .line("a", hex::encode(print(a)))
            .line("b", hex::encode(print(b)))
    };
    vec![
        one("full", "five components", |_| {}),
        one("two-unknown", "two components are unknown", |f| {
            (f.root_fs_uuid, f.mac) = (Fact::default(), Fact::default());
        }),
        one(
            "trimmed",
            "white space around a value and upper case are taken off",
            |f| {
                f.disk_serial = "S3Z2NB0K123456A".into();
                f.product_uuid = "4C4C4544-0042-3510-8052-B3C04F4B4E32".into();
            },
        ),
        pair("same", "the same five components", "match", "", ""),
        pair("two-changed", "three of five are equal", "match", "DE", ""),
        pair(
            "three-changed",
            "two of five are equal",
            "mismatch",
            "CDE",
            "",
        ),
        pair(
            "unknown-is-not-different",
            "three known to both, all equal",
            "match",
            "3",
            "4",
        ),
        pair(
            "one-of-three-changed",
            "three known to both, one different",
            "mismatch",
            "3C",
            "4",
        ),
        pair("weak", "two known to both, both equal", "weak", "34", "2"),
        pair(
            "one-of-two-changed",
            "two known to both, one different",
            "mismatch",
            "34A",
            "2",
        ),
        pair(
            "nothing-in-common",
            "nothing is known to both",
            "mismatch",
            "234",
            "01",
        ),
    ]
}

/// The host on which the bindings are normalised.
pub(crate) fn host(name: &str, addresses: &[&str]) -> Facts {
    Facts {
        host_name: name.into(),
        local_addresses: Listed::Given(
            addresses
                .iter()
                .map(|address| address.parse().unwrap())
                .collect(),
        ),
        ..Facts::default()
    }
}

pub(super) fn bindings() -> Vec<File> {
    const HOST: &str = "DBServer.example.com";
    const ADDRESS: &str = "192.168.0.1";
    let head = |name, comment, expect, pairs: &[(&str, &str)]| {
        let mut file = File::new("bindings", name, comment, expect)
            .line("host", HOST)
            .line("address", ADDRESS);
        for (name, value) in pairs {
            file = file.line("bind", format_args!("{name}={value}"));
        }
        file
    };
    let ok = |name, comment, pairs: &[(&str, &str)]| {
        let facts = host(HOST, &[ADDRESS]);
        let bindings = Bindings::new(pairs.iter().copied(), &facts.host_names(&[])).unwrap();
        let mut file = head(name, comment, "ok", pairs);
        for (name, value) in bindings.pairs() {
            file = file.line("line", format_args!("{name}={value}"));
        }
        file.line("digest", hex::encode(bindings.digest()))
    };
    let server = |name, comment, value: &str| ok(name, comment, &[("server", value)]);
    vec![
        ok(
            "other-order",
            "the order counts",
            &[("database", "nexus"), ("server", "dbserver\\sqlexpress")],
        ),
        server(
            "local",
            "(local) is this host; the default instance is dropped",
            "(local)\\MSSQLSERVER",
        ),
        server(
            "dot",
            "a dot is this host; the instance stays",
            ".\\SQLExpress",
        ),
        server(
            "loopback",
            "an address in 127.0.0.0/8 is this host",
            "tcp:127.0.0.2,1433",
        ),
        server(
            "own-address",
            "an address of a local interface is this host",
            "192.168.0.1",
        ),
        server(
            "other-address",
            "another address stays whole, without its port",
            "np:10.0.0.7,1433\\inst",
        ),
        server(
            "full-name",
            "the first label of a name; trailing dot and port are dropped",
            "SQL7.example.com.,1433",
        ),
        head(
            "localdb",
            "(localdb) is no server",
            "refused",
            &[("server", "(localdb)\\v11.0")],
        ),
    ]
}
