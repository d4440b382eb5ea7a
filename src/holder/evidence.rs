//! From bytes that were kept or handed in to a grant that is trusted: the transcript is put together anew each time (SPEC.md 5.3).

use super::state::{Held, LicenseState, Pending, Request, Stands};
use crate::protocol::desk_certificate::DeskCertificate;
use crate::protocol::emergency::Emergency;
use crate::protocol::grant::{Grant, SignedGrant};
use crate::protocol::loan::{SignedLoan, SiteCertificate};
use crate::protocol::product::ProductFile;
use crate::protocol::trust::{GrantContext, TrustError, Verified};
use crate::text::Kind;

/// The grant that a license is held under; nothing where none is held.
///
/// # Errors
/// Where signature or chain do not hold over what is kept (SPEC.md 5.4): it was edited, or a desk was given up.
pub(crate) fn verify_held(
    file: &ProductFile,
    license: &LicenseState,
) -> Result<Option<Verified<Grant>>, TrustError> {
    let Some(held) = &license.held else {
        return Ok(None);
    };
    let context = context_of_held(file, license, held)?;
    if held.request.kind == Kind::Borrow {
        let (site, signed) = held.lent().ok_or(TrustError::Signature)?;
        return verify_loan(file, license, &site, &signed, &context).map(Some);
    }
    let signed = SignedGrant::decode(&held.grant).map_err(|_| TrustError::Signature)?;
    let roots = file.roots(license.epoch);
    let desks: Vec<Verified<DeskCertificate>> = match &held.desk {
        None => Vec::new(),
        // Verified with the file already, unless its epoch was given up since.
        Some(kept) => {
            let certificate = DeskCertificate::decode(kept).map_err(|_| TrustError::Signature)?;
            let known = file
                .desks()
                .iter()
                .find(|desk| ***desk == certificate && desk.epoch >= license.epoch);
            match known {
                Some(desk) => vec![desk.clone()],
                None => vec![roots.verify_desk(certificate)?],
            }
        }
    };
    roots.verify_grant(&signed, &context, &desks).map(Some)
}

/// The grant that a LOAN amounts to here: the whole chain holds, from a root of the product by the site to this machine's request (SPEC.md 5.4).
pub(crate) fn verify_loan(
    file: &ProductFile,
    license: &LicenseState,
    site: &SiteCertificate,
    signed: &SignedLoan,
    context: &GrantContext,
) -> Result<Verified<Grant>, TrustError> {
    let roots = file.roots(license.epoch);
    let site = roots.verify_site(site.clone(), license.license_key)?;
    let catalogue = file.product().lines();
    let loan = site.verify_loan(signed, context.request_digest, context.holder, &catalogue)?;
    Ok(site.granted_by(&loan, &catalogue))
}

/// The certificate of the site that this machine is by the grant it holds; none where it holds none that lends (SPEC.md 4.8).
#[cfg(feature = "site")]
pub(crate) fn own_certificate(
    file: &ProductFile,
    license: &LicenseState,
) -> Result<Option<Verified<SiteCertificate>>, TrustError> {
    let grant = verify_held(file, license)?;
    let (Some(held), Some(grant)) = (&license.held, grant) else {
        return Ok(None);
    };
    let key = held.standing.site_key.filter(|_| grant.max_loan.is_some());
    let Some(key) = key else {
        return Ok(None);
    };
    let unread = |_| TrustError::Signature;
    let desk = held.desk.as_ref().map(|it| DeskCertificate::decode(it));
    let certificate = SiteCertificate {
        desk: desk.transpose().map_err(unread)?,
        public_key: key.0,
        request_digest: held.request.digest(),
        machine: held
            .standing
            .standing()
            .map_err(|_| TrustError::Signature)?
            .machine_digest(),
        grant: SignedGrant::decode(&held.grant).map_err(unread)?,
    };
    let roots = file.roots(license.epoch);
    roots
        .verify_site(certificate, license.license_key)
        .map(Some)
}

/// The context in which an answer to the request of the grant held is verified.
pub(crate) fn context_of_held(
    file: &ProductFile,
    license: &LicenseState,
    held: &Held,
) -> Result<GrantContext, TrustError> {
    context(file, license, &held.request, &held.standing)
}

/// The context in which the answer to a pending request is verified.
pub(crate) fn context_of_pending(
    file: &ProductFile,
    license: &LicenseState,
    pending: &Pending,
) -> Result<GrantContext, TrustError> {
    context(file, license, &pending.request, &pending.standing)
}

fn context(
    file: &ProductFile,
    license: &LicenseState,
    request: &Request,
    standing: &Stands,
) -> Result<GrantContext, TrustError> {
    let site_key = standing.site_key.map(|key| key.0);
    // What is kept in no form that a machine writes was edited.
    let standing = standing.standing().map_err(|_| TrustError::Signature)?;
    Ok(GrantContext {
        request_digest: request.digest(),
        holder: standing.holder_digest(&file.product().id, license.license_key),
        site_key,
    })
}

/// Whether an emergency code belongs to the chain of the grant held (SPEC.md 8); nothing where the grant has none.
pub(crate) fn emergency_chain<'g>(
    file: &ProductFile,
    license: &LicenseState,
    held: &Held,
    grant: &'g Verified<Grant>,
) -> Option<impl Fn(&Emergency) -> bool + use<'g>> {
    let terms = grant.emergency.as_ref()?;
    let holder = context_of_held(file, license, held).ok()?.holder;
    Some(move |emergency: &Emergency| emergency.belongs_to(terms, &holder, grant.generation))
}

/// The highest step entered for the grant held; 0 where there is none that holds.
pub(crate) fn emergency_step(
    file: &ProductFile,
    license: &LicenseState,
    grant: &Verified<Grant>,
) -> u8 {
    let Some(held) = &license.held else {
        return 0;
    };
    let kept = held.emergency.as_ref();
    kept.and_then(|payload| Emergency::decode(payload).ok())
        .filter(|emergency| {
            emergency_chain(file, license, held, grant).is_some_and(|belongs| belongs(emergency))
        })
        .map_or(0, |emergency| emergency.step)
}
