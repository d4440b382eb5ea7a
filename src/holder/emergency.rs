//! An emergency code that was read out: to which license it belongs, what it moves, and how it is kept (SPEC.md 8).

use super::error::HolderError;
use super::evidence;
use super::history;
use super::home::Home;
use super::json::Bytes;
use super::memory;
use super::outcome::{Applied, Outcome, Which};
use super::places::Places;
use super::products;
use super::request::Here;
use super::state::{HistoryEntry, LicenseState, grant_digest};
use super::terms::Terms;
use crate::machine::Facts;
use crate::protocol::emergency::Emergency;
use crate::protocol::product::ProductFile;
use crate::text::Code;

/// Applies an emergency code. The same step again, and a lower one, change nothing and are no errors.
pub(super) fn apply(home: &Home, code: &Code, here: &Here<'_>) -> Result<Outcome, HolderError> {
    let emergency = Emergency::decode(code.payload())?;
    // As with a response: only what changes something needs the right to write here.
    let (outcome, _) = weigh(home, &emergency, here.facts)?;
    if !matches!(outcome, Outcome::Applied(_)) {
        return Ok(outcome);
    }
    let _lock = home.lock()?;
    let (outcome, mut license) = weigh(home, &emergency, here.facts)?;
    if let (Outcome::Applied(applied), Some(held)) = (&outcome, &mut license.held) {
        let payload = code.payload();
        held.emergency = Some(Bytes(payload.to_vec()));
        home.keep(&license)?;
        let event = HistoryEntry {
            at: here.wall,
            activation: applied.which.activation,
            generation: applied.after.generation,
            grant: grant_digest(payload),
            emergency: Some(emergency.step),
        };
        // The code is in force; a line that a full disk kept out is missed by nobody.
        let _ = history::add(home, license.license_key, &event);
    }
    Ok(outcome)
}

/// What [`apply`] would say, nothing being changed and nothing locked.
pub(super) fn preview(home: &Home, code: &Code, facts: &Facts) -> Result<Outcome, HolderError> {
    let emergency = Emergency::decode(code.payload())?;
    weigh(home, &emergency, facts).map(|(outcome, _)| outcome)
}

/// Which of these codes belongs to the chain of a license in this home, the first that does: for what was heard or typed wrong, when no check can say what
/// was meant. The chain's ends have 80 bits, so that a few thousand guesses find nothing that was not said.
pub(super) fn recognize(home: &Home, guesses: &[Code]) -> Result<Option<usize>, HolderError> {
    let guesses: Vec<Option<Emergency>> = guesses
        .iter()
        .map(|code| Emergency::decode(code.payload()).ok())
        .collect();
    let (licenses, _) = home.survey()?;
    for license in &licenses {
        let Some(held) = &license.held else { continue };
        let Ok(file) = products::load(home, &license.product) else {
            continue;
        };
        let Some(grant) = evidence::verify_held(&file, license).ok().flatten() else {
            continue;
        };
        let Some(belongs) = evidence::emergency_chain(&file, license, held, &grant) else {
            continue;
        };
        let found = guesses
            .iter()
            .position(|it| it.as_ref().is_some_and(&belongs));
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Finds the license by the chain that its grant is the end of: the code itself names none.
fn weigh(
    home: &Home,
    emergency: &Emergency,
    facts: &Facts,
) -> Result<(Outcome, LicenseState), HolderError> {
    let (licenses, unfit) = home.survey()?;
    let mut unfit = unfit.into_iter().next();
    // Where nothing is held any more, it is of what was given up: nobody else knows its chain.
    let mut given_up = None;
    let is_held = licenses.iter().any(|license| license.held.is_some());
    for license in licenses {
        if let (false, Some(given)) = (is_held, license.returned.first()) {
            let activation = given.activation;
            given_up = given_up.or(Some(HolderError::GivenUp { activation }));
        }
        let file = match products::load(home, &license.product) {
            Ok(file) => file,
            Err(HolderError::UnknownProduct { .. }) => continue,
            // It may be this one that the code belongs to: that it belongs to none is not known.
            Err(error) => {
                unfit.get_or_insert(error);
                continue;
            }
        };
        if let Some(outcome) = belongs(&file, &license, emergency) {
            let places = Places { home, facts };
            let key = license.license_key;
            // A copy of the home may still hold what was given up.
            return match memory::held(&license)
                .and_then(|(_, id)| Some((id, places.returned(key, id)?)))
            {
                Some((activation, _)) => Err(HolderError::GivenUp { activation }),
                None => Ok((outcome, license)),
            };
        }
    }
    let unknown = given_up.unwrap_or(HolderError::OtherEmergency);
    Err(unfit.unwrap_or(unknown))
}

fn belongs(file: &ProductFile, license: &LicenseState, emergency: &Emergency) -> Option<Outcome> {
    let held = license.held.as_ref()?;
    let grant = evidence::verify_held(file, license).ok().flatten()?;
    if !evidence::emergency_chain(file, license, held, &grant)?(emergency) {
        return None;
    }
    let which = Which {
        product: license.product.clone(),
        license_key: license.license_key,
        activation: held.standing.activation,
    };
    let used = evidence::emergency_step(file, license, &grant);
    if emergency.step <= used {
        return Some(if emergency.step == used {
            Outcome::AlreadyApplied(which)
        } else {
            Outcome::AlreadyNewer(which)
        });
    }
    let product = file.product();
    Some(Outcome::Applied(Box::new(Applied {
        which,
        before: Some(Terms::of(product, &grant).after_steps(used)),
        after: Terms::of(product, &grant).after_steps(emergency.step),
        asked: None,
        held_elsewhere: false,
        taken_in: Vec::new(),
    })))
}
