//! Categories that say how bytes are read and made: payloads, keys, commitments, machines.

use std::net::IpAddr;

use countersign::license_key::LicenseKey;
use countersign::machine::{Assessment, Bindings, Facts, Fingerprint, Listed};
use countersign::protocol::commitment::RequestSecret;
use countersign::text::Kind;
use serde_json::Value;

use super::{Vector, cases, is_ok};

pub(super) fn payload(vector: &mut Vector) {
    let kind = vector.one("kind");
    let [letter] = kind.as_bytes() else {
        panic!("kind: {kind}")
    };
    let kind = Kind::from_letter(*letter).unwrap();
    if is_ok(vector) {
        let payload = vector.bytes("payload");
        let expected: Value = serde_json::from_str(&vector.one("fields")).unwrap();
        assert_eq!(cases::fields::of(kind, &payload), Ok(expected));
    } else {
        for payload in vector.some("payload") {
            let bytes = hex::decode(&payload).unwrap();
            assert!(cases::fields::of(kind, &bytes).is_err(), "{payload}");
        }
    }
}

pub(super) fn license_key(vector: &mut Vector) {
    if is_ok(vector) {
        let key: LicenseKey = vector.parsed("text");
        assert_eq!(key.number(), vector.parsed::<u64>("number"));
    } else {
        for text in vector.some("text") {
            assert!(text.parse::<LicenseKey>().is_err(), "{text}");
        }
    }
}

pub(super) fn commitment(vector: &mut Vector) {
    assert!(is_ok(vector));
    let key: LicenseKey = vector.parsed("license-key");
    let secret = RequestSecret::new(vector.array("r"));
    let commitment = secret.commitment(key);
    assert_eq!(secret.sync_proof().0, vector.array("s"));
    assert_eq!(commitment.0, vector.array("c"));
    assert_eq!(commitment.activation_id().0, vector.array("activation"));
}

pub(super) fn fingerprint(vector: &mut Vector) {
    let expect = vector.one("expect");
    if expect == "ok" {
        let key: LicenseKey = vector.parsed("license-key");
        let [machine_id, root_fs_uuid, product_uuid, mac, disk_serial] =
            cases::machine::COMPONENTS.map(|name| vector.optional(name).into());
        let facts = Facts {
            machine_id,
            root_fs_uuid,
            product_uuid,
            mac,
            disk_serial,
            ..Facts::default()
        };
        let print = Fingerprint::of(&facts, &key.to_bytes()).unwrap();
        assert_eq!(print.to_bytes(), vector.array("fingerprint"));
        return;
    }
    let [a, b] = ["a", "b"].map(|side| Fingerprint::from_bytes(&vector.array(side)).unwrap());
    let expected = match expect.as_str() {
        "match" => Assessment::Match,
        "weak" => Assessment::WeakMatch,
        "mismatch" => Assessment::Mismatch,
        other => panic!("expect: {other}"),
    };
    assert_eq!(a.compare(&b).verdict(), expected);
    assert_eq!(b.compare(&a).verdict(), expected);
}

pub(super) fn bindings(vector: &mut Vector) {
    let ok = is_ok(vector);
    let addresses = vector.all("address");
    let addresses = addresses.iter().map(|address| address.parse().unwrap());
    let facts = Facts {
        host_name: vector.one("host").into(),
        local_addresses: Listed::Given(addresses.collect::<Vec<IpAddr>>()),
        ..Facts::default()
    };
    let lines = vector.some("bind");
    let pairs = lines.iter().map(|line| line.split_once('=').unwrap());
    let bindings = Bindings::new(pairs, &facts.host_names(&[]));
    if ok {
        let bindings = bindings.unwrap();
        let normal: Vec<String> = bindings
            .pairs()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(normal, vector.some("line"));
        assert_eq!(bindings.digest(), vector.array("digest"));
    } else {
        assert!(bindings.is_err());
    }
}
