//! Category `emergency`: a step held against a grant's chain (SPEC.md 12.4).

use countersign::protocol::digest::Digest;
use countersign::protocol::emergency::{Emergency, chain};

use super::File;
use super::world::{X0, license, standing};

const STEPS: u8 = 4;
const DAYS: u8 = 7;

pub(super) fn files() -> Vec<File> {
    let holder = standing().holder_digest("survey", license());
    let other = standing().holder_digest("survey-2", license());
    let x = |step: u8| chain(&holder, 2, 0, STEPS - step, X0);
    let case = |name, comment, expect, (holder, generation): (&Digest, u16), step, x| {
        let anchor = chain(
            &standing().holder_digest("survey", license()),
            2,
            0,
            STEPS,
            X0,
        );
        let payload = Emergency { step, x }.encode();
        File::new("emergency", name, comment, expect)
            .optional(
                "moves-by",
                (expect == "accepted").then(|| u16::from(step) * u16::from(DAYS)),
            )
            .line("holder", hex::encode(holder))
            .line("generation", generation)
            .line("anchor", hex::encode(anchor))
            .line("steps", STEPS)
            .line("days", DAYS)
            .line("emergency", hex::encode(payload))
    };
    let here = (&holder, 2);
    let mut wrong = x(1);
    wrong[9] ^= 1;
    vec![
        case(
            "first-step",
            "one hash from the anchor",
            "accepted",
            here,
            1,
            x(1),
        ),
        case(
            "third-step",
            "three steps at once",
            "accepted",
            here,
            3,
            x(3),
        ),
        case("last-step", "x₀ itself", "accepted", here, 4, X0),
        case(
            "other-holder",
            "of another product's grant",
            "refused",
            (&other, 2),
            1,
            x(1),
        ),
        case(
            "other-generation",
            "of another generation",
            "refused",
            (&holder, 3),
            1,
            x(1),
        ),
        case(
            "other-step",
            "the value of step 1 as step 2",
            "refused",
            here,
            2,
            x(1),
        ),
        case("altered", "one bit altered", "refused", here, 1, wrong),
        case(
            "beyond",
            "a step beyond those of the grant",
            "refused",
            here,
            5,
            X0,
        ),
        case(
            "step-0",
            "step 0: the anchor itself, which everyone knows",
            "refused",
            here,
            0,
            x(0),
        ),
    ]
}
