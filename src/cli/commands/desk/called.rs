//! What machines are called, where a license is shown.

use crate::cli::json;
use crate::issuer::ledger::Activation;
use crate::issuer::names::Called;

/// Puts it among what scripts get of a license.
pub(super) fn put(object: &mut json::LicenseAtDesk, called: &[Called]) {
    for it in &mut object.activations {
        let own = called.iter().find(|own| own.activation == it.activation.0);
        it.says = own
            .and_then(|own| own.said.as_ref())
            .map(json::MailSays::of);
        it.note = own.and_then(|own| own.note.clone());
    }
}

/// A line of it under an activation.
pub(super) fn line(called: &[Called], activation: &Activation) -> Option<String> {
    let own = |it: &&Called| it.activation == activation.standing.activation;
    called.iter().find(own).map(|it| format!("    {it}"))
}
