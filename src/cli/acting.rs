//! Which key acts: the root's, or that of a clerk whom one certified.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::Context;
use super::desk::{self, OpenDesk};
use super::failure::Failure;
use super::passphrase::PassphraseArgs;
use super::proposing;
use crate::failure::FailureKind;
use crate::issuer::approvals;
use crate::issuer::desk::{Desk, DeskError, Root};
use crate::issuer::history::Hand;
use crate::issuer::keys::{self, Certified, ENDS_SOON, KeyState, KeysError, is_key_name};
use crate::issuer::ledger::OrderTerms;
use crate::issuer::life::{self, Named};
use crate::issuer::respond::{Issuer, RespondError};
use crate::protocol::date::Day;
use crate::protocol::desk_certificate::{DeskCertificate, Limit, MANAGER};
use crate::signing::signer::TriedSigner;

/// What the root's key is called.
const ROOT: &str = "root";

/// The options.
#[derive(clap::Args)]
pub(crate) struct KeyArgs {
    /// The key that acts: `root`, the NAME of a clerk's that lies at the desk, or a FILE [env: COUNTERSIGN_KEY] [default: the root key where it lies at the
    /// desk, else the only one that does]
    #[arg(id = "acting_key", long = "key", value_name = "NAME|FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseArgs,
    /// Whether nobody looks on: a root's or a manager's key is not for that.
    #[arg(skip)]
    unattended: bool,
}

/// Where the key lies.
enum Chosen {
    Root(PathBuf),
    Clerk { name: String, file: PathBuf },
    File(PathBuf),
}

impl Chosen {
    /// As whoever acts named it.
    fn name(&self) -> String {
        match self {
            Chosen::Root(_) => ROOT.to_owned(),
            Chosen::Clerk { name, .. } => name.clone(),
            Chosen::File(file) => file.display().to_string(),
        }
    }

    fn file(&self) -> &Path {
        match self {
            Chosen::Root(file) | Chosen::Clerk { file, .. } | Chosen::File(file) => file,
        }
    }
}

impl KeyArgs {
    /// The same where nobody looks on: no key is taken but a clerk's.
    pub(crate) fn unattended(self) -> KeyArgs {
        KeyArgs {
            unattended: true,
            ..self
        }
    }

    /// Refuses what is too dear to lie where nobody looks on.
    fn refuse_dear(&self, issuer: &Issuer) -> Result<(), KeysError> {
        let clerk = issuer
            .certificate()
            .is_some_and(|it| it.kinds & MANAGER == 0);
        match self.unattended && !clerk {
            true => Err(KeysError::NeedsClerk),
            false => Ok(()),
        }
    }

    /// The same options, as they are typed.
    pub(crate) fn typed(&self) -> Vec<OsString> {
        let mut words = self.passphrase.typed();
        if let Some(key) = &self.key {
            words.push(
                [OsStr::new("--key="), key.as_os_str()]
                    .into_iter()
                    .collect(),
            );
        }
        words
    }

    fn chosen(&self, desk: &Desk) -> Result<Chosen, Failure> {
        let variable = || std::env::var_os("COUNTERSIGN_KEY").map(PathBuf::from);
        let named = self.key.clone().or_else(variable);
        let Some(named) = named.filter(|it| !it.as_os_str().is_empty()) else {
            return by_itself(desk);
        };
        if named == Path::new(ROOT) {
            return Ok(Chosen::Root(desk.key_path(Root::Live)));
        }
        match named.to_str().filter(|name| is_key_name(name)) {
            Some(name) if !named.exists() || desk.clerks_key(name).exists() => Ok(Chosen::Clerk {
                name: name.to_owned(),
                file: desk.clerks_key(name),
            }),
            _ => Ok(Chosen::File(named)),
        }
    }

    fn open(&self, context: &Context, desk: &Desk, ask: bool) -> anyhow::Result<TriedSigner> {
        let chosen = self.chosen(desk)?;
        let args = ask.then_some(&self.passphrase);
        desk::key_in(context, chosen.file(), args).map_err(|error| {
            match (error.downcast::<DeskError>(), &chosen) {
                (Ok(error), Chosen::Root(file)) => shut(desk::lost(error, file), file),
                (Ok(error), _) => shut(missing(error, chosen.file()), chosen.file()),
                (Err(other), _) => other,
            }
        })
    }

    /// Whoever signs: nobody is refused yet whose certificate has run out, for what it signs has its own day.
    pub(crate) fn issuer(
        &self,
        context: &mut Context,
        desk: &mut OpenDesk,
    ) -> anyhow::Result<Issuer> {
        if self.unattended && matches!(self.chosen(desk.place())?, Chosen::Root(_)) {
            return Err(KeysError::NeedsClerk.into());
        }
        let signer = self.open(context, desk.place(), true)?;
        let today = context.environment.now().day();
        let issuer = keys::issuer(desk.ledger(), signer, today)?.approving(context.approves);
        self.refuse_dear(&issuer)?;
        if let Some(certificate) = issuer.certificate() {
            tell_of_its_end(context, certificate, today);
        }
        Ok(issuer)
    }

    /// The same where no passphrase protects the key and nothing is wrong with it; what is, is said once a key is needed.
    pub(crate) fn issuer_unasked(
        &self,
        context: &mut Context,
        desk: &mut OpenDesk,
    ) -> Option<Issuer> {
        let signer = self.open(context, desk.place(), false).ok()?;
        let today = context.environment.now().day();
        let issuer = keys::issuer(desk.ledger(), signer, today)
            .ok()?
            .approving(context.approves);
        self.refuse_dear(&issuer).ok()?;
        if let Some(certificate) = issuer.certificate() {
            tell_of_its_end(context, certificate, today);
        }
        Some(issuer)
    }

    /// The root key, which the command takes and no other.
    ///
    /// # Errors
    /// A key that cannot be opened, and `needs_root`.
    pub(crate) fn root(&self, context: &Context, desk: &OpenDesk) -> anyhow::Result<TriedSigner> {
        let signer = self.no_clerks(context, desk.place())?;
        let (public, vendor) = (signer.public(), desk.vendor());
        match vendor.roots.contains(&public) {
            true => Ok(signer),
            false if vendor.former.contains(&public) => Err(KeysError::FormerRoot.into()),
            false => Err(KeysError::NeedsRoot.into()),
        }
    }

    /// The same where the ledger is not there that knows which keys are roots: none that a clerk made at the desk is one.
    ///
    /// # Errors
    /// As [`KeyArgs::root`].
    pub(crate) fn no_clerks(&self, context: &Context, desk: &Desk) -> anyhow::Result<TriedSigner> {
        match self.chosen(desk)? {
            Chosen::Clerk { .. } => Err(KeysError::NeedsRoot.into()),
            Chosen::Root(_) | Chosen::File(_) => self.open(context, desk, true),
        }
    }

    /// Whoever does something that nobody's request asks for: he signs it, so his key is opened.
    ///
    /// # Errors
    /// A key that cannot be opened, is nobody's, was removed or replaced, or has run out; where only a manager may do it, `needs_manager`.
    pub(crate) fn acting(
        &self,
        context: &mut Context,
        desk: &mut OpenDesk,
        managers: bool,
    ) -> anyhow::Result<Acting> {
        let chosen = self.chosen(desk.place())?;
        let today = context.environment.now().day();
        let known = keys::list(desk.ledger(), today)?;
        if let Chosen::Clerk { name, file } = &chosen
            && known.iter().all(|it| it.key.name != *name)
        {
            let error = match file.exists() {
                true => KeysError::NotCertified(name.clone()),
                false => KeysError::Unknown(name.clone()),
            };
            return Err(error.into());
        }
        let signer = self.open(context, desk.place(), true)?;
        let public = signer.public();
        let own = |it: &Certified| it.certificate.public_key == public;
        let clerk = known.into_iter().rev().find(own);
        match &clerk {
            Some(own) => {
                keys::refuse_where_over(own)?;
                if own.state == KeyState::Ended {
                    return Err(RespondError::DeskLimit(Limit::NotAfter).into());
                }
                if managers && own.certificate.kinds & MANAGER == 0 {
                    return Err(KeysError::NeedsManager.into());
                }
                tell_of_its_end(context, &own.certificate, today);
            }
            None if desk.vendor().roots.contains(&public) => {}
            None if desk.vendor().former.contains(&public) => {
                return Err(KeysError::FormerRoot.into());
            }
            None => return Err(KeysError::Unknown(chosen.name()).into()),
        }
        let issuer = keys::issuer(desk.ledger(), signer, today)?.approving(context.approves);
        Ok(Acting { issuer, clerk })
    }

    /// The same for something that sets a rule aside where that is `overridden`: a manager's, unless it may be proposed to one.
    ///
    /// # Errors
    /// As [`KeyArgs::acting`].
    pub(crate) fn overriding(
        &self,
        context: &mut Context,
        desk: &mut OpenDesk,
        overridden: bool,
    ) -> anyhow::Result<Acting> {
        let proposed = desk.ledger().read(approvals::overrides_are_proposed)?;
        self.acting(context, desk, overridden && !proposed)
    }

    /// The same for something that is done with what was sold: a key for one product does nothing with another's.
    ///
    /// # Errors
    /// As [`KeyArgs::acting`], and `desk_limit`.
    pub(crate) fn acting_for(
        &self,
        context: &mut Context,
        desk: &mut OpenDesk,
        name: Named,
        overridden: bool,
    ) -> anyhow::Result<Acting> {
        let acting = self.overriding(context, desk, overridden)?;
        let only = acting.clerk.as_ref().map(|it| it.key.product.as_str());
        if let Some(only) = only.filter(|it| !it.is_empty()) {
            let products = life::products_of(desk.ledger(), name)?;
            if products.iter().any(|it| it != only) {
                return Err(RespondError::DeskLimit(Limit::Product).into());
            }
        }
        Ok(acting)
    }
}

/// Whoever acts, with his key.
pub(crate) struct Acting {
    issuer: Issuer,
    clerk: Option<Certified>,
}

impl Acting {
    /// Who signs, now.
    pub(crate) fn hand<'a>(&'a self, context: &'a Context) -> Hand<'a> {
        self.issuer.hand(context.environment.by())
    }

    /// What came of something that he did; what another has to approve is kept as a proposal.
    ///
    /// # Errors
    /// `proposed` then, or what it says itself.
    pub(crate) fn or_proposes<T, E: Into<anyhow::Error>>(
        &self,
        context: &Context,
        desk: &mut OpenDesk,
        done: Result<T, E>,
    ) -> anyhow::Result<T> {
        done.map_err(|error| proposing::kept(context, desk, &self.issuer, error.into()))
    }

    /// Who opens what is sealed to his key.
    pub(crate) fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The same, to sign answers.
    pub(crate) fn into_issuer(self) -> Issuer {
        self.issuer
    }

    /// Under what; a root under nothing.
    pub(crate) fn certificate(&self) -> Option<&DeskCertificate> {
        self.issuer.certificate()
    }

    /// Refuses what a clerk would sell and not be able to answer: what differs from `before` has to be within the limits of his key.
    ///
    /// # Errors
    /// `desk_limit`.
    pub(crate) fn may_sell(
        &self,
        product: &str,
        (before, after): (Option<&OrderTerms>, &OrderTerms),
    ) -> anyhow::Result<()> {
        let Some(clerk) = &self.clerk else {
            return Ok(());
        };
        let limits = (&clerk.certificate, clerk.key.product.as_str());
        let beyond = keys::beyond(limits, product, before, after);
        beyond.map_err(|limit| RespondError::DeskLimit(limit).into())
    }
}

/// Without a word of which: the root's where it lies there, else the only one.
fn by_itself(desk: &Desk) -> Result<Chosen, Failure> {
    let root = desk.key_path(Root::Live);
    if root.exists() {
        return Ok(Chosen::Root(root));
    }
    let listed = fs::read_dir(desk.keys_directory());
    let entries = listed.into_iter().flatten().flatten();
    let pems = entries.map(|it| it.path());
    let pems = pems.filter(|it| it.extension() == Some(OsStr::new("pem")));
    let mut names: Vec<String> = pems
        .filter_map(|it| Some(it.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    match names.as_slice() {
        // Whoever opens it says that it is not there.
        [] => Ok(Chosen::Root(root)),
        [name] => Ok(Chosen::Clerk {
            name: name.clone(),
            file: desk.clerks_key(name),
        }),
        several => Err(Failure::new(
            FailureKind::WhichKey,
            format!("several keys lie at this desk: {}", several.join(", ")),
        )
        .hint("say which with --key NAME, or set COUNTERSIGN_KEY=NAME for good")),
    }
}

/// Of several keys with a passphrase each, one says which it was tried on.
fn shut(error: anyhow::Error, file: &Path) -> anyhow::Error {
    let failure = Failure::of(&error);
    match failure.kind {
        FailureKind::WrongPassphrase => {
            let which = format!("{}; each key has a passphrase of its own", file.display());
            failure.because(which).into()
        }
        _ => error,
    }
}

fn missing(error: DeskError, file: &Path) -> anyhow::Error {
    let gone = matches!(&error, DeskError::Io { error, .. } if error.kind() == std::io::ErrorKind::NotFound);
    if !gone {
        return error.into();
    }
    let message = format!("the signing key {} is not there", file.display());
    Failure::new(FailureKind::NoFile, message)
        .hint("where it lies on a stick, plug that in, or name the file with --key FILE; who has none yet makes one by `countersign desk request NAME`, and the root certifies it")
        .into()
}

fn tell_of_its_end(context: &mut Context, certificate: &DeskCertificate, today: Day) {
    let last = certificate.not_after;
    if let Some(last) =
        last.filter(|last| today <= *last && last.days_since(today) <= i32::from(ENDS_SOON))
    {
        context
            .out
            .warn(format_args!("this key signs until {last} and not after"));
        context
            .out
            .advise("ask a manager for another certificate, with the limits of this one: countersign desk certify NAME --help");
    }
}
