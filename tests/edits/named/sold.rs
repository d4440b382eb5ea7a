//! What is edited in what is sold: products, orders.

use countersign::issuer::audit::{Place, Wrong};

use super::each_is_named;

#[test]
fn in_what_is_sold() {
    each_is_named(&[
        (
            "UPDATE meta SET value = 'eve@example.com' WHERE name = 'mail'",
            Place::Meta,
            Wrong::Altered,
            "the desk",
        ),
        (
            "INSERT INTO meta VALUES ('x', 'y')",
            Place::Meta,
            Wrong::Altered,
            "the desk",
        ),
        (
            "DELETE FROM meta WHERE name = 'mail'",
            Place::Meta,
            Wrong::Altered,
            "the desk",
        ),
        (
            "UPDATE product SET definition = replace(definition, 'fingerprint: yes', 'fingerprint: no') WHERE id = 1",
            Place::Product,
            Wrong::Altered,
            "product survey",
        ),
        (
            "UPDATE product SET weak = 'refuse' WHERE id = 2",
            Place::Product,
            Wrong::Altered,
            "product plotter",
        ),
        (
            "UPDATE product SET version = 9 WHERE id = 2",
            Place::Product,
            Wrong::Altered,
            "product plotter",
        ),
        (
            "UPDATE product SET event = event + 1 WHERE id = 2",
            Place::Product,
            Wrong::Altered,
            "product plotter",
        ),
        (
            "DELETE FROM product WHERE id = 2",
            Place::Product,
            Wrong::Missing,
            "product plotter is gone",
        ),
        (
            "INSERT INTO product SELECT 9, 'third', version, definition, weak, event FROM product WHERE id = 1",
            Place::Product,
            Wrong::Added,
            "product third",
        ),
        // Swapped, a cheap license would get a signed dear grant: products, and orders by the name of theirs.
        (
            "UPDATE product SET id = 3 - id WHERE id < 0; UPDATE product SET id = -id; UPDATE product SET id = 3 + id",
            Place::Product,
            Wrong::Altered,
            "product survey",
        ),
        (
            "UPDATE product SET id = -id; UPDATE product SET id = 3 + id",
            Place::OrderTerms,
            Wrong::Altered,
            "order 1 ",
        ),
        (
            "UPDATE product SET id = -id; UPDATE product SET id = 3 + id",
            Place::Answer,
            Wrong::Disagrees,
            "of another license or product",
        ),
        (
            "UPDATE product SET name = 'x' WHERE id = 1; UPDATE product SET name = 'survey' WHERE id = 2; UPDATE product SET name = 'plotter' WHERE id = 1",
            Place::OrderTerms,
            Wrong::Altered,
            "order 2 ",
        ),
        (
            "UPDATE terms SET product = 2 WHERE id = 1",
            Place::OrderTerms,
            Wrong::Altered,
            "order 1 ",
        ),
        (
            "UPDATE terms SET seats = 200 WHERE id = 1",
            Place::OrderTerms,
            Wrong::Altered,
            "order 1 ",
        ),
        (
            "UPDATE terms SET customer = 'Eve' WHERE id = 2",
            Place::OrderTerms,
            Wrong::Altered,
            "order 2 ",
        ),
        (
            "UPDATE terms SET contact = NULL WHERE id = 2",
            Place::OrderTerms,
            Wrong::Altered,
            "order 2 ",
        ),
        (
            "UPDATE terms SET grace_days = 0 WHERE id = 1",
            Place::OrderTerms,
            Wrong::Altered,
            "order 1 ",
        ),
        (
            "UPDATE terms SET emergency_days = 0 WHERE id = 1",
            Place::File,
            Wrong::Unreadable,
            "order row 1 has an impossible emergency allowance",
        ),
        // Of a license that was changed.
        (
            "UPDATE terms SET seats = 2 WHERE id = 3",
            Place::OrderTerms,
            Wrong::Altered,
            "order 3 ",
        ),
        (
            "DELETE FROM terms WHERE id = 3",
            Place::OrderTerms,
            Wrong::Missing,
            "order 3 ",
        ),
        (
            "DELETE FROM terms WHERE id = 1",
            Place::OrderTerms,
            Wrong::Missing,
            "order 1 ",
        ),
        (
            "UPDATE terms SET event = event + 1 WHERE id = 1",
            Place::OrderTerms,
            Wrong::Altered,
            "order 1",
        ),
        (
            "INSERT INTO terms SELECT 9, product, customer, contact, 9, type, edition, expires, maintenance, grace_days, lend_days, emergency_steps, emergency_days, entitlements, usb, reference, note, event FROM terms WHERE id = 1",
            Place::OrderTerms,
            Wrong::Added,
            "order 9 is not in the history",
        ),
    ]);
}
