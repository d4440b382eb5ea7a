//! Category `answer`: a GRANT held against its request, its machine and its signer (SPEC.md 12.2).

mod machine;
mod signer;

use countersign::license_key::LicenseKey;
use countersign::machine::Fingerprint;
use countersign::protocol::digest::{Digest, MachineBinding, request_digest, request_tag};
use countersign::protocol::grant::{Grant, SignedGrant};
use countersign::protocol::requests::Activate;
use countersign::protocol::trust::Transcript;
use countersign::text::Kind;
use ed25519_dalek::Signer;

use super::world::{
    DESK, Desk, PRODUCT, ROOT, SITE, SPARE, activate, full_grant, key, license, public, standing,
};
use super::{Expect, File};

/// What a machine holds when it is handed a GRANT.
#[derive(Clone)]
struct Answer {
    roots: Vec<[u8; 32]>,
    desks: Vec<Desk>,
    least_epoch: u8,
    product: &'static str,
    key: LicenseKey,
    standing: MachineBinding,
    request: (Kind, Vec<u8>),
    site_key: Option<[u8; 32]>,
    catalogue: Option<&'static str>,
    grant: Vec<u8>,
}

impl Answer {
    /// A machine that asked to be activated and has no answer yet.
    fn waiting() -> Answer {
        Answer {
            roots: vec![public(ROOT), public(SPARE)],
            desks: Vec::new(),
            least_epoch: 3,
            product: PRODUCT,
            key: license(),
            standing: standing(),
            request: (Kind::Activate, activate().encode()),
            site_key: None,
            catalogue: None,
            grant: Vec::new(),
        }
    }

    /// A site that asked to be activated and will lend.
    fn lending() -> Answer {
        let site_key = Some(public(SITE));
        let request = Activate {
            site_key,
            ..activate()
        };
        Answer {
            request: (Kind::Activate, request.encode()),
            site_key,
            ..Answer::waiting()
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Answer)) -> Answer {
        change(&mut self);
        self
    }

    fn digest(&self) -> Digest {
        request_digest(self.request.0, &self.request.1)
    }

    fn holder(&self) -> Digest {
        self.standing.holder_digest(self.product, self.key)
    }

    /// The transcript of a grant to this machine.
    fn transcript(&self, issuer: [u8; 32], parent: Digest, grant: &Grant) -> Vec<u8> {
        Transcript {
            kind: Kind::Grant,
            issuer,
            parent,
            request_digest: self.digest(),
            holder: self.holder(),
            subject: match grant.site {
                true => self.site_key.unwrap_or_default(),
                false => [0; 32],
            },
            body: &grant.encode_body(),
        }
        .to_bytes()
    }

    /// Answers by the key with this seed, under the certificate with this digest.
    fn signed(mut self, signer: u8, parent: Digest, mut grant: Grant) -> Answer {
        grant.request_tag = request_tag(&self.digest());
        let transcript = self.transcript(public(signer), parent, &grant);
        let signature = key(signer).sign(&transcript).to_bytes();
        self.grant = SignedGrant { grant, signature }.encode();
        self
    }

    fn by_root(self, grant: Grant) -> Answer {
        self.signed(ROOT, [0; 32], grant)
    }

    /// Answers by the desk, whose certificate the machine has.
    fn by_desk(mut self, desk: Desk, grant: Grant) -> Answer {
        self.desks.push(desk.clone());
        self.signed(DESK, desk.digest, grant)
    }

    fn file(&self, name: &str, comment: &str, expect: Expect) -> File {
        let mut file = File::judged("answer", name, comment, expect);
        for root in &self.roots {
            file = file.line("root", hex::encode(root));
        }
        for desk in &self.desks {
            file = file.line("desk", hex::encode(desk.certificate.encode()));
        }
        let print = self.standing.fingerprint.as_ref();
        let (kind, payload) = &self.request;
        file.line("least-epoch", self.least_epoch)
            .line("product", self.product)
            .line("license-key", self.key.digits())
            .line("activation", hex::encode(self.standing.activation.0))
            .optional(
                "fingerprint",
                print.map(Fingerprint::to_bytes).map(hex::encode),
            )
            .optional("bindings", self.standing.bindings.map(hex::encode))
            .optional("usb", self.standing.usb.map(hex::encode))
            .line(
                "request",
                format_args!("{} {}", char::from(kind.letter()), hex::encode(payload)),
            )
            .optional("catalogue", self.catalogue)
            .optional("site-key", self.site_key.map(hex::encode))
            .optional(
                "grant",
                (!self.grant.is_empty()).then(|| hex::encode(&self.grant)),
            )
    }
}

pub(super) fn files() -> Vec<File> {
    [machine::files(), signer::files()].concat()
}

/// The lending site's grant with every option.
fn full(signer: u8) -> Grant {
    full_grant(signer, &Answer::lending().holder())
}
