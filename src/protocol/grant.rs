//! GRANT: the whole state of a license on one machine, as its issuer signs it (SPEC.md 4.4).

use std::num::NonZeroU8;

use super::date::{Day, Seconds};
use super::entitlements::Entitlements;
use super::wire::{Reader, WireError, check_flags};
use crate::messages;

const TYPE: u8 = 0b11;
const MAX_LOAN: u8 = 1 << 2;
const EMERGENCY: u8 = 1 << 3;
const SITE: u8 = 1 << 4;

/// How seats of a license are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LicenseType {
    /// One machine, node-locked: each activation takes one seat.
    Standalone,
    /// Any number of installations, at most so many in use at once.
    Floating,
    /// Users who are named.
    Named,
}

impl LicenseType {
    /// All of them.
    pub const ALL: [LicenseType; 3] = [
        LicenseType::Standalone,
        LicenseType::Floating,
        LicenseType::Named,
    ];

    /// The name used on the command line and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            LicenseType::Standalone => "standalone",
            LicenseType::Floating => "floating",
            LicenseType::Named => "named",
        }
    }

    /// The type of a name.
    pub fn named(name: &str) -> Option<LicenseType> {
        LicenseType::ALL.into_iter().find(|it| it.name() == name)
    }

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            LicenseType::Standalone => messages::protocol::type_standalone(),
            LicenseType::Floating => messages::protocol::type_floating(),
            LicenseType::Named => messages::protocol::type_named(),
        }
    }

    /// The two bits on the wire.
    pub const fn bits(self) -> u8 {
        match self {
            LicenseType::Standalone => 0,
            LicenseType::Floating => 1,
            LicenseType::Named => 2,
        }
    }

    /// From the two bits on the wire.
    pub const fn from_bits(bits: u8) -> Option<LicenseType> {
        match bits {
            0 => Some(LicenseType::Standalone),
            1 => Some(LicenseType::Floating),
            2 => Some(LicenseType::Named),
            _ => None,
        }
    }
}

/// The end of the emergency chain that a grant carries (SPEC.md 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmergencyTerms {
    /// xₙ.
    pub anchor: [u8; 10],
    /// n, 1 to 31.
    pub steps: u8,
    /// Days that each step moves "revalidate by".
    pub days: NonZeroU8,
}

/// What a GRANT says. Not trusted by itself: see [`super::trust`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which public key to try first.
    pub key_id: u8,
    /// First two bytes of the digest of the request that this answers.
    pub request_tag: [u8; 2],
    /// Counts the grants of an activation, from 1.
    pub generation: u16,
    /// When it was signed.
    pub issued: Seconds,
    /// Last day of the license; `None`: perpetual.
    pub expires: Option<Day>,
    /// Last day of maintenance; `None`: for ever.
    pub maintenance: Option<Day>,
    /// Last day without another contact; `None`: never needed.
    pub revalidate_by: Option<Day>,
    /// Seats of this activation; never 0.
    pub seats: u16,
    /// n-th edition of the product, from 1; 0: none.
    pub edition: u8,
    /// How the seats are used.
    pub license_type: LicenseType,
    /// Whether the holder is a site, never one of a standalone license: the site key that stands is the subject of the signature.
    pub site: bool,
    /// Longest loan in days, where the holder may lend: a site only.
    pub max_loan: Option<NonZeroU8>,
    /// The emergency chain, where there is one.
    pub emergency: Option<EmergencyTerms>,
    /// Features, limits, pools and texts.
    pub entitlements: Entitlements,
}

impl Grant {
    /// The most bytes of a body beside its list of entries, whose length byte is among them: with "longest loan" and emergency steps (SPEC.md 4.5).
    pub const MOST_BESIDE_ENTRIES: usize = 33;

    /// The body that is signed, 20 bytes and what is optional.
    pub fn encode_body(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(48);
        out.push(self.key_id);
        out.extend_from_slice(&self.request_tag);
        out.extend_from_slice(&self.generation.to_be_bytes());
        out.extend_from_slice(&self.issued.0.to_be_bytes());
        for day in [self.expires, self.maintenance, self.revalidate_by] {
            out.extend_from_slice(&Day::wire(day).to_be_bytes());
        }
        out.extend_from_slice(&self.seats.to_be_bytes());
        out.push(self.edition);
        let flags = [
            (MAX_LOAN, self.max_loan.is_some()),
            (EMERGENCY, self.emergency.is_some()),
            (SITE, self.site),
        ];
        let flags = flags.iter().filter(|(_, on)| *on);
        out.push(flags.fold(self.license_type.bits(), |flags, (flag, _)| flags | flag));
        if let Some(days) = self.max_loan {
            out.push(days.get());
        }
        if let Some(terms) = &self.emergency {
            out.extend_from_slice(&terms.anchor);
            out.push(terms.steps);
            out.push(terms.days.get());
        }
        out.append(&mut self.entitlements.encode());
        out
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Grant, WireError> {
        let key_id = reader.u8()?;
        let request_tag = reader.array()?;
        let generation = reader.u16()?;
        if generation == 0 {
            return Err(WireError::Value(messages::protocol::field_generation()));
        }
        let issued = Seconds(reader.u32()?);
        let [expires, maintenance, revalidate_by] = [
            Day::new(reader.u16()?),
            Day::new(reader.u16()?),
            Day::new(reader.u16()?),
        ];
        let seats = reader.u16()?;
        if seats == 0 {
            return Err(WireError::Value(messages::protocol::field_seats()));
        }
        let edition = reader.u8()?;
        let flags = check_flags(reader.u8()?, TYPE | MAX_LOAN | EMERGENCY | SITE)?;
        let license_type = LicenseType::from_bits(flags & TYPE)
            .ok_or(WireError::Value(messages::protocol::field_type()))?;
        let site = flags & SITE != 0;
        let standalone = license_type == LicenseType::Standalone;
        // Only a site lends, and who holds a single seat is none.
        if (flags & MAX_LOAN != 0 && !site) || (site && standalone) {
            return Err(WireError::Value(messages::protocol::field_flags()));
        }
        Ok(Grant {
            key_id,
            request_tag,
            generation,
            issued,
            expires,
            maintenance,
            revalidate_by,
            seats,
            edition,
            license_type,
            site,
            max_loan: reader.optional(flags & MAX_LOAN != 0, |r| {
                nonzero(r, messages::protocol::field_longest_loan())
            })?,
            emergency: reader.optional(flags & EMERGENCY != 0, emergency_terms)?,
            entitlements: Entitlements::read(reader)?,
        })
    }
}

fn nonzero(reader: &mut Reader<'_>, field: &'static str) -> Result<NonZeroU8, WireError> {
    NonZeroU8::new(reader.u8()?).ok_or(WireError::Value(field))
}

fn emergency_terms(reader: &mut Reader<'_>) -> Result<EmergencyTerms, WireError> {
    let anchor = reader.array()?;
    let steps = reader.u8()?;
    if !(1..=31).contains(&steps) {
        return Err(WireError::Value(messages::protocol::field_emergency_steps()));
    }
    Ok(EmergencyTerms {
        anchor,
        steps,
        days: nonzero(reader, messages::protocol::field_emergency_days())?,
    })
}

/// A GRANT with the signature it claims, which is yet to be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedGrant {
    /// What it says.
    pub grant: Grant,
    /// Ed25519 over the transcript of SPEC.md 5.3.
    pub signature: [u8; 64],
}

impl SignedGrant {
    /// Reads a payload of kind G.
    pub fn decode(payload: &[u8]) -> Result<SignedGrant, WireError> {
        let mut reader = Reader::new(payload);
        let signed = SignedGrant::read(&mut reader)?;
        reader.end()?;
        Ok(signed)
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<SignedGrant, WireError> {
        Ok(SignedGrant {
            grant: Grant::read(reader)?,
            signature: reader.array()?,
        })
    }

    /// Writes the payload: body and signature.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.grant.encode_body();
        out.extend_from_slice(&self.signature);
        out
    }
}
