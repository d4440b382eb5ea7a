//! The parts of a machine that a fingerprint tells apart (SPEC.md 6.1).

use crate::messages;
use std::fmt;

/// One of the five components (SPEC.md 6.1). Its number is its bit in the presence byte and its type byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Component {
    /// The machine id of the installed system: borne by the disk.
    MachineId = 0,
    /// The UUID of the root file system: borne by the disk.
    RootFileSystem = 1,
    /// The DMI product UUID: borne by hardware.
    Board = 2,
    /// The permanent MAC address: borne by hardware.
    NetworkCard = 3,
    /// The serial number of the system disk: borne by hardware.
    SystemDisk = 4,
}

impl Component {
    /// All of them, in the order of their bits.
    pub const ALL: [Component; 5] = [
        Component::MachineId,
        Component::RootFileSystem,
        Component::Board,
        Component::NetworkCard,
        Component::SystemDisk,
    ];

    /// Bit and type (SPEC.md 6.1).
    pub(super) const fn number(self) -> u8 {
        self as u8
    }

    const fn bit(self) -> u8 {
        1 << self.number()
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Component::MachineId => messages::machine::machine_id(),
            Component::RootFileSystem => messages::machine::root_file_system(),
            Component::Board => messages::machine::board(),
            Component::NetworkCard => messages::machine::network_card(),
            Component::SystemDisk => messages::machine::system_disk(),
        })
    }
}

/// A set of components, as the presence byte has it (SPEC.md 6.1). In words: `network card, system disk`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Components(pub(super) u8);

impl Components {
    /// Those that hardware bears: a copied disk does not bring them along (SPEC.md 6.1).
    pub const HARDWARE: Components = Components(
        Component::Board.bit() | Component::NetworkCard.bit() | Component::SystemDisk.bit(),
    );

    /// Those of [hardware](Self::HARDWARE) that every user of this kind of system can read, root or not (SPEC.md 6.1): on Linux the board is root's alone;
    /// on Windows and macOS each is read without privilege.
    pub const fn readable_by_all() -> Components {
        if cfg!(target_os = "linux") {
            Components(Component::NetworkCard.bit() | Component::SystemDisk.bit())
        } else {
            Components::HARDWARE
        }
    }

    pub(super) fn all() -> Components {
        Component::ALL.into_iter().collect()
    }

    fn only(component: Component) -> Components {
        Components(component.bit())
    }

    /// Those that are among `other` too.
    pub fn and(self, other: Components) -> Components {
        Components(self.0 & other.0)
    }

    /// Those that are not among `others`.
    pub fn without(self, others: Components) -> Components {
        Components(self.0 & !others.0)
    }

    pub(super) fn insert(&mut self, component: Component) {
        self.0 |= Components::only(component).0;
    }

    /// How many there are.
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether `component` is one of them.
    pub fn contains(self, component: Component) -> bool {
        !self.and(Components::only(component)).is_empty()
    }

    /// They, in the order of their bits.
    pub fn iter(self) -> impl Iterator<Item = Component> {
        Component::ALL
            .into_iter()
            .filter(move |&component| self.contains(component))
    }
}

impl fmt::Display for Components {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, component) in self.iter().enumerate() {
            let comma = if nth == 0 { "" } else { ", " };
            write!(f, "{comma}{component}")?;
        }
        Ok(())
    }
}

impl FromIterator<Component> for Components {
    fn from_iter<I: IntoIterator<Item = Component>>(components: I) -> Components {
        let mut all = Components::default();
        for component in components {
            all.insert(component);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hardware_bears_and_who_reads_it() {
        assert_eq!(
            Components::HARDWARE.to_string(),
            "main board, network card, system disk"
        );
        let by_all = Components::readable_by_all();
        assert_eq!(by_all.without(Components::HARDWARE), Components::default());
        if cfg!(target_os = "linux") {
            assert_eq!(by_all.to_string(), "network card, system disk");
        } else {
            assert_eq!(by_all, Components::HARDWARE);
        }
    }
}
