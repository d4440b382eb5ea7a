//! The codes that ask or give up: ACTIVATE, SYNC, RETURN, BORROW (SPEC.md 4.1 to 4.3, 4.6). Never signed.

use std::num::{NonZeroU8, NonZeroU16};

use super::commitment::{Commitment, RequestSecret, SyncProof};
use super::date::Seconds;
use super::digest::{ActivationId, MachineBinding};
use super::entitlements::Entitlements;
use super::wire::{Reader, WireError, check_flags, push_u24};
use crate::license_key::LicenseKey;
use crate::machine::Fingerprint;
use crate::messages;

const FINGERPRINT: u8 = 1;
const BINDINGS: u8 = 1 << 1;
const SEATS: u8 = 1 << 2;
const USB: u8 = 1 << 3;
const SITE_KEY: u8 = 1 << 4;
const SITE: u8 = 1 << 5;
const EXTEND: u8 = 1;
const WANTED: u8 = 1 << 1;

/// ACTIVATE: a machine asks for a license (SPEC.md 4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activate {
    /// Two bytes of the product's id.
    pub product_tag: [u8; 2],
    /// The license.
    pub key: LicenseKey,
    /// Commitment to the request's secret; its first 4 bytes are the activation id.
    pub commitment: Commitment,
    /// What the machine believes the time is.
    pub clock: Seconds,
    /// The machine's fingerprint, unless the product does without or nothing is known.
    pub fingerprint: Option<Fingerprint>,
    /// Digest of the bindings, where the product has such.
    pub bindings: Option<[u8; 8]>,
    /// Seats wanted; absent: all that are free.
    pub seats: Option<NonZeroU16>,
    /// Digest of the USB key the license is bound to.
    pub usb: Option<[u8; 8]>,
    /// The public key with which this site will sign: its site key.
    pub site_key: Option<[u8; 32]>,
}

/// SYNC: a licensed machine asks for its license as it now is (SPEC.md 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sync {
    /// The activation.
    pub activation: ActivationId,
    /// The generation held.
    pub generation: u16,
    /// Opens the commitment of the generation held.
    pub proof: SyncProof,
    /// Commitment of the generation asked for.
    pub commitment: Commitment,
    /// What the machine believes the time is.
    pub clock: Seconds,
    /// The fingerprint, where it changed.
    pub fingerprint: Option<Fingerprint>,
    /// The bindings' digest, where it changed.
    pub bindings: Option<[u8; 8]>,
    /// The USB key's digest, where it changed; [`NO_USB`]: none from now on.
    pub usb: Option<[u8; 8]>,
    /// Another site key than the one that stands, or the first.
    pub site_key: Option<[u8; 32]>,
    /// A lending site's loans.
    pub site: Option<SiteReport>,
}

/// In place of a USB key's digest: the license is bound to none any more (SPEC.md 4.2).
pub const NO_USB: [u8; 8] = [0; 8];

impl Sync {
    /// The USB key that is bound to once this is answered, from the one that was.
    pub fn usb_after(&self, before: Option<[u8; 8]>) -> Option<[u8; 8]> {
        self.usb.or(before).filter(|usb| *usb != NO_USB)
    }
}

/// What a lending site reports of its loans with each SYNC (SPEC.md 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteReport {
    /// Loans that are out; any number, 0 too.
    pub loans_out: u16,
    /// Serial of the last loan, 24 bits; 0 where there was none.
    pub last_serial: u32,
    /// Head of the site's history of loans, zeros where there was none.
    pub head: [u8; 8],
}

/// RETURN of an activation or of a loan, which differ by their kind alone (SPEC.md 4.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// The activation, or the first 4 bytes of the C of the BORROW.
    pub activation: ActivationId,
    /// The secret of the request whose grant is given up.
    pub secret: RequestSecret,
}

/// BORROW: a workstation asks a site for a seat, or to extend its loan (SPEC.md 4.6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Borrow {
    /// The site's license.
    pub key: LicenseKey,
    /// Commitment to the request's secret.
    pub commitment: Commitment,
    /// The workstation's fingerprint.
    pub fingerprint: Fingerprint,
    /// Days wanted.
    pub days: NonZeroU8,
    /// What the workstation believes the time is.
    pub clock: Seconds,
    /// First two bytes of the digest of the site certificate known here; zeros: none.
    pub certificate_tag: [u8; 2],
    /// Serial (24 bits) of the loan to extend.
    pub extends: Option<u32>,
    /// The features that are wanted, by their index and nothing else; absent: all that the site lends.
    pub wanted: Option<Entitlements>,
}

fn key(reader: &mut Reader<'_>) -> Result<LicenseKey, WireError> {
    LicenseKey::from_bytes(reader.array()?)
        .map_err(|_| WireError::Value(messages::protocol::field_license_key()))
}

fn fingerprint(reader: &mut Reader<'_>) -> Result<Fingerprint, WireError> {
    Fingerprint::from_bytes(&reader.array()?)
        .map_err(|_| WireError::Value(messages::protocol::field_fingerprint()))
}

/// The USB key of an ACTIVATE, which says that there is none by naming none.
fn usb(reader: &mut Reader<'_>) -> Result<[u8; 8], WireError> {
    match reader.array()? {
        NO_USB => Err(WireError::Value(messages::protocol::field_usb_key())),
        usb => Ok(usb),
    }
}

impl Activate {
    /// What stands if it is answered (SPEC.md 5.2).
    pub fn standing(&self) -> MachineBinding {
        MachineBinding {
            activation: self.commitment.activation_id(),
            fingerprint: self.fingerprint,
            bindings: self.bindings,
            usb: self.usb,
        }
    }

    /// Reads a payload of kind A.
    pub fn decode(payload: &[u8]) -> Result<Activate, WireError> {
        let mut reader = Reader::new(payload);
        let flags = check_flags(
            reader.u8()?,
            FINGERPRINT | BINDINGS | SEATS | USB | SITE_KEY,
        )?;
        let request = Activate {
            product_tag: reader.array()?,
            key: key(&mut reader)?,
            commitment: Commitment(reader.array()?),
            clock: Seconds(reader.u32()?),
            fingerprint: reader.optional(flags & FINGERPRINT != 0, fingerprint)?,
            bindings: reader.optional(flags & BINDINGS != 0, Reader::array)?,
            seats: reader.optional(flags & SEATS != 0, |r| {
                NonZeroU16::new(r.u16()?).ok_or(WireError::Value(messages::protocol::field_seats()))
            })?,
            usb: reader.optional(flags & USB != 0, usb)?,
            site_key: reader.optional(flags & SITE_KEY != 0, Reader::array)?,
        };
        reader.end()?;
        Ok(request)
    }

    /// Writes the payload: 24 bytes and what is optional.
    pub fn encode(&self) -> Vec<u8> {
        let flags = flag(FINGERPRINT, self.fingerprint.is_some())
            | flag(BINDINGS, self.bindings.is_some())
            | flag(SEATS, self.seats.is_some())
            | flag(USB, self.usb.is_some())
            | flag(SITE_KEY, self.site_key.is_some());
        let mut out = vec![flags];
        out.extend_from_slice(&self.product_tag);
        out.extend_from_slice(&self.key.to_bytes());
        out.extend_from_slice(&self.commitment.0);
        out.extend_from_slice(&self.clock.0.to_be_bytes());
        push_optional(
            &mut out,
            self.fingerprint.as_ref().map(Fingerprint::to_bytes),
        );
        push_optional(&mut out, self.bindings);
        push_optional(&mut out, self.seats.map(|seats| seats.get().to_be_bytes()));
        push_optional(&mut out, self.usb);
        push_optional(&mut out, self.site_key);
        out
    }
}

impl Sync {
    /// Reads a payload of kind S.
    pub fn decode(payload: &[u8]) -> Result<Sync, WireError> {
        let mut reader = Reader::new(payload);
        let flags = check_flags(reader.u8()?, FINGERPRINT | BINDINGS | USB | SITE_KEY | SITE)?;
        let request = Sync {
            activation: ActivationId(reader.array()?),
            generation: NonZeroU16::new(reader.u16()?)
                .ok_or(WireError::Value(messages::protocol::field_generation()))?
                .get(),
            proof: SyncProof(reader.array()?),
            commitment: Commitment(reader.array()?),
            clock: Seconds(reader.u32()?),
            fingerprint: reader.optional(flags & FINGERPRINT != 0, fingerprint)?,
            bindings: reader.optional(flags & BINDINGS != 0, Reader::array)?,
            usb: reader.optional(flags & USB != 0, Reader::array)?,
            site_key: reader.optional(flags & SITE_KEY != 0, Reader::array)?,
            site: reader.optional(flags & SITE != 0, |r| {
                Ok(SiteReport {
                    loans_out: r.u16()?,
                    last_serial: r.u24()?,
                    head: r.array()?,
                })
            })?,
        };
        reader.end()?;
        Ok(request)
    }

    /// Writes the payload: 33 bytes and what is optional.
    pub fn encode(&self) -> Vec<u8> {
        let flags = flag(FINGERPRINT, self.fingerprint.is_some())
            | flag(BINDINGS, self.bindings.is_some())
            | flag(USB, self.usb.is_some())
            | flag(SITE_KEY, self.site_key.is_some())
            | flag(SITE, self.site.is_some());
        let mut out = vec![flags];
        out.extend_from_slice(&self.activation.0);
        out.extend_from_slice(&self.generation.to_be_bytes());
        out.extend_from_slice(&self.proof.0);
        out.extend_from_slice(&self.commitment.0);
        out.extend_from_slice(&self.clock.0.to_be_bytes());
        push_optional(
            &mut out,
            self.fingerprint.as_ref().map(Fingerprint::to_bytes),
        );
        push_optional(&mut out, self.bindings);
        push_optional(&mut out, self.usb);
        push_optional(&mut out, self.site_key);
        if let Some(site) = &self.site {
            out.extend_from_slice(&site.loans_out.to_be_bytes());
            push_u24(&mut out, site.last_serial);
            out.extend_from_slice(&site.head);
        }
        out
    }
}

impl Return {
    /// Reads a payload of kind R or T.
    pub fn decode(payload: &[u8]) -> Result<Return, WireError> {
        let mut reader = Reader::new(payload);
        let given_up = Return {
            activation: ActivationId(reader.array()?),
            secret: RequestSecret::new(reader.array()?),
        };
        reader.end()?;
        Ok(given_up)
    }

    /// Writes the payload, 16 bytes.
    pub fn encode(&self) -> Vec<u8> {
        [self.activation.0.as_slice(), self.secret.reveal()].concat()
    }
}

impl Borrow {
    /// Reads a payload of kind B.
    pub fn decode(payload: &[u8]) -> Result<Borrow, WireError> {
        let mut reader = Reader::new(payload);
        let flags = check_flags(reader.u8()?, EXTEND | WANTED)?;
        let request = Borrow {
            key: key(&mut reader)?,
            commitment: Commitment(reader.array()?),
            fingerprint: fingerprint(&mut reader)?,
            days: NonZeroU8::new(reader.u8()?)
                .ok_or(WireError::Value(messages::protocol::field_days()))?,
            clock: Seconds(reader.u32()?),
            certificate_tag: reader.array()?,
            extends: reader.optional(flags & EXTEND != 0, Reader::u24)?,
            wanted: reader.optional(flags & WANTED != 0, Entitlements::read_wanted)?,
        };
        reader.end()?;
        Ok(request)
    }

    /// Writes the payload: 36 bytes and what is optional.
    pub fn encode(&self) -> Vec<u8> {
        let flags = flag(EXTEND, self.extends.is_some()) | flag(WANTED, self.wanted.is_some());
        let mut out = vec![flags];
        out.extend_from_slice(&self.key.to_bytes());
        out.extend_from_slice(&self.commitment.0);
        out.extend_from_slice(&self.fingerprint.to_bytes());
        out.push(self.days.get());
        out.extend_from_slice(&self.clock.0.to_be_bytes());
        out.extend_from_slice(&self.certificate_tag);
        if let Some(serial) = self.extends {
            push_u24(&mut out, serial);
        }
        if let Some(wanted) = &self.wanted {
            out.append(&mut wanted.encode());
        }
        out
    }
}

fn flag(bit: u8, on: bool) -> u8 {
    if on { bit } else { 0 }
}

fn push_optional<const N: usize>(out: &mut Vec<u8>, field: Option<[u8; N]>) {
    if let Some(bytes) = field {
        out.extend_from_slice(&bytes);
    }
}
