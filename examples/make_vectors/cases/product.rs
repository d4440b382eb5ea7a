//! Category `product`: product files (SPEC.md 10, 12.5).

use std::convert::Infallible;

use countersign::protocol::note;
use countersign::protocol::product::{Entry, Product, RootFingerprint, SeatUnit};
use ed25519_dalek::Signer;

use super::world::{PRODUCT, ROOT, SPARE, STRANGER, certify, key, public};
use super::{File, forge};

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// A product file that uses every line.
fn full() -> Product {
    Product {
        id: PRODUCT.to_owned(),
        version: 2,
        name: "Survey Ålesund".to_owned(),
        vendor: "Nordic Survey AS".to_owned(),
        mail: Some("desk@example.com".to_owned()),
        roots: vec![public(ROOT), public(SPARE)],
        desks: vec![certify(ROOT, |_| {}).certificate.encode()],
        editions: names(&["basic", "pro"]),
        catalogue: vec![
            (Entry::Feature, "export".to_owned()),
            (Entry::Limit, "users".to_owned()),
            (Entry::Feature, "desktop".to_owned()),
            (Entry::Limit, "points".to_owned()),
            (Entry::Pool, "design".to_owned()),
            (Entry::Text, "licensee".to_owned()),
            (Entry::Feature, "sonar".to_owned()),
        ],
        maintained: names(&["desktop"]),
        bind: names(&["server", "database"]),
        fingerprint: true,
        seat: Some(SeatUnit::Host),
        named_rest: Some(24),
        warn_days: Some(14),
        demo_days: 30,
        demo_features: names(&["export"]),
        demo_limits: vec![("users".to_owned(), 2)],
    }
}

fn minimal() -> Product {
    Product {
        id: "a".to_owned(),
        version: 1,
        name: "A".to_owned(),
        vendor: "B".to_owned(),
        roots: vec![public(ROOT)],
        fingerprint: true,
        ..Product::default()
    }
}

fn signed_as(text: &str, name: &str, seed: u8) -> String {
    let sign = |text: &[u8]| Ok::<_, Infallible>(key(seed).sign(text).to_bytes());
    match note::sign(text, name, &public(seed), sign) {
        Ok(note) => note,
        Err(never) => match never {},
    }
}

pub(super) fn files() -> Vec<File> {
    let ok = |name, comment, product: &Product, seed| {
        File::new("product", name, comment, "ok")
            .line("root-fingerprint", RootFingerprint::of(&public(seed)))
            .body(&signed_as(&product.to_text(), &product.id, seed))
    };
    let no = |name, comment, file: &str| File::new("product", name, comment, "refused").body(file);
    let text = full().to_text();
    let good = signed_as(&text, PRODUCT, ROOT);
    // A well-signed file in which something was replaced before it was signed.
    let wrong = |name, comment, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        no(
            name,
            comment,
            &signed_as(&text.replacen(from, to, 1), PRODUCT, ROOT),
        )
    };
    let ruled = |name, comment, change: fn(&mut Product)| {
        let mut product = full();
        change(&mut product);
        no(
            name,
            comment,
            &signed_as(&product.to_text(), &product.id, ROOT),
        )
    };
    vec![
        ok("full", "every line there is", &full(), ROOT),
        ok("minimal", "no line that may be missing", &minimal(), ROOT),
        ok(
            "signed-by-spare",
            "signed by the second root, whose fingerprint it is",
            &full(),
            SPARE,
        ),
        no(
            "altered",
            "a limit of the demo raised after signing",
            &good.replacen("users=2", "users=9", 1),
        ),
        no(
            "stranger",
            "signed by a key that is no root of the file",
            &signed_as(&text, PRODUCT, STRANGER),
        ),
        no(
            "other-name",
            "signed under another name than the product's id",
            &signed_as(&text, "other", ROOT),
        ),
        no(
            "two-signatures",
            "a second signature line",
            &format!(
                "{good}{}",
                good.lines().last().unwrap_or_default().to_owned() + "\n"
            ),
        ),
        no(
            "carriage-returns",
            "lines end with CR LF",
            &good.replace('\n', "\r\n"),
        ),
        wrong(
            "unknown-line",
            "a line that is not known",
            "mail: ",
            "post: ",
        ),
        wrong(
            "order",
            "vendor before name",
            "name: Survey Ålesund\nvendor: Nordic Survey AS\n",
            "vendor: Nordic Survey AS\nname: Survey Ålesund\n",
        ),
        wrong(
            "twice",
            "two mail lines",
            "mail: ",
            "mail: other@example.com\nmail: ",
        ),
        wrong("empty-value", "a value is empty", "Nordic Survey AS", ""),
        wrong(
            "leading-zero",
            "a number with a leading zero",
            "version: 2",
            "version: 02",
        ),
        wrong(
            "upper-case-hex",
            "a root key in upper case",
            "root: 8a88e3dd",
            "root: 8A88E3DD",
        ),
        ruled("three-roots", "three root keys", |p| {
            p.roots.push(public(STRANGER))
        }),
        ruled("small-order-root", "a root key of small order", |p| {
            p.roots[1] = forge::SMALL_ORDER
        }),
        ruled(
            "forged-desk",
            "a DESK certificate that no root signed",
            |p| p.desks = vec![certify(STRANGER, |_| {}).certificate.encode()],
        ),
        ruled("maintained-limit", "a limit that needs maintenance", |p| {
            p.maintained = names(&["users"])
        }),
        ruled("maintained-pool", "a pool that needs maintenance", |p| {
            p.maintained = names(&["design"])
        }),
        ruled("demo-pool", "a pool among the limits of the demo", |p| {
            p.demo_limits.push(("design".to_owned(), 1))
        }),
        ruled("demo-text", "a text among the features of the demo", |p| {
            p.demo_features.push("licensee".to_owned())
        }),
        ruled("repeated-pool", "a pool and a feature of one name", |p| {
            p.catalogue.push((Entry::Pool, "export".to_owned()))
        }),
        wrong(
            "unknown-seat",
            "a seat counts what is not known",
            "seat: host",
            "seat: core",
        ),
        wrong(
            "seat-before-fingerprint",
            "the line of the seat before that of the fingerprint",
            "fingerprint: yes\nseat: host\n",
            "seat: host\nfingerprint: yes\n",
        ),
        wrong(
            "rest-too-long",
            "a rest of 65,536 hours",
            "named-rest: 24",
            "named-rest: 65536",
        ),
        wrong(
            "warn-days-twice",
            "two lines of days",
            "warn-days: 14\n",
            "warn-days: 14\nwarn-days: 15\n",
        ),
        ok(
            "defaults-said",
            "optional lines that say what holds without them",
            &Product {
                seat: Some(SeatUnit::Process),
                named_rest: Some(48),
                warn_days: Some(7),
                ..minimal()
            },
            ROOT,
        ),
        ok(
            "largest-optional",
            "the least and the largest numbers",
            &Product {
                named_rest: Some(65_535),
                warn_days: Some(0),
                ..minimal()
            },
            ROOT,
        ),
        ruled("unbound", "neither fingerprint nor bindings", |p| {
            (p.fingerprint, p.bind) = (false, Vec::new())
        }),
    ]
}
