//! The users of a license that is for people by name: its administrator assigns them, and the site's key signs the list (SPEC.md 9.11).

use super::actor::Actor;
use super::error::SiteError;
use super::note::Noted;
use super::{Book, Pause, Site, book_path, is_site_of, known};
use crate::holder::clock::Look;
use crate::holder::{Home, Lock, passed};
use crate::license_key::LicenseKey;
use crate::machine::Facts;
use crate::protocol::date::Seconds;
use crate::protocol::grant::LicenseType;
use crate::protocol::product::NAMED_REST;
use crate::protocol::site_note::{InStart, Rest, SiteNote};
use crate::protocol::user_name::UserName;
use crate::seats::Moment;

const HOUR: u32 = 3_600;

/// The users of one license.
#[derive(Debug)]
pub struct People<'a> {
    noted: Noted<'a>,
    facts: &'a Facts,
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Who gets a place.
    pub assign: Vec<UserName>,
    /// Whose place is taken away.
    pub unassign: Vec<UserName>,
    /// Begin another list in the place of one that is not trusted.
    pub anew: bool,
}

/// How the places of a license are used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Places of the license.
    pub seats: u16,
    /// Who has one, in the order in which they were assigned.
    pub users: Vec<UserName>,
    /// Who had one until the license got fewer.
    pub without: Vec<UserName>,
    /// Places that rest: whose they were, and until when at the latest.
    pub resting: Vec<(UserName, Seconds)>,
    /// Seats that are lent.
    pub lent: u16,
}

impl Places {
    /// How many may be assigned.
    pub fn free(&self) -> u16 {
        let taken = self.users.len() + self.resting.len() + usize::from(self.lent);
        self.seats
            .saturating_sub(u16::try_from(taken).unwrap_or(u16::MAX))
    }
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// Who got a place that he had not.
    pub assigned: Vec<UserName>,
    /// Who has none any more.
    pub unassigned: Vec<UserName>,
    /// Whether a second place knows of it.
    pub remembered: bool,
    /// How the places are used then.
    pub places: Places,
}

impl Done {
    /// Whether everything was so already.
    pub fn is_nothing(&self) -> bool {
        self.assigned.is_empty() && self.unassigned.is_empty()
    }
}

impl<'a> People<'a> {
    /// Those of a license that is held here. The list is read by what is done then.
    ///
    /// # Errors
    /// `not_held`; `not_for_names`; `not_a_site` where no site key stands; `not_trusted`; what the disk says.
    pub fn open(
        home: &'a Home,
        facts: &'a Facts,
        key: LicenseKey,
    ) -> Result<People<'a>, SiteError> {
        let noted = Noted::open(home, key)?;
        refuse_others(&noted)?;
        if !is_site_of(home, &noted.license) {
            return Err(SiteError::NotASite(key));
        }
        Ok(People { noted, facts })
    }

    /// How its places are used.
    ///
    /// # Errors
    /// `not_trusted` where the list does not hold; what the disk says.
    pub fn places(&mut self, moment: &Moment) -> Result<Places, SiteError> {
        self.read(false)?;
        self.as_they_are(moment)
    }

    /// What [`change`](People::change) would do, nothing being changed: whoever is refused is not asked for a password.
    ///
    /// # Errors
    /// `no_place`; `lending_paused` where it is not known what is lent; `not_trusted`; what the disk says.
    pub fn rehearse(&mut self, change: &Change, moment: &Moment) -> Result<Done, SiteError> {
        self.read(change.anew)?;
        Ok(self.plan(change, moment)?.1)
    }

    /// Assigns users and takes places away. When this returns, the list is on disk; where everything is so already, nothing is signed.
    ///
    /// # Errors
    /// As [`People::rehearse`]; `other_site_key` where the vendor certified another; what the signer says.
    pub fn change(&mut self, change: &Change, actor: Actor<'_>) -> Result<Done, SiteError> {
        let _lock = self.locked(change.anew)?;
        let (note, mut done) = self.plan(change, actor.moment)?;
        done.remembered = done.is_nothing() || self.noted.keep(&note, &actor)?;
        Ok(done)
    }

    /// Puts the list that counts where an earlier one lies, or none, as whoever changes it does: for whom there is nothing to change, and nothing to sign.
    ///
    /// # Errors
    /// `not_trusted`; what the disk says.
    pub fn put_right(&mut self) -> Result<(), SiteError> {
        self.locked(false).map(drop)
    }

    /// The right to change the list, which is read again; the latest is put where an earlier one lies.
    fn locked(&mut self, anew: bool) -> Result<Lock, SiteError> {
        let lock = self.noted.locked()?;
        refuse_others(&self.noted)?;
        self.read(anew)?;
        self.noted.put_right()?;
        Ok(lock)
    }

    /// Reads the list, which is what the note is called where it is for people.
    fn read(&mut self, anew: bool) -> Result<(), SiteError> {
        self.noted.read(anew).map_err(|error| match error {
            SiteError::Note { key, why } => SiteError::Users { key, why },
            other => other,
        })
    }

    /// Who has a place, and who has none any more.
    fn split(&self) -> (&[UserName], &[UserName]) {
        let all = self.noted.note.as_ref().map_or(&[][..], |it| &it.users);
        let seats = usize::from(self.noted.granted.seats);
        all.split_at_checked(seats).unwrap_or((all, &[]))
    }

    /// Places that rest still.
    fn resting(&self, moment: &Moment) -> Vec<Rest> {
        let rests = self.noted.note.iter().flat_map(|it| &it.rests);
        let by_mark = self.passed(moment);
        let look = Look::new(moment.wall, self.facts);
        rests
            .filter(|it| !is_over(it, by_mark, &look))
            .cloned()
            .collect()
    }

    fn passed(&self, moment: &Moment) -> Seconds {
        let (license, granted) = (&self.noted.license, &self.noted.granted);
        passed(self.noted.home, license, granted, self.facts, moment.wall)
    }

    fn as_they_are(&self, moment: &Moment) -> Result<Places, SiteError> {
        let book = Book::read(&book_path(self.noted.home, self.noted.license.license_key))?;
        let (users, without) = self.split();
        let resting = self.resting(moment).into_iter();
        Ok(Places {
            seats: self.noted.granted.seats,
            users: users.to_vec(),
            without: without.to_vec(),
            resting: resting.map(|it| (it.name, it.until)).collect(),
            // A clock that is set forward frees nothing that is lent.
            lent: book.seats_lent(self.passed(moment).min(moment.wall)),
        })
    }

    /// The list as it would be, and what that changes.
    fn plan(&self, change: &Change, moment: &Moment) -> Result<(SiteNote, Done), SiteError> {
        let places = self.as_they_are(moment)?;
        let mut note = self.noted.next()?;
        note.users = places.users.clone();
        note.rests = self.resting(moment);
        let mut done = Done::default();
        for name in &change.unassign {
            if let Some(at) = note.users.iter().position(|it| it == name) {
                note.users.remove(at);
                note.rests.extend(self.rest(name, moment));
            } else if !places.without.contains(name) {
                continue;
            }
            // Who has no place any more leaves none that could rest, and is off the list with what is written now.
            done.unassigned.push(name.clone());
        }
        for name in &change.assign {
            if note.users.contains(name) {
                continue;
            }
            match note.rests.iter().position(|it| it.name == *name) {
                // The place is still his, if the license has as many still.
                Some(at) => drop(note.rests.remove(at)),
                None => self.refuse_where_loans_are_unknown(moment)?,
            }
            let next = note.rests.iter().map(|it| it.until).min();
            refuse_if_full(&places, note.users.len(), note.rests.len(), next)?;
            note.users.push(name.clone());
            done.assigned.push(name.clone());
        }
        let resting = note.rests.iter();
        done.places = Places {
            users: note.users.clone(),
            // With each change they are off the list.
            without: match done.is_nothing() {
                true => places.without,
                false => Vec::new(),
            },
            resting: resting.map(|it| (it.name.clone(), it.until)).collect(),
            ..places
        };
        Ok((note, done))
    }

    /// A place that is taken away now; none where the product lets none rest.
    fn rest(&self, name: &UserName, moment: &Moment) -> Option<Rest> {
        let hours = self.noted.file.product().named_rest.unwrap_or(NAMED_REST);
        let span = u32::from(hours) * HOUR;
        let boot = Look::new(moment.wall, self.facts).boot;
        let in_start = boot.and_then(|it| {
            Some(InStart {
                start: InStart::tag(&it.id),
                up: it.uptime?.saturating_add(span),
            })
        });
        (hours > 0).then(|| Rest {
            name: name.clone(),
            until: self.passed(moment).max(moment.wall).plus(span),
            in_start,
        })
    }

    /// Where the book of loans lacks some, places may be lent of which nothing is known.
    fn refuse_where_loans_are_unknown(&self, moment: &Moment) -> Result<(), SiteError> {
        let book = Book::read(&book_path(self.noted.home, self.noted.license.license_key))?;
        let paused = book.paused();
        let lacks = known::forgotten(self.noted.home, &self.noted.license, self.facts, &book);
        match (paused.is_some() || lacks.is_some(), book.lost(moment.wall)) {
            (true, _) => Err(SiteError::Paused(Pause::Book)),
            (false, Some((None, until))) => Err(SiteError::Lost(until)),
            (false, _) => Ok(()),
        }
    }
}

fn refuse_others(noted: &Noted<'_>) -> Result<(), SiteError> {
    match noted.granted.license_type {
        LicenseType::Named => Ok(()),
        _ => Err(SiteError::NotForNames(noted.license.license_key)),
    }
}

/// Whether a place may be another's by now. In the start of the host in which it was taken away the time since that start counts and no clock; after it, what
/// has passed for certain.
fn is_over(rest: &Rest, passed: Seconds, look: &Look) -> bool {
    let same = rest.in_start.zip(look.boot.as_ref());
    let same = same.filter(|(it, boot)| it.start == InStart::tag(&boot.id));
    let same = same.and_then(|(it, boot)| Some((it, boot.uptime?)));
    match same {
        Some((it, up)) => up >= it.up,
        None => passed >= rest.until,
    }
}

/// Refuses one more than the license has, with so many users and places that rest.
fn refuse_if_full(
    places: &Places,
    users: usize,
    resting: usize,
    next: Option<Seconds>,
) -> Result<(), SiteError> {
    if users + resting + usize::from(places.lent) < usize::from(places.seats) {
        return Ok(());
    }
    Err(SiteError::NoPlace {
        seats: places.seats,
        users,
        resting,
        next,
        lent: places.lent,
    })
}

impl Site<'_> {
    /// Refuses to lend a place of a license that is for people by name where each has a user, rests or is lent. With a list that does not hold it is not known.
    pub(super) fn has_a_place(&self, now: Seconds) -> Result<(), SiteError> {
        let key = self.license.license_key;
        let mut people = match People::open(self.home, self.facts, key) {
            Err(SiteError::NotForNames(_)) => return Ok(()),
            opened => opened?,
        };
        let places = people.places(&Moment::of(now, self.facts))?;
        let next = places.resting.iter().map(|(_, until)| *until).min();
        refuse_if_full(&places, places.users.len(), places.resting.len(), next)
    }
}
