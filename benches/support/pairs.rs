//! Two things measured in turn, A B A B: what the computer does beside it falls on both.

use anyhow::Result;

/// Figures of two things, in pairs that were taken at about the same time.
pub(crate) struct Pairs(Vec<(f64, f64)>);

impl Pairs {
    /// Takes `pairs` pairs, each of the medians of `runs` runs in turn. One round before counts for nothing: it fills caches.
    pub(crate) fn measure(
        pairs: usize,
        runs: usize,
        mut ours: impl FnMut() -> Result<f64>,
        mut baseline: impl FnMut() -> Result<f64>,
    ) -> Result<Pairs> {
        ours()?;
        baseline()?;
        let mut taken = Vec::with_capacity(pairs);
        for _ in 0..pairs {
            let (mut a, mut b) = (Vec::with_capacity(runs), Vec::with_capacity(runs));
            for _ in 0..runs {
                a.push(ours()?);
                b.push(baseline()?);
            }
            taken.push((median(a), median(b)));
        }
        Ok(Pairs(taken))
    }

    /// The median of ours.
    pub(crate) fn ours(&self) -> f64 {
        median(self.0.iter().map(|(ours, _)| *ours).collect())
    }

    /// The median of the baseline's.
    pub(crate) fn baseline(&self) -> f64 {
        median(self.0.iter().map(|(_, baseline)| *baseline).collect())
    }

    /// The least, the median and the most of the pairs' ratios.
    pub(crate) fn ratio(&self) -> (f64, f64, f64) {
        let ratios: Vec<f64> = self
            .0
            .iter()
            .map(|(ours, baseline)| ours / baseline)
            .collect();
        let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let most = ratios.iter().copied().fold(0.0, f64::max);
        (least, median(ratios), most)
    }
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
