//! The demo: what an application may do where no license is in force, for so many days.

use super::check::{Check, Refused};
use super::clock::{self, Look};
use super::entries::{Demo, OF_ANOTHER_YEAR};
use super::report::{Refusal, State};
use super::warning::Warning;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::product::WARN_DAYS;

impl Check<'_> {
    /// The demo in place of a license, or `otherwise` where the product has none or one license is asked for.
    pub(super) fn demo(&mut self, otherwise: Refusal) -> Result<(), Refused> {
        let product = self.file.product();
        if product.demo_days == 0 || !self.input.or_demo {
            return Err((State::Unlicensed, otherwise));
        }
        // A clock before the program was built is not set: the demo does not begin in 1970.
        let first = self.input.here.wall.max(self.input.built).day();
        let mut known = self.memory.demo.clone();
        if let Some(right) = known.as_ref().and_then(|demo| self.put_right(demo)) {
            known = Some(right);
        }
        let began = known.as_ref().map_or(first, |demo| demo.began);
        let last = began.plus(product.demo_days - 1);
        let now = self.demo_clock(known.as_ref(), began, last)?;
        let today = now.day();
        if now.is_past(last) {
            let over = Refusal::DemoOver {
                product: product.id.clone(),
                last,
            };
            let refusal = if matches!(otherwise, Refusal::UsbMissing(_)) {
                otherwise
            } else {
                over
            };
            return Err((State::Unlicensed, refusal));
        }
        if known.is_none() {
            self.checked.begins = true;
            self.checked.demo.get_or_insert(Demo { began, mark: None });
        }
        let report = &mut self.checked.report;
        report.state = State::Demo;
        let days_left = last.days_since(today);
        report.days_left = Some(days_left);
        if days_left <= i32::from(product.warn_days.unwrap_or(WARN_DAYS)) {
            report.warnings.push(Warning::DemoEnds { days_left, last });
        }
        report.features = product.demo_features.clone();
        report.limits = product.demo_limits.clone();
        Ok(())
    }

    /// The clock rules of a license hold for a demo too: its days pass but once (SPEC.md 7).
    fn demo_clock(
        &mut self,
        known: Option<&Demo>,
        began: Day,
        last: Day,
    ) -> Result<Seconds, Refused> {
        let judged = self.judged(known, began, last);
        self.checked.demo = judged.keep.map(|mark| Demo {
            began,
            mark: Some(mark),
        });
        self.behind(
            judged.verdict,
            judged.not_set,
            (self.input.here.wall, judged.now),
            true,
        )?;
        Ok(judged.now)
    }

    fn judged(&self, known: Option<&Demo>, began: Day, last: Day) -> clock::Judgement {
        let mark = known.and_then(|demo| demo.mark.as_ref());
        let look = Look::new(self.input.here.wall, self.input.here.facts);
        let terms = clock::LicenseTimes {
            issued: began.start(),
            generation: 0,
            built: self.input.built,
            deadline: Some(last),
            dated: true,
            running: self.input.running,
        };
        clock::judge(mark, &terms, &look)
    }

    /// A demo that began under a clock that was years ahead, once a clock that is set has said otherwise for as long as one may be behind: what was used of
    /// it is used, each day that was begun counting whole, and so are the days that it was taken for behind. So nobody gains by it, however often it is done.
    fn put_right(&self, demo: &Demo) -> Option<Demo> {
        let (wall, built) = (self.input.here.wall, self.input.built);
        let ahead = demo.began.days_since(wall.day()) > i32::from(OF_ANOTHER_YEAR);
        if !ahead || wall < built.minus(clock::TOLERANCE) {
            return None;
        }
        let last = demo.began.plus(self.file.product().demo_days - 1);
        let judged = self.judged(Some(demo), demo.began, last);
        if judged.verdict != clock::ClockReading::TooLongBehind {
            return None;
        }
        let reached = demo
            .mark
            .as_ref()
            .map_or(demo.began.start(), |mark| mark.at);
        let used = reached.0.saturating_sub(demo.began.start().0);
        let days = used.div_ceil(clock::DAY).max(1) + clock::BEHIND_BUDGET / clock::DAY;
        Some(Demo {
            began: wall.minus(days.saturating_mul(clock::DAY)).day(),
            mark: None,
        })
    }
}
