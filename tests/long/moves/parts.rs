//! Parts as the rule sees them.

use super::*;

pub(super) fn fingerprint(parts: &Parts) -> Option<Fingerprint> {
    let mut bytes = [0; Fingerprint::LEN];
    for (n, value) in parts.iter().enumerate().filter(|(_, value)| **value != 0) {
        bytes[0] |= 1 << n;
        bytes[1 + 2 * n] = *value;
    }
    Fingerprint::from_bytes(&bytes).ok()
}

pub(super) fn parts(of: &Fingerprint) -> Parts {
    Component::ALL.map(|it| of.part(it).map_or(UNKNOWN, |[value, _]| value))
}

pub(super) fn standing(parts: &Parts, key: Key) -> MachineBinding {
    MachineBinding {
        activation: ActivationId([1; 4]),
        fingerprint: fingerprint(parts),
        bindings: None,
        usb: match key {
            Key::None => None,
            Key::Stands => Some([1; 8]),
            Key::New => Some([2; 8]),
        },
    }
}
