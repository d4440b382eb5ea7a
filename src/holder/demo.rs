//! The demo: what an application may do where no license is in force, for so many days.

use super::check::{Check, Refused};
use super::clock::{self, Look};
use super::entries::Demo;
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
        let known = self.memory.demo.as_ref();
        let began = known.map_or(first, |demo| demo.began);
        let last = began.plus(product.demo_days - 1);
        let now = self.demo_clock(began, last)?;
        let today = now.day();
        if today > last {
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
    fn demo_clock(&mut self, began: Day, last: Day) -> Result<Seconds, Refused> {
        let known = self.memory.demo.as_ref();
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
        let judged = clock::judge(mark, &terms, &look);
        self.checked.demo = judged.keep.map(|mark| Demo {
            began,
            mark: Some(mark),
        });
        self.behind(
            judged.verdict,
            judged.not_set,
            (look.wall, judged.now),
            true,
        )?;
        Ok(judged.now)
    }
}
