//! What a key may sign.

use std::fmt;

use crate::issuer::ledger::OrderTerms;
use crate::protocol::date::Day;
use crate::protocol::desk_certificate::{
    DeskCertificate, Limit, MANAGER, MAY_GRANT, MAY_GRANT_EMERGENCY, MAY_GRANT_LENDING,
};

/// What a key may sign; a number of 0 is no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The last day on which it may sign.
    pub until: Day,
    /// What, and what for: `MAY_…`, `MANAGER` and `ONE_PRODUCT` of [`crate::protocol::desk_certificate`].
    pub kinds: u8,
    /// Most seats of a grant.
    pub max_seats: u16,
    /// Most days from an answer to the next re-validation.
    pub max_grace: u16,
    /// The longest loan, days.
    pub max_loan: u8,
    /// Most days of emergency steps together.
    pub max_emergency: u8,
    /// The only product that it is for.
    pub product: Option<String>,
}

/// What a certificate lets its key sign, in words.
pub struct May<'a>(pub &'a DeskCertificate, pub &'a str);

impl fmt::Display for May<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let May(it, product) = self;
        let mut parts = Vec::new();
        let mut most = |number: u16, one: &str, many: &str| match number {
            0 => {}
            1 => parts.push(format!("up to 1 {one}")),
            more => parts.push(format!("up to {more} {many}")),
        };
        most(it.max_seats, "seat", "seats");
        most(it.max_grace, "day of grace", "days of grace");
        match it.kinds & MAY_GRANT_LENDING {
            0 => parts.push("no lending".to_owned()),
            _ => most(it.max_loan.into(), "day of a loan", "days of a loan"),
        }
        match it.kinds & MAY_GRANT_EMERGENCY {
            0 => parts.push("no emergency steps".to_owned()),
            _ => {
                let (one, many) = ("emergency day", "emergency days");
                match it.max_emergency {
                    0 => parts.push("any number of emergency days".to_owned()),
                    1 => parts.push(format!("up to 1 {one}")),
                    more => parts.push(format!("up to {more} {many}")),
                }
            }
        }
        if !product.is_empty() {
            parts.push(format!("{product} only"));
        }
        if it.kinds & MANAGER != 0 {
            parts.push("a manager's".to_owned());
        }
        if let Some(day) = it.not_after {
            parts.push(format!("until {day}"));
        }
        f.write_str(&parts.join(", "))
    }
}

/// Which limit of a certificate an order is beyond, of what is not as it was before: nobody is to sell what he may not answer. The seats of a standalone
/// license are counted together, although each machine is answered by itself. `only` is the one product that it is for; empty for all.
///
/// # Errors
/// The limit.
pub fn beyond(
    (it, only): (&DeskCertificate, &str),
    product: &str,
    before: Option<&OrderTerms>,
    after: &OrderTerms,
) -> Result<(), Limit> {
    let changed = |same: fn(&OrderTerms, &OrderTerms) -> bool| {
        before.is_none_or(|before| !same(before, after))
    };
    if !only.is_empty() && only != product {
        return Err(Limit::Product);
    }
    let mut needed = MAY_GRANT;
    if after.lend_days.is_some() && changed(|a, b| a.lend_days == b.lend_days) {
        needed |= MAY_GRANT_LENDING;
    }
    if after.emergency.is_some() && changed(|a, b| a.emergency == b.emergency) {
        needed |= MAY_GRANT_EMERGENCY;
    }
    if it.kinds & needed != needed {
        return Err(Limit::Kind);
    }
    let most = |most: u16, number: u16| most != 0 && number > most;
    if most(it.max_seats, after.seats.get()) && changed(|a, b| a.seats == b.seats) {
        return Err(Limit::Seats(it.max_seats));
    }
    let grace = after.grace_days;
    let ever = it.max_grace != 0 && grace == 0;
    if (ever || most(it.max_grace, grace)) && changed(|a, b| a.grace_days == b.grace_days) {
        return Err(Limit::Grace(it.max_grace));
    }
    if needed & MAY_GRANT_LENDING != 0 {
        let days = after.lend_days.map_or(0, |days| days.get().into());
        if most(it.max_loan.into(), days) {
            return Err(Limit::Loan(it.max_loan));
        }
    }
    if needed & MAY_GRANT_EMERGENCY != 0 {
        let days = after
            .emergency
            .map_or(0, |it| u16::from(it.steps.get()) * u16::from(it.days.get()));
        if most(it.max_emergency.into(), days) {
            return Err(Limit::Emergency(it.max_emergency.into()));
        }
    }
    Ok(())
}
