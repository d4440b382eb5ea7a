//! Category `loans`: what a site answers, one after the other.

use countersign::protocol::digest::{MachineBinding, loan_head, request_digest, request_tag};
use countersign::protocol::loan::{Loan, SignedLoan, SiteCertificate};
use countersign::protocol::product::Entry;
use countersign::protocol::requests::{Borrow, Return};
use countersign::protocol::trust::{Roots, Verified};
use countersign::text::Kind;

use super::trust::{Reason, catalogue, roots, said};
use super::{Vector, verdict};

/// What a workstation holds.
struct Known {
    product: String,
    catalogue: Vec<Entry>,
    roots: Roots,
    certificates: Vec<SiteCertificate>,
    /// Site key and serial of the loans before.
    before: Vec<([u8; 32], u32)>,
}

/// A loan that holds, and under what.
struct Held {
    request: Borrow,
    loan: Verified<Loan>,
    certificate: [u8; 32],
}

fn parts(line: &str) -> (&str, Vec<u8>) {
    let (what, payload) = line.split_once(' ').unwrap();
    (what, hex::decode(payload).unwrap())
}

impl Known {
    fn take(&mut self, request: &str, answer: &str) -> Result<Held, Reason> {
        let (letter, payload) = parts(request);
        assert_eq!(letter, "B");
        let request = Borrow::decode(&payload)?;
        let digest = request_digest(Kind::Borrow, &payload);
        let (letter, payload) = parts(answer);
        let (carried, signed) = match letter {
            "K" => {
                let (site, loan) = SiteCertificate::decode_with_loan(&payload)?;
                (Some(site), loan)
            }
            "N" => (None, SignedLoan::decode(&payload)?),
            other => panic!("answer: {other}"),
        };
        if signed.loan.request_tag != request_tag(&digest) {
            return Err(Reason("request"));
        }
        let standing = MachineBinding {
            activation: request.commitment.activation_id(),
            fingerprint: Some(request.fingerprint),
            bindings: None,
            usb: None,
        };
        let holder = standing.holder_digest(&self.product, request.key);
        let under = |site: SiteCertificate| {
            let site = self.roots.verify_site(site, request.key)?;
            let loan = site.verify_loan(&signed, digest, holder, &self.catalogue)?;
            Ok::<_, Reason>((site, loan))
        };
        let (site, loan) = match &carried {
            Some(site) => under(site.clone())?,
            None => {
                let mut known = self.certificates.iter();
                let found = known.find_map(|site| under(site.clone()).ok());
                found.ok_or(Reason("certificate"))?
            }
        };
        let (key, serial) = (site.public_key, loan.serial);
        let mut before = self.before.iter();
        if before.any(|(of, number)| *of == key && *number >= serial) {
            return Err(Reason("older"));
        }
        self.before.push((key, serial));
        self.certificates.extend(carried);
        Ok(Held {
            request,
            certificate: site.certificate_digest(),
            loan,
        })
    }
}

pub(super) fn loans(vector: &mut Vector) {
    let expected = verdict(vector);
    let keys = vector.some("root");
    let least_epoch = vector.parsed("least-epoch");
    let product = vector.one("product");
    let catalogue = catalogue(vector);
    let roots = roots(&product, &catalogue, &keys, least_epoch).unwrap();
    let cards = vector.all("card").into_iter();
    let cards = cards.map(|card| SiteCertificate::decode(&hex::decode(card).unwrap()).unwrap());
    let mut known = Known {
        product,
        catalogue,
        roots,
        certificates: cards.collect(),
        before: Vec::new(),
    };
    let (requests, answers) = (vector.some("request"), vector.some("answer"));
    let (certificates, heads) = (vector.all("certificate"), vector.all("head"));
    assert_eq!(requests.len(), answers.len());
    let holds = answers.len() - usize::from(expected.is_err());
    assert_eq!((certificates.len(), heads.len()), (holds, holds));
    let (mut head, mut taken) = ([0; 32], Vec::new());
    for (at, (request, answer)) in requests.iter().zip(&answers).enumerate() {
        let held = match known.take(request, answer) {
            Ok(held) => held,
            Err(reason) => {
                assert_eq!((said(Err(reason)), at), (expected, holds));
                return assert!(vector.all("return").is_empty());
            }
        };
        head = loan_head(&head, &parts(answer).1);
        let (certificate, head) = (hex::encode(held.certificate), hex::encode(head));
        assert_eq!((&certificate, &head), (&certificates[at], &heads[at]));
        taken.push(held);
    }
    assert_eq!(expected, Ok(()));
    for line in vector.all("return") {
        let (serial, payload) = parts(&line);
        let given = Return::decode(&payload).unwrap();
        let opened = taken.iter().find(|it| {
            let commitment = given.secret.commitment(it.request.key);
            commitment == it.request.commitment && commitment.activation_id() == given.activation
        });
        assert_eq!(opened.unwrap().loan.serial.to_string(), serial);
    }
}
