//! Numbers that are the same at each run.

/// Splitmix64.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 to 1, without 1.
    fn part(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// With a chance of `share`, 0 to 1.
    pub(crate) fn with(&mut self, share: f64) -> bool {
        share > 0.0 && self.part() < share
    }

    pub(crate) fn below(&mut self, limit: i32) -> i32 {
        (self.part() * f64::from(limit)) as i32
    }

    /// In how many days something happens next that happens on a `share` of all days.
    pub(crate) fn days(&mut self, share: f64) -> i32 {
        if share <= 0.0 {
            return i32::MAX / 2;
        }
        let days = (1.0 - self.part()).ln() / (1.0 - share).ln();
        1 + days.min(1e6) as i32
    }
}
