//! An emergency code has no integrity of its own: where it was heard or typed otherwise, the chain of the machine's license says which it is.

use super::World;

/// A machine that is licensed with emergency steps, and its code.
fn ship() -> (World, String) {
    let world = World::new();
    let sell = [
        "license",
        "new",
        "--product",
        "survey",
        "--customer",
        "Ship",
        "--emergency",
        "4x7",
    ];
    let key = world.ok("desk", &sell).trim().to_owned();
    let bind = ["--bind", "server=db1", "--bind", "database=Plant"];
    let ask = world.ok(
        "machine",
        &[&["request", "activate", &key][..], &bind].concat(),
    );
    let answer = world.ok_with("desk", &["respond"], ask.as_bytes());
    world.ok_with("machine", &["apply"], answer.as_bytes());
    let code = world.ok("desk", &["emergency", &key]);
    (world, code.trim().to_owned())
}

/// Each slip that people make, done to a code in groups.
fn slips(code: &str) -> Vec<(String, String)> {
    let bare: Vec<char> = code.chars().filter(|it| *it != '-').collect();
    let grouped = |symbols: &[char]| {
        let groups = symbols.chunks(5).map(|it| it.iter().collect::<String>());
        groups.collect::<Vec<_>>().join("-")
    };
    let other = |symbol: char| if symbol == '7' { 'K' } else { '7' };
    let mut slips = Vec::new();
    let mut add = |name: &str, at: usize, symbols: &[char]| {
        slips.push((format!("{name} at {at}"), grouped(symbols)));
    };
    for at in (0..bare.len()).step_by(3) {
        let mut symbols = bare.clone();
        symbols.remove(at);
        add("lost", at, &symbols);
        let mut symbols = bare.clone();
        symbols.insert(at, bare[at]);
        add("doubled", at, &symbols);
        let mut symbols = bare.clone();
        symbols.insert(at, 'X');
        add("inserted", at, &symbols);
        let mut symbols = bare.clone();
        symbols[at] = other(bare[at]);
        let beyond = (at + 9) % bare.len();
        symbols[beyond] = other(bare[beyond]);
        add("two wrong", at, &symbols);
        if at + 1 < bare.len() {
            let mut symbols = bare.clone();
            symbols.swap(at, at + 1);
            add("swapped", at, &symbols);
        }
    }
    for group in 0..4 {
        let mut symbols = bare.clone();
        symbols.drain(5 * group..5 * group + 5);
        add("group lost", group, &symbols);
    }
    slips
}

#[test]
fn every_slip_is_mended_by_the_chain() {
    let (world, code) = ship();
    let applies = |name: &str, text: &str| {
        let done = world.run_with("machine", &["apply"], text.as_bytes());
        assert_eq!(done.exit, 0, "{name}: {text}: {}", done.talk);
    };
    for (name, slipped) in slips(&code) {
        applies(&name, &slipped);
    }
    let (_, lost) = &slips(&code)[0];
    let bare = code.replace('-', "");
    let (first, second) = (bare.chars().next().unwrap(), bare.chars().nth(1).unwrap());
    let swapped = format!("{second}{first}{}", &bare[2..]).to_lowercase();
    for (name, text) in [
        (
            "in a sentence",
            format!("the emergency code is {lost}, they say, good for a week"),
        ),
        ("with blanks", lost.replace('-', " ")),
        ("run together", swapped),
        (
            "in a mail",
            format!(
                "From: a@b.c\nMIME-Version: 1.0\nSubject: code\n\nKari,\n\n   {lost}\n\nRing +47 55 30 18 70.\n-- \nDesk\n"
            ),
        ),
        (
            "cyrillic",
            lost.replace('E', "\u{415}")
                .replace('A', "\u{410}")
                .replace('B', "\u{412}"),
        ),
        ("as it was said, and mended", format!("{lost}\n{code}")),
    ] {
        applies(name, &text);
    }
    // What is nobody's code stays nobody's, and says so.
    for strange in ["E2NTK-A3NZH-MZY4N-GHRV6-ZC", "E2NTK-A3NZ-MZY4N-GHRV6-ZC"] {
        let done = world.run_with("machine", &["apply"], strange.as_bytes());
        assert!([3, 4].contains(&done.exit), "{strange}: {}", done.talk);
    }
}

/// Spelled over the radio, a word lost.
#[test]
fn a_word_that_was_not_heard() {
    let (world, _) = ship();
    let key = world.ok("desk", &["license", "list", "--json"]);
    let key = key.lines().find(|it| it.contains("Ship")).unwrap();
    let key: serde_json::Value = serde_json::from_str(key).unwrap();
    let key = key["license_key"].as_str().unwrap();
    let spelled = world.ok("desk", &["emergency", key, "--spell"]);
    let groups = spelled
        .lines()
        .filter(|it| !it.contains("check word") && it.starts_with("  "));
    let words: Vec<&str> = groups
        .flat_map(|it| it.split_whitespace().skip(1))
        .collect();
    assert_eq!(words.len(), 22, "{spelled}");
    let heard: Vec<&str> = [&words[..7], &words[8..]].concat();
    let done = world.run_with("machine", &["apply"], heard.join(" ").as_bytes());
    assert_eq!(done.exit, 0, "{heard:?}: {}", done.talk);
}
