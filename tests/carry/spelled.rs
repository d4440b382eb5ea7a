//! `--spell`, `--spare`, and the words that two people compare.

use super::World;

#[test]
fn a_spelled_code_is_read_by_the_other_side() {
    let world = World::new();
    let plain = world.request(&[]);
    let spelled = world.request(&["--spell"]);
    assert!(spelled.lines().all(|line| line.len() <= 80), "{spelled}");
    assert!(spelled.starts_with("row 1 of 3\n"), "{spelled}");
    let answer = world.ok_with("desk", &["respond"], spelled.as_bytes());
    assert_eq!(
        answer,
        world.ok_with("desk", &["respond"], plain.as_bytes())
    );
    let dictated: String = spelled
        .lines()
        .filter(|line| !line.contains("check word"))
        .map(|line| line.get(9..).unwrap_or_default().to_lowercase() + "\n")
        .collect();
    assert_eq!(
        answer,
        world.ok_with("desk", &["respond"], dictated.as_bytes())
    );
}

#[test]
fn both_ends_say_the_same_words() {
    let world = World::new();
    let request = world.run(
        "machine",
        &[
            "request",
            "activate",
            &world.key,
            "--bind",
            "server=a",
            "--bind",
            "database=b",
        ],
    );
    let phrase = |talk: &str, label: &str| {
        let line = talk.lines().find_map(|line| line.strip_prefix(label));
        line.unwrap_or_else(|| panic!("{talk}")).to_owned()
    };
    let said = phrase(&request.talk, "read-back phrase of the request code: ");
    assert_eq!(said.split(' ').count(), 3);
    let response = world.run_with("desk", &["respond"], request.out.as_bytes());
    assert_eq!(
        phrase(&response.talk, "read-back phrase of the request code: "),
        said
    );
    let applied = world.run_with("machine", &["apply"], response.out.as_bytes());
    assert_eq!(
        phrase(&applied.talk, "read-back phrase of the response code: "),
        phrase(&response.talk, "read-back phrase of the response code: ")
    );
    let object = world.json("none", &["inspect", &request.out]);
    assert_eq!(object["phrase"], said.as_str());
}

#[test]
fn a_row_that_is_lost_comes_back_from_the_spare_one() {
    let world = World::new();
    let with_spare = world.request(&["--spare"]);
    let lost: Vec<&str> = with_spare
        .lines()
        .enumerate()
        .filter(|(n, _)| *n != 1)
        .map(|(_, line)| line)
        .collect();
    let done = world.run_with("desk", &["respond"], lost.join("\n").as_bytes());
    assert_eq!(done.exit, 0, "{}", done.talk);
    let plain = world.request(&[]);
    assert_eq!(
        with_spare.trim_end().rsplit_once('\n').unwrap().0,
        plain.trim_end()
    );
}
