//! `desk init`.

use std::path::{Path, PathBuf};

use super::{Context, Exit, Run};
use crate::cli::desk;
use crate::cli::failure::Failure;
use crate::cli::handed_over;
use crate::cli::json;
use crate::cli::mail::Mailbox;
use crate::cli::passphrase::{Asks, PassphraseArgs};
use crate::cli::secrecy;
use crate::cli::sold;
use crate::failure::FailureKind;
use crate::issuer::desk::{Desk, DeskError, Root, read_key_file};
use crate::issuer::keys::Issuer;
use crate::issuer::products::{self, CatalogueError};
use crate::protocol::product::{ProductFile, RootFingerprint};
use crate::seats;
use crate::signing::keys::{KeyError, Passphrase, SigningKey};

/// Create the vendor's desk: its ledger and its two root keys
///
/// The live key signs; the spare one is for the day the live one is lost or stolen: move it to another safe place. Both are encrypted with the
/// passphrase. Nothing is overwritten.
///
/// With `--root-key` and `--spare-key` the desk gets keys that there are already, and with `--product` the products that were sold with them. What was
/// licensed before is known only where the ledger is put back from its copy.
#[derive(clap::Args)]
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
    #[arg(long, conflicts_with = "passphrase_file")]
    no_passphrase: bool,
    /// A key that there is already, in place of a new live one
    #[arg(
        long,
        value_name = "FILE",
        requires = "spare_key",
        help_heading = "A desk with the keys of an earlier one"
    )]
    root_key: Option<PathBuf>,
    /// The same for the spare one
    #[arg(
        long,
        value_name = "FILE",
        requires = "root_key",
        help_heading = "A desk with the keys of an earlier one"
    )]
    spare_key: Option<PathBuf>,
    /// A product file that these keys have signed; may be repeated
    #[arg(
        long = "product",
        value_name = "FILE",
        requires = "root_key",
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
        let mut given = Vec::new();
        let mut passphrase = None;
        for path in self.root_key.iter().chain(&self.spare_key) {
            given.push(self.key(context, path, &mut passphrase)?);
        }
        if self.no_passphrase {
            passphrase = None;
        } else if passphrase.is_none() {
            let asks = Asks {
                prompt: "new passphrase for the signing keys: ",
                hint: "choose one, or say --no-passphrase for a key that anyone with the file can use",
            };
            passphrase = Passphrase::new(self.passphrase.new_one(context, &asks)?);
        }
        let given = <[SigningKey; 2]>::try_from(given).ok();
        if let Some([live, spare]) = &given {
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
            let pem = read_key_file(&desk.key_path(Root::Live))?;
            let root = SigningKey::from_pem(&pem, passphrase.as_ref()).map_err(DeskError::from)?;
            let root = Issuer::root(context.environment.tried(root)?);
            for file in &products {
                products::import(&mut ledger, file, &vendor.roots, root.hand(by))?;
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
        if self.no_passphrase {
            context.out.warn(
                "the signing keys are not encrypted: whoever reads the files can sign in your name",
            );
        }
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
        context.out.say("move the spare key to another safe place, and back up the signing key with its passphrase: without one of them no license can be granted");
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
    /// A key that there is already. Where it is encrypted, the passphrase is asked for once, and is the new desk's too.
    fn key(
        &self,
        context: &Context,
        path: &Path,
        passphrase: &mut Option<Passphrase>,
    ) -> anyhow::Result<SigningKey> {
        let pem = read_key_file(path)?;
        if !SigningKey::is_encrypted(&pem) {
            return Ok(SigningKey::from_pem(&pem, None)?);
        }
        if passphrase.is_none() {
            let text = self
                .passphrase
                .existing(context, &path.display().to_string())?;
            *passphrase = Passphrase::new(text);
        }
        let known = passphrase.as_ref().ok_or(KeyError::WrongPassphrase)?;
        Ok(SigningKey::from_pem(&pem, Some(known))?)
    }
}
