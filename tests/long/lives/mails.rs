//! How mails go between a machine and its desk.

use countersign::machine::Fingerprint;
use countersign::protocol::date::Seconds;

use super::chance::Chance;

/// How mails go, and what people do meanwhile.
#[derive(Clone, Copy)]
pub(crate) struct Mails {
    /// The share that is lost, on each way.
    lost: f64,
    /// The most days that one takes.
    days: i32,
    /// After so many days without an answer somebody asks again.
    pub(crate) patience: i32,
    /// The share of those who make a new request then (`--new`) instead of sending the same again.
    pub(crate) anew: f64,
}

impl Mails {
    pub(crate) const AT_ONCE: Mails = Mails {
        lost: 0.0,
        days: 0,
        patience: 7,
        anew: 0.0,
    };
    pub(crate) const LOST: Mails = Mails {
        lost: 0.1,
        days: 3,
        patience: 7,
        anew: 0.1,
    };
    pub(crate) const CROSSED: Mails = Mails {
        lost: 0.0,
        days: 5,
        patience: 4,
        anew: 0.1,
    };
    pub(crate) const BOTH: Mails = Mails {
        lost: 0.1,
        days: 5,
        patience: 4,
        anew: 0.1,
    };

    pub(crate) fn at_once(self) -> bool {
        self.days == 0
    }

    /// The day on which a mail of today arrives, if it does.
    pub(crate) fn arrives(self, today: i32, chance: &mut Chance) -> Option<i32> {
        (!chance.with(self.lost)).then(|| today + chance.below(self.days + 1))
    }
}

/// A SYNC on its way.
#[derive(Clone, Copy)]
pub(crate) struct Ask {
    /// Which request it is: in place of its secret.
    pub(crate) number: u32,
    /// The generation held, and the request that got it.
    pub(crate) from: (u16, u32),
    /// The fingerprint, where it differs from what stood.
    pub(crate) differs: Option<Fingerprint>,
    pub(crate) clock: Seconds,
}

/// An answer on its way.
#[derive(Clone, Copy)]
pub(crate) struct Given {
    /// The request that it answers.
    pub(crate) number: u32,
    pub(crate) generation: u16,
    pub(crate) issued: Seconds,
}

/// What is on its way, with the day on which it arrives and the machine it is of.
#[derive(Clone, Copy)]
pub(crate) enum Mail {
    Ask(Ask),
    Given(Given),
}
