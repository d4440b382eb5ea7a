//! Who is who in the vectors: keys, a license, a machine, what it asks and what it is granted.

use std::num::NonZeroU8;

use countersign::license_key::LicenseKey;
use countersign::machine::{Facts, Fingerprint};
use countersign::protocol::commitment::RequestSecret;
use countersign::protocol::date::Seconds;
use countersign::protocol::desk_certificate::{
    DeskCertificate, MAY_GRANT, MAY_GRANT_EMERGENCY, MAY_GRANT_LENDING,
};
use countersign::protocol::digest::{Digest, MachineBinding, key_id, product_tag};
use countersign::protocol::emergency::chain;
use countersign::protocol::entitlements::{Entitlement, Entitlements};
use countersign::protocol::grant::{EmergencyTerms, Grant, LicenseType};
use countersign::protocol::requests::{Activate, Sync};
use countersign::protocol::trust::{Transcript, certificate_digest};
use countersign::text::Kind;
use ed25519_dalek::{Signer, SigningKey};

/// Seeds of the keys: 32 times this byte.
pub(crate) const ROOT: u8 = 1;
pub(crate) const SPARE: u8 = 2;
pub(crate) const DESK: u8 = 5;
pub(crate) const SITE: u8 = 7;
pub(crate) const STRANGER: u8 = 9;

pub(crate) const PRODUCT: &str = "survey";
/// 2026-11-22T13:17:00Z.
pub(crate) const NOW: Seconds = Seconds(217_516_620);
/// x₀ of the emergency chain.
pub(crate) const X0: [u8; 10] = [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69];
pub(crate) const BINDINGS: [u8; 8] = [0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7];
pub(crate) const USB: [u8; 8] = [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57];

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub(crate) fn public(seed: u8) -> [u8; 32] {
    key(seed).verifying_key().to_bytes()
}

pub(crate) fn license() -> LicenseKey {
    LicenseKey::from_number(12_345_678_901).unwrap()
}

/// r: twelve bytes that count up from `first`.
pub(crate) fn secret(first: u8) -> RequestSecret {
    RequestSecret::new(std::array::from_fn(|at| first + at as u8))
}

/// What the machine knows about itself.
pub(crate) fn facts() -> Facts {
    Facts {
        machine_id: "3d1219c7c4c5404aaa1f6d2a48adfda4".into(),
        root_fs_uuid: "6f1e0bd0-3f4b-4a3e-9a51-0c1c6a0f3a11".into(),
        product_uuid: "4c4c4544-0042-3510-8052-b3c04f4b4e32".into(),
        mac: "3c:ec:ef:10:20:30".into(),
        disk_serial: "s3z2nb0k123456a".into(),
        ..Facts::default()
    }
}

pub(crate) fn fingerprint() -> Fingerprint {
    Fingerprint::of(&facts(), &license().to_bytes()).unwrap()
}

/// Another machine, of which two components are unknown.
pub(crate) fn other_fingerprint() -> Fingerprint {
    Fingerprint::from_bytes(&[
        0x0d, 0x10, 0x11, 0x00, 0x00, 0x30, 0x31, 0x40, 0x41, 0x00, 0x00,
    ])
    .unwrap()
}

/// The machine's request, with fingerprint and bindings.
pub(crate) fn activate() -> Activate {
    Activate {
        product_tag: product_tag(PRODUCT),
        key: license(),
        commitment: secret(0x10).commitment(license()),
        clock: NOW,
        fingerprint: Some(fingerprint()),
        bindings: Some(BINDINGS),
        seats: None,
        usb: None,
        site_key: None,
    }
}

/// What the machine stands for after [`activate`].
pub(crate) fn standing() -> MachineBinding {
    MachineBinding {
        activation: activate().commitment.activation_id(),
        fingerprint: Some(fingerprint()),
        bindings: Some(BINDINGS),
        usb: None,
    }
}

/// The machine asks again, a day later, for generation 2; its fingerprint changed.
pub(crate) fn sync() -> Sync {
    Sync {
        activation: standing().activation,
        generation: 1,
        proof: secret(0x10).sync_proof(),
        commitment: secret(0x20).commitment(license()),
        clock: NOW.plus(86_400),
        fingerprint: Some(other_fingerprint()),
        bindings: None,
        usb: None,
        site_key: None,
        site: None,
    }
}

pub(crate) fn entitlements(entries: &[(u32, Option<u32>)]) -> Entitlements {
    let entries = entries.iter().map(|&(index, value)| match value {
        None => Entitlement::feature(index),
        Some(value) => Entitlement::number(index, value),
    });
    Entitlements::new(entries.collect()).unwrap()
}

/// A grant without options by the key with this seed.
pub(crate) fn grant(signer: u8) -> Grant {
    Grant {
        key_id: key_id(&public(signer)),
        request_tag: [0; 2],
        generation: 1,
        issued: NOW,
        expires: Some(NOW.day().plus(365)),
        maintenance: Some(NOW.day().plus(180)),
        revalidate_by: Some(NOW.day().plus(30)),
        seats: 5,
        edition: 2,
        license_type: LicenseType::Floating,
        site: false,
        max_loan: None,
        emergency: None,
        entitlements: entitlements(&[(0, None), (1, Some(10)), (3, Some(500))]),
    }
}

/// A grant with every option: a site that lends for 14 days, four emergency steps of 7 days.
pub(crate) fn full_grant(signer: u8, holder: &Digest) -> Grant {
    Grant {
        site: true,
        max_loan: NonZeroU8::new(14),
        emergency: Some(EmergencyTerms {
            anchor: chain(holder, 1, 0, 4, X0),
            steps: 4,
            days: NonZeroU8::new(7).unwrap(),
        }),
        ..grant(signer)
    }
}

/// A desk's certificate and its digest, which need not be one that a verifier takes.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) certificate: DeskCertificate,
    pub(crate) digest: Digest,
}

/// The certificate of the desk by the root with this seed, whose limits [`full_grant`] uses up.
pub(crate) fn certify(root: u8, change: impl FnOnce(&mut DeskCertificate)) -> Desk {
    certify_for(PRODUCT, root, change)
}

/// The same for another product, where it is for one only.
pub(crate) fn certify_for(
    product: &str,
    root: u8,
    change: impl FnOnce(&mut DeskCertificate),
) -> Desk {
    let mut certificate = DeskCertificate {
        serial: 1,
        not_after: Some(NOW.day()),
        epoch: 3,
        kinds: MAY_GRANT | MAY_GRANT_LENDING | MAY_GRANT_EMERGENCY,
        max_seats: 5,
        max_grace: 30,
        max_loan: 14,
        max_emergency: 28,
        public_key: public(DESK),
        signature: [0; 64],
    };
    change(&mut certificate);
    let body = certificate.encode_body();
    let transcript = Transcript {
        kind: Kind::DeskCertificate,
        issuer: public(root),
        parent: [0; 32],
        request_digest: [0; 32],
        holder: certificate.scope(product),
        subject: certificate.public_key,
        body: &body,
    }
    .to_bytes();
    certificate.signature = key(root).sign(&transcript).to_bytes();
    let digest = certificate_digest(&transcript, &certificate.signature);
    Desk {
        certificate,
        digest,
    }
}
