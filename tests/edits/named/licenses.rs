//! What is edited in licenses and activations.

use countersign::issuer::audit::{Place, Wrong};

use super::each_is_named;

#[test]
fn in_licenses_and_activations() {
    each_is_named(&[
        (
            "UPDATE license SET key = 12345678901 WHERE id = 3",
            Place::History,
            Wrong::Altered,
            "made other licenses",
        ),
        (
            "UPDATE license SET key = 5 WHERE id = 2",
            Place::File,
            Wrong::Unreadable,
            "license row 2 has an impossible key",
        ),
        (
            "UPDATE license SET terms = 2 WHERE id = 1",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET terms = 1 WHERE id = 5",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET taken = 0 WHERE id = 1",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET taken = 0 WHERE id = 1",
            Place::License,
            Wrong::Seats,
            "other seats",
        ),
        (
            "UPDATE license SET taken = NULL WHERE id = 2",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET taken = 0 WHERE id = 3",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET moves = x'000100000001' WHERE id = 2",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET moves = x'000100000001', event = (SELECT id FROM history WHERE kind = 'license_new' AND license = 4) WHERE id = 5",
            Place::License,
            Wrong::Altered,
            "as its order made it",
        ),
        (
            "UPDATE license SET exchanges = x'000100000001' WHERE id = 2",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET exchanges = x'000100000001', event = (SELECT id FROM history WHERE kind = 'license_new' AND license = 4) WHERE id = 5",
            Place::License,
            Wrong::Altered,
            "as its order made it",
        ),
        (
            "UPDATE license SET returns = x'000100000001' WHERE id = 2",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET returns = x'000100000001', event = (SELECT id FROM history WHERE kind = 'license_new' AND license = 4) WHERE id = 5",
            Place::License,
            Wrong::Altered,
            "as its order made it",
        ),
        (
            "UPDATE license SET withdrawn = 1 WHERE id = 3",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET withdrawn = 2 WHERE id = 3",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET withdrawn = 0 WHERE id = 5",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET event = {license_revoke} WHERE id = 1",
            Place::License,
            Wrong::Altered,
            "does not speak of it",
        ),
        (
            "UPDATE license SET event = 999, withdrawn = 0 WHERE id = 5",
            Place::License,
            Wrong::Altered,
            "does not speak of it",
        ),
        (
            "UPDATE license SET event = 1 WHERE id = 2",
            Place::License,
            Wrong::Altered,
            "before it was sold",
        ),
        // Never touched before: named by its order.
        (
            "UPDATE license SET taken = 0, event = (SELECT id FROM history WHERE kind = 'license_new' AND license = 4) WHERE id = 5",
            Place::License,
            Wrong::Altered,
            "as its order made it",
        ),
        (
            "DELETE FROM license WHERE id = 3",
            Place::History,
            Wrong::Altered,
            "made other licenses",
        ),
        (
            "DELETE FROM license WHERE id = 1",
            Place::History,
            Wrong::Altered,
            "names another license",
        ),
        (
            "DELETE FROM license WHERE id = 5",
            Place::History,
            Wrong::Missing,
            "a license that is gone",
        ),
        (
            "INSERT INTO license VALUES (9, 12345678901, 1, NULL, 3, 0, x'', x'', x'', x'')",
            Place::License,
            Wrong::Added,
            "never ordered",
        ),
        (
            "UPDATE activation SET seats = 9 WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET had = x'' WHERE id = 3",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET fingerprint = NULL WHERE id = 2",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET ended = 0 WHERE id = 2",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET reference = NULL WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET reference_since = reference_since - 1 WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET weak_accepted = 1 - weak_accepted WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET resting = 1, resting_until = 9 WHERE id = 2",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET longest_loan = 1, lent_until = 9 WHERE id = 2",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET told = zeroblob(52) WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET last = last + 1 WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET first = first - 1 WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET superseded = x'0001000000ff' WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET place = place + 1 WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET runs = runs + 1 WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET anew = x'0001000000ff' WHERE id = 1",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET usb = zeroblob(8) WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET site_key = zeroblob(32) WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET resting = 0, resting_until = 0 WHERE resting > 0",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET resting = 1, resting_until = 9 WHERE event = (SELECT max(id) FROM history WHERE kind = 'freed')",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE license SET returns = x'' WHERE id = 6",
            Place::License,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET proven = 0 WHERE id = 1",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET license = 3 WHERE id = 2",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        (
            "UPDATE activation SET event = 6 WHERE id = 2",
            Place::Activation,
            Wrong::Altered,
            "as its last event left it",
        ),
        // Events that name an activation and do not say how it is: hidden behind one, it could be anything.
        (
            "UPDATE activation SET event = {emergency}, had = x'' WHERE id = 3",
            Place::Activation,
            Wrong::Added,
            "is not in the history",
        ),
        (
            "UPDATE activation SET event = 999, had = x'' WHERE id = 3",
            Place::Activation,
            Wrong::Added,
            "is not in the history",
        ),
        (
            "DELETE FROM activation WHERE id = 1",
            Place::History,
            Wrong::Missing,
            "an activation that is gone",
        ),
        (
            "INSERT INTO activation SELECT 90, 99, aid, generation, fingerprint, bindings, usb, site_key, place, 0, runs, first, last, event, proven, superseded, ended, reference, reference_since, had, weak_accepted, resting, resting_until, longest_loan, lent_until, told, due FROM activation WHERE id = 1",
            Place::Activation,
            Wrong::Added,
            "is not in the history",
        ),
        // Lists that begin at the first license would pass it by.
        (
            "INSERT INTO activation SELECT 90, 0, aid, generation, fingerprint, bindings, usb, site_key, place, 0, runs, first, last, event, proven, superseded, ended, reference, reference_since, had, weak_accepted, resting, resting_until, longest_loan, lent_until, told, due FROM activation WHERE id = 1",
            Place::Activation,
            Wrong::Added,
            "of licenses numbered below 1",
        ),
    ]);
}
