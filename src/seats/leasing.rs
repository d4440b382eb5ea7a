//! Seats that no process holds: taken, kept and given back by a token.

use std::io;
use std::time::Duration;

use super::ask::Ask;
use super::counted::Seats;
use super::error::SeatError;
use super::leases::{Lease, Leased, Token};
use super::others::Sharers;
use super::place::LEASES;
use super::ring::Ring;
use super::slots::Slots;
use super::who::Moment;
use crate::holder::{Doing, StorageError};
use crate::messages::seats as messages;

/// The shortest lease: whoever forgets to keep it shall not lose it between two clicks.
pub const SHORTEST_LEASE: Duration = Duration::from_secs(30);
/// The longest: a user may put the file of his lease away and take its seat again, and each of these goes on until it would have to be kept.
pub const LONGEST_LEASE: Duration = Duration::from_secs(24 * 3_600);

impl Seats {
    /// Takes a seat that no process holds, for a time of 30 seconds at least and 24 hours at most; `secret` is random.
    ///
    /// # Errors
    /// As [`Seats::take`]; and where the lease cannot be kept, for then nothing would hold the seat.
    pub fn lease(
        &self,
        ask: &Ask<'_>,
        span: Duration,
        secret: [u8; 16],
    ) -> Result<Leased, SeatError> {
        let (leased, at, chosen) = self.in_turn(ask, |who, moment, ticket| {
            let chosen = self.decide(who, ask, moment, ticket)?;
            let span = bounded(span);
            let seat = chosen.ones.first().map_or(0, |one| one.number);
            let token = Token::new(self.key, seat, secret);
            let mut until = moment.wall;
            // The modules first: a seat that is leased without them would be half of one.
            for one in chosen.ones.iter().rev() {
                let slots = self.own_leases(&one.ring)?;
                let known = slots.read::<Lease>(one.number);
                if let Some(over) = known.as_ref().filter(|lease| !lease.holds(moment)) {
                    self.note_end_of_lease(one, over);
                }
                let mut lease = match known.filter(|lease| lease.holds(moment)) {
                    Some(mut lease) => {
                        lease.renew(bounded(span.max(lease.span())), moment);
                        lease.with(&chosen.record);
                        lease
                    }
                    None => Lease::new(chosen.record.clone(), span, moment),
                };
                lease.add(&token);
                self.keep_lease(&slots, one.number, Some(&lease))?;
                until = lease.until();
            }
            Ok((Leased { token, until, span }, moment.wall, chosen))
        })?;
        self.note_taking(at, leased.token.seat, &chosen.record, chosen.fresh);
        Ok(leased)
    }

    /// Keeps a leased seat for another span from now, by default the one with which it was taken.
    ///
    /// # Errors
    /// [`SeatError::UnknownToken`] where the lease is over, or is another user's, or the seat is somebody else's by now: whoever put his leases away has none
    /// of the seats that others took meanwhile. [`SeatError::Rule`] where he is to have none by now.
    pub fn keep(
        &self,
        token: &Token,
        span: Option<Duration>,
        moment: &Moment,
    ) -> Result<Leased, SeatError> {
        let _gate = self.gate()?;
        let moment = &self.moment(moment);
        let held = self.leased_by(token, moment);
        // Without one of its modules it is not what was taken: that seat may be another's by now.
        let modules = held.first().map_or(0, |(.., own)| own.record.pools.len());
        if held.len() != 1 + modules {
            return Err(SeatError::UnknownToken);
        }
        for (ring, number, lease) in &held {
            let (unit, record) = (self.counted.unit, &lease.record);
            let sharers = Sharers::of(&self.place, unit, &record.user, &record.host);
            let ours = (record.since(), sharers.as_ref());
            let is_own = |it: &Lease| it.has(token);
            if self.is_anothers(ring, *number, ours, is_own, moment)? {
                return Err(SeatError::UnknownToken);
            }
            self.refuse_to_keep((&record.user, &record.host), &record.features)?;
        }
        let mut kept = None;
        for (ring, number, mut lease) in held {
            let span = bounded(span.unwrap_or(lease.span()));
            lease.renew(span, moment);
            self.keep_lease(&self.own_leases(&ring)?, number, Some(&lease))?;
            kept = Some(Leased {
                token: token.clone(),
                until: lease.until(),
                span,
            });
        }
        kept.ok_or(SeatError::UnknownToken)
    }

    /// Gives a leased seat back.
    ///
    /// # Errors
    /// As [`Seats::keep`].
    pub fn release(&self, token: &Token, moment: &Moment) -> Result<(), SeatError> {
        let _gate = self.gate()?;
        let moment = &self.moment(moment);
        let held = self.leased_by(token, moment);
        if held.is_empty() {
            return Err(SeatError::UnknownToken);
        }
        // The modules first: whoever is killed between gives the rest back by the same token.
        for (ring, number, mut lease) in held.into_iter().rev() {
            let others = lease.remove(token);
            let slots = self.own_leases(&ring)?;
            self.keep_lease(&slots, number, others.then_some(&lease))?;
            if !others {
                ring.mark(&self.place, number, true);
                if ring.module.is_none() {
                    self.note_giving_back(moment, number, &lease.record);
                }
            }
        }
        Ok(())
    }

    fn keep_lease(
        &self,
        slots: &Slots,
        number: u16,
        lease: Option<&Lease>,
    ) -> Result<(), SeatError> {
        let written = slots.write(number, lease).and_then(|()| slots.settle());
        let path = self.place.path(LEASES);
        written.map_err(|error| StorageError::new(Doing::Write, &path, error).into())
    }

    /// This user's, as long as others read them: what they do not see holds no seat.
    fn own_leases(&self, ring: &Ring) -> Result<Slots, SeatError> {
        let own = Slots::own(&self.place, LEASES, |user| ring.leases_of(user))?;
        if own.is_read(&self.place, LEASES, &ring.leases_of("")) {
            return Ok(own);
        }
        let path = self.place.path(LEASES);
        let why = io::Error::other(messages::too_many_files());
        Err(StorageError::new(Doing::Write, &path, why).into())
    }

    /// What this user's token holds: a seat, and those of modules that are written with it, whatever has become of the license.
    fn leased_by(&self, token: &Token, moment: &Moment) -> Vec<(Ring, u16, Lease)> {
        let of_token = |ring: Ring, number: u16| {
            let slots = self.own_leases(&ring).ok()?;
            let lease = slots.read::<Lease>(number);
            let lease = lease.filter(|it| it.has(token) && it.holds(moment))?;
            Some((ring, number, lease))
        };
        let Some(own) = of_token(Ring::of_license(self.counted.seats), token.seat) else {
            return Vec::new();
        };
        let modules = own.2.record.pools.iter();
        let modules = modules.filter_map(|(name, number)| of_token(Ring::as_named(name)?, *number));
        let modules: Vec<_> = modules.collect();
        std::iter::once(own).chain(modules).collect()
    }
}

fn bounded(span: Duration) -> Duration {
    span.clamp(SHORTEST_LEASE, LONGEST_LEASE)
}
