//! What the ledger keeps for the rule of moves (SPEC.md 9.3): data, judged in `policy::moves`.

use std::num::NonZeroU8;

use serde::{Deserialize, Serialize};

use super::canon::Canon;
use super::spelled::{InHex, hex};
use crate::machine::{Component, Components, Fingerprint};
use crate::protocol::date::{Day, Seconds};

/// Days for which a move, an exchange, a RETURN or a release counts; after as many a reference is renewed.
pub const COUNTED_DAYS: i32 = 365;

/// Why nothing is granted of a license any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Withdrawn {
    /// It was revoked: machines that hold it go on by what they were granted.
    Revoked,
    /// It was made by mistake: nothing was ever granted of it.
    Void,
}

impl Withdrawn {
    /// As a number, 0 being for a good license.
    pub(crate) const fn number(withdrawn: Option<Withdrawn>) -> u8 {
        match withdrawn {
            None => 0,
            Some(Withdrawn::Revoked) => 1,
            Some(Withdrawn::Void) => 2,
        }
    }
}

/// What a site said of its loans (SPEC.md 9.10), of all that it said the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LoansTold {
    /// The key that signs them.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub key: [u8; 32],
    /// Seats that were on loan.
    pub out: u16,
    /// The serial of its last loan.
    pub serial: u32,
    /// The head of its chain of loans then.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub head: [u8; 8],
    /// The generation with which that was answered.
    pub generation: u16,
    /// What its clock said then, capped when that came.
    pub asked: Seconds,
}

impl LoansTold {
    /// As the ledger keeps it: key (32), seats on loan (2), serial (4), head (8), generation (2), clock (4).
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        [
            self.key.as_slice(),
            &self.out.to_be_bytes(),
            &self.serial.to_be_bytes(),
            &self.head,
            &self.generation.to_be_bytes(),
            &self.asked.0.to_be_bytes(),
        ]
        .concat()
    }

    /// Takes what [`to_bytes`](Self::to_bytes) writes; nothing where it is something else.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<LoansTold> {
        let (key, rest) = bytes.split_first_chunk()?;
        let (out, rest) = rest.split_first_chunk()?;
        let (serial, rest) = rest.split_first_chunk()?;
        let (head, rest) = rest.split_first_chunk()?;
        let (generation, rest) = rest.split_first_chunk()?;
        let asked = rest.try_into().ok()?;
        Some(LoansTold {
            key: *key,
            out: u16::from_be_bytes(*out),
            serial: u32::from_be_bytes(*serial),
            head: *head,
            generation: u16::from_be_bytes(*generation),
            asked: Seconds(u32::from_be_bytes(asked)),
        })
    }
}

/// How long seats may be out that an activation lent (SPEC.md 9.10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Lending {
    /// The longest loan of any grant that it may hold, in days; none: it lends nothing.
    pub longest: Option<NonZeroU8>,
    /// The last day on which those may be out that it lent before: under grants that it holds no more, or until it ended.
    pub until: Option<Day>,
}

impl Lending {
    /// With one more grant that it may hold.
    #[must_use]
    pub fn granted(self, longest: Option<NonZeroU8>) -> Lending {
        Lending {
            longest: self.longest.max(longest),
            ..self
        }
    }

    /// Once it showed that it holds the latest of its grants, which allows this: under those before it lends no more.
    #[must_use]
    pub fn holds(self, longest: Option<NonZeroU8>, today: Day) -> Lending {
        let shorter = longest < self.longest;
        Lending {
            longest,
            until: if shorter { self.at(today) } else { self.until },
        }
    }

    /// The last day on which seats may be out that it lent until `day`: the 26 hours after the end of a loan reach into the second day after.
    pub fn at(self, day: Day) -> Option<Day> {
        let longest = self.longest.map(|it| day.plus(u16::from(it.get()) + 2));
        longest.max(self.until)
    }
}

/// How much happened on which day, oldest first; days that no longer count are dropped when another is added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Days(Vec<(Day, u32)>);

impl Days {
    /// Each day and how much there was.
    pub fn iter(&self) -> impl Iterator<Item = (Day, u32)> + '_ {
        self.0.iter().copied()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As the ledger keeps it: six bytes a day, its number in two and how much in four.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let bytes = |(day, many): (Day, u32)| {
            let ([a, b], [c, d, e, f]) = (day.number().to_be_bytes(), many.to_be_bytes());
            [a, b, c, d, e, f]
        };
        self.iter().flat_map(bytes).collect()
    }

    /// Takes what [`to_bytes`](Self::to_bytes) writes; nothing where it is something else.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Days> {
        let read = |chunk: &[u8]| match *chunk {
            [a, b, c, d, e, f] => {
                let day = Day::new(u16::from_be_bytes([a, b]))?;
                Some((day, u32::from_be_bytes([c, d, e, f])))
            }
            _ => None,
        };
        let days: Option<Vec<_>> = bytes.chunks(6).map(read).collect();
        days.map(Days)
    }

    /// How much counts today: what happened fewer than [`COUNTED_DAYS`] ago.
    pub fn count(&self, today: Day) -> u32 {
        let counts = self.0.iter().filter(|(day, _)| counts(*day, today));
        counts.fold(0, |sum, (_, many)| sum.saturating_add(*many))
    }

    /// The same with more on this day.
    #[must_use]
    pub fn with(&self, today: Day, many: u32) -> Days {
        let mut days: Vec<(Day, u32)> = self
            .0
            .iter()
            .filter(|(day, _)| counts(*day, today))
            .copied()
            .collect();
        match days.iter_mut().find(|(day, _)| *day == today) {
            _ if many == 0 => {}
            Some((_, there)) => *there = there.saturating_add(many),
            None => days.push((today, many)),
        }
        Days(days)
    }
}

/// Whether what happened on a day still counts today. A day to come counts: a desk's clock may have been set back.
fn counts(day: Day, today: Day) -> bool {
    today.days_since(day) < COUNTED_DAYS
}

/// What a license used up in [`COUNTED_DAYS`]. Each move, exchange and RETURN counts once for each seat that the activation held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Counts {
    /// Counted moves.
    pub moves: Days,
    /// Exchanges of parts.
    pub exchanges: Days,
    /// RETURNs that freed their seats at once.
    pub returns: Days,
    /// Machines that were set up anew, or asked twice: ACTIVATEs that fit an activation and are no move.
    pub anew: Days,
}

impl Counts {
    /// What the history says of them; nothing where nothing was counted.
    pub(crate) fn digest(&self) -> Option<[u8; 32]> {
        let all = [&self.moves, &self.exchanges, &self.returns, &self.anew];
        if all.iter().all(|days| days.is_empty()) {
            return None;
        }
        let canon = Canon::new("countersign v1 ledger counts");
        let written = all
            .into_iter()
            .fold(canon, |canon, days| canon.bytes(&days.to_bytes()));
        Some(written.finish())
    }
}

/// Every value that the hardware-borne parts of a machine have had since its reference was set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Had(Vec<(Component, [u8; 2])>);

impl Had {
    /// The values of one fingerprint.
    pub fn of(fingerprint: &Fingerprint) -> Had {
        Had::default().with(fingerprint)
    }

    /// With those of another.
    #[must_use]
    pub fn with(mut self, fingerprint: &Fingerprint) -> Had {
        for component in Components::HARDWARE.iter() {
            let value = fingerprint.part(component).map(|part| (component, part));
            self.0.extend(value.filter(|value| !self.0.contains(value)));
        }
        self.0.sort_unstable();
        self
    }

    /// Whether any value of a part is known.
    pub fn knows(&self, component: Component) -> bool {
        self.0.iter().any(|(it, _)| *it == component)
    }

    /// Whether a part had this value.
    pub fn contains(&self, component: Component, part: [u8; 2]) -> bool {
        self.0.contains(&(component, part))
    }

    /// As the ledger keeps it: three bytes a value, the number of the component and the part.
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = |&(component, [a, b]): &(Component, [u8; 2])| [component as u8, a, b];
        self.0.iter().flat_map(bytes).collect()
    }

    /// Takes what [`to_bytes`](Self::to_bytes) writes; nothing where it is something else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Had> {
        let value = |triple: &[u8]| match *triple {
            [number, a, b] => {
                let mut parts = Components::HARDWARE.iter();
                let component = parts.find(|it| *it as u8 == number)?;
                Some((component, [a, b]))
            }
            _ => None,
        };
        let had: Option<Vec<_>> = bytes.chunks(3).map(value).collect();
        had.map(Had)
    }
}

impl InHex for Had {
    fn bytes(&self) -> Option<Vec<u8>> {
        Some(self.to_bytes())
    }

    fn of(bytes: Option<Vec<u8>>) -> Option<Had> {
        Had::from_bytes(&bytes?)
    }
}

/// What the ledger keeps of an activation for the rule of moves, beside what stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Reference {
    /// The fingerprint that others are held against; none where the product does without.
    pub fingerprint: Option<Fingerprint>,
    /// Since when: the last ACTIVATE, counted move or renewal.
    pub since: Day,
    /// What its hardware-borne parts have had.
    #[serde(with = "hex")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub had: Had,
}

impl Reference {
    /// That of a machine as it is here for the first time, with only the values in it.
    pub fn of(fingerprint: Option<Fingerprint>, today: Day) -> Reference {
        Reference {
            had: fingerprint.as_ref().map_or_else(Had::default, Had::of),
            fingerprint,
            since: today,
        }
    }
}
