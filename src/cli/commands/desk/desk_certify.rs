//! `desk certify`.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use super::desk_request::{name, request_of};
use super::ledger_verify::verified;
use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::desk::OpenDesk;
use crate::cli::failure::Failure;
use crate::cli::{confirm, desk, handed_over, json};
use crate::failure::FailureKind;
use crate::issuer::keys::{self, Certified, Issuer, KeyRequest, KeyState, Limits, May};
use crate::protocol::date::Day;
use crate::protocol::desk_certificate::{
    MANAGER, MAY_GRANT, MAY_GRANT_EMERGENCY, MAY_GRANT_LENDING, ONE_PRODUCT,
};
use crate::protocol::product::RootFingerprint;
use crate::text::{Code, Kind};

/// How long a key signs where nothing is said of it, days.
const A_YEAR: u16 = 365;

/// Certify the key of a clerk, or of a second manager, within limits
///
/// It takes the root key, which need not stay at the desk: the clerk answers with the key of his own from then on. Each limit holds here before anything is
/// signed, and on every machine after. A limit that is not given is none. Certified again, a key has the new limits here; machines go on taking what it signed
/// under the old ones, to their last day.
#[derive(clap::Args)]
pub(crate) struct DeskCertify {
    /// Whose key, as it is named in the request
    #[arg(value_name = "NAME", value_parser = name)]
    name: String,
    /// The request that `desk request` wrote [default: the one of that name at the desk]
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// The six groups that its owner reads out to you; without them you are asked on a terminal, before anything is signed, whether they are the same
    #[arg(long, value_name = "GROUPS")]
    fingerprint: Option<RootFingerprint>,
    /// Most seats of a license that it sells or changes, and of an answer
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    max_seats: Option<u16>,
    /// Most days that a machine goes on without contact after an answer
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..))]
    max_grace: Option<u16>,
    /// Longest loan in days
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u8).range(1..))]
    max_loan: Option<u8>,
    /// Most days of emergency codes of an answer together
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u8).range(1..))]
    max_emergency: Option<u8>,
    /// What it may sign, separated by commas: grant, lend (licenses whose sites lend), emergency (licenses with emergency codes)
    #[arg(long, value_name = "KINDS", value_delimiter = ',', default_values = ["grant", "lend", "emergency"], value_parser = ["grant", "lend", "emergency"])]
    kinds: Vec<String>,
    /// The last day on which it signs [default: in a year]
    #[arg(long, value_name = "DATE")]
    until: Option<Day>,
    /// For this product alone
    #[arg(long, value_name = "ID", conflicts_with = "manager")]
    product: Option<String>,
    /// A manager's: it may set rules aside with --override, and remove keys
    #[arg(long)]
    manager: bool,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for DeskCertify {
    const NAME: &'static str = "certify";
    const ABOUT: &'static str = "Certify a clerk's key within limits";

    type Object = json::KeyCertified;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        let file = match &self.request {
            Some(file) => file.clone(),
            None => self.at_desk(&desk)?,
        };
        let request = KeyRequest::read(&handed_over::text_in_file(&file)?);
        let request = request.map_err(keys::KeysError::from)?;
        if request.name != self.name {
            let message = format!("that request is for the name {}", request.name);
            return Err(Failure::new(FailureKind::KeyNamed, message)
                .hint("ask whoever handed it over which one is meant; a request keeps the name that it was made with")
                .into());
        }
        let today = context.environment.now().day();
        let limits = self.limits(today);
        let compared = self.compared(context, &mut desk, &request)?;
        let root = self.acting.root(context, &desk)?;
        verified(context, desk.ledger(), &[])?;
        let root = Issuer::root(root);
        let before = keys::list(desk.ledger(), today)?.into_iter().rev();
        let before = before
            .filter(|it| it.key.name == self.name && it.state == KeyState::Active)
            .map(|it| May(&it.certificate, &it.key.product).to_string())
            .next();
        let mut entropy = context.environment.entropy()?;
        let hand = root.hand(context.environment.by());
        let made = keys::certify(desk.ledger(), hand, &request, &limits, &mut entropy)?;
        let fingerprint = RootFingerprint::of(&made.certificate.public_key);
        let may = May(&made.certificate, &made.key.product).to_string();
        if context.out.json {
            let code = Code::new(Kind::DeskCertificate, made.key.certificate.clone());
            let object = json::KeyCertified {
                key: json::DeskKey::of(&made),
                certificate: code.to_text()?,
            };
            Self::print(context, &object)?;
            return Ok(Exit::DONE);
        }
        let name = &self.name;
        context.out.say(format_args!(
            "the key {fingerprint} of {name} is certified: {may}"
        ));
        if let Some(before) = before.filter(|it| *it != may) {
            context.out.say(format_args!("before it was: {before}"));
        }
        if compared == Compared::NotYet {
            context.out.say("compare the six groups with those that its owner reads to you: whoever else made that request could sign");
        }
        match desk.place().clerks_key(name).exists() {
            true => context.out.say(format_args!("{name} answers with it by countersign respond --key {name}, or where COUNTERSIGN_KEY={name} is set")),
            false => context.out.say(format_args!("{name} answers with it by countersign respond --key FILE, or where COUNTERSIGN_KEY=FILE is set: FILE is where that key lies")),
        }
        Ok(Exit::DONE)
    }
}

impl DeskCertify {
    /// The request of that name at the desk.
    fn at_desk(&self, desk: &OpenDesk) -> Result<PathBuf, Failure> {
        let file = request_of(&desk.place().clerks_key(&self.name));
        // A pipe in its place would be waited for.
        if file.is_file() {
            return Ok(file);
        }
        let listed = fs::read_dir(desk.place().keys_directory());
        let paths = listed.into_iter().flatten().flatten().map(|it| it.path());
        let requests = paths.filter(|it| it.extension() == Some(OsStr::new("request")));
        let mut names: Vec<String> = requests
            .filter_map(|it| Some(it.file_stem()?.to_str()?.to_owned()))
            .collect();
        names.sort();
        let lies = match names.as_slice() {
            [] => "none lies here".to_owned(),
            names => format!("there are those of {}", names.join(", ")),
        };
        let message = format!("no request of {} lies at this desk", self.name);
        Err(Failure::new(FailureKind::NoFile, message).hint(format!(
            "{lies}; {} makes one by `countersign desk request {}`, or name the file that was handed over: --request FILE",
            self.name, self.name
        )))
    }
}

/// Whether the request's key is known for its owner's.
#[derive(PartialEq, Eq)]
enum Compared {
    Same,
    /// Nobody could be asked.
    NotYet,
}

impl DeskCertify {
    /// Holds the key of a request against what its owner says of it; one that was certified before is known.
    fn compared(
        &self,
        context: &Context,
        desk: &mut OpenDesk,
        request: &KeyRequest,
    ) -> anyhow::Result<Compared> {
        let public = request.public.to_bytes();
        let here = RootFingerprint::of(&public);
        if let Some(said) = self.fingerprint {
            return match said == here {
                true => Ok(Compared::Same),
                false => {
                    let message = format!("that request is of the key {here}, and not of {said}");
                    Err(Failure::new(FailureKind::OtherDeskKey, message)
                        .hint("have its owner read the six groups out once more; where they stay otherwise, somebody else made that request: ask for another, and certify none of this name before")
                        .into())
                }
            };
        }
        let known = keys::list(desk.ledger(), context.environment.now().day())?;
        let same = |it: &Certified| it.key.name == self.name && it.certificate.public_key == public;
        if known.iter().any(same) {
            return Ok(Compared::Same);
        }
        if context.no_input || !io::stdin().is_terminal() {
            return Ok(Compared::NotYet);
        }
        let question = format!(
            "the key of {} in that request is {here}. Does its owner read out the same six groups?",
            self.name
        );
        match confirm::agreed(context, &question, "whether that is its owner's key")? {
            true => Ok(Compared::Same),
            false => {
                let message = format!(
                    "that request is of the key {here}, which is not its owner's: nothing was certified"
                );
                Err(Failure::new(FailureKind::OtherDeskKey, message)
                    .hint("have the owner of the key make it anew, and see who else can write to where requests lie")
                    .into())
            }
        }
    }

    fn limits(&self, today: Day) -> Limits {
        let may = |kind: &str, bit: u8| match self.kinds.iter().any(|it| it == kind) {
            true => bit,
            false => 0,
        };
        let only = self.product.as_ref().map_or(0, |_| ONE_PRODUCT);
        Limits {
            until: self.until.unwrap_or_else(|| today.plus(A_YEAR)),
            kinds: may("grant", MAY_GRANT)
                | may("lend", MAY_GRANT_LENDING)
                | may("emergency", MAY_GRANT_EMERGENCY)
                | only
                | if self.manager { MANAGER } else { 0 },
            max_seats: self.max_seats.unwrap_or(0),
            max_grace: self.max_grace.unwrap_or(0),
            max_loan: self.max_loan.unwrap_or(0),
            max_emergency: self.max_emergency.unwrap_or(0),
            product: self.product.clone(),
        }
    }
}
