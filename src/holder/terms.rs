//! What a license says, in words: for reports, and for what an answer changes.

use crate::messages;
use crate::protocol::contents::Contents;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::grant::{Grant, LicenseType};
use crate::protocol::product::Product;
use crate::protocol::trust::Verified;

/// The terms of a verified grant, by the names of its product.
///
/// ```no_run
/// # fn example(app: countersign::App) -> Result<(), Box<dyn std::error::Error>> {
/// if let Some(terms) = app.check()?.terms() {
///     println!("until {:?}", terms.expires);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Terms {
    /// Counts the grants of an activation, from 1.
    pub generation: u16,
    /// When it was signed.
    pub issued: Seconds,
    /// How the seats are used.
    pub license_type: LicenseType,
    /// The edition.
    pub edition: Option<String>,
    /// Seats of this activation.
    pub seats: u16,
    /// Last day of the license; none: perpetual.
    pub expires: Option<Day>,
    /// Last day of maintenance; none: for ever.
    pub maintenance: Option<Day>,
    /// Last day without another contact; none: never needed.
    pub revalidate_by: Option<Day>,
    /// Longest loan in days, where the holder may lend.
    pub max_loan: Option<u8>,
    /// Steps of emergency codes, where the grant has such.
    pub emergency: Option<Steps>,
    /// Features, limits, pools and texts, those that ended too.
    pub contents: Contents,
    /// The number of the loan, where a site lent it; it ends with `expires`.
    pub loan: Option<u32>,
}

/// Emergency codes of a grant (SPEC.md 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Steps {
    /// The highest step entered; 0 for none.
    pub used: u8,
    /// How many there are.
    pub of: u8,
    /// Days by which each moves the day of re-validation.
    pub days: u8,
}

impl std::fmt::Display for Steps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", messages::holder::steps(&self.of, &self.used))
    }
}

/// What of a license an answer changes. As text: its words, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Term {
    /// How the seats are used.
    Type,
    /// The edition.
    Edition,
    /// Seats of this activation.
    Seats,
    /// The last day of the license.
    Expires,
    /// The last day of maintenance.
    Maintenance,
    /// The last day without another contact.
    RevalidateBy,
    /// The longest loan, in days.
    MaxLoan,
    /// Steps of emergency codes.
    Emergency,
    /// A feature, limit, pool or text, by its name in the product's catalogue.
    Entry(String),
}

impl Term {
    /// Stable snake_case name for scripts; `entry` for all that the catalogue names, of whatever name.
    pub const fn name(&self) -> &'static str {
        match self {
            Term::Type => "type",
            Term::Edition => "edition",
            Term::Seats => "seats",
            Term::Expires => "expires",
            Term::Maintenance => "maintenance",
            Term::RevalidateBy => "revalidate_by",
            Term::MaxLoan => "max_loan",
            Term::Emergency => "emergency",
            Term::Entry(_) => "entry",
        }
    }

    /// The name in the product's catalogue, where it is an entry of it.
    pub fn entry(&self) -> Option<&str> {
        match self {
            Term::Entry(name) => Some(name),
            _ => None,
        }
    }
}

impl std::fmt::Display for Term {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Term::Type => messages::change::term_type(),
            Term::Edition => messages::change::term_edition(),
            Term::Seats => messages::change::term_seats(),
            Term::Expires => messages::change::term_expires(),
            Term::Maintenance => messages::change::term_maintenance(),
            Term::RevalidateBy => messages::change::term_revalidate_by(),
            Term::MaxLoan => messages::change::term_longest_loan(),
            Term::Emergency => messages::change::term_emergency(),
            Term::Entry(name) => name,
        })
    }
}

/// One thing that an answer changes: `seats`, and in words, `5`, `8`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// What changes.
    pub what: Term,
    /// As it was, in words.
    pub before: String,
    /// As it will be, in words.
    pub after: String,
}

/// In a row, for a dialogue: `seats 5 → 8`.
impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        messages::change::of(&self.after, &self.before, &self.what).fmt(f)
    }
}

impl Terms {
    /// The terms of a grant for this product.
    pub fn of(product: &Product, grant: &Verified<Grant>) -> Terms {
        let named = |entry: u8| {
            product
                .edition_name(entry)
                .map_or_else(|| format!("#{entry}"), str::to_owned)
        };
        Terms {
            generation: grant.generation,
            issued: grant.issued,
            license_type: grant.license_type,
            edition: Some(grant.edition)
                .filter(|edition| *edition != 0)
                .map(named),
            seats: grant.seats,
            expires: grant.expires,
            maintenance: grant.maintenance,
            revalidate_by: grant.revalidate_by,
            max_loan: grant.max_loan.map(|days| days.get()),
            emergency: grant.emergency.as_ref().map(|terms| Steps {
                used: 0,
                of: terms.steps,
                days: terms.days.get(),
            }),
            contents: Contents::of(&grant.entitlements, Some(product)),
            loan: None,
        }
    }

    /// The same of a loan with this number.
    pub(crate) fn on_loan(self, loan: Option<u32>) -> Terms {
        Terms { loan, ..self }
    }

    /// The same terms after so many steps of emergency codes: later is only the day of re-validation.
    pub(crate) fn after_steps(mut self, step: u8) -> Terms {
        if let Some(steps) = &mut self.emergency {
            steps.used = step;
            let days = u16::from(step) * u16::from(steps.days);
            self.revalidate_by = self.revalidate_by.map(|day| day.plus(days));
        }
        self
    }

    /// The grace that was given: days from the day of signing to that of re-validation, with what emergency codes added. None where none is needed.
    pub fn grace_days(&self) -> Option<i32> {
        let by = self.revalidate_by?;
        Some(by.days_since(self.issued.day()))
    }

    /// What differs from earlier terms, in a fixed order. Generation and moment of signing are no differences.
    ///
    /// ```no_run
    /// # fn example(applied: &countersign::holder::Applied) -> Result<(), Box<dyn std::error::Error>> {
    /// if let Some(before) = &applied.before {
    ///     for it in applied.after.differences(before) {
    ///         println!("{it}"); // seats 5 → 8
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn differences(&self, before: &Terms) -> Vec<Difference> {
        let all = [
            (
                Term::Type,
                before.license_type.words().to_owned(),
                self.license_type.words().to_owned(),
            ),
            (
                Term::Edition,
                or_none(&before.edition),
                or_none(&self.edition),
            ),
            (
                Term::Seats,
                before.seats.to_string(),
                self.seats.to_string(),
            ),
            (Term::Expires, day(before.expires), day(self.expires)),
            (
                Term::Maintenance,
                day(before.maintenance),
                day(self.maintenance),
            ),
            (
                Term::RevalidateBy,
                day(before.revalidate_by),
                day(self.revalidate_by),
            ),
            (
                Term::MaxLoan,
                or_none(&before.max_loan),
                or_none(&self.max_loan),
            ),
            (
                Term::Emergency,
                or_none(&before.emergency),
                or_none(&self.emergency),
            ),
        ];
        let entries = self.contents.differences(&before.contents);
        let entries = entries.into_iter().map(|it| {
            let (before, after) = it.words();
            (Term::Entry(it.name), before, after)
        });
        let difference = |(what, before, after)| Difference {
            what,
            before,
            after,
        };
        let mut found: Vec<Difference> = all.into_iter().chain(entries).map(difference).collect();
        found.retain(|difference| difference.before != difference.after);
        found
    }
}

fn day(day: Option<Day>) -> String {
    day.map_or_else(
        || messages::change::never().to_owned(),
        |day| day.to_string(),
    )
}

fn or_none<T: ToString>(value: &Option<T>) -> String {
    value
        .as_ref()
        .map_or_else(|| messages::change::none().to_owned(), T::to_string)
}
