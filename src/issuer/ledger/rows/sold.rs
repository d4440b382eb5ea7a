//! What is kept of an order.

use std::num::{NonZeroU8, NonZeroU16};

use serde::{Deserialize, Serialize};

use super::ProductId;
use crate::issuer::ledger::canon::Canon;
use crate::machine::UsbDevice;
use crate::protocol::date::Day;
use crate::protocol::entitlements::Entitlements;
use crate::protocol::grant::LicenseType;

/// How an emergency code may move "revalidate by" (SPEC.md 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct EmergencyAllowance {
    /// Steps in all, 1 to 31.
    pub steps: NonZeroU8,
    /// Days each step adds.
    pub days: NonZeroU8,
}

/// What was ordered: one row per order, however many licenses it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct OrderTerms {
    /// The product it is for.
    pub product: ProductId,
    /// Whom it was sold to, as people write it.
    pub customer: String,
    /// Where its mail goes, as said, not as proven.
    pub contact: Option<String>,
    /// Seats in all.
    pub seats: NonZeroU16,
    /// Standalone, floating or named.
    pub license_type: LicenseType,
    /// The n-th edition of the product, from 1; 0 none.
    pub edition: u8,
    /// The last day of use; none: perpetual.
    pub expires: Option<Day>,
    /// The last day of maintenance; none: for ever.
    pub maintenance: Option<Day>,
    /// Days from a grant to its "revalidate by"; 0: never.
    pub grace_days: u16,
    /// The longest loan in days; none: it does not lend.
    pub lend_days: Option<NonZeroU8>,
    /// What emergency codes may do; none: nothing.
    pub emergency: Option<EmergencyAllowance>,
    /// Features and limits, by the product's catalogue.
    pub entitlements: Entitlements,
    /// The USB key that must be present (SPEC.md 6.3).
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub usb: Option<UsbDevice>,
    /// What the vendor calls the order: there is one of a name.
    pub order: Option<String>,
    /// What the vendor notes of it, for itself.
    pub note: Option<String>,
}

impl OrderTerms {
    /// Whether its site may lend seats: loans were sold, and there are seats to give on.
    pub fn lends(&self) -> bool {
        self.lend_days.is_some() && self.license_type != LicenseType::Standalone
    }

    /// Whether its site signs, and so needs a key of its own: who its users are, or what it lends (SPEC.md 9.4).
    pub fn signs(&self) -> bool {
        self.lends() || self.license_type == LicenseType::Named
    }

    /// What the history says of an order: a digest over every field, the product being named as people name it. Its row number alone would
    /// be another product once two rows were swapped.
    pub fn digest(&self, product: &str) -> [u8; 32] {
        let (steps, days) = match self.emergency {
            Some(allowance) => (allowance.steps.get(), allowance.days.get()),
            None => (0, 0),
        };
        let usb = self.usb.as_ref().map(UsbDevice::to_string);
        Canon::new("countersign v1 ledger terms")
            .bytes(product.as_bytes())
            .bytes(self.customer.as_bytes())
            .optional(self.contact.as_deref().map(str::as_bytes))
            .number(self.seats.get())
            .number(self.license_type.bits())
            .number(self.edition)
            .number(Day::wire(self.expires))
            .number(Day::wire(self.maintenance))
            .number(self.grace_days)
            .number(self.lend_days.map_or(0, NonZeroU8::get))
            .number(steps)
            .number(days)
            .bytes(&self.entitlements.encode())
            .optional(usb.as_deref().map(str::as_bytes))
            .optional(self.order.as_deref().map(str::as_bytes))
            .optional(self.note.as_deref().map(str::as_bytes))
            .finish()
    }
}
