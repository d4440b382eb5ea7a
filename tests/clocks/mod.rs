//! Clocks by simulation: a quick part of what `tests/long/clocks.rs` does at length.

mod answers;
mod attackers;
mod honest;

pub(crate) const HOUR: u32 = 3600;
pub(crate) const DAY: u32 = 24 * HOUR;

pub(crate) use answers::Saved;
pub(crate) use attackers::Attack;
pub(crate) use honest::{Kind, live};

/// Numbers that are the same at each run (splitmix64).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % u64::from(limit)) as u32
    }

    pub(crate) fn one_in(&mut self, of: u32) -> bool {
        self.below(of) == 0
    }
}

/// Use that is looked at ends after the hours left plus one for each start and each killed guard, whatever the clock says.
#[test]
fn no_schedule_of_clocks_and_starts_buys_more_than_its_bound() {
    for seed in 0..400 {
        let attack = Attack::by_chance(seed);
        assert!(
            attack.used <= attack.bound(),
            "seed {seed}: {} h of use, {} h allowed, {attack:?}",
            attack.used / HOUR,
            attack.bound() / HOUR
        );
    }
}

/// Answers that were saved up, entered again and in odd orders in copies of the home give no hour more.
#[test]
fn no_order_of_answers_buys_more_than_clocks_do() {
    for seed in 0..12 {
        let saved = Saved::by_chance(seed);
        assert!(
            saved.used <= saved.bound(),
            "seed {seed}: {} h of use, {} h allowed, {saved:?}",
            saved.used / HOUR,
            saved.bound() / HOUR
        );
    }
}

/// A clock set back to the mark at each start: the finding that this was built for.
#[test]
fn a_clock_set_back_to_the_mark_at_each_start_buys_an_hour() {
    for hours in [2, 10, 47, 100] {
        let attack = Attack::set_back_to_the_mark(hours);
        // Each start that lasts until a look is the last one's hour and no more.
        let whole = attack.left / (hours * HOUR);
        let after = attack.starts - whole;
        let over = attack.used - attack.left;
        assert!(over <= after * (HOUR + 60), "{over} s: {attack:?}");
    }
}

#[test]
fn nobody_honest_is_refused_or_led_astray() {
    for kind in Kind::ALL {
        for seed in 0..6 {
            let life = live(kind, seed);
            assert_eq!(life.refused, 0, "{kind:?} {seed}: {life:?}");
            assert!(life.lead <= kind.most_lead(), "{kind:?} {seed}: {life:?}");
            assert!(
                kind.may_be_warned() || life.warned == 0,
                "{kind:?} {seed}: {life:?}"
            );
        }
    }
}
