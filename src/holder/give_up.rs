//! Giving a licence up: a tombstone first, in the state and in the anchor; then the code, the same one for ever (SPEC.md 4.3).

use super::error::HolderError;
use super::home::Home;
use super::memory::Places;
use super::request::{Here, commitments};
use super::secrets::Secrets;
use super::state::{Given, LicenseState, Request};
use crate::license_key::LicenseKey;
use crate::protocol::date::Seconds;
use crate::protocol::digest::ActivationId;
use crate::protocol::requests::Return;
use crate::text::{Code, Kind};

/// A licence that is given up; its code may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenUp {
    /// The return code.
    pub code: Code,
    /// The activation that ends.
    pub activation: ActivationId,
    /// When it was given up.
    pub at: Seconds,
    /// It was given up before: this is its code again.
    pub repeated: bool,
}

/// Gives up what is held of a licence, or else the newest request for it: its answer may be under way.
///
/// The machine's fingerprint plays no part: one that drifted, or died and was rebuilt, can still give up what it holds.
///
/// # Errors
/// `unknown_license`; `secret_lost`; what the file system says.
pub fn give_up(home: &Home, key: LicenseKey, here: &Here<'_>) -> Result<GivenUp, HolderError> {
    let _lock = home.lock()?;
    let unknown = || HolderError::UnknownLicense { key };
    let mut license = home.license(key)?.ok_or_else(unknown)?;
    let mut secrets = Secrets::load(home, key)?;
    let (given, repeated) = match (subject(&license), license.returned.clone()) {
        (Some((activation, request)), _) => {
            let at = here.wall;
            (
                Given {
                    activation,
                    at,
                    request,
                },
                false,
            )
        }
        (None, Some(given)) => (given, true),
        (None, None) => return Err(unknown()),
    };
    let answer = given_up(key, &given, repeated, &secrets)?;
    if !repeated {
        license.held = None;
        license
            .pending
            .retain(|pending| pending.standing.activation != given.activation);
        license
            .returned_before
            .extend(license.returned.replace(given.clone()));
        home.keep(&license)?;
        let places = Places {
            home,
            facts: here.facts,
        };
        places.keep_tombstone(key, given.activation, given.at);
        secrets.retain(&commitments(&license));
        // A secret too many opens nothing.
        let _ = secrets.keep();
    }
    Ok(answer)
}

/// The return code of an activation that was given up here, whatever is held or asked for by now.
///
/// # Errors
/// `unknown_license`; `unknown_activation`; `secret_lost`; what the file system says.
pub fn again(
    home: &Home,
    key: LicenseKey,
    activation: ActivationId,
) -> Result<GivenUp, HolderError> {
    let license = home
        .license(key)?
        .ok_or(HolderError::UnknownLicense { key })?;
    let secrets = Secrets::load(home, key)?;
    let given = license
        .given_up()
        .find(|given| given.activation == activation)
        .ok_or(HolderError::NotGivenUp { activation })?;
    given_up(key, given, true, &secrets)
}

fn given_up(
    key: LicenseKey,
    given: &Given,
    repeated: bool,
    secrets: &Secrets,
) -> Result<GivenUp, HolderError> {
    let commitment = given.request.commitment()?;
    let secret = secrets
        .get(key, commitment)
        .ok_or(HolderError::SecretLost { key })?;
    let payload = Return {
        activation: given.activation,
        secret,
    }
    .encode();
    Ok(GivenUp {
        code: Code::new(Kind::Return, payload),
        activation: given.activation,
        at: given.at,
        repeated,
    })
}

fn subject(license: &LicenseState) -> Option<(ActivationId, Request)> {
    if let Some(held) = &license.held {
        return Some((held.standing.activation, held.request.clone()));
    }
    let newest = license.open().last()?;
    Some((newest.standing.activation, newest.request.clone()))
}
