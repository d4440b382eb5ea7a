//! Each edit has the finding that names it.

mod answers;
mod forged;
mod history;
mod licenses;
mod schema;
mod seeds;
mod sold;

use countersign::issuer::audit::{Place, Wrong};

use super::lived::{Lived, findings, listed, verify};

/// The number of the last event of a kind.
fn last(kind: &str) -> String {
    format!("(SELECT max(id) FROM history WHERE kind = '{kind}')")
}

/// Edits in SQL; `{kind}` is the number of the last event of that kind.
type Edits = &'static [(&'static str, Place, Wrong, &'static str)];

#[track_caller]
fn each_is_named(edits: Edits) {
    let lived = Lived::new();
    assert_eq!(listed(&findings(&lived.copy())), [""; 0]);
    for (edit, place, wrong, row) in edits {
        let mut sql = (*edit).to_owned();
        for kind in [
            "activate",
            "replace",
            "sync",
            "return",
            "release",
            "emergency",
            "refused",
            "early_return",
            "license_change",
            "license_new",
            "license_revoke",
            "product_add",
        ] {
            sql = sql.replace(&format!("{{{kind}}}"), &last(kind));
        }
        let found = findings(&lived.edited(&sql));
        assert!(
            found.iter().any(|it| {
                it.place == *place && it.wrong == *wrong && it.to_string().contains(row)
            }),
            "{edit}: {:#?}",
            listed(&found)
        );
    }
}

#[test]
fn many_findings_are_counted_and_the_first_are_listed() {
    let lived = Lived::new();
    let path = lived.edited(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 250) \
         INSERT INTO early_return SELECT 1000 + i, zeroblob(4), zeroblob(10) FROM n",
    );
    let report = verify(&path).unwrap();
    assert_eq!((report.findings.len(), report.wrong), (100, 250));
}
