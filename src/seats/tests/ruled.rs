//! The rules of a site, held against what the specification says of them.

use proptest::prelude::*;

use super::rules::{take_by, would};
use super::*;

const USERS: [&str; 4] = ["anna", "bob", "dana", "eve"];

prop_compose! {
    fn rules()(lines in prop::collection::vec((0..8_u8, 1..3_u16, 0..4_usize, 0..4_usize), 0..5)) -> String {
        let line = |(verb, seats, one, other): (u8, u16, usize, usize)| {
            let whom = format!("user:{} user:{}", USERS[one], USERS[other]);
            match verb {
                0 => format!("deny user:{}", USERS[one]),
                1..4 => format!("max {seats} {whom}"),
                _ => format!("reserve {seats} {whom}"),
            }
        };
        let lines: Vec<String> = lines.into_iter().map(line).collect();
        lines.join("\n")
    }
}

/// What the rules say, reckoned from SPEC.md 9.12 alone: so many idle seats of each line that reserves.
fn idle(rules: &[Vec<String>], seats: usize, held: &[&str]) -> Vec<(Vec<String>, usize)> {
    let mut left = seats;
    let mut idle = Vec::new();
    for words in rules.iter().filter(|it| it[0] == "reserve") {
        let kept = words[1].parse::<usize>().unwrap().min(left);
        left -= kept;
        idle.push((words[2..].to_vec(), kept));
    }
    for user in held {
        let mut lines = idle.iter_mut();
        if let Some(line) = lines.find(|(whom, idle)| *idle > 0 && names(whom, user)) {
            line.1 -= 1;
        }
    }
    idle
}

fn names(whom: &[String], user: &str) -> bool {
    whom.contains(&format!("user:{user}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whoever comes and goes, in whatever order: what is decided is what the specification says.
    #[test]
    fn whoever_comes_and_goes_the_rules_are_kept(
        rules in rules(),
        number in 1..5_u16,
        steps in prop::collection::vec((0..4_usize, any::<bool>(), 0..4_usize), 1..14),
    ) {
        let site = Site::new();
        let seats = site.ruled(number, &rules);
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let lines: Vec<Vec<String>> = rules.lines().map(words).collect();
        let mut held: Vec<(Seat, &str)> = Vec::new();
        for (user, gives, at) in steps {
            if gives && !held.is_empty() {
                let at = at % held.len();
                drop(held.remove(at));
                continue;
            }
            let user = USERS[user];
            held.sort_by_key(|(seat, _)| seat.number());
            let users: Vec<&str> = held.iter().map(|(_, user)| *user).collect();
            let free = usize::from(number) - held.len();
            let idle = idle(&lines, usize::from(number), &users);
            let has_one = idle.iter().any(|(whom, idle)| *idle > 0 && names(whom, user));
            let kept: usize = idle.iter().map(|(_, idle)| idle).sum();
            let as_many = |words: &Vec<String>| {
                let held = users.iter().filter(|it| names(&words[2..], it)).count();
                words[0] == "max" && names(&words[2..], user) && held >= words[1].parse().unwrap()
            };
            let denied = lines.iter().any(|it| it[0] == "deny" && names(&it[1..], user));
            let expected = match () {
                () if denied => Some("rule"),
                () if has_one && free > 0 => None,
                () if !has_one && lines.iter().any(as_many) => Some("rule"),
                () if free == 0 => Some("no_seat"),
                () if free <= kept => Some("rule"),
                () => None,
            };
            let told = would(&seats, user, &[]);
            let told = told.refused.map(|it| it.kind().name());
            prop_assert_eq!(told, expected, "{} {}", &rules, user);
            match take_by(&seats, user, &[]) {
                Ok(seat) => held.push((seat, user)),
                Err(error) => prop_assert_eq!(Some(error.kind().name()), expected),
            }
            let look = seats.look(&now()).unwrap();
            prop_assert_eq!(usize::from(look.in_use()), held.len());
            prop_assert!(look.in_use() + look.reserved() + look.free() == number);
        }
    }
}
