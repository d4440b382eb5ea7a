//! What the clerk should know of an answer.

use super::moves::Move;
use super::{COUNTED_DAYS, Rest};
use crate::issuer::ledger::Until;
use crate::machine::Components;
use crate::protocol::date::Day;
use crate::protocol::digest::ActivationId;

/// What the clerk should know of an answer that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The machine says little about itself: another one could pass for it.
    WeaklyBound,
    /// The machine's clock and the desk's differ by this many seconds; positive where the machine's is ahead. Either may be wrong.
    ClockOff(i64),
    /// The machine got the place of an activation that it fits, which nobody gave up.
    Replaced {
        /// Whose.
        before: ActivationId,
        /// Moves of the license that count, with this one; or how often its machines were set up anew, where the hardware is what it was.
        nth: u32,
        /// How many it has.
        of: u32,
    },
    /// The machine asked to be a site; a standalone license has none.
    NoSite,
    /// A rule was set aside by the manager.
    Overridden,
    /// A clerk accepted that the machine is weakly bound.
    WeakAccepted,
    /// A clerk accepted that the site signs with a new key.
    NewSiteKey,
    /// The site's book of loans was put back to an earlier state: it lends again when it has this answer.
    LoansForgotten {
        /// The last loan of which it told before.
        known: u32,
        /// The last of which it tells now; nothing where it says nothing of loans.
        told: Option<u32>,
    },
    /// Seats that were given back, or whose machine is lost, may be lent, and are not free before this day is over.
    MayBeLent {
        /// The day.
        until: Day,
        /// How many were on loan when a site told of it last that is lost.
        on_loan: u16,
    },
    /// A SYNC came from another machine, or from one that changed too much.
    Moved {
        /// Why it counts.
        why: Move,
        /// Moves of the license that count, with this one.
        nth: u32,
        /// How many it has.
        of: u32,
    },
    /// Parts of the machine were exchanged, or its USB key.
    Exchanged {
        /// Which parts.
        parts: Components,
        /// Whether the USB key that stood is another now, or none.
        key: bool,
        /// Exchanges of the license that count, with these.
        nth: u32,
        /// How many it has before they count as moves.
        of: u32,
    },
    /// It is the same machine, and what it says of itself is different.
    HardwareChanged(Components),
    /// What the license is bound to beside the machine changed.
    Rebound,
    /// The license shrank, and this machine has fewer seats than before.
    Shrunk {
        /// Seats it had.
        from: u16,
        /// Seats it has now.
        to: u16,
    },
    /// The machine fits an activation that was released as lost: somebody found it, or took it.
    WasLost(ActivationId),
    /// An answer that was given before, by a key of an epoch that is over.
    Outdated,
    /// A seat was free for an activation whose place another took: both have one now.
    Beside(ActivationId),
    /// What was given back is kept for the one whose place it had taken.
    KeptFor {
        /// Whose seats they were.
        of: ActivationId,
        /// Which, the latest of several.
        before: ActivationId,
        /// How long.
        until: Until,
    },
    /// A RETURN of an activation whose place another has.
    HeldBy(ActivationId),
    /// A RETURN names an activation that the ledger knows, and gives up none of its answers that it knows.
    OpensNothing(ActivationId),
}

impl Warning {
    /// What is to be known of seats that are not free yet, but that the license had as many RETURNs as it has.
    pub(crate) fn of(rest: &Rest) -> impl Iterator<Item = Warning> + use<> {
        let kept = rest.kept_for.map(|before| Warning::KeptFor {
            of: rest.of,
            before,
            until: rest.until,
        });
        let on_loan = rest.on_loan;
        let lent = rest.lent.map(|until| Warning::MayBeLent { until, on_loan });
        lent.into_iter().chain(kept)
    }

    /// The stable snake_case name for JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Warning::WeaklyBound => "weakly_bound",
            Warning::ClockOff(_) => "clock_off",
            Warning::Replaced { .. } => "replaced",
            Warning::NoSite => "no_site",
            Warning::WasLost(_) => "was_lost",
            Warning::Outdated => "outdated",
            Warning::Beside(_) => "beside",
            Warning::KeptFor { .. } => "kept_for",
            Warning::HeldBy(_) => "held_by",
            Warning::Overridden => "overridden",
            Warning::WeakAccepted => "weak_accepted",
            Warning::NewSiteKey => "new_site_key",
            Warning::LoansForgotten { .. } => "loans_forgotten",
            Warning::MayBeLent { .. } => "may_be_lent",
            Warning::Moved { .. } => "moved",
            Warning::Exchanged { .. } => "exchanged",
            Warning::HardwareChanged(_) => "hardware_changed",
            Warning::Rebound => "rebound",
            Warning::Shrunk { .. } => "shrunk",
            Warning::OpensNothing(_) => "opens_nothing",
        }
    }
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Warning::WeaklyBound => f.write_str(
                "the machine says little about itself: the license is weakly bound, and a copy of its disk or image may pass for it",
            ),
            Warning::WeakAccepted => f.write_str("it was accepted that the machine is weakly bound"),
            Warning::ClockOff(seconds) => {
                let side = if *seconds > 0 { "ahead" } else { "behind" };
                let apart = apart(seconds.unsigned_abs());
                write!(
                    f,
                    "the machine's clock is {apart} {side} of this computer's"
                )
            }
            Warning::Replaced { before, nth, of } => write!(
                f,
                "the machine took the place of {before}, which it fits and which nobody gave up ({nth} of {of} in {COUNTED_DAYS} days)"
            ),
            Warning::WasLost(other) => write!(
                f,
                "the machine is, by all that it says, the one of {other}, which was released as lost"
            ),
            Warning::Outdated => f.write_str(
                "this answer is by a key that the desk gave up since: a machine that has the new product file does not take it",
            ),
            Warning::Beside(other) => write!(
                f,
                "{other} was activated in its place, and a seat was free: both have one now; two machines, two accounts of one computer, or one that was set up anew"
            ),
            Warning::KeptFor { before, until, .. } => write!(
                f,
                "{before}, whose place it had taken, was never given up: its seat is kept for it, and free {}",
                match until.day() {
                    Some(day) => format!("after {day}"),
                    None => "when that one is given up, too, or a clerk says so: its license has no day on which it ends by itself".to_owned(),
                }
            ),
            Warning::HeldBy(other) => write!(
                f,
                "nothing was freed: {other}, which was activated in its place, holds the seat"
            ),
            Warning::NoSite => f.write_str(
                "the machine asked to be a site, which a standalone license has no use for",
            ),
            Warning::Overridden => f.write_str("a rule was set aside by the manager"),
            Warning::NewSiteKey => f.write_str("the site signs with a new key from now on"),
            Warning::LoansForgotten { known, told } => {
                let now = match told {
                    None => {
                        return write!(
                            f,
                            "the site told of loan {known} before, and says nothing of its loans now"
                        );
                    }
                    Some(0) => "of none".to_owned(),
                    Some(told) if told == known => "of another with that number".to_owned(),
                    Some(told) => format!("of {told} at most"),
                };
                write!(
                    f,
                    "the site's book of loans was put back to an earlier state, or is another: it told of loan {known} before, and {now} now; workstations may have seats that it does not know to be lent"
                )
            }
            Warning::MayBeLent { until, on_loan } if *on_loan > 0 => write!(
                f,
                "workstations go on with seats that it lent, {on_loan} when it told of them last: they are held back, and free after {until}"
            ),
            Warning::MayBeLent { until: day, .. } => write!(
                f,
                "seats of it may be lent to workstations, which go on with them: they are held back, and free after {day}"
            ),
            Warning::Moved { why, nth, of } => {
                let what = match why {
                    Move::Activated => "the machine activated anew",
                    Move::Mismatch | Move::NoPartLeft => "the license moved to another machine",
                    Move::Exchanges => "too many parts were exchanged: that counts as another machine",
                    Move::Hidden => {
                        "the machine says neither network card nor disk any more: that counts as another machine"
                    }
                    Move::Bindings => "the license moved to other bindings",
                    Move::UsbKey => {
                        "the usb key is another or none, and nothing else tells the machine from a copy: that counts as another machine"
                    }
                };
                write!(f, "{what} ({nth} of {of} in {COUNTED_DAYS} days)")
            }
            Warning::Exchanged {
                parts,
                key,
                nth,
                of,
            } => write!(
                f,
                "{} of the machine was exchanged ({nth} of {of} in {COUNTED_DAYS} days)",
                listed(*parts, *key)
            ),
            Warning::HardwareChanged(parts) => {
                let parts = listed(*parts, false);
                write!(f, "it is the same machine with another {parts}")
            }
            Warning::Rebound => {
                f.write_str("what the license is bound to beside the machine was renamed")
            }
            Warning::Shrunk { from, to } => {
                write!(
                    f,
                    "the license has fewer seats than before: this machine goes from {from} to {to}"
                )
            }
            Warning::OpensNothing(activation) => write!(
                f,
                "nothing of {activation} was freed: the code gives up an answer that this desk does not know, as after a ledger was put back"
            ),
        }
    }
}

/// "30 hours", "50 days", "4 years": as exact as anybody needs it.
fn apart(seconds: u64) -> String {
    const HOUR: u64 = 3600;
    const DAY: u64 = 24 * HOUR;
    match seconds {
        _ if seconds < 3 * DAY => format!("{} hours", seconds / HOUR),
        _ if seconds < 730 * DAY => format!("{} days", seconds / DAY),
        _ => format!("{} years", seconds / (365 * DAY)),
    }
}

fn listed(parts: Components, key: bool) -> String {
    let mut parts: Vec<String> = parts.iter().map(|part| part.to_string()).collect();
    parts.extend(key.then(|| "usb key".to_owned()));
    parts.join(" and ")
}
