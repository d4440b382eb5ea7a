//! Looking back: who used how much, for the owner of the home.

use std::collections::BTreeMap;

use super::counted::Seats;
use super::error::SeatError;
use super::event::{Asked, Event, Line, process_of};
use super::history::{AccountLog, History, InUse};
use super::kernel;
use super::leases::Lease;
use super::log::{Log, Room};
use super::look::account_of;
use super::place::{LEASES, RECORDS};
use super::record::Record;
use super::ring::Ring;
use super::seen::Look;
use super::session::{Party, Refusal, Session};
use super::slots::Slots;
use super::usage::{By, Usage, usage};
use super::who::Moment;
use crate::protocol::date::Seconds;

/// What the logs of a license's seats say.
#[derive(Clone, Debug)]
pub struct Report {
    sessions: Vec<Session>,
    refusals: Vec<Refusal>,
    /// The beginning of what may be kept.
    since: Seconds,
    /// Whose logs are not whole, and how.
    pub unfit: BTreeMap<String, Unfit>,
}

/// No log that is kept has lines of longer ago: 25 months of 31 days.
const LONGEST_KEPT: u32 = 25 * 31 * 86_400;

/// Lines of accounts.
type Ends = BTreeMap<Option<u32>, Vec<Line>>;

/// What is wrong with the logs of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unfit {
    /// Lines that are no events.
    pub damaged: usize,
    /// Months in which there was no more room for all that happened.
    pub full: usize,
    /// Files that could not be read.
    pub unread: usize,
    /// Files of which not all was read, for it is more than a report has room for.
    pub left_out: usize,
}

impl Report {
    /// What was used from a moment until before another, as far back as anything is kept: whoever writes what is older gets no row for each of its days.
    pub fn usage(&self, by: By, (from, to): (Seconds, Seconds)) -> Usage {
        let time = (from.max(self.since), to);
        usage(&self.sessions, &self.refusals, by, time)
    }

    /// When the first of it was; none where nothing is written.
    pub fn begins(&self) -> Option<Seconds> {
        let sessions = self.sessions.iter().map(|it| it.from);
        let first = sessions.chain(self.refusals.iter().map(|it| it.at)).min();
        first.map(|first| first.max(self.since))
    }
}

impl Seats {
    /// What the logs say, of at most 24 months beside the present one: older ones are removed. A line concerns whoever wrote it; the owner of the home and root
    /// are believed what they saw of others.
    ///
    /// # Errors
    /// [`HolderError::NotOwner`](crate::holder::HolderError::NotOwner) for anybody else; what the disk says of the directories.
    pub fn report(&self, moment: &Moment) -> Result<Report, SeatError> {
        self.owned()?;
        let moment = &self.moment(moment);
        self.place.forget_old(moment.wall);
        let mut report = Report {
            sessions: Vec::new(),
            refusals: Vec::new(),
            since: moment.wall.minus(LONGEST_KEPT),
            unfit: BTreeMap::new(),
        };
        let owner = kernel::owner_of(self.place.directory());
        let (in_use, mut over) = self.in_use(moment)?;
        let party = |owner, asked: &Asked| self.party(owner, asked);
        let mut history = History::new(&in_use, moment.wall, party);
        let logs = self.place.logs()?;
        let of_accounts = logs.chunk_by(|one, other| one.owner == other.owner);
        let mut written = |logs: &[Log]| {
            let account = logs.first()?.owner;
            let mut lines = lines(logs, &mut report);
            lines.extend(over.remove(&account).unwrap_or_default());
            if self.place.is_common() {
                // Of each computer there is a file.
                lines.sort_by_key(|it| it.at);
            }
            Some(AccountLog {
                owner: account,
                is_trusted: account == Some(0) || account == owner,
                lines,
            })
        };
        let is_believed = |logs: &&[Log]| {
            let mut accounts = logs.iter().map(|log| log.owner);
            accounts.all(|account| account == Some(0) || account == owner)
        };
        let (believed, others): (Vec<_>, Vec<_>) = of_accounts.partition(is_believed);
        let believed: Vec<AccountLog> = believed.into_iter().filter_map(&mut written).collect();
        believed.iter().for_each(|it| history.believe(it));
        believed.iter().for_each(|it| history.add(it));
        // One after the other: of what is read no more is kept than what it comes to.
        for logs in others {
            written(logs).iter().for_each(|it| history.add(it));
        }
        (report.sessions, report.refusals) = history.whole();
        Ok(report)
    }

    /// What is held now, and the ends of leases that have run out, by the accounts that wrote these: nobody else knows when.
    fn in_use(&self, moment: &Moment) -> Result<(Vec<InUse>, Ends), SeatError> {
        let own = Ring::of_license(self.counted.seats);
        let last = self.last(&own)?;
        let look = self.look(moment)?;
        let held = |seat: u16| look.taken.iter().any(|it| it.number == seat);
        let (mut in_use, mut ends) = (Vec::new(), Ends::new());
        for slots in Slots::all(&self.place, RECORDS, "") {
            let records = slots.read_all::<Record>(last).into_iter();
            let lives = records.filter(|(seat, it)| {
                held(*seat) && (self.lives(*seat, it) || is_shown(&look, *seat, it))
            });
            in_use.extend(lives.map(|(seat, record)| InUse {
                owner: slots.owner,
                seat,
                since: record.since(),
            }));
        }
        for slots in Slots::all(&self.place, LEASES, &own.leases_of("")) {
            for (seat, lease) in slots.read_all::<Lease>(last) {
                let (owner, since) = (slots.owner, lease.record.since());
                if lease.holds(moment) {
                    in_use.push(InUse { owner, seat, since });
                    continue;
                }
                let process = process_of(&lease.record);
                ends.entry(owner).or_default().push(Line {
                    at: lease.until(),
                    event: Event::Over {
                        account: owner,
                        seat,
                        process,
                        since,
                    },
                });
            }
        }
        Ok((in_use, ends))
    }

    fn party(&self, owner: Option<u32>, asked: &Asked) -> Party {
        Party {
            account: account_of(&self.place, owner, &asked.user),
            user: asked.user.clone(),
            host: asked.host.clone(),
            program: asked.program.clone(),
            features: asked.features.clone(),
        }
    }
}

/// What stands in the logs of an account, in its order: of the last months, where it is more than a report has room for.
fn lines(logs: &[Log], report: &mut Report) -> Vec<Line> {
    let (mut found, mut months) = (Unfit::default(), Vec::new());
    let mut room = Room::default();
    for log in logs.iter().rev() {
        match log.read(&mut room) {
            Ok(read) => {
                found.damaged += read.damaged;
                found.full += usize::from(read.full);
                found.left_out += usize::from(read.left_out);
                months.push(read.lines);
            }
            Err(_) => found.unread += 1,
        }
    }
    if let Some(log) = logs.first().filter(|_| found != Unfit::default()) {
        let account = kernel::name_of(log.owner).unwrap_or_else(kernel::account);
        report.unfit.insert(account, found);
    }
    months.into_iter().rev().flatten().collect()
}

/// Whether a seat is in use by what is written there although its process has ended: by what that has started.
fn is_shown(look: &Look, seat: u16, record: &Record) -> bool {
    let mut taken = look.taken.iter().filter(|it| it.number == seat);
    taken.any(|it| {
        it.shown
            .as_ref()
            .is_some_and(|shown| shown.record == *record)
    })
}
