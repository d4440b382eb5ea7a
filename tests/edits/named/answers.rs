//! What is edited in what was answered, given back and refused.

use countersign::issuer::audit::{Place, Wrong};

use super::each_is_named;

#[test]
fn in_what_was_answered_given_back_and_refused() {
    each_is_named(&[
        (
            "UPDATE answer SET grant_ = zeroblob(90) WHERE event = {activate}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET generation = 9 WHERE event = {sync}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET request = x'41' WHERE event = {activate}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET activation = 1 WHERE event = {replace}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET parent = 7 WHERE event = {sync}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET generation = 7 WHERE event = {replace}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET commitment = zeroblob(12) WHERE event = {replace}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET stood = (SELECT stood FROM answer WHERE event = {activate}) WHERE event = {replace}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        (
            "UPDATE answer SET stood = x'00' WHERE event = {replace}",
            Place::File,
            Wrong::Unreadable,
            "impossible standing",
        ),
        (
            "DELETE FROM answer WHERE event = {sync}",
            Place::Answer,
            Wrong::Missing,
            "is gone",
        ),
        (
            "UPDATE answer SET event = 99 WHERE event = {sync}",
            Place::Answer,
            Wrong::Added,
            "history row 99",
        ),
        (
            "UPDATE answer SET signer = 1 WHERE event = {sync}",
            Place::Answer,
            Wrong::Altered,
            "the answer of history row",
        ),
        // The spare is a root, too, and signed none of these.
        (
            "UPDATE signer SET public = (SELECT unhex(value) FROM meta WHERE name = 'spare') WHERE id = 1",
            Place::Answer,
            Wrong::NotSigned,
            "under signer 1",
        ),
        (
            "UPDATE signer SET public = zeroblob(32) WHERE id = 1",
            Place::Signer,
            Wrong::Altered,
            "signer 1 has a key that is none",
        ),
        (
            "UPDATE signer SET certificate = x'' WHERE id = 2",
            Place::Signer,
            Wrong::Altered,
            "signer 2 is no root",
        ),
        (
            "UPDATE signer SET certificate = substr(certificate, 1, 109) || x'00' WHERE id = 2 AND 0; UPDATE signer SET certificate = zeroblob(110) WHERE id = 2",
            Place::Signer,
            Wrong::Altered,
            "signer 2 has a certificate that no root",
        ),
        (
            "UPDATE signer SET certificate = (SELECT certificate FROM signer WHERE id = 2) WHERE id = 1",
            Place::Signer,
            Wrong::Altered,
            "signer 1 has the certificate of another key",
        ),
        (
            "UPDATE signer SET id = 3 - id + 10; UPDATE signer SET id = id - 10",
            Place::Answer,
            Wrong::NotSigned,
            "under signer",
        ),
        (
            "DELETE FROM signer WHERE id = 2",
            Place::Answer,
            Wrong::NotSigned,
            "signer 2, who is not there",
        ),
        (
            "INSERT INTO signer SELECT 9, unhex(value), x'' FROM meta WHERE name = 'spare'",
            Place::Signer,
            Wrong::Added,
            "signer 9 signed nothing",
        ),
        (
            "UPDATE early_return SET proof = zeroblob(10) WHERE event = {early_return}",
            Place::EarlyReturn,
            Wrong::Altered,
            "was altered",
        ),
        (
            "UPDATE early_return SET aid = zeroblob(4) WHERE event = {early_return}",
            Place::EarlyReturn,
            Wrong::Altered,
            "was altered",
        ),
        (
            "UPDATE early_return SET event = 999 WHERE event = {early_return}",
            Place::EarlyReturn,
            Wrong::Added,
            "history row 999",
        ),
        (
            "DELETE FROM early_return WHERE event = {early_return}",
            Place::EarlyReturn,
            Wrong::Missing,
            "is gone",
        ),
        // Lists that begin at the first row would pass it by.
        (
            "INSERT INTO early_return SELECT -1, aid, proof FROM early_return LIMIT 1",
            Place::EarlyReturn,
            Wrong::Added,
            "rows of early_return numbered below 1",
        ),
        (
            "INSERT INTO refused VALUES (x'', 1, 1, 1)",
            Place::File,
            Wrong::Unreadable,
            "refusal of history row 1 has an impossible",
        ),
        (
            "INSERT INTO early_return VALUES (1, zeroblob(4), zeroblob(10))",
            Place::EarlyReturn,
            Wrong::Added,
            "history row 1 ",
        ),
        (
            "UPDATE refused SET day = day - 1",
            Place::Refused,
            Wrong::Missing,
            "is gone, or is not as it was told",
        ),
        (
            "UPDATE refused SET activation = activation + 1",
            Place::Refused,
            Wrong::Added,
            "is not in the history",
        ),
        (
            "DELETE FROM refused",
            Place::Refused,
            Wrong::Missing,
            "is gone",
        ),
        (
            "UPDATE refused SET event = 1",
            Place::Refused,
            Wrong::Missing,
            "is gone",
        ),
        (
            "UPDATE refused SET request = zeroblob(32)",
            Place::Refused,
            Wrong::Added,
            "is not in the history",
        ),
        (
            "INSERT INTO refused SELECT zeroblob(32), event, activation, day FROM refused",
            Place::Refused,
            Wrong::Added,
            "is not in the history",
        ),
    ]);
}
