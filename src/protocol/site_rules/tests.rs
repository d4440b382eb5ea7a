//! The rules of a site: what is read, in which one form it is kept, and whom a line is about.

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Rules {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn person<'a>(user: &'a str, host: &'a str) -> Person<'a> {
    Person {
        user: Some(user).filter(|it| !it.is_empty()),
        host: Some(host).filter(|it| !it.is_empty()),
    }
}

/// Whether the first rule of a text is about somebody.
fn is_of(text: &str, user: &str, host: &str, features: &[&str]) -> bool {
    let rules = read(text);
    rules
        .iter()
        .next()
        .unwrap()
        .is_of(person(user, host), features)
}

#[test]
fn the_rules_are_kept_in_one_form_with_their_comments() {
    let text = "\u{feff}# the design office  \r\n\r\n  Reserve  2 user:anna\tuser:\"anna meier\" feature:design # two\r\
                MAX 1 host:lobby-*\nDENY user:eve#1\ntrust USER:www-data\n\n\n";
    let kept = "# the design office\n\nreserve 2 user:anna user:\"anna meier\" feature:design # two\n\
                max 1 host:lobby-*\ndeny user:\"eve#1\"\ntrust user:www-data\n";
    let rules = read(text);
    assert_eq!(rules.to_string(), kept);
    assert_eq!(read(kept), rules);
    let lines: Vec<u16> = rules.iter().map(|it| it.line).collect();
    assert_eq!(lines, [3, 4, 5, 6]);
    let seats: Vec<u16> = rules.iter().map(Rule::reserves).collect();
    assert_eq!(seats, [2, 0, 0, 0]);
    for nothing in ["", "\n\n", "# nothing\n"] {
        assert!(read(nothing).is_empty(), "{nothing:?}");
    }
    assert_eq!(read("\n\n").to_string(), "");
}

#[test]
fn a_line_that_cannot_be_read_is_named_with_what_is_wrong() {
    let long = format!("deny user:{}", "n".repeat(65));
    let comment = format!("# {}", "c".repeat(500));
    let many = "#\n".repeat(501);
    for (text, line, says) in [
        ("grant user:anna", 1, "\"grant\" is no rule"),
        ("#\n\nallow", 3, "\"allow\" is no rule"),
        ("reserve user:anna", 1, "behind reserve stands how many"),
        ("reserve", 1, "behind reserve stands how many"),
        ("reserve 0 user:anna", 1, "from 1 to 65535"),
        ("reserve +1 user:anna", 1, "from 1 to 65535"),
        ("max 65536 user:anna", 1, "behind max stands how many"),
        ("max 2", 1, "behind max stands whom"),
        ("deny", 1, "behind deny stands whom"),
        ("trust # nobody", 1, "behind trust stands whom"),
        ("deny anna", 1, "\"anna\" names nobody"),
        ("deny group:design", 1, "\"group:design\" names nobody"),
        ("deny user:", 1, "is no name"),
        ("deny user: anna", 1, "is no name"),
        ("deny user:\"anna", 1, "a quotation mark is missing"),
        ("deny feature:a feature:b", 1, "one feature"),
        ("trust host:ws-14", 1, "user:NAME"),
        ("trust user:anna feature:a", 1, "user:NAME"),
        ("deny user:an\u{202e}na", 1, "U+202E"),
        ("deny user:a\u{1b}[2J", 1, "U+001B"),
        ("deny user:an\u{fffd}na", 1, "U+FFFD"),
        (&long, 1, "is no name"),
        (&comment, 1, "more than 500 bytes"),
        (&many, 501, "more than 500 lines"),
    ] {
        let error = text.parse::<Rules>().unwrap_err();
        assert_eq!(error.line, line, "{text:?}");
        let said = error.to_string();
        assert!(
            said.starts_with(&format!("line {line} of the rules: ")),
            "{said}"
        );
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn whom_a_line_is_about() {
    assert!(is_of("deny user:anna", "anna", "ws-14", &[]));
    // Capitals count where the system counts them.
    assert!(!is_of("deny user:anna", "Anna", "ws-14", &[]));
    assert!(is_of("deny user:bjo\u{308}rn", "bj\u{f6}rn", "", &[]));
    assert!(is_of(r"deny user:NORTH\*", r"NORTH\anna", "", &[]));
    assert!(!is_of("deny user:*", "", "ws-14", &[]));
    // One of those who are named.
    let either = "deny user:anna user:bob host:ws-9";
    assert!(is_of(either, "bob", "ws-14", &[]));
    assert!(is_of(either, "eve", "ws-9", &[]));
    assert!(!is_of(either, "eve", "ws-14", &[]));
    // Hosts.
    assert!(is_of("deny host:WS-14", "", "ws-14.example.com", &[]));
    assert!(is_of("deny host:ws-*", "", "WS-14", &[]));
    assert!(!is_of("deny host:ws-14.example.com", "", "ws-14", &[]));
    assert!(!is_of("deny host:ws-1", "", "ws-14", &[]));
    // Features narrow it; without anybody it is about everybody.
    assert!(is_of("max 1 feature:design", "", "", &["lv", "design"]));
    assert!(!is_of("max 1 feature:design", "anna", "", &["lv"]));
    assert!(!is_of(
        "max 1 user:anna feature:design",
        "bob",
        "",
        &["design"]
    ));
    assert!(!is_of("max 1 user:anna feature:design", "anna", "", &[]));
    let trust = read("trust user:www-data user:svc-*");
    let trust = trust.iter().next().unwrap();
    assert!(trust.trusts("www-data") && trust.trusts("svc-web") && !trust.trusts("anna"));
    assert!(!read("deny user:anna").iter().next().unwrap().trusts("anna"));
}

#[test]
fn a_star_stands_for_anything() {
    for (pattern, name, fits) in [
        ("*", "anna", true),
        ("a*a", "anna", true),
        ("a*a", "a", false),
        ("ab*ba", "aba", false),
        ("*nn*", "anna", true),
        ("*n*n*n*", "anna", false),
        ("anna*", "anna", true),
        ("a**a", "anna", true),
        ("b*", "anna", false),
    ] {
        let text = format!("deny user:{pattern}");
        assert_eq!(is_of(&text, name, "", &[]), fits, "{pattern} {name}");
    }
}

fn lines() -> impl Strategy<Value = String> {
    let name = "[a-zA-Z0-9*.#\\\\ _-]{1,12}|\"[a-z #]{0,9}\"|\\PC{0,9}";
    let whom = ("user:|host:|feature:|USER:|x|", name).prop_map(|(kind, name)| kind + &name);
    let first = "reserve [0-9]{1,3}|max 2|deny|trust|Deny|#|\\PC{0,5}|";
    let line = (first, proptest::collection::vec(whom, 0..4), "( #.{0,9})?");
    line.prop_map(|(first, whom, comment)| format!("{first} {}{comment}", whom.join(" ")))
}

proptest! {
    #[test]
    fn what_is_read_has_one_form(lines in proptest::collection::vec(lines(), 0..6)) {
        if let Ok(rules) = lines.join("\n").parse::<Rules>() {
            let kept = rules.to_string();
            prop_assert_eq!(&kept.parse::<Rules>().unwrap(), &rules);
            let again = Rules::of_lines(rules.lines().iter().map(String::as_str)).unwrap();
            prop_assert_eq!(again, rules);
        }
    }

    #[test]
    fn a_pattern_without_a_star_fits_itself_alone(name in "[a-z.\\\\-]{1,20}", other in "[a-z.\\\\-]{1,20}") {
        let text = format!("deny user:{name}");
        prop_assert!(is_of(&text, &name, "", &[]));
        prop_assert_eq!(is_of(&text, &other, "", &[]), name == other);
        let (first, last) = name.split_at(name.len() / 2);
        let star = format!("deny user:{first}*{last}");
        prop_assert!(is_of(&star, &name, "", &[]));
        let longer = format!("{first}{other}{last}");
        prop_assert!(is_of(&star, &longer, "", &[]));
    }
}
