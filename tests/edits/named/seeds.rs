//! Seed keys as they are sealed.

use super::*;

#[test]
fn each_edit_of_what_is_sealed_is_named() {
    each_is_named(&[
        (
            "UPDATE sealed_key SET sealed = zeroblob(80) WHERE key = 1",
            Place::SealedKey,
            Wrong::Altered,
            "seed key 1 as it is sealed to",
        ),
        (
            "UPDATE sealed_key SET sealing = holder",
            Place::SealedKey,
            Wrong::Altered,
            "seed key 1 as it is sealed to",
        ),
        (
            "UPDATE sealed_key SET event = event + 1",
            Place::SealedKey,
            Wrong::Altered,
            "seed key 1 as it is sealed to",
        ),
        (
            "UPDATE sealed_key SET holder = sealing",
            Place::SealedKey,
            Wrong::Added,
            "seed key 1 as it is sealed to",
        ),
        (
            "UPDATE sealed_key SET key = 3",
            Place::SealedKey,
            Wrong::Missing,
            "seed key 1 as it is sealed to",
        ),
        (
            "UPDATE sealed_key SET key = -1",
            Place::SealedKey,
            Wrong::Added,
            "seed key -1 as it is sealed to",
        ),
        (
            "DELETE FROM sealed_key WHERE event = 1",
            Place::SealedKey,
            Wrong::Missing,
            "seed key 1 as it is sealed to",
        ),
        (
            "INSERT INTO sealed_key SELECT key + 1, holder, sealing, sealed, event FROM sealed_key",
            Place::SealedKey,
            Wrong::Added,
            "seed key 2 as it is sealed to",
        ),
        (
            "UPDATE sealed_key SET holder = x'00' WHERE event > 1",
            Place::File,
            Wrong::Unreadable,
            "sealed_key row 1 has an impossible",
        ),
    ]);
}
