//! `desk init`.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Context, Exit, Run};
use crate::cli::desk;
use crate::cli::elsewhere;
use crate::cli::failure::Failure;
use crate::cli::handed_over;
use crate::cli::json;
use crate::cli::mail::Mailbox;
use crate::cli::others;
use crate::cli::passphrase::{Asks, PassphraseArgs};
use crate::cli::secrecy;
use crate::cli::sold;
use crate::failure::FailureKind;
use crate::issuer::desk::{Desk, DeskError, Root, RootKey, read_key_file};
use crate::issuer::history::Hand;
use crate::issuer::products::{self, CatalogueError};
use crate::protocol::product::{ProductFile, RootFingerprint};
use crate::rights::{self, Others};
use crate::seats;
use crate::signing::elsewhere::Elsewhere;
use crate::signing::keys::{KeyError, Passphrase, SigningKey};

/// Create the vendor's desk: its ledger and its two root keys
///
/// The live key signs; the spare one is for the day the live one is lost or stolen: move it to another safe place. Both are encrypted with the
/// passphrase. Nothing is overwritten.
///
/// With `--agent` or `--pkcs11` the live key lies in your ssh-agent or in a token, and its file only says where. The spare one is another: a new one in a file,
/// or `--spare-agent`, `--spare-pkcs11`. A token's PIN is asked for as a passphrase is.
///
/// With `--root-key` and `--spare-key` the desk gets keys that there are already, and with `--product` the products that were sold with them. What was
/// licensed before is known only where the ledger is put back from its copy.
#[derive(clap::Args)]
#[group(skip)]
#[command(
    group = clap::ArgGroup::new("given_root"),
    group = clap::ArgGroup::new("given_spare"),
    group = clap::ArgGroup::new("in_a_token").multiple(true),
)]
pub(crate) struct DeskInit {
    /// The vendor's name, for people; without it that of the first `--product`
    #[arg(long, value_name = "NAME", required_unless_present = "products")]
    vendor: Option<String>,
    /// Where customers mail their request codes to
    #[arg(long, value_name = "ADDRESS")]
    mail: Option<String>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    /// Leave the keys unencrypted: anyone who reads the files can sign
    #[arg(long, conflicts_with_all = ["passphrase_file", "new_passphrase_file"])]
    no_passphrase: bool,
    /// Where `--passphrase-file` is a token's PIN, read the passphrase of the key that is a file from this file's first line
    #[arg(long, value_name = "FILE", requires = "in_a_token")]
    new_passphrase_file: Option<PathBuf>,
    /// The live key in your ssh-agent: the FILE with its public half, or that line itself
    #[arg(
        long,
        value_name = "KEY",
        help_heading = "Keys in an ssh-agent or in a token",
        group = "given_root"
    )]
    agent: Option<String>,
    /// The live key in a PKCS#11 token: pkcs11:token=…;object=…?module-path=/…
    #[arg(long, value_name = "URI", help_heading = "Keys in an ssh-agent or in a token", groups = ["given_root", "in_a_token"])]
    pkcs11: Option<String>,
    /// The spare key in your ssh-agent
    #[arg(
        long,
        value_name = "KEY",
        help_heading = "Keys in an ssh-agent or in a token",
        group = "given_spare"
    )]
    spare_agent: Option<String>,
    /// The spare key in a PKCS#11 token
    #[arg(long, value_name = "URI", help_heading = "Keys in an ssh-agent or in a token", groups = ["given_spare", "in_a_token"])]
    spare_pkcs11: Option<String>,
    /// A key that there is already, in place of a new live one
    #[arg(
        long,
        value_name = "FILE",
        requires = "given_spare",
        group = "given_root",
        help_heading = "A desk with the keys of an earlier one"
    )]
    root_key: Option<PathBuf>,
    /// The same for the spare one
    #[arg(
        long,
        value_name = "FILE",
        requires = "given_root",
        group = "given_spare",
        help_heading = "A desk with the keys of an earlier one"
    )]
    spare_key: Option<PathBuf>,
    /// A product file that these keys have signed; may be repeated
    #[arg(
        long = "product",
        value_name = "FILE",
        requires_all = ["given_root", "given_spare"],
        help_heading = "A desk with the keys of an earlier one"
    )]
    products: Vec<PathBuf>,
}

/// File systems that may be another computer's, and mostly are this one's.
const ON_THIS_COMPUTER: [&str; 4] = [
    "FUSE",
    "9p",
    "VirtualBox shared folder",
    "VMware shared folder",
];

impl Run for DeskInit {
    const NAME: &'static str = "init";
    const ABOUT: &'static str = "Create the vendor's desk";

    type Object = json::NewDesk;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let home = context.homes.own()?;
        if Desk::at(&home).exists() {
            // Said before a passphrase is asked for.
            return Err(crate::issuer::desk::DeskError::Exists(home).into());
        }
        if rights::is_foreign(&home) {
            return Err(crate::issuer::desk::DeskError::Foreign(home).into());
        }
        let mut products = Vec::new();
        for path in &self.products {
            products.push(ProductFile::read(&handed_over::text_in_file(path)?)?);
        }
        each_once(&products)?;
        let first = products.first().map(ProductFile::product);
        let named = || first.map(|product| product.vendor.clone());
        let vendor = self.vendor.clone().or_else(named).unwrap_or_default();
        let mail = self
            .mail
            .clone()
            .or_else(|| first.and_then(|product| product.mail.clone()));
        sold::plain("the vendor's name", &vendor)?;
        desk::check_actor(context)?;
        if vendor.trim().is_empty() {
            return Err(Failure::usage("the vendor needs a name of one line")
                .hint("--vendor \"Nordic Survey AS\"")
                .into());
        }
        // The vendor's name stands before it in letters.
        let alone = |mail: &str| Mailbox::parse(mail).is_ok_and(|it| it.address == mail);
        if !mail.as_deref().is_none_or(alone) {
            return Err(Failure::usage("that is no mail address")
                .hint("--mail desk@example.com")
                .into());
        }
        if let Some(mail) = &mail {
            Mailbox::parse(mail)?.in_a_header()?;
        }
        secrecy::close();
        let mut passphrase = None;
        let live = (&self.root_key, &self.agent, &self.pkcs11);
        let spare = (&self.spare_key, &self.spare_agent, &self.spare_pkcs11);
        let given = [
            self.key(context, live, &mut passphrase)?,
            self.key(context, spare, &mut passphrase)?,
        ];
        let in_files = given
            .iter()
            .any(|it| !matches!(it, Some(RootKey::Elsewhere(..))));
        if self.no_passphrase {
            passphrase = None;
        } else if passphrase.is_none() && in_files {
            let asks = Asks {
                prompt: "new passphrase for the signing keys: ",
                hint: "choose one, or say --no-passphrase for a key that anyone with the file can use",
            };
            passphrase = Passphrase::new(self.of_files().new_one(context, &asks)?);
        }
        if let [Some(live), Some(spare)] = &given {
            let roots = [live.public(), spare.public()];
            if let Some(file) = products.iter().find(|it| it.product().roots != roots) {
                let [first, second] = roots;
                if file.product().roots == [second, first] {
                    let swapped = "the spare key was given as the root key, and the root key as the spare key";
                    return Err(Failure::new(FailureKind::NotARoot, swapped)
                        .hint("give them the other way round")
                        .into());
                }
                return Err(CatalogueError::NotARoot(file.product().id.clone()).into());
            }
        }
        let elsewhere = match &given {
            [Some(RootKey::Elsewhere(_, signer)), _] => Some(Arc::clone(signer)),
            _ => None,
        };
        let lies_elsewhere = elsewhere.is_some();
        let mut entropy = context.environment.entropy()?;
        let by = context.environment.by();
        let desk = Desk::init(
            &home,
            &vendor,
            mail.as_deref(),
            (given, passphrase.as_ref()),
            by,
            &mut entropy,
        )?;
        let mut ledger = desk.ledger()?;
        let vendor = ledger.read(crate::issuer::desk::vendor)?;
        if !products.is_empty() {
            let root = match elsewhere {
                Some(signer) => signer,
                None => {
                    let pem = read_key_file(&desk.key_path(Root::Live))?;
                    let key = SigningKey::from_pem(&pem, passphrase.as_ref());
                    Arc::new(context.environment.tried(key.map_err(DeskError::from)?)?)
                }
            };
            let hand = Hand {
                by,
                signer: &root,
                certificate: None,
                approves: None,
            };
            for file in &products {
                products::import(&mut ledger, file, &vendor.roots, hand)?;
            }
        }
        let [live, spare] = vendor.roots.map(|root| RootFingerprint::of(&root));
        let (live_file, spare_file) = (desk.key_path(Root::Live), desk.key_path(Root::Spare));
        if context.out.json {
            let object = json::NewDesk {
                vendor: vendor.name.clone(),
                mail: vendor.mail.clone(),
                root_fingerprint: json::Shown(live),
                spare_root_fingerprint: json::Shown(spare),
                root_key: live_file.clone(),
                spare_root_key: spare_file.clone(),
                encrypted: !self.no_passphrase,
            };
            Self::print(context, &object)?;
        }
        if self.no_passphrase && in_files {
            context.out.warn(
                "the signing keys are not encrypted: whoever reads the files can sign in your name",
            );
        }
        others::tell_who_gets_at(desk.directory(), Others::Nobody, &mut context.out);
        let server = seats::shared_file_system(&home);
        if let Some(server) = server.filter(|it| !ON_THIS_COMPUTER.contains(it)) {
            context.out.warn(format_args!(
                "the ledger lies on a file server ({server}): work with it from one computer at a time, for two at once can damage it"
            ));
        }
        context.out.say(format_args!(
            "the desk of {} is ready in {}",
            vendor.name,
            home.display()
        ));
        context.out.say(format_args!(
            "  signing key  {live}  {}",
            live_file.display()
        ));
        context.out.say(format_args!(
            "  spare key    {spare}  {}",
            spare_file.display()
        ));
        context.out.say(match lies_elsewhere {
            false => "move the spare key to another safe place, and back up the signing key with its passphrase: without one of them no license can be granted",
            true => "the signing key's file only says where that key lies; move the spare key to another safe place: without one of them no license can be granted",
        });
        let next = match products.first().map(|file| &file.product().id) {
            Some(id) => format!("next: countersign license new --product {id} --customer NAME"),
            None => "next: countersign product add ID --name NAME".to_owned(),
        };
        context.out.say(next);
        Ok(Exit::DONE)
    }
}

/// No product may be named twice, in the same version or another: the second one would stop it half-way.
fn each_once(products: &[ProductFile]) -> Result<(), Failure> {
    let mut ids: Vec<&str> = products
        .iter()
        .map(|file| file.product().id.as_str())
        .collect();
    ids.sort_unstable();
    let twice = ids.windows(2).find_map(|pair| match pair {
        [one, other] if one == other => Some(one),
        _ => None,
    });
    twice.map_or(Ok(()), |id| {
        let message = format!("the product {id} is given twice");
        Err(Failure::usage(message).hint("give each product once, in its latest version"))
    })
}

impl DeskInit {
    /// Where the passphrase of key files comes from: a token's PIN is another secret.
    fn of_files(&self) -> Cow<'_, PassphraseArgs> {
        match self.pkcs11.is_some() || self.spare_pkcs11.is_some() {
            true => Cow::Owned(PassphraseArgs::new_in(self.new_passphrase_file.clone())),
            false => Cow::Borrowed(&self.passphrase),
        }
    }

    /// A key that there is already. Where its file is encrypted, the passphrase is asked for once, and is the new desk's too.
    fn key(
        &self,
        context: &Context,
        (file, agent, pkcs11): (&Option<PathBuf>, &Option<String>, &Option<String>),
        passphrase: &mut Option<Passphrase>,
    ) -> anyhow::Result<Option<RootKey>> {
        let named = (agent.as_deref(), pkcs11.as_deref());
        if let Some((key, signer)) = elsewhere::named(context, named, &self.passphrase)? {
            return Ok(Some(RootKey::Elsewhere(key, Arc::new(signer))));
        }
        let Some(path) = file else {
            return Ok(None);
        };
        let text = read_key_file(path)?;
        if Elsewhere::is_one(&text) {
            let key = Elsewhere::read(&text)?;
            let signer = elsewhere::open(context, &key, path, Some(&self.passphrase))?;
            return Ok(Some(RootKey::Elsewhere(key, Arc::new(signer))));
        }
        if !SigningKey::is_encrypted(&text) {
            return Ok(Some(RootKey::Here(SigningKey::from_pem(&text, None)?)));
        }
        if passphrase.is_none() {
            let typed = self
                .of_files()
                .existing(context, &path.display().to_string())?;
            *passphrase = Passphrase::new(typed);
        }
        let known = passphrase.as_ref().ok_or(KeyError::WrongPassphrase)?;
        Ok(Some(RootKey::Here(SigningKey::from_pem(
            &text,
            Some(known),
        )?)))
    }
}
