//! What `license new` and `license change` share: what was ordered, as clerks type it.

use std::num::NonZeroU8;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::Context;
use crate::cli::failure::Failure;
use crate::cli::words;
use crate::failure::FailureKind;
use crate::issuer::ledger::{EmergencyAllowance, OrderTerms};
use crate::protocol::contents::Contents;
use crate::protocol::date::Day;
use crate::protocol::entitlements::{EntitledText, Entitlement, Entitlements, EntitlementsError};
use crate::protocol::grant::LicenseType;
use crate::protocol::loan::SiteCertificate;
use crate::protocol::product::{Entry, Product};
use crate::text;

/// What is sold.
const SOLD: [LicenseType; 3] = [
    LicenseType::Standalone,
    LicenseType::Floating,
    LicenseType::Named,
];

/// The types that are sold, by their names.
pub(super) fn license_types() -> impl TypedValueParser<Value = LicenseType> {
    PossibleValuesParser::new(SOLD.map(LicenseType::name)).map(|name| {
        let known = SOLD.into_iter().find(|it| it.name() == name);
        known.unwrap_or(LicenseType::Standalone)
    })
}

pub(super) fn emergency(text: &str) -> Result<EmergencyAllowance, String> {
    let parse = || {
        let (steps, days) = text.split_once(['x', 'X'])?;
        let steps: NonZeroU8 = steps.trim().parse().ok()?;
        (steps.get() <= 31).then_some(EmergencyAllowance {
            steps,
            days: days.trim().parse().ok()?,
        })
    };
    parse().ok_or_else(|| {
        "write STEPSxDAYS, such as 4x7, four steps of seven days: 1 to 31 steps, of 1 to 255 days".to_owned()
    })
}

/// What a clerk named.
pub(super) struct Named<'a> {
    pub(super) features: &'a [(String, Option<Day>)],
    pub(super) limits: &'a [(String, u32, Option<Day>)],
    pub(super) pools: &'a [(String, u32, Option<Day>)],
    pub(super) texts: &'a [(String, EntitledText)],
}

/// What a clerk named, by its place in the catalogue.
pub(super) fn entries(product: &Product, named: &Named<'_>) -> anyhow::Result<Vec<Entitlement>> {
    let mut entries = Vec::new();
    for (name, day) in named.features {
        let index = index(product, Entry::Feature, name)?;
        entries.push(Entitlement::feature(index).until(*day));
    }
    for (entry, numbers) in [(Entry::Limit, named.limits), (Entry::Pool, named.pools)] {
        for (name, value, day) in numbers {
            let index = index(product, entry, name)?;
            entries.push(Entitlement::number(index, *value).until(*day));
        }
    }
    for (name, text) in named.texts {
        let index = index(product, Entry::Text, name)?;
        entries.push(Entitlement::text(index, text.clone()));
    }
    Ok(entries)
}

/// The place of an entry in the product's catalogue.
pub(super) fn index(product: &Product, entry: Entry, name: &str) -> anyhow::Result<u32> {
    let found = match entry {
        Entry::Feature => product.feature(name),
        Entry::Limit => product.limit(name),
        Entry::Text => product.text(name),
        Entry::Pool => product.pool(name),
    };
    found.ok_or_else(|| unknown(entry.line(), name, product, product.names(entry)).into())
}

/// The entries of one license.
pub(super) fn listed(entries: Vec<Entitlement>) -> anyhow::Result<Entitlements> {
    Entitlements::new(entries).map_err(|error| {
        let hint = match error {
            EntitlementsError::Twice => "name each feature, limit, pool and text once",
            EntitlementsError::TooMany => "sell fewer, or shorter texts: they share 255 bytes",
        };
        Failure::usage(error.to_string()).hint(hint).into()
    })
}

/// Seats of a module are counted where those of the license are.
pub(super) fn check_pools(
    product: &Product,
    license_type: LicenseType,
    entitlements: &Entitlements,
) -> anyhow::Result<()> {
    let pool = |it: &Entitlement| matches!(product.entry(it.index), Some((Entry::Pool, _)));
    if license_type == LicenseType::Floating || !entitlements.iter().any(pool) {
        return Ok(());
    }
    Err(
        Failure::usage("a module with seats of its own is part of a floating license only")
            .hint("sell it with --type floating, or sell a feature")
            .into(),
    )
}

/// Only a site lends, and what it lends by has to fit into a code. `without`: how loans are left out.
pub(super) fn check_lending(terms: &OrderTerms, without: &str) -> anyhow::Result<()> {
    if terms.lend_days.is_none() {
        return Ok(());
    }
    if terms.license_type == LicenseType::Standalone {
        return Err(
            Failure::usage("a standalone license has no seats that can be lent")
                .hint(format!(
                    "sell it with --type floating or --type named, or {without}"
                ))
                .into(),
        );
    }
    // The length byte is counted with the certificate.
    let entries = terms.entitlements.encode().len() - 1;
    let most = text::LONGEST_PAYLOAD - SiteCertificate::MOST_BESIDE_ENTRIES;
    if entries > most {
        return Err(Failure::new(
            FailureKind::TooLongToLend,
            format!("what the license contains takes {entries} bytes, and {most} can be lent"),
        )
        .hint(format!(
            "sell fewer entries, or shorter texts, or {without}"
        ))
        .into());
    }
    Ok(())
}

/// A last day that is gone by may be meant, and is more often a slip.
pub(super) fn over_already(context: &mut Context, expires: Option<Day>) {
    let today = context.environment.now().day();
    if let Some(day) = expires.filter(|day| *day < today) {
        context.out.warn(format_args!(
            "the license expired on {day}: no request for it is answered"
        ));
    }
}

/// The same of what has a last day of its own.
pub(super) fn parts_over_already(context: &mut Context, contents: &Contents) {
    let today = context.environment.now().day();
    for (name, day) in contents.ends.iter().filter(|(_, day)| today > *day) {
        context.out.warn(format_args!(
            "{name} ended on {day}: no machine will use it"
        ));
    }
}

/// Maintenance ends with the license at the latest.
pub(super) fn check_dates(expires: Option<Day>, maintenance: Option<Day>) -> anyhow::Result<()> {
    if let (Some(expires), Some(maintenance)) = (expires, maintenance)
        && maintenance > expires
    {
        return Err(Failure::usage(format!(
            "maintenance until {maintenance} is longer than the license until {expires}"
        ))
        .hint("end maintenance with the license at the latest")
        .into());
    }
    Ok(())
}

pub(super) fn unknown<'a>(
    what: &str,
    name: &str,
    product: &Product,
    known: impl Iterator<Item = &'a str>,
) -> Failure {
    Failure::usage(format!("{} has no {what} {name}", product.name))
        .hint(format!("it has: {}", words::list(known)))
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use super::*;
    use crate::issuer::ledger::ProductId;
    use crate::protocol::date::Seconds;
    use crate::protocol::desk_certificate::DeskCertificate;
    use crate::protocol::grant::{EmergencyTerms, Grant, SignedGrant};
    use crate::text::{Code, Kind};

    /// Texts that take so many bytes of a list: each of them has two besides.
    fn entries(bytes: usize) -> Entitlements {
        let lengths = [64, 64, bytes - 3 * 2 - 2 * 64];
        let texts = (0..).zip(lengths).map(|(index, length)| {
            Entitlement::text(index, EntitledText::new(&"a".repeat(length)).unwrap())
        });
        let entries = Entitlements::new(texts.collect()).unwrap();
        assert_eq!(entries.encode().len(), 1 + bytes);
        entries
    }

    fn lends(entitlements: Entitlements) -> OrderTerms {
        OrderTerms {
            product: ProductId(1),
            customer: "Aurora Shipping".to_owned(),
            contact: None,
            seats: NonZeroU16::MIN,
            license_type: LicenseType::Floating,
            edition: 0,
            expires: None,
            maintenance: None,
            grace_days: 30,
            lend_days: NonZeroU8::new(14),
            emergency: None,
            entitlements,
            usb: None,
            order: None,
            note: None,
        }
    }

    /// The longest certificate of a site that contains this.
    fn certificate(entitlements: Entitlements) -> Vec<u8> {
        let grant = Grant {
            key_id: 1,
            request_tag: [0; 2],
            generation: 1,
            issued: Seconds(1),
            expires: None,
            maintenance: None,
            revalidate_by: None,
            seats: 1,
            edition: 0,
            license_type: LicenseType::Floating,
            site: true,
            max_loan: NonZeroU8::new(14),
            emergency: Some(EmergencyTerms {
                anchor: [0; 10],
                steps: 1,
                days: NonZeroU8::MIN,
            }),
            entitlements,
        };
        let signature = [0; 64];
        SiteCertificate {
            desk: Some(DeskCertificate::decode(&[0; DeskCertificate::LENGTH]).unwrap()),
            public_key: [0; 32],
            request_digest: [0; 32],
            machine: [0; 32],
            grant: SignedGrant { grant, signature },
        }
        .encode()
    }

    #[test]
    fn what_can_be_lent_is_what_fits_into_a_code() {
        for (bytes, fits) in [(177, true), (178, false)] {
            let entitlements = entries(bytes);
            let code = Code::new(Kind::SiteCard, certificate(entitlements.clone()));
            assert_eq!(code.to_text().is_ok(), fits, "{bytes}");
            let checked = check_lending(&lends(entitlements), "without --lend");
            assert_eq!(checked.is_ok(), fits, "{bytes}");
            if let Err(error) = checked {
                let failure = Failure::of(&error);
                assert_eq!(failure.kind, FailureKind::TooLongToLend);
                assert!(failure.message.contains("178 bytes"), "{}", failure.message);
            }
        }
    }
}
