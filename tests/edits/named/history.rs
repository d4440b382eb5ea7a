//! What is edited in the history.

use countersign::issuer::audit::{Place, Wrong};

use super::each_is_named;

#[test]
fn in_the_history() {
    each_is_named(&[
        (
            "UPDATE history SET at = at + 1 WHERE id = 3",
            Place::History,
            Wrong::Altered,
            "history row 3 ",
        ),
        (
            "UPDATE history SET actor = 'eve' WHERE id = 1",
            Place::History,
            Wrong::Altered,
            "history row 1 ",
        ),
        (
            "UPDATE history SET kind = 'x' WHERE id = 2",
            Place::History,
            Wrong::Altered,
            "does not know",
        ),
        (
            "UPDATE history SET data = replace(data, ':1,', ':2,') WHERE id = {activate}",
            Place::History,
            Wrong::Altered,
            "history row",
        ),
        (
            "UPDATE history SET data = 'x' WHERE id = {refused}",
            Place::History,
            Wrong::Unreadable,
            "facts that cannot be read",
        ),
        (
            "UPDATE history SET previous = NULL WHERE id = {sync}",
            Place::History,
            Wrong::Altered,
            "history row",
        ),
        (
            "UPDATE history SET license = 1 WHERE id = {product_add}",
            Place::History,
            Wrong::Altered,
            "history row",
        ),
        // In the chain 0 stands for nothing: it must not stand in a row.
        (
            "UPDATE history SET license = 0 WHERE id = {product_add}",
            Place::File,
            Wrong::Unreadable,
            "impossible reference",
        ),
        (
            "UPDATE history SET hash = zeroblob(32) WHERE id = 2",
            Place::History,
            Wrong::Altered,
            "history row 2 ",
        ),
        (
            "UPDATE history SET signer = NULL, signature = NULL WHERE id = {license_change}",
            Place::History,
            Wrong::NotSigned,
            "is signed by nobody",
        ),
        (
            "UPDATE history SET signature = NULL WHERE id = {license_change}",
            Place::File,
            Wrong::Unreadable,
            "impossible signature",
        ),
        (
            "UPDATE history SET signer = 9 WHERE id = {emergency}",
            Place::History,
            Wrong::NotSigned,
            "who is not there",
        ),
        (
            "UPDATE history SET signature = (SELECT signature FROM history WHERE id = {license_revoke}) WHERE id = {license_change}",
            Place::History,
            Wrong::NotSigned,
            "did not do this",
        ),
        (
            "UPDATE history SET signer = 2 WHERE id = {product_add}",
            Place::History,
            Wrong::NotSigned,
            "is signed by a key that may not do it",
        ),
        (
            "UPDATE history SET (signer, signature) = (SELECT signer, signature FROM history WHERE id = {release}) WHERE id = {activate}",
            Place::History,
            Wrong::NotSigned,
            "is signed by a key that may not do it",
        ),
        (
            "DELETE FROM history WHERE id = 5",
            Place::History,
            Wrong::Missing,
            "history row 5 is missing",
        ),
        (
            "DELETE FROM history WHERE id = {activate}",
            Place::Answer,
            Wrong::Added,
            "is not in the history",
        ),
        (
            "DELETE FROM history WHERE id = {early_return}",
            Place::EarlyReturn,
            Wrong::Added,
            "is not in the history",
        ),
        (
            "DELETE FROM history WHERE id = {refused}",
            Place::Refused,
            Wrong::Added,
            "is not in the history",
        ),
        (
            "DELETE FROM history WHERE id = (SELECT max(id) FROM history)",
            Place::Product,
            Wrong::Altered,
            "product survey",
        ),
        (
            "INSERT INTO history SELECT max(id) + 1, at, actor, 'refused', license, activation, previous, data, NULL, NULL, hash FROM history",
            Place::History,
            Wrong::Altered,
            "history row",
        ),
    ]);
}
