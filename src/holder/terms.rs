//! What a licence says, in words: for reports, and for what an answer changes.

use crate::protocol::date::{Day, Seconds};
use crate::protocol::grant::{Grant, LicenseType};
use crate::protocol::product::{Entry, Product};
use crate::protocol::trust::Verified;

/// The terms of a verified grant, by the names of its product. Entries that a newer product file would name stand as `#index`.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Last day of the licence; none: perpetual.
    pub expires: Option<Day>,
    /// Last day of maintenance; none: for ever.
    pub maintenance: Option<Day>,
    /// Last day without another contact; none: never needed.
    pub revalidate_by: Option<Day>,
    /// Longest loan in days, where the holder may lend.
    pub max_loan: Option<u8>,
    /// Steps of emergency codes, where the grant has such.
    pub emergency: Option<Steps>,
    /// Features, in the order of the product's catalogue.
    pub features: Vec<String>,
    /// Limits and their values, in the order of the product's catalogue.
    pub limits: Vec<(String, u32)>,
}

/// Emergency codes of a grant (SPEC.md 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        write!(f, "{} of {}", self.used, self.of)
    }
}

/// One thing that an answer changes, in words: `seats`, `5`, `8`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What changes: a term, or a feature or limit by its name.
    pub what: String,
    /// As it was.
    pub before: String,
    /// As it will be.
    pub after: String,
}

impl Terms {
    /// The terms of a grant for this product.
    pub fn of(product: &Product, grant: &Verified<Grant>) -> Terms {
        let named = |entry: u8| {
            product
                .edition_name(entry)
                .map_or_else(|| format!("#{entry}"), str::to_owned)
        };
        let mut terms = Terms {
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
            features: Vec::new(),
            limits: Vec::new(),
        };
        for entry in grant.entitlements.iter() {
            let name = product
                .entry(entry.index)
                .filter(|(kind, _)| (*kind == Entry::Limit) == entry.value.is_some())
                .map_or_else(|| format!("#{}", entry.index), |(_, name)| name.to_owned());
            match entry.value {
                None => terms.features.push(name),
                Some(value) => terms.limits.push((name, value)),
            }
        }
        terms
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

    /// What differs from earlier terms, in a fixed order. Generation and moment of signing are no differences.
    pub fn differences(&self, before: &Terms) -> Vec<Difference> {
        let all = [
            (
                "type",
                before.license_type.name().to_owned(),
                self.license_type.name().to_owned(),
            ),
            ("edition", or_none(&before.edition), or_none(&self.edition)),
            ("seats", before.seats.to_string(), self.seats.to_string()),
            ("expires", day(before.expires), day(self.expires)),
            (
                "maintenance",
                day(before.maintenance),
                day(self.maintenance),
            ),
            (
                "re-validate by",
                day(before.revalidate_by),
                day(self.revalidate_by),
            ),
            (
                "longest loan",
                or_none(&before.max_loan),
                or_none(&self.max_loan),
            ),
            (
                "emergency steps used",
                or_none(&before.emergency),
                or_none(&self.emergency),
            ),
        ];
        let mut found: Vec<Difference> = all
            .into_iter()
            .map(|(what, before, after)| Difference {
                what: what.to_owned(),
                before,
                after,
            })
            .collect();
        let yes_no = |has: bool| if has { "yes" } else { "no" }.to_owned();
        found.extend(
            union(&before.features, &self.features).map(|name| Difference {
                what: name.clone(),
                before: yes_no(before.features.contains(name)),
                after: yes_no(self.features.contains(name)),
            }),
        );
        let names = |terms: &Terms| {
            terms
                .limits
                .iter()
                .map(|(name, _)| name.clone())
                .collect::<Vec<_>>()
        };
        found.extend(union(&names(before), &names(self)).map(|name| Difference {
            what: name.clone(),
            before: or_none(&before.limit(name)),
            after: or_none(&self.limit(name)),
        }));
        found.retain(|difference| difference.before != difference.after);
        found
    }

    /// The value of a limit that the licence contains.
    pub fn limit(&self, name: &str) -> Option<u32> {
        let (_, value) = self.limits.iter().find(|(known, _)| known == name)?;
        Some(*value)
    }
}

fn union<'a>(one: &'a [String], other: &'a [String]) -> impl Iterator<Item = &'a String> {
    one.iter()
        .chain(other.iter().filter(|name| !one.contains(name)))
}

fn day(day: Option<Day>) -> String {
    day.map_or_else(|| "never".to_owned(), |day| day.to_string())
}

fn or_none<T: ToString>(value: &Option<T>) -> String {
    value
        .as_ref()
        .map_or_else(|| "none".to_owned(), T::to_string)
}
