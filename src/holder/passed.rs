//! What has passed for certain: what a site goes by that must wait, whatever somebody sets its clock to.

use super::clock::{self, LicenseTimes, Look};
use super::home::Home;
use super::memory::Memory;
use super::state::LicenseState;
use crate::machine::Facts;
use crate::protocol::date::Seconds;
use crate::protocol::grant::Grant;

/// The moment that has passed for certain by the clock mark of a license (SPEC.md 7): a clock that is set forward does not move it at once, and none that is set
/// back moves it at all.
pub(crate) fn passed(
    home: &Home,
    license: &LicenseState,
    granted: &Grant,
    facts: &Facts,
    wall: Seconds,
) -> Seconds {
    let memory = Memory::recall(home, &license.product, Some(license), facts);
    let times = LicenseTimes {
        issued: granted.issued,
        generation: granted.generation,
        built: granted.issued,
        deadline: None,
        dated: true,
        running: false,
    };
    let look = Look::new(wall, facts);
    clock::judge(memory.mark.as_ref(), &times, &look).certain
}
