//! Which products, and so which vendors' keys, this machine knows.

use super::durable;
use super::error::HolderError;
use super::home::{Home, read_json, write_json};
use super::json::Bytes;
use crate::protocol::desk_certificate::DeskCertificate;
use crate::protocol::product::{ProductError, ProductFile, is_product_id};
use crate::protocol::trust::Verified;

/// What became of a product file that was to be installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Installed {
    /// The product was not known before: its key is trusted from now on. People should compare its fingerprint.
    New,
    /// It took the place of one that was damaged.
    Mended,
    /// It took the place of an older version.
    Updated {
        /// The version it replaced.
        from: u32,
    },
    /// The very same file is there.
    Already,
    /// A higher version is there, and stays.
    AlreadyNewer {
        /// The version that is there.
        version: u32,
    },
}

impl Installed {
    /// Stable snake_case name for scripts.
    pub fn name(self) -> &'static str {
        match self {
            Installed::New => "installed",
            Installed::Mended => "mended",
            Installed::Updated { .. } => "updated",
            Installed::Already => "already_installed",
            Installed::AlreadyNewer { .. } => "already_newer",
        }
    }
}

/// Installs a product file.
///
/// # Errors
/// `other_root` where the product is known here under another key; what the file system says.
pub fn install(home: &Home, file: &ProductFile) -> Result<Installed, HolderError> {
    let _lock = home.lock()?;
    let id = &file.product().id;
    let known = match find(home, id) {
        // Whoever can damage it can take it away as well: there is nothing to keep.
        Err(HolderError::DamagedProduct { .. }) => return put(home, file, Installed::Mended),
        known => known?,
    };
    let outcome = match known {
        None => Installed::New,
        Some(known) if known.text() == file.text() => return Ok(Installed::Already),
        Some(known) if !known.may_be_replaced_by(file) => {
            return Err(HolderError::OtherRoot {
                product: id.clone(),
                known: known.root_fingerprint(),
                offered: file.root_fingerprint(),
            });
        }
        Some(known) => {
            let version = known.product().version;
            // One version has one text: another text of the same version is not newer either.
            if version >= file.product().version {
                return Ok(Installed::AlreadyNewer { version });
            }
            Installed::Updated { from: version }
        }
    };
    put(home, file, outcome)
}

fn put(home: &Home, file: &ProductFile, outcome: Installed) -> Result<Installed, HolderError> {
    durable::write(
        &home.product_path(&file.product().id),
        file.text().as_bytes(),
        home.audience(),
    )?;
    Ok(outcome)
}

/// The products known here, in the order of their ids, and what is wrong with each file that is not fit: one damaged product must not stop the others.
///
/// # Errors
/// Where the directory itself cannot be read.
pub fn survey(home: &Home) -> Result<(Vec<ProductFile>, Vec<HolderError>), HolderError> {
    let (mut found, mut unfit) = (Vec::new(), Vec::new());
    for path in durable::list(&home.products_directory(), "product")? {
        let id = path.file_stem().and_then(|stem| stem.to_str());
        let id = id.map(|id| match durable::IS_CASE_KEPT {
            true => id.to_owned(),
            false => id.to_ascii_lowercase(),
        });
        match id.map_or(Ok(None), |id| find(home, &id)) {
            Ok(file) => found.extend(file),
            Err(error) => unfit.push(error),
        }
    }
    Ok((found, unfit))
}

/// The products known here, in the order of their ids.
///
/// # Errors
/// As [`survey`]; a file that cannot be read or no longer holds.
pub fn list(home: &Home) -> Result<Vec<ProductFile>, HolderError> {
    let (found, unfit) = survey(home)?;
    unfit.into_iter().next().map_or(Ok(found), Err)
}

/// The product with this id.
///
/// # Errors
/// `unknown_product` where it is not installed; a file that cannot be read or no longer holds.
pub fn load(home: &Home, id: &str) -> Result<ProductFile, HolderError> {
    find(home, id)?.ok_or_else(|| HolderError::UnknownProduct { id: id.to_owned() })
}

/// The product with this id, if it is installed. Another that is damaged does not matter.
///
/// # Errors
/// A file that cannot be read or no longer holds.
pub fn find(home: &Home, id: &str) -> Result<Option<ProductFile>, HolderError> {
    // Anything else could lead out of the directory.
    if !is_product_id(id) {
        return Ok(None);
    }
    let path = home.product_path(id);
    let Some(bytes) = durable::read(&path)? else {
        return Ok(None);
    };
    let damaged = |why: ProductError| HolderError::DamagedProduct {
        path: path.clone(),
        why,
    };
    let text = String::from_utf8(bytes).map_err(|_| damaged(ProductError::NotAProduct))?;
    let file = ProductFile::parse(&text).map_err(damaged)?;
    if file.product().id == id {
        Ok(Some(file))
    } else {
        Err(damaged(ProductError::NotAProduct))
    }
}

/// Keeps a desk's certificate that came as a code, for the products whose root signed it. Returns their ids; the same again changes nothing.
///
/// # Errors
/// `not_trusted` where no root of a product known here signed it, or its epoch is given up.
pub(crate) fn introduce_desk(
    home: &Home,
    certificate: &DeskCertificate,
) -> Result<Vec<String>, HolderError> {
    let _lock = home.lock()?;
    let welcome = welcome_desk(home, certificate)?;
    for id in &welcome {
        let mut known = introduced(home, id)?;
        let payload = Bytes(certificate.encode());
        if !known.contains(&payload) {
            known.push(payload);
            write_json(&home.desks_path(id), &known, home.audience())?;
        }
    }
    Ok(welcome)
}

/// The products whose root signed a desk's certificate, by their ids.
///
/// # Errors
/// `not_trusted` where there is none, or its epoch is given up.
pub(crate) fn welcome_desk(
    home: &Home,
    certificate: &DeskCertificate,
) -> Result<Vec<String>, HolderError> {
    let mut welcome = Vec::new();
    let mut refused = crate::protocol::trust::TrustError::Signature;
    for file in list(home)? {
        match file.roots(0).verify_desk(certificate.clone()) {
            Ok(_) => welcome.push(file.product().id.clone()),
            Err(error) => refused = error,
        }
    }
    if welcome.is_empty() {
        return Err(HolderError::NotTrusted(refused));
    }
    Ok(welcome)
}

/// The desks that may have signed a grant of this product: those of its file, and those that were introduced by code.
pub(crate) fn desks(
    home: &Home,
    file: &ProductFile,
    least_epoch: u8,
) -> Result<Vec<Verified<DeskCertificate>>, HolderError> {
    let roots = file.roots(least_epoch);
    let mut desks = file.desks().to_vec();
    // One that no longer holds is passed over: its grants say so themselves.
    let introduced = introduced(home, &file.product().id)?;
    let decoded = introduced
        .iter()
        .filter_map(|payload| DeskCertificate::decode(payload).ok());
    desks.extend(decoded.filter_map(|certificate| roots.verify_desk(certificate).ok()));
    Ok(desks)
}

fn introduced(home: &Home, id: &str) -> Result<Vec<Bytes>, HolderError> {
    Ok(read_json(&home.desks_path(id))?.unwrap_or_default())
}
