//! The signed product file: whose signatures a machine trusts for a product (SPEC.md 10).

use super::{FIRST_LINE, Product, ProductError};
use crate::protocol::desk_certificate::DeskCertificate;
use crate::protocol::digest::key_id;
use crate::protocol::note::Note;
use crate::protocol::root_fingerprint::RootFingerprint;
use crate::protocol::trust::{PublicKey, Roots, Verified};

/// A product file whose signature and certificates hold; whether its root is the right one is for the application to say.
#[derive(Clone, Debug)]
pub struct ProductFile {
    product: Product,
    roots: Vec<PublicKey>,
    signer: PublicKey,
    desks: Vec<Verified<DeskCertificate>>,
    text: String,
}

impl ProductFile {
    /// Reads and verifies a product file as it comes out of a version control system or an editor: a byte order mark and CRLF are put right first, for the
    /// signature is over the text without (SPEC.md 10).
    ///
    /// # Errors
    /// As [`ProductFile::parse`].
    pub fn read(file: &str) -> Result<ProductFile, ProductError> {
        let file = file.strip_prefix('\u{feff}').unwrap_or(file);
        ProductFile::parse(&file.replace("\r\n", "\n"))
    }

    /// Verifies a product file in its one form, as it is signed and kept.
    pub fn parse(file: &str) -> Result<ProductFile, ProductError> {
        if !file.starts_with(FIRST_LINE) {
            return Err(ProductError::NotAProduct);
        }
        let note = Note::parse(file)?;
        let product = Product::parse_text(note.text)?;
        let roots = product.root_keys()?;
        let signer = note.verify(&product.id, &roots)?;
        let trust = Roots::new(&product.id, product.lines(), roots.clone(), 0);
        let desks = product
            .desks
            .iter()
            .map(|bytes| {
                let certificate = DeskCertificate::decode(bytes)
                    .map_err(|error| ProductError::Rule(error.to_string()))?;
                Ok(trust.verify_desk(certificate)?)
            })
            .collect::<Result<Vec<_>, ProductError>>()?;
        Ok(ProductFile {
            product,
            roots,
            signer,
            desks,
            text: file.to_owned(),
        })
    }

    /// What the product is.
    pub fn product(&self) -> &Product {
        &self.product
    }

    /// The root keys, no desk being trusted of an epoch below `least_epoch`.
    pub fn roots(&self, least_epoch: u8) -> Roots {
        let least_epoch = least_epoch.max(self.epoch());
        let product = &self.product;
        Roots::new(
            &product.id,
            product.lines(),
            self.roots.clone(),
            least_epoch,
        )
    }

    /// Whether a root has this id (SPEC.md 4.4): whose word something claims to be that cannot be verified yet.
    pub(crate) fn is_root_called(&self, id: u8) -> bool {
        self.roots.iter().any(|root| key_id(&root.to_bytes()) == id)
    }

    /// The public key that signed the file.
    pub fn signer(&self) -> PublicKey {
        self.signer
    }

    /// The desks that the file introduces.
    pub fn desks(&self) -> &[Verified<DeskCertificate>] {
        &self.desks
    }

    /// The file as it came.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The fingerprint that people compare (SPEC.md 10).
    pub fn root_fingerprint(&self) -> RootFingerprint {
        RootFingerprint::of(&self.signer.to_bytes())
    }

    /// Whether `newer` may take this file's place: the same product, signed by a root that this file trusts.
    pub fn may_be_replaced_by(&self, newer: &ProductFile) -> bool {
        self.product.id == newer.product.id && self.roots.contains(&newer.signer)
    }

    fn epoch(&self) -> u8 {
        self.desks.iter().map(|desk| desk.epoch).max().unwrap_or(0)
    }
}
