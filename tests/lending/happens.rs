//! What happens, and what has to hold whatever happens.

use super::lives::copy;
use super::*;

impl Lives {
    pub(super) fn live(mut self, steps: u32) -> Seen {
        for _ in 0..steps {
            self.step();
            self.holds();
        }
        self.ends();
        self.seen
    }

    fn step(&mut self) {
        match self.chance.below(24) {
            0..=3 => self.truth += self.chance.below(2 * DAY),
            4..=8 => self.ask(),
            9..=15 => self.mail_arrives(),
            16..=17 => self.give_back(),
            18 => self.put_aside(),
            19 if self.chance.one_in(2) => self.put_back(),
            20 => drop(self.sync()),
            21 if self.chance.one_in(3) => self.another_number_of_seats(),
            22 if self.chance.one_in(4) => {
                self.site_keys += 1;
                self.sync();
            }
            23 => {
                let on = self.chance.below(3) > 0;
                let wish = LendingWish {
                    on,
                    days: Some(1 + u8::try_from(self.chance.below(10)).unwrap()),
                    keep: Some(0),
                };
                self.at_site(|site, moment| site.set_lending(&wish, moment))
                    .unwrap();
            }
            _ => self.mail_arrives(),
        }
    }

    fn ask(&mut self) {
        let whose = self.chance.below(WORKSTATIONS as u32) as usize;
        let fill = self.fill();
        let wanted = borrow::Wanted {
            key: self.key,
            days: NonZeroU8::new(1 + u8::try_from(self.chance.below(12)).unwrap()).unwrap(),
            features: &[],
            anew: self.chance.one_in(4),
        };
        let station = &self.stations[whose];
        let (home, here) = (station.home(), station.here(self.truth));
        let known = home.license(self.key).unwrap();
        let lent = known.as_ref().and_then(borrow::lent_until).is_some();
        let asked = match lent {
            true => borrow::extend(&home, &self.file, &wanted, &here, fill),
            false => borrow::borrow(&home, &self.file, &wanted, &here, fill),
        };
        // Who gave a loan back asks for a new one.
        if let Ok(asked) = asked {
            self.mails.push(Mail {
                whose,
                code: asked.code,
            });
        }
    }

    /// A mail comes: for the last time, or once more later; or it is lost.
    fn mail_arrives(&mut self) {
        if self.mails.is_empty() {
            return;
        }
        let number = self.chance.below(self.mails.len() as u32) as usize;
        let mail = match self.chance.one_in(3) {
            true => self.mails[number].clone(),
            false => self.mails.swap_remove(number),
        };
        if self.chance.one_in(8) {
            return;
        }
        match mail.code.kind().letter() {
            b'B' | b'T' => self.site_takes(mail),
            _ => self.station_takes(&mail),
        }
    }

    fn site_takes(&mut self, mail: Mail) {
        let signer = TriedSigner::new(self.signer()).unwrap();
        let replied = self.at_site(|site, moment| {
            let known = site::repeated(site, &mail.code, moment)?;
            if let Some(reply) = known {
                return Ok(reply);
            }
            if mail.code.kind().letter() == b'T' {
                return site::take_return(site, &mail.code, moment);
            }
            let actor = site::Actor {
                moment,
                signer: &signer,
            };
            site::respond(site, &mail.code, &Wish::default(), actor)
        });
        match replied {
            Ok(Reply::Answer(answer)) => {
                self.seen.lent += 1;
                let codes = answer.card.into_iter().chain(answer.code);
                let whose = mail.whose;
                self.mails.extend(codes.map(|code| Mail { whose, code }));
            }
            Ok(Reply::Receipt(_)) => self.seen.returned += 1,
            Err(refused) => {
                if matches!(refused, SiteError::Paused(_)) {
                    self.seen.paused += 1;
                    // The administrator does what he is told, sooner or later.
                    if self.chance.one_in(2) {
                        self.sync();
                    }
                }
                *self.seen.refused.entry(refused.kind().name()).or_default() += 1;
            }
        }
    }

    fn station_takes(&mut self, mail: &Mail) {
        let station = &self.stations[mail.whose];
        let taken = apply::apply(&station.home(), &mail.code, &station.here(self.truth));
        match taken {
            // What is applied is in force, unless it is over.
            Ok(Outcome::Applied(applied)) => {
                let over = applied.after.expires.unwrap() < station.clock(self.truth).day();
                let state = self.state(mail.whose);
                assert!(
                    over || matches!(state, State::Licensed | State::Warning),
                    "{state:?}"
                );
            }
            Ok(_) => {}
            Err(refused) => {
                let kind = refused.kind().name();
                // Given up, or asked for by a request that was forgotten since.
                assert!(matches!(kind, "given_up" | "other_request"), "{refused}");
                *self.seen.refused.entry(kind).or_default() += 1;
            }
        }
    }

    fn give_back(&mut self) {
        let whose = self.chance.below(WORKSTATIONS as u32) as usize;
        let station = &self.stations[whose];
        if let Ok(given) = give_up::give_up(&station.home(), self.key, &station.here(self.truth)) {
            let also = given.also.into_iter().map(|(_, code)| code);
            let codes = also.chain([given.code]);
            self.mails.extend(codes.map(|code| Mail { whose, code }));
        }
    }

    fn put_aside(&mut self) {
        let place = self.site.directory.join("aside");
        copy(&self.site.directory.join("home"), &place);
        self.aside = Some(place);
    }

    /// The site's directory is restored; its second place is not.
    fn put_back(&mut self) {
        if let Some(aside) = self.aside.take() {
            copy(&aside, &self.site.directory.join("home"));
            self.seen.restored += 1;
        }
    }

    /// The vendor is asked once more, and answers.
    fn sync(&mut self) -> bool {
        let fill = self.fill();
        let home = self.site.home();
        let Some(license) = home.license(self.key).unwrap() else {
            return false;
        };
        let now = self.site.clock(self.truth);
        let was_paused = self.at_site(|site, _| site.pause().is_some());
        let told = site::report_of(&home, &license, &self.site.facts, now)
            .unwrap()
            .unwrap();
        let wanted = sync::Wanted {
            key: self.key,
            bindings: &[],
            usb: None,
            // The key that stands changes nothing.
            site_key: Some(self.signer().public()),
            site: Some(told.report),
            before: &told.before,
            anew: true,
        };
        let here = self.site.here(self.truth);
        let synced = sync::sync(&home, &self.file, &wanted, &here, fill).unwrap();
        let answered = self.vendor_answers(&synced.asked.code);
        if answered {
            self.at_site(|site, moment| site.settle(moment)).unwrap();
            let paused = self.at_site(|site, _| site.pause().is_some());
            self.seen.repaired += u32::from(was_paused && !paused);
        }
        answered
    }

    /// Sold more or fewer: as the vendor's next answer says.
    fn another_number_of_seats(&mut self) {
        let seats = 2 + u16::try_from(self.chance.below(u32::from(SEATS) - 1)).unwrap();
        let by = Actor {
            name: "vera",
            now: Seconds(self.truth),
        };
        let edit = |terms: &OrderTerms, _: &Product| {
            Ok(OrderTerms {
                seats: NonZeroU16::new(seats).unwrap(),
                ..terms.clone()
            })
        };
        let _ = life::change::<countersign::issuer::life::LifeError>(
            &mut self.ledger,
            self.key,
            edit,
            None,
            self.issuer.hand(by),
        );
    }

    fn state(&self, whose: usize) -> State {
        let station = &self.stations[whose];
        let input = CheckInput::new(station.here(self.truth), Seconds(BUILT));
        check_product(&self.file, &station.home(), &input)
            .unwrap()
            .state
    }

    /// Those that may use a loan now, and its seat.
    fn usable(&self) -> Vec<(usize, u16, Day)> {
        let mut usable = Vec::new();
        for (whose, station) in self.stations.iter().enumerate() {
            if !matches!(self.state(whose), State::Licensed | State::Warning) {
                continue;
            }
            let license = station.home().license(self.key).unwrap().unwrap();
            let held = license.held.unwrap();
            usable.push((whose, held.lent_seat().unwrap(), held.lent_until().unwrap()));
        }
        usable
    }

    /// What holds at each moment, whatever happened.
    fn holds(&self) {
        let usable = self.usable();
        let mut seats: Vec<u16> = usable.iter().map(|(_, seat, _)| *seat).collect();
        seats.sort_unstable();
        seats.dedup();
        assert_eq!(
            seats.len(),
            usable.len(),
            "a seat is lent twice: {usable:?}"
        );
        self.at_site(|site, moment| {
            if site.pause().is_some() {
                return;
            }
            // It is written of the seats as the book has it.
            site.settle(moment).unwrap();
            let reserved = usize::from(site.book().seats_lent(moment.wall));
            assert!(reserved >= usable.len(), "{reserved} reserved: {usable:?}");
        });
    }

    /// At the end all comes back.
    fn ends(&mut self) {
        self.truth += 40 * DAY;
        self.sync();
        self.truth += 40 * DAY;
        assert_eq!(self.usable(), []);
        let free = self.at_site(|site, moment| {
            let wish = LendingWish {
                on: true,
                days: Some(LONGEST),
                keep: Some(0),
            };
            site.set_lending(&wish, moment).unwrap();
            assert!(site.pause().is_none());
            assert_eq!(site.book().lost(moment.wall), None);
            site.number() - site.book().seats_lent(moment.wall)
        });
        assert!(free >= 2, "{free} are free");
        // And each of them is lent again.
        self.mails.clear();
        self.site_keys = self.site_keys.max(1);
        for _ in 0..20 {
            self.ask();
        }
        let asked = self.mails.len();
        let lent = self.seen.lent;
        for mail in std::mem::take(&mut self.mails) {
            self.site_takes(mail);
        }
        assert!(asked == 0 || self.seen.lent > lent, "{:?}", self.seen);
    }
}
