//! An answer that is newer than what is held, and how it is kept.

use super::*;

/// A trusted answer that is newer than what is held.
pub(super) struct New {
    pub(super) file: ProductFile,
    pub(super) license: LicenseState,
    pub(super) pending: Pending,
    pub(super) grant: Verified<Grant>,
    pub(super) desk: Option<Verified<DeskCertificate>>,
    pub(super) before: Option<Verified<Grant>>,
}

impl New {
    pub(super) fn outcome(&self) -> Outcome {
        let product = self.file.product();
        Outcome::Applied(Box::new(Applied {
            which: which(&self.license, self.pending.standing.activation),
            before: self.before.as_ref().map(|grant| {
                let step = evidence::emergency_step(&self.file, &self.license, grant);
                Terms::of(product, grant).after_steps(step)
            }),
            after: Terms::of(product, &self.grant),
            asked: Some(self.pending.created),
            held_elsewhere: self.is_held_elsewhere(),
            taken_in: self.taken_in(),
        }))
    }

    /// An ACTIVATE begins with generation 1, unless the machine held the license before.
    pub(super) fn is_held_elsewhere(&self) -> bool {
        let began = self.pending.request.kind == Kind::Activate && self.grant.generation > 1;
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
            generation: self.grant.generation,
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
        let issued = (self.grant.issued, self.grant.generation);
        let mark = match self.pending.request.commitment() {
            Ok(request) => Mark::after(memory.mark.as_ref(), request, issued, &look),
            // It was decoded when it was made, and an answer to it has been verified.
            Err(_) => return,
        };
        let (matches, read) = standing.found_on(here.facts, key);
        let parts = Parts::default().after(read, here.wall);
        let answer = Answer::new(&self.grant, standing);
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
        if let Some(desk) = &self.desk {
            license.epoch = license.epoch.max(desk.epoch);
        }
        license.hold(Held {
            standing: self.pending.standing.clone(),
            request: self.pending.request.clone(),
            grant: Bytes(payload.to_vec()),
            desk: self.desk.as_ref().map(|desk| Bytes(desk.encode())),
            emergency: None,
            applied_at: here.wall,
        });
    }
}
