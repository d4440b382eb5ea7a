//! What the commands of a desk print.

use std::path::PathBuf;

use serde::Serialize;

use super::{Change, Contents, MailSays, Named, RefusedRequest, Shown, Warning, shown};
use crate::issuer::ledger;
use crate::license_key::LicenseKey;
use crate::machine::UsbDevice;
use crate::protocol::contents;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::digest::ActivationId;
use crate::protocol::grant::LicenseType;
use crate::protocol::product::{Product, RootFingerprint};
use crate::text::Kind;

/// What `desk init` made.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct NewDesk {
    pub(crate) vendor: String,
    pub(crate) mail: Option<String>,
    pub(crate) root_fingerprint: Shown<RootFingerprint>,
    pub(crate) spare_root_fingerprint: Shown<RootFingerprint>,
    /// The file with the signing key.
    pub(crate) root_key: PathBuf,
    pub(crate) spare_root_key: PathBuf,
    pub(crate) encrypted: bool,
}

/// What `desk change` left.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct DeskChanged {
    pub(crate) vendor: String,
    pub(crate) mail: Option<String>,
    /// The ids of the products that have another version.
    pub(crate) products: Vec<String>,
}

/// What `desk clock` noted.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ClockNoted {
    pub(crate) clock: Shown<Seconds>,
}

/// What `product add` and `product change` did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ProductVersion {
    /// The product's id.
    pub(crate) product: String,
    pub(crate) version: u32,
    /// What is done with machines that are weakly bound, where nothing else was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) weak: Option<&'static str>,
}

/// The file that `product export` wrote.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Exported {
    /// The product's id.
    pub(crate) product: String,
    pub(crate) file: PathBuf,
}

/// A license that `license new` made.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Sold {
    pub(crate) license_key: Shown<LicenseKey>,
    /// The product's id.
    pub(crate) product: String,
    pub(crate) customer: String,
    /// What the vendor calls the order.
    pub(crate) order: Option<String>,
    /// Whether it was sold before, by the same order.
    pub(crate) before: bool,
}

/// A license as it was sold, of `license list` and `license show`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct License {
    pub(crate) license_key: Shown<LicenseKey>,
    /// The product's id.
    pub(crate) product: String,
    pub(crate) customer: String,
    /// Where its mail goes.
    pub(crate) contact: Option<String>,
    /// What the vendor calls the order.
    pub(crate) order: Option<String>,
    /// What the vendor notes of it, for itself.
    pub(crate) note: Option<String>,
    /// Seats in all.
    pub(crate) seats: u16,
    pub(crate) r#type: Named<LicenseType>,
    pub(crate) edition: Option<String>,
    /// The last day; null: perpetual.
    pub(crate) expires: Option<Shown<Day>>,
    /// The last day of maintenance; null: forever.
    pub(crate) maintenance: Option<Shown<Day>>,
    /// Days that a machine goes on without contact; 0: forever.
    pub(crate) grace: u16,
    /// The longest loan in days.
    pub(crate) lend: Option<u8>,
    /// The USB key that must be plugged in.
    pub(crate) usb: Option<Shown<UsbDevice>>,
    /// Emergency codes: STEPSxDAYS.
    pub(crate) emergency: Option<String>,
    #[serde(flatten)]
    pub(crate) contents: Contents,
}

impl License {
    pub(crate) fn of(key: LicenseKey, product: &Product, terms: &ledger::OrderTerms) -> License {
        let emergency = terms.emergency;
        License {
            license_key: Shown(key),
            product: product.id.clone(),
            customer: terms.customer.clone(),
            contact: terms.contact.clone(),
            order: terms.order.clone(),
            note: terms.note.clone(),
            seats: terms.seats.get(),
            r#type: Named(terms.license_type),
            edition: product.edition_name(terms.edition).map(str::to_owned),
            expires: shown(terms.expires),
            maintenance: shown(terms.maintenance),
            grace: terms.grace_days,
            lend: terms.lend_days.map(|days| days.get()),
            usb: shown(terms.usb.clone()),
            emergency: emergency.map(|it| format!("{}x{}", it.steps, it.days)),
            contents: contents::Contents::of(&terms.entitlements, Some(product)).into(),
        }
    }
}

/// A license of `license list`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ListedLicense {
    #[serde(flatten)]
    pub(crate) license: License,
    /// The first that fits: `void`, `revoked`, `expired`, `held`, `overdue`, `unused`, `active`.
    pub(crate) state: &'static str,
    pub(crate) seats_taken: u32,
    /// Machines that hold seats of it.
    pub(crate) machines: u32,
    /// The first day by which one of these has to be in contact; null: contact is never needed.
    pub(crate) revalidate_by: Option<Shown<Day>>,
    /// Whether one of them was to be in contact by now.
    pub(crate) overdue: bool,
    /// Whether a request was refused until the clerk or the manager decides.
    pub(crate) held: bool,
}

/// A license with what became of it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LicenseAtDesk {
    #[serde(flatten)]
    pub(crate) license: License,
    pub(crate) seats_taken: u32,
    pub(crate) moves: InAYear,
    pub(crate) exchanges: InAYear,
    pub(crate) returns: InAYear,
    /// Machines that were set up anew, or asked twice.
    pub(crate) anew: InAYear,
    pub(crate) revoked: bool,
    /// Made by mistake: nothing was ever granted of it.
    pub(crate) void: bool,
    /// How many events its history has.
    pub(crate) events: usize,
    pub(crate) activations: Vec<Activation>,
    /// What was noted of the license last, with `license note`.
    pub(crate) noted: Option<String>,
    /// Requests for it that were refused and of which the history does not tell, oldest first; the last 20.
    pub(crate) refusals: Vec<RefusedRequest>,
    /// Older ones, which are counted.
    pub(crate) refusals_forgotten: u32,
}

/// How often something happened within 365 days, and how often it may.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct InAYear {
    pub(crate) counted: u32,
    pub(crate) of: u32,
}

/// A machine that holds or held the license.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Activation {
    pub(crate) activation: Shown<ActivationId>,
    /// `in_use`; `replaced` where another was activated in its place and nobody gave it up; or how it ended.
    pub(crate) state: &'static str,
    pub(crate) seats: u16,
    pub(crate) generation: u16,
    /// The last generation that is proven to be held; 0: none yet.
    pub(crate) proven: u16,
    /// What it is bound to, by name.
    pub(crate) bound_to: Vec<String>,
    /// Whoever copies its disk or image copies the license too.
    pub(crate) weak: bool,
    /// Seats that it gave back and that are not free yet.
    pub(crate) resting: Option<Resting>,
    /// The last verdict on it.
    pub(crate) verdict: Option<String>,
    /// What that rests on, in a sentence.
    pub(crate) evidence: Option<String>,
    /// Requests that were refused, beyond what the history takes.
    pub(crate) not_recorded: u32,
    /// How many emergency codes were read out.
    pub(crate) emergency_codes: usize,
    pub(crate) first_contact: Shown<Seconds>,
    pub(crate) last_contact: Shown<Seconds>,
    /// What the mail of its last request said of the machine, which proves nothing.
    pub(crate) says: Option<MailSays>,
    /// What was noted of it last.
    pub(crate) note: Option<String>,
}

/// Seats that are not free yet.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Resting {
    pub(crate) seats: u16,
    /// The last day on which they are not; null where somebody has to say so.
    pub(crate) free_after: Option<Shown<Day>>,
    /// Why so long: `returns`, the license had as many RETURNs as it has; `lent`, workstations may have them; `kept`, for the one of `kept_for`.
    pub(crate) why: &'static str,
    /// The last day on which workstations may have them; null where that is over, or the license lends nothing.
    pub(crate) lent_until: Option<Shown<Day>>,
    /// How many were on loan when a site told of it last that was released as lost; 0 where it never did, or gave up.
    pub(crate) on_loan: u16,
    /// The activation for which they are kept, until then or for a part of it, which had the place before.
    pub(crate) kept_for: Option<Shown<ActivationId>>,
}

/// What `license change` did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Changed {
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) changes: Vec<Change>,
}

/// What `license revoke` did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Revoked {
    pub(crate) license_key: Shown<LicenseKey>,
    /// False where that was taken back.
    pub(crate) revoked: bool,
    /// The last day on which a machine goes on with it without contact; null where none does, or for ever.
    pub(crate) runs_until: Option<Shown<Day>>,
    pub(crate) runs_for_ever: bool,
}

/// What `license void` did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Voided {
    pub(crate) license_key: Shown<LicenseKey>,
    /// False where that was taken back.
    pub(crate) void: bool,
}

/// The mail of `license mail`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Mail {
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) from: Option<String>,
    pub(crate) to: Option<String>,
    pub(crate) subject: String,
    pub(crate) body: String,
}

/// What `release` did.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Released {
    pub(crate) activation: Shown<ActivationId>,
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) seats_freed: u16,
    /// Seats that are not free yet: given back and kept, or on loan.
    pub(crate) resting: Option<Resting>,
    pub(crate) warnings: Vec<Warning>,
}

/// A code of `emergency`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct EmergencyCode {
    pub(crate) code: String,
    /// The words by which both ends compare the code.
    pub(crate) phrase: String,
    /// In the radio alphabet, with `--spell`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) spelled: Option<String>,
    pub(crate) kind: Named<Kind>,
    pub(crate) license_key: Shown<LicenseKey>,
    pub(crate) activation: Shown<ActivationId>,
    /// Always null: nothing was asked.
    pub(crate) verdict: (),
    pub(crate) corrections: [String; 0],
    pub(crate) warnings: [Warning; 0],
    /// The generation that it is for.
    pub(crate) generation: u16,
    pub(crate) step: u8,
    /// Steps in all.
    pub(crate) steps: u8,
    /// The day that the machine goes on until without contact.
    pub(crate) until: Shown<Day>,
    /// The activation that took its place, where one did.
    pub(crate) held_by: Option<Shown<ActivationId>>,
    /// Those that had its place before and may be at work still: for them this code is none.
    pub(crate) rivals: Vec<Shown<ActivationId>>,
}

/// What `ledger verify` went through.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct VerifiedLedger {
    pub(crate) events: u64,
    pub(crate) answers: u64,
    pub(crate) licenses: u64,
    pub(crate) activations: u64,
    /// How many checkpoints the history was held against, and goes through.
    pub(crate) checkpoints: usize,
    /// The head of the history's chain, in hexadecimal digits.
    pub(crate) head: String,
}

/// The key files that `desk passphrase` wrote anew.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct KeysChanged {
    pub(crate) files: Vec<PathBuf>,
    /// False where they have no passphrase any more.
    pub(crate) encrypted: bool,
}

/// What `ledger backup` wrote.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct BackedUp {
    pub(crate) file: PathBuf,
    pub(crate) events: u64,
    /// When the last of them was made.
    pub(crate) last: Shown<Seconds>,
    /// The head of the history's chain, in hexadecimal digits.
    pub(crate) head: String,
}

/// What `ledger restore` did, or would do.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct PutBack {
    /// False with `--dry-run`: nothing was changed.
    pub(crate) restored: bool,
    /// Events of the backup.
    pub(crate) events: u64,
    /// When the last of them was made.
    pub(crate) last: Shown<Seconds>,
    /// Events that the ledger had and the backup has not; null where the ledger could not be read.
    pub(crate) lost: Option<u64>,
    /// Whether the backup is of before a root was replaced, which signs again by it.
    pub(crate) root_returns: bool,
    /// Products of which the ledger had a later version: `product change ID --shipped FILE`.
    pub(crate) products_behind: Vec<String>,
    /// Proposals that waited by the backup, and are declined: they may have been done since.
    pub(crate) proposals_declined: Vec<i64>,
    /// The file in which the ledger lies that stood there.
    pub(crate) aside: Option<PathBuf>,
}

/// What `ledger checkpoint` wrote.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct CheckpointMade {
    pub(crate) events: u64,
    /// The head of the history's chain, in hexadecimal digits.
    pub(crate) head: String,
    pub(crate) made: Shown<Seconds>,
    /// The file that was written, where one was named.
    pub(crate) file: Option<PathBuf>,
    /// The checkpoint itself, as it is to be kept.
    pub(crate) checkpoint: String,
}
