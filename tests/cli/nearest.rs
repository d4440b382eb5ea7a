//! Of several licenses of which none will do, which one a check tells of.

use std::fs;

use countersign::protocol::date::Seconds;
use countersign::protocol::grant::SignedGrant;
use serde_json::Value;

use crate::world::{Desk, World};

const PLACES: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

/// One key of each kind, of which the lowest is of the kind `places[0]`, and so on.
fn in_order(
    desk: &Desk<'_>,
    sold: &mut [Vec<String>; 3],
    kinds: &[&[&str]; 3],
    places: [usize; 3],
) -> Vec<String> {
    loop {
        let [low, middle, high] = places.map(|kind| sold[kind].clone());
        for one in &low {
            for two in middle.iter().filter(|two| *two > one) {
                if let Some(three) = high.iter().find(|three| *three > two) {
                    let mut keys = vec![String::new(); 3];
                    for (kind, key) in places.into_iter().zip([one, two, three]) {
                        keys[kind].clone_from(key);
                    }
                    return keys;
                }
            }
        }
        for (kind, sold) in sold.iter_mut().enumerate() {
            sold.push(desk.sell("survey", kinds[kind]));
        }
    }
}

/// One ended, one is good but has not what is asked for, one has it and is only to be re-validated: whatever the order of their keys, it is the last that
/// is spoken of.
#[test]
fn the_license_that_is_nearest_to_being_mended_is_named() {
    let world = World::new();
    let desk = world.desk("desk");
    let product = ["--feature", "f", "--limit", "u"];
    let file = desk.product("survey", &product);
    let end = world.day(5);
    let kinds: [&[&str]; 3] = [
        &["--feature", "f", "--expires", &end],
        &["--grace", "0"],
        &["--feature", "f", "--limit", "u=5", "--grace", "30"],
    ];
    let mut sold = [const { Vec::new() }; 3];
    let mut machines = Vec::new();
    for places in PLACES {
        let keys = in_order(&desk, &mut sold, &kinds, places);
        for kind in &mut sold {
            kind.retain(|key| !keys.contains(key));
        }
        let pc = world.machine(&format!("pc{places:?}").replace(['[', ']', ',', ' '], ""));
        pc.install(&file);
        for key in &keys {
            desk.license(&pc, key);
        }
        // One more than the one that has most.
        pc.check_with(&["--count", "u=6"])
            .owes(16, "over_limit")
            .tells(&keys[2])
            .tells("6 is 1 above the 5");
        machines.push((pc, keys));
    }
    world.days_pass(40);
    for (pc, keys) in machines {
        for asked in [["--feature", "f"], ["--count", "u=5"]] {
            let said = pc.check_with(&asked).owes(12, "overdue");
            said.tells(&keys[2]).tells("request sync");
            let object = pc.check_with(&asked).with_json_exits(12);
            assert_eq!(object["license_key"], keys[2].as_str());
        }
        // What nobody has is not to be had by re-validation: the good one speaks.
        let said = pc.check_with(&["--count", "u=9"]).owes(16, "over_limit");
        said.tells(&keys[1]);
        // A plain check is content with the good one.
        pc.check().done().prints(&keys[1]);
    }
}

/// The one that was granted last counts; one that only says so, and was edited, is passed over whatever it says.
#[test]
fn what_was_granted_last_counts_and_not_what_says_so() {
    let world = World::new();
    let desk = world.desk("desk");
    let file = desk.product("survey", &[]);
    let pc = world.machine("pc");
    pc.install(&file);
    let mut keys = Vec::new();
    for _ in 0..3 {
        let key = desk.sell("survey", &[]);
        desk.license(&pc, &key);
        keys.push(key);
        world.days_pass(1);
    }
    let counts = || pc.run(["check"]).json()["license_key"].clone();
    assert_eq!(counts(), keys[2]);
    let place = pc.state_of(&keys[0]);
    let mut state: Value = serde_json::from_slice(&fs::read(&place).unwrap()).unwrap();
    let grant = &mut state["held"]["grant"];
    let mut signed = SignedGrant::decode(&hex::decode(grant.as_str().unwrap()).unwrap()).unwrap();
    signed.grant.issued = Seconds(signed.grant.issued.0 + 100 * 86_400);
    *grant = hex::encode(signed.encode()).into();
    fs::write(&place, serde_json::to_vec(&state).unwrap()).unwrap();
    assert_eq!(counts(), keys[2]);
    pc.check().done();
}
