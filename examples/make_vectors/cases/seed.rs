//! Category `seed`: x₀ as an issuer makes it, and the chain from it (SPEC.md 12.14).

use countersign::protocol::emergency::{chain, seed};

use super::File;
use super::world::{license, secret, standing};

/// L: 32 bytes that count up.
fn seed_key(first: u8) -> [u8; 32] {
    std::array::from_fn(|at| first + at as u8)
}

pub(super) fn files() -> Vec<File> {
    let holder = standing().holder_digest("survey", license());
    let case = |name, comment, first: u8, generation: u16, (steps, days): (u8, u8)| {
        let key = seed_key(first);
        let commitment = secret(0x10).commitment(license());
        let x0 = seed(&key, &commitment, generation, (steps, days));
        File::new("seed", name, comment, "ok")
            .line("seed-key", hex::encode(key))
            .line("commitment", hex::encode(commitment.0))
            .line("generation", generation)
            .line("steps", steps)
            .line("days", days)
            .line("holder", hex::encode(holder))
            .line("x0", hex::encode(x0))
            .line(
                "anchor",
                hex::encode(chain(&holder, generation, 0, steps, x0)),
            )
    };
    vec![
        case("four-steps", "4 steps of 7 days", 0xa0, 1, (4, 7)),
        case(
            "other-steps",
            "the same request, 7 steps of 4 days",
            0xa0,
            1,
            (7, 4),
        ),
        case("next-generation", "the next generation", 0xa0, 2, (4, 7)),
        case("next-seed-key", "the next seed key", 0xc0, 1, (4, 7)),
        case(
            "most",
            "all that fits into two bytes and one",
            0xa0,
            65_535,
            (31, 255),
        ),
    ]
}
