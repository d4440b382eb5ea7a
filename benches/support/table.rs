//! The table of figures, in Markdown, printed line by line as it comes.

use super::pairs::Pairs;

/// Prints the head of the table, then rows.
pub(crate) struct Table(());

/// Whether a target is kept.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
}

impl Target {
    fn held(self, value: f64) -> bool {
        match self {
            Target::AtMost(most) => value <= most,
            Target::AtLeast(least) => value >= least,
        }
    }

    fn words(self, unit: impl Fn(f64) -> String) -> String {
        match self {
            Target::AtMost(most) => format!("≤ {}", unit(most)),
            Target::AtLeast(least) => format!("≥ {}", unit(least)),
        }
    }
}

impl Table {
    /// Begins the table on standard output.
    pub(crate) fn begin() -> Table {
        println!("| what | countersign | measured against | ratio (least–most) | target | held |");
        println!("|---|---|---|---|---|---|");
        Table(())
    }

    /// A figure beside that of a baseline, the target being about their ratio.
    pub(crate) fn ratio(
        &mut self,
        what: &str,
        against: &str,
        pairs: &Pairs,
        unit: fn(f64) -> String,
        target: Option<Target>,
    ) {
        let (least, ratio, most) = pairs.ratio();
        self.row(&[
            what,
            &unit(pairs.ours()),
            &format!("{against}: {}", unit(pairs.baseline())),
            &format!("**{ratio:.2}** ({least:.2}–{most:.2})"),
            &target.map_or(String::new(), |target| {
                target.words(|value| format!("{value:.1}"))
            }),
            target.map_or("", |target| held(target.held(ratio))),
        ]);
    }

    /// A figure alone, the target being about itself.
    pub(crate) fn figure(
        &mut self,
        what: &str,
        value: f64,
        unit: fn(f64) -> String,
        target: Option<Target>,
    ) {
        self.row(&[
            what,
            &unit(value),
            "",
            "",
            &target.map_or(String::new(), |target| target.words(unit)),
            target.map_or("", |target| held(target.held(value))),
        ]);
    }

    /// What could not be measured, and why.
    pub(crate) fn missing(&mut self, what: &str, why: &str) {
        self.row(&[what, "", &format!("not measured: {why}"), "", "", ""]);
    }

    fn row(&mut self, cells: &[&str; 6]) {
        println!("| {} |", cells.join(" | "));
    }
}

fn held(held: bool) -> &'static str {
    if held { "yes" } else { "**no**" }
}

/// Seconds, as people read them.
pub(crate) fn time(seconds: f64) -> String {
    match seconds {
        s if s < 0.001 => format!("{:.0} µs", s * 1e6),
        s if s < 0.1 => format!("{:.2} ms", s * 1e3),
        s if s < 1.0 => format!("{:.0} ms", s * 1e3),
        s => format!("{s:.1} s"),
    }
}

/// So many in a second.
pub(crate) fn rate(per_second: f64) -> String {
    format!("{:.1} k/s", per_second / 1e3)
}

/// Bytes.
pub(crate) fn size(bytes: f64) -> String {
    format!("{:.1} MB", bytes / 1e6)
}
