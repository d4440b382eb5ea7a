//! An answer that is newer than what is held, and how it is kept.

use super::*;

/// A trusted answer that is newer than what is held.
pub(super) struct New {
    pub(super) file: ProductFile,
    pub(super) license: LicenseState,
    pub(super) pending: Pending,
    pub(super) trusted: Trusted,
    pub(super) before: Option<Verified<Grant>>,
}

impl New {
    pub(super) fn outcome(&self) -> Outcome {
        let product = self.file.product();
        Outcome::Applied(Box::new(Applied {
            which: which(&self.license, self.pending.standing.activation),
            before: self.before.as_ref().map(|grant| {
                let step = evidence::emergency_step(&self.file, &self.license, grant);
                Terms::of(product, grant)
                    .after_steps(step)
                    .on_loan(self.license.held.as_ref().and_then(Held::loan))
            }),
            after: Terms::of(product, &self.trusted.grant).on_loan(self.trusted.loan),
            asked: Some(self.pending.created),
            held_elsewhere: self.is_held_elsewhere(),
            taken_in: self.taken_in(),
        }))
    }

    /// An ACTIVATE begins with generation 1, unless the machine held the license before.
    pub(super) fn is_held_elsewhere(&self) -> bool {
        let began =
            self.pending.request.kind == Kind::Activate && self.trusted.grant.generation > 1;
        began && self.license.held.is_none() && self.license.given_up().next().is_none()
    }

    pub(super) fn taken_in(&self) -> Vec<Change> {
        let held = self.license.held.as_ref();
        held.filter(|_| self.before.is_some())
            .map(|held| changes(&held.standing, &self.pending.standing))
            .unwrap_or_default()
    }

    /// The license is in force once its state is kept. Its line of the history, the mark, and the secrets that are no longer needed follow; a crash or a
    /// full disk between costs nothing: the line is caught up with, marks of an older generation do not count (SPEC.md 7), a spare secret opens nothing.
    pub(super) fn write(
        mut self,
        home: &Home,
        lock: &Lock,
        payload: &[u8],
        here: &Here<'_>,
    ) -> Result<Outcome, HolderError> {
        // What is said of before is what was held then, its emergency steps included.
        let outcome = self.outcome();
        history::catch_up(home, &self.license)?;
        self.take_over(payload, here);
        home.keep(&self.license)?;
        let key = self.license.license_key;
        let event = HistoryEntry {
            at: here.wall,
            activation: self.pending.standing.activation,
            generation: self.trusted.grant.generation,
            grant: grant_digest(payload),
            emergency: None,
        };
        let _ = history::add(home, key, &event);
        self.remember(home, lock, here);
        if let Ok(mut secrets) = Secrets::load(home, key) {
            secrets.retain(&commitments(&self.license));
            let _ = secrets.keep();
        }
        Ok(outcome)
    }

    /// The time is the vendor's from now on; and where this machine is the one of the grant, whatever had changed is no more news.
    pub(super) fn remember(&self, home: &Home, lock: &Lock, here: &Here<'_>) {
        let key = self.license.license_key;
        let standing = &self.pending.standing;
        let look = Look::new(here.wall, here.facts);
        let memory = Memory::recall(home, &self.license.product, Some(&self.license), here.facts);
        let issued = (self.trusted.grant.issued, self.trusted.grant.generation);
        let mark = match self.pending.request.commitment() {
            Ok(request) => Mark::after(memory.mark.as_ref(), request, issued, &look),
            // It was decoded when it was made, and an answer to it has been verified.
            Err(_) => return,
        };
        let (matches, read) = standing.found_on(here.facts, key);
        let parts = Parts::default().after(read, here.wall);
        let answer = Answer::new(&self.trusted.grant, standing);
        let answers = Answers::of(self.pending.request.kind, answer);
        let news = News {
            mark: Some(&mark),
            answers: Some(&answers),
            matches,
            parts: parts.as_ref(),
            ..News::default()
        };
        let places = Places {
            home,
            facts: here.facts,
        };
        places.keep_under(Some(lock), Some((key, standing.activation)), &news);
    }

    pub(super) fn take_over(&mut self, payload: &[u8], here: &Here<'_>) {
        let license = &mut self.license;
        overtake(license, &self.pending.request);
        license.epoch = license.epoch.max(self.trusted.epoch.unwrap_or(0));
        if let Some(card) = self.trusted.card.take() {
            cards::keep(license, card);
        }
        license.hold(Held {
            standing: self.pending.standing.clone(),
            request: self.pending.request.clone(),
            grant: Bytes(payload.to_vec()),
            desk: self.trusted.desk.take(),
            site: self.trusted.site.take(),
            emergency: None,
            applied_at: here.wall,
        });
    }
}
