//! What texts show of answers: each with the request that it answers, and whose signature holds over both.

use std::collections::HashMap;

use super::super::{Ask, Grantable, Request, lookup};
use crate::issuer::ledger::{LedgerError, Product as ProductRow, Stood, Transaction};
use crate::issuer::products;
use crate::license_key::LicenseKey;
use crate::protocol::commitment::Commitment;
use crate::protocol::desk_certificate::DeskCertificate;
use crate::protocol::digest::{ActivationId, product_tag, request_tag};
use crate::protocol::grant::SignedGrant;
use crate::protocol::product::Product;
use crate::protocol::requests::Sync;
use crate::protocol::trust::{GrantContext, PublicKey, Roots, Verified};
use crate::text::{Code, Kind};

/// Signatures that are tried for one answer: only requests with its two-byte tag are, and what stood with them.
const TRIES: usize = 256;

/// A code that was handed over, and the address of the mail that it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The code.
    pub code: Code,
    /// The address, which proves nothing.
    pub sender: Option<String>,
}

/// A response code that proves nothing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unproven {
    /// The code.
    pub code: Code,
    /// Why.
    pub why: Why,
}

/// Why an answer proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The bytes are no answer.
    Malformed,
    /// The request that it answers was not handed over.
    NoRequest,
    /// No key of this desk signed it for what was handed over.
    NotSigned,
}

/// An answer that this desk gave, with all that its signature covers.
pub(super) struct Proven {
    pub(super) request: Request,
    pub(super) key: LicenseKey,
    pub(super) stood: Stood,
    /// The product it is for.
    pub(super) product: ProductRow,
    pub(super) grant: SignedGrant,
    /// Who signed.
    pub(super) public: [u8; 32],
    /// Payload of the certificate under which that was; none where a root signed.
    pub(super) certificate: Option<Vec<u8>>,
    /// Where its request came from.
    pub(super) sender: Option<String>,
}

impl Proven {
    pub(super) fn activation(&self) -> ActivationId {
        self.stood.standing.activation
    }

    /// The C of its request.
    pub(super) fn commitment(&self) -> Commitment {
        match &self.request.ask {
            Ask::Grantable(asks) => asks.commitment(),
            Ask::Return(_) => Commitment([0; 12]),
        }
    }
}

/// A product, and whoever may sign for it.
struct Signers {
    row: ProductRow,
    product: Product,
    roots: Roots,
    desks: Vec<Verified<DeskCertificate>>,
}

/// All answers in what was found that are proven, and those that are not.
pub(super) fn proven(
    tx: &mut dyn Transaction,
    found: Vec<Found>,
) -> Result<(Vec<Proven>, Vec<Unproven>), LedgerError> {
    let signers = signers(tx, &found)?;
    let mut requests: HashMap<[u8; 2], Vec<(Request, Option<String>)>> = HashMap::new();
    let (mut waiting, mut unproven) = (Vec::new(), Vec::new());
    for Found { code, sender } in found {
        match code.kind() {
            Kind::Grant => match SignedGrant::decode(code.payload()) {
                Ok(grant) => waiting.push((code, grant)),
                Err(_) => unproven.push(Unproven {
                    code,
                    why: Why::Malformed,
                }),
            },
            Kind::Activate | Kind::Sync => {
                if let Ok(request) = Request::read(&code) {
                    let tag = request_tag(&request.digest);
                    requests.entry(tag).or_default().push((request, sender));
                }
            }
            _ => {}
        }
    }
    let mut proven: Vec<Proven> = Vec::new();
    let mut bases: HashMap<ActivationId, Vec<(LicenseKey, Stood)>> = HashMap::new();
    // An answer to a SYNC may rest on another that stands behind it.
    loop {
        let before = waiting.len();
        let mut left = Vec::new();
        for (code, grant) in waiting {
            let asked = requests.get(&grant.grant.request_tag);
            match asked.map(|asked| by_one_of(tx, &signers, asked, &grant, &bases)) {
                Some(found) => match found? {
                    Some(it) => {
                        let base = (it.key, it.stood.clone());
                        bases.entry(it.activation()).or_default().push(base);
                        proven.push(it);
                    }
                    None => left.push((code, grant)),
                },
                None => left.push((code, grant)),
            }
        }
        waiting = left;
        if waiting.is_empty() || waiting.len() == before {
            break;
        }
    }
    unproven.extend(waiting.into_iter().map(|(code, grant)| Unproven {
        code,
        why: match requests.contains_key(&grant.grant.request_tag) {
            true => Why::NotSigned,
            false => Why::NoRequest,
        },
    }));
    Ok((proven, unproven))
}

/// Each product with its roots, and all certificates that one of these gave: those that the ledger knows, and those that were handed over.
fn signers(tx: &mut dyn Transaction, found: &[Found]) -> Result<Vec<Signers>, LedgerError> {
    let known = tx.desk_keys()?.into_iter().map(|it| it.certificate);
    let shown = found
        .iter()
        .filter(|it| it.code.kind() == Kind::DeskCertificate);
    let mut payloads: Vec<Vec<u8>> = known.collect();
    payloads.extend(shown.map(|it| it.code.payload().to_vec()));
    payloads.sort_unstable();
    payloads.dedup();
    let decoded = payloads.iter();
    let certificates: Vec<DeskCertificate> = decoded
        .filter_map(|it| DeskCertificate::decode(it).ok())
        .collect();
    let mut all = Vec::new();
    for row in tx.products()? {
        let product = products::definition(&row)?;
        let keys = product.roots.iter();
        let keys = keys.filter_map(|root| PublicKey::from_bytes(root).ok());
        let roots = Roots::new(&product.id, product.lines(), keys.collect(), 0);
        let desks = certificates.iter();
        let desks = desks.filter_map(|it| roots.verify_desk(it.clone()).ok());
        all.push(Signers {
            row,
            desks: desks.collect(),
            product,
            roots,
        });
    }
    Ok(all)
}

/// The answer as one to one of these requests, if its signature holds over any.
fn by_one_of(
    tx: &mut dyn Transaction,
    signers: &[Signers],
    asked: &[(Request, Option<String>)],
    grant: &SignedGrant,
    bases: &HashMap<ActivationId, Vec<(LicenseKey, Stood)>>,
) -> Result<Option<Proven>, LedgerError> {
    let mut tries = 0;
    for (request, sender) in asked {
        for (key, stood) in stood(tx, request, bases)? {
            for signer in signers {
                if let Ask::Grantable(Grantable::Activate(asks)) = &request.ask
                    && asks.product_tag != product_tag(&signer.product.id)
                {
                    continue;
                }
                tries += 1;
                if tries > TRIES {
                    return Ok(None);
                }
                if let Some((public, certificate)) = signer.signed(grant, request, key, &stood) {
                    return Ok(Some(Proven {
                        request: request.clone(),
                        key,
                        stood,
                        product: signer.row.clone(),
                        grant: grant.clone(),
                        public,
                        certificate,
                        sender: sender.clone(),
                    }));
                }
            }
        }
    }
    Ok(None)
}

impl Signers {
    /// Who signed this for that, and under which certificate.
    fn signed(
        &self,
        grant: &SignedGrant,
        request: &Request,
        key: LicenseKey,
        stood: &Stood,
    ) -> Option<([u8; 32], Option<Vec<u8>>)> {
        let context = GrantContext {
            request_digest: request.digest,
            holder: stood.standing.holder_digest(&self.product.id, key),
            site_key: stood.site_key,
        };
        if let Ok(by_root) = self.roots.verify_grant(grant, &context, &[]) {
            return Some((by_root.issuer().to_bytes(), None));
        }
        self.desks.iter().find_map(|desk| {
            let desks = std::slice::from_ref(desk);
            let by_desk = self.roots.verify_grant(grant, &context, desks).ok()?;
            Some((by_desk.issuer().to_bytes(), Some(desk.encode())))
        })
    }
}

/// For which license, and with what standing, a request may have been answered.
fn stood(
    tx: &mut dyn Transaction,
    request: &Request,
    bases: &HashMap<ActivationId, Vec<(LicenseKey, Stood)>>,
) -> Result<Vec<(LicenseKey, Stood)>, LedgerError> {
    let sync = match &request.ask {
        Ask::Grantable(Grantable::Activate(asks)) => {
            let stood = Stood {
                standing: asks.standing(),
                site_key: asks.site_key,
            };
            return Ok(vec![(asks.key, stood)]);
        }
        Ask::Grantable(Grantable::Sync(sync)) => sync,
        Ask::Return(_) => return Ok(Vec::new()),
    };
    let mut may = bases.get(&sync.activation).cloned().unwrap_or_default();
    if let Some(found) = lookup::find(tx, sync.activation, &sync.proof)?
        && let Some(answer) = found.answer
    {
        may.push((found.license.key, answer.stood));
    }
    for row in tx.activations_called(sync.activation)? {
        let (holder, license) = lookup::holder(tx, row)?;
        let stood = Stood {
            standing: holder.standing,
            site_key: holder.site_key,
        };
        may.push((license.key, stood));
    }
    let after = may.into_iter().map(|(key, it)| (key, after(it, sync)));
    Ok(after.collect())
}

/// What stands once a SYNC is answered.
fn after(mut stood: Stood, sync: &Sync) -> Stood {
    let standing = &mut stood.standing;
    standing.fingerprint = sync.fingerprint.or(standing.fingerprint);
    standing.bindings = sync.bindings.or(standing.bindings);
    standing.usb = sync.usb_after(standing.usb);
    stood.site_key = sync.site_key.or(stood.site_key);
    stood
}
