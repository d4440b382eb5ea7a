//! Where memories lie, and how they get there: each place is locked by itself, and one that is busy or closed keeps nothing (SPEC.md 6.5).

use std::path::PathBuf;

use super::anchor::Anchor;
use super::answers::{Answer, Answers};
use super::audience::Audience;
use super::clock::Mark;
use super::durable;
use super::entries::{Anchored, Demo, Tombstone};
use super::error::{HolderError, StorageError};
use super::home::Home;
use super::lock::Lock;
pub(crate) use super::news::News;
use super::parts::Parts;
use super::remembered::{Remembered as _, stricter};
use super::sealed::Seals;
use crate::license_key::LicenseKey;
use crate::machine::Facts;
use crate::protocol::date::Seconds;
use crate::protocol::digest::ActivationId;

/// The places of a home, and the machine whose memories are meant.
#[derive(Clone, Copy)]
pub(crate) struct Places<'a> {
    pub(crate) home: &'a Home,
    pub(crate) facts: &'a Facts,
}

/// One of them.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    Home,
    Anchor(&'a Anchor),
}

/// What became of it.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// In one place at least.
    pub(crate) somewhere: bool,
    /// Another process is at work in one of them.
    pub(crate) busy: bool,
    /// What the home said.
    pub(crate) home: Option<HolderError>,
}

impl Places<'_> {
    /// The home, and its anchors in the order in which they are locked.
    pub(crate) fn all(&self) -> impl Iterator<Item = Place<'_>> {
        let anchors = self.home.anchors().iter().map(Place::Anchor);
        std::iter::once(Place::Home).chain(anchors)
    }

    /// Keeps news in the home and its owner's anchor; in the machine-wide one where the home is everybody's, or neither of the others can be written. Waits
    /// for nobody.
    pub(crate) fn keep(
        &self,
        license: Option<(LicenseKey, ActivationId)>,
        news: &News<'_>,
    ) -> Kept {
        self.keep_under(None, license, news)
    }

    /// The same by whoever holds the lock of the home already.
    pub(crate) fn keep_under(
        &self,
        locked: Option<&Lock>,
        license: Option<(LicenseKey, ActivationId)>,
        news: &News<'_>,
    ) -> Kept {
        let mut kept = Kept::default();
        let (all, one): (Vec<_>, Vec<_>) = self
            .home
            .anchors()
            .iter()
            .partition(|anchor| anchor.audience() == Audience::Everyone);
        let lock = match locked {
            Some(_) => Ok(None),
            None => Lock::try_now(self.home.directory(), self.home.audience()).map(Some),
        };
        match lock {
            Ok(Some(None)) => kept.busy = true,
            Ok(_lock) => match self.write_home(license, news) {
                Ok(()) => kept.somewhere = true,
                Err(error) => kept.home = Some(error.into()),
            },
            Err(error) => kept.home = Some(error),
        }
        for anchor in one {
            self.keep_in(anchor, license, news, &mut kept);
        }
        if self.home.audience() == Audience::Everyone || !(kept.somewhere || kept.busy) {
            for anchor in all {
                self.keep_in(anchor, license, news, &mut kept);
            }
        }
        kept
    }

    fn keep_in(
        &self,
        anchor: &Anchor,
        license: Option<(LicenseKey, ActivationId)>,
        news: &News<'_>,
        kept: &mut Kept,
    ) {
        match Lock::try_now(anchor.directory(), anchor.audience()) {
            Ok(None) => kept.busy = true,
            Ok(Some(_lock)) => kept.somewhere |= self.write_anchor(anchor, license, news).is_ok(),
            // An anchor that cannot be written is no error: that protection is missing, and nothing else.
            Err(_) => {}
        }
    }

    /// Keeps news in an anchor that can be written, however long another process is at work there.
    #[cfg(feature = "site")]
    pub(super) fn keep_waiting(
        &self,
        anchor: &Anchor,
        license: Option<(LicenseKey, ActivationId)>,
        news: &News<'_>,
    ) {
        if let Ok(_lock) = Lock::wait(anchor.directory(), anchor.audience()) {
            // As above: that protection is missing.
            let _ = self.write_anchor(anchor, license, news);
        }
    }

    fn write_home(
        &self,
        license: Option<(LicenseKey, ActivationId)>,
        news: &News<'_>,
    ) -> Result<(), StorageError> {
        let (home, audience) = (self.home, self.home.audience());
        if let Some((product, demo)) = news.demo {
            let demo = self.with_kept(Place::Home, product, demo);
            self.seals()
                .write(&home.demo_path(product), product, &demo, audience)?;
        }
        let Some((key, activation)) = license else {
            return Ok(());
        };
        self.write_drift(Place::Home, key, news)?;
        let purpose = purpose(key, activation);
        if let Some(parts) = news.parts {
            self.seals()
                .write(&home.parts_path(key), &purpose, parts, audience)?;
        }
        match news.mark {
            Some(mark) => self
                .seals()
                .write(&home.clock_path(key), &purpose, mark, audience),
            None => Ok(()),
        }
    }

    fn write_anchor(
        &self,
        anchor: &Anchor,
        license: Option<(LicenseKey, ActivationId)>,
        news: &News<'_>,
    ) -> Result<(), StorageError> {
        if let Some((product, demo)) = news.demo {
            let demo = self.with_kept(Place::Anchor(anchor), product, demo);
            self.seals().write(
                &anchored_demo(anchor, product),
                product,
                &demo,
                anchor.audience(),
            )?;
        }
        let Some((key, activation)) = license.filter(|_| news.of_license()) else {
            return Ok(());
        };
        self.write_drift(Place::Anchor(anchor), key, news)?;
        let before = self.anchored(anchor, key, activation);
        let mut after = before.clone().unwrap_or_default();
        after.mark = news.mark.cloned().or(after.mark);
        after.answers = stricter(after.answers, news.answers.cloned());
        after.loans = stricter(after.loans, news.loans.copied());
        if before.as_ref() == Some(&after) || before.is_none() && after == Anchored::default() {
            return Ok(());
        }
        self.put(anchor, key, activation, &after)
    }

    /// What an anchor is to say of an activation. The caller holds its lock.
    pub(super) fn put(
        &self,
        anchor: &Anchor,
        key: LicenseKey,
        activation: ActivationId,
        content: &Anchored,
    ) -> Result<(), StorageError> {
        let path = anchored_activation(anchor, key, activation);
        self.seals()
            .write(&path, &purpose(key, activation), content, anchor.audience())
    }

    /// That an anchor says nothing of an activation. The caller holds its lock.
    pub(super) fn take_out(
        &self,
        anchor: &Anchor,
        key: LicenseKey,
        activation: ActivationId,
    ) -> Result<(), StorageError> {
        let path = anchored_activation(anchor, key, activation);
        self.seals()
            .forget::<Anchored>(&path, &purpose(key, activation), anchor.audience())
    }

    pub(super) fn seals(&self) -> Seals<'_> {
        Seals(self.facts)
    }

    fn with_kept(&self, place: Place<'_>, product: &str, demo: &Demo) -> Demo {
        match self.demo(place, product) {
            Some(before) => Demo {
                mark: demo.mark.clone().or_else(|| before.mark.clone()),
                began: before.stricter(demo.clone()).began,
            },
            None => demo.clone(),
        }
    }

    pub(super) fn demo(&self, place: Place<'_>, product: &str) -> Option<Demo> {
        let path = match place {
            Place::Home => self.home.demo_path(product),
            Place::Anchor(anchor) => anchored_demo(anchor, product),
        };
        self.seals().read(&path, product)
    }

    pub(super) fn mark(&self, key: LicenseKey, activation: ActivationId) -> Option<Mark> {
        self.seals()
            .read(&self.home.clock_path(key), &purpose(key, activation))
    }

    pub(super) fn parts(&self, key: LicenseKey, activation: ActivationId) -> Parts {
        let kept = self
            .seals()
            .read(&self.home.parts_path(key), &purpose(key, activation));
        kept.unwrap_or_default()
    }

    /// That an activation was given up, as an anchor knows it.
    pub(crate) fn returned(&self, key: LicenseKey, activation: ActivationId) -> Option<Tombstone> {
        let anchors = self.home.anchors().iter();
        let kept = anchors.filter_map(|anchor| self.anchored(anchor, key, activation));
        kept.map(|it| it.returned).fold(None, Tombstone::first)
    }

    /// Whether an activation that was given up on this computer had taken the place of one with this answer, asked for before: whoever gave it up gave that
    /// up. What was asked for since is never late, however wrong a desk's clock was.
    pub(crate) fn is_overtaken(&self, key: LicenseKey, answer: &Answer, asked: Seconds) -> bool {
        let anchors = self.home.anchors().iter();
        let mut kept = anchors.flat_map(|anchor| self.anchored_of(anchor, key));
        kept.any(|(_, it)| {
            let returned = it.returned.filter(|it| asked <= it.at);
            let gone = it.answers.filter(|_| returned.is_some());
            gone.is_some_and(|gone| gone.overtook(answer))
        })
    }

    /// The activations in an anchor whose place one of `taken` took on this computer, each with the one that did: those that are not among them. One takes the
    /// place of one, of several that of the one that was answered last (SPEC.md 9.3), and with it what that one took. One that asked for itself since it was
    /// answered is left alone, with what it took: its answer may give it a seat of its own.
    pub(super) fn overtaken_in(
        &self,
        anchor: &Anchor,
        key: LicenseKey,
        taken: &[(ActivationId, Answers)],
    ) -> Vec<(ActivationId, ActivationId)> {
        let known = self.anchored_of(anchor, key).into_iter();
        let known = known.filter_map(|(id, it)| Some((id, it.answers?)));
        let known: Vec<(ActivationId, Answers)> = known.collect();
        let mut found: Vec<(ActivationId, ActivationId)> = Vec::new();
        let mut looked_at: Vec<(ActivationId, Answers)> = taken.to_vec();
        let mut nth = 0;
        while let Some((by, answers)) = looked_at.get(nth).cloned() {
            nth += 1;
            let before = known.iter().filter(|(_, it)| answers.overtook(it.last()));
            let Some((id, its)) = before.max_by_key(|(_, it)| it.last().at()) else {
                continue;
            };
            if !looked_at.iter().any(|(known, _)| known == id) && !self.waits(key, *id) {
                found.push((*id, by));
                looked_at.push((*id, its.clone()));
            }
        }
        found
    }

    /// Whether a request of an activation is on its way, as far as the anchors know.
    fn waits(&self, key: LicenseKey, activation: ActivationId) -> bool {
        let anchors = self.home.anchors().iter();
        let mut kept = anchors.filter_map(|anchor| self.anchored(anchor, key, activation));
        kept.any(|it| it.mark.is_some_and(|mark| mark.waits()))
    }

    /// What the anchors know of the answers to an activation.
    pub(super) fn answers(&self, key: LicenseKey, activation: ActivationId) -> Option<Answers> {
        let anchors = self.home.anchors().iter();
        let kept = anchors.filter_map(|anchor| self.anchored(anchor, key, activation));
        kept.map(|it| it.answers).fold(None, stricter)
    }

    /// What an anchor says of each activation of a license.
    pub(super) fn anchored_of(
        &self,
        anchor: &Anchor,
        key: LicenseKey,
    ) -> Vec<(ActivationId, Anchored)> {
        let directory = anchor.directory().join("activations");
        // One that cannot be read says nothing.
        let files = durable::list(&directory, "json").unwrap_or_default();
        let prefix = format!("{}-", key.digits());
        let named = files.iter().filter_map(|path| {
            let id = path.file_stem()?.to_str()?.strip_prefix(&prefix)?;
            let id = id.parse().ok()?;
            Some((id, self.anchored(anchor, key, id)?))
        });
        named.collect()
    }

    /// What an anchor says of an activation.
    pub(super) fn anchored(
        &self,
        anchor: &Anchor,
        key: LicenseKey,
        activation: ActivationId,
    ) -> Option<Anchored> {
        let path = anchored_activation(anchor, key, activation);
        self.seals().read(&path, &purpose(key, activation))
    }

    /// Whether an anchor says anything of an activation, or may: what cannot be looked at may.
    pub(super) fn may_hold(
        &self,
        anchor: &Anchor,
        key: LicenseKey,
        activation: ActivationId,
    ) -> bool {
        use std::io::ErrorKind as E;
        match std::fs::metadata(anchored_activation(anchor, key, activation)) {
            Ok(_) => true,
            Err(error) => !matches!(error.kind(), E::NotFound | E::NotADirectory),
        }
    }
}

/// What a seal is good for: the mark of another activation of the same license counts for nothing.
fn purpose(key: LicenseKey, activation: ActivationId) -> String {
    format!("{} {activation}", key.digits())
}

fn anchored_activation(anchor: &Anchor, key: LicenseKey, activation: ActivationId) -> PathBuf {
    let name = format!("{}-{activation}.json", key.digits());
    anchor.directory().join("activations").join(name)
}

fn anchored_demo(anchor: &Anchor, product: &str) -> PathBuf {
    let name = format!("{product}.json");
    anchor.directory().join("products").join(name)
}
