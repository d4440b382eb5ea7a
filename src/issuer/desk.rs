//! Where a desk lives: `DIR/desk/` with its ledger and its two root keys.

mod change;
mod files;
mod new_key;
mod open;
mod outbox;
mod passphrase;
mod root_key;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

pub use change::change;
pub(super) use files::{
    at, beside, create_directory, directory_of, new_private, part_of, place_anew, sync_directory,
};
use files::{rename, write_private};
pub use new_key::write_new_key;
pub use outbox::Outbox;
pub use passphrase::change_passphrase;
pub use root_key::RootKey;
use zeroize::Zeroizing;

use crate::failure::FailureKind;
use crate::issuer::history::Actor;
use crate::issuer::history::{
    ClockFacts, DESK_CLOCK, DESK_INIT, DeskFacts, Hand, Hex, NewEvent, Recorder, to_json,
};
use crate::issuer::ledger::{Ledger, LedgerError, Transaction};
use crate::issuer::seeds::{self, Holder, SeedError};
use crate::patience;
use crate::signing::keys::{Entropy, KeyError, Passphrase, SigningKey};
use crate::signing::signer::SignerError;

const LEDGER: &str = "ledger.db";
const ROOT: &str = "root.pem";
const SPARE: &str = "spare.pem";
/// Under which names the ledger keeps the live root and the spare one.
pub(crate) const ROOT_NAMES: [&str; 2] = ["root", "spare"];
/// Under which it keeps those that were dropped.
pub(crate) const FORMER: &str = "former";
/// How the name begins of a desk that is being made; sixteen hexadecimal digits follow.
const BUILDING: &str = ".desk-";
/// A key file is some 500 bytes; what is longer is none.
const LONGEST_KEY_FILE: u64 = 64 * 1024;

/// Why a desk could not be made or opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskError {
    /// There is a desk already.
    #[error("there is a desk already in {}", .0.display())]
    Exists(PathBuf),
    /// There is none.
    #[error("there is no desk in {}", .0.display())]
    Missing(PathBuf),
    /// The directory for it is another account's.
    #[error("another account of this computer owns the directory {}", .0.display())]
    Foreign(PathBuf),
    /// Two root keys of one desk are the same: given twice, or the source of randomness repeats itself.
    #[error("both root keys are the same key")]
    SameKeys,
    /// A file or directory could not be read or written.
    #[error("{} could not be read or written", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// The ledger's word.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A key's word.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A key's word that was to sign.
    #[error(transparent)]
    Seeds(#[from] SeedError),
}

impl From<SignerError> for DeskError {
    fn from(error: SignerError) -> DeskError {
        DeskError::Seeds(error.into())
    }
}

impl DeskError {
    /// Its kind, for scripts.
    pub fn kind(&self) -> FailureKind {
        match self {
            DeskError::Exists(_) => FailureKind::DeskExists,
            DeskError::Missing(_) => FailureKind::DeskMissing,
            DeskError::Foreign(_) => FailureKind::OpenToOthers,
            DeskError::SameKeys => FailureKind::SameKeys,
            DeskError::Io { error, .. } => FailureKind::of_io(error),
            DeskError::Ledger(error) => error.kind(),
            DeskError::Key(error) => error.kind(),
            DeskError::Seeds(error) => error.kind(),
        }
    }
}

/// What a desk says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vendor {
    /// The vendor's name, for people.
    pub name: String,
    /// Where requests are mailed to.
    pub mail: Option<String>,
    /// Public keys: the live root and the spare.
    pub roots: [[u8; 32]; 2],
    /// Roots that were dropped: what they signed before is in the history.
    pub former: Vec<[u8; 32]>,
}

impl Vendor {
    /// All that are roots of this desk, or were.
    pub fn all_roots(&self) -> Vec<[u8; 32]> {
        let mut all = self.roots.to_vec();
        all.extend(&self.former);
        all
    }
}

/// A desk's place; nothing is opened by naming it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    directory: PathBuf,
}

/// Which of the two root keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// The one that signs.
    Live,
    /// The one kept elsewhere, for the day the other is lost or stolen.
    Spare,
}

impl Desk {
    /// The desk of a home directory.
    pub fn at(home: &Path) -> Desk {
        Desk {
            directory: home.join("desk"),
        }
    }

    /// Whether there is one, its ledger being lost or not.
    pub fn exists(&self) -> bool {
        self.directory.is_dir()
    }

    /// The directory in which all of it lies.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The ledger's file.
    pub fn ledger_path(&self) -> PathBuf {
        self.directory.join(LEDGER)
    }

    /// The file of a root key.
    pub fn key_path(&self, root: Root) -> PathBuf {
        self.directory.join(match root {
            Root::Live => ROOT,
            Root::Spare => SPARE,
        })
    }

    /// Where the keys lie that clerks made at this desk.
    pub fn keys_directory(&self) -> PathBuf {
        self.directory.join("keys")
    }

    /// The file of the key of this name.
    pub fn clerks_key(&self, name: &str) -> PathBuf {
        self.keys_directory().join(format!("{name}.pem"))
    }

    /// Makes a desk: two root keys, each the one given or a new one, those that rest in its files under the passphrase where there is one, and a ledger. All
    /// of it appears at once, or nothing does.
    ///
    /// # Errors
    /// `Exists`, and whatever the disk says.
    pub fn init(
        home: &Path,
        name: &str,
        mail: Option<&str>,
        keys: ([Option<RootKey>; 2], Option<&Passphrase>),
        by: Actor<'_>,
        entropy: &mut Entropy<'_>,
    ) -> Result<Desk, DeskError> {
        let desk = Desk::at(home);
        if desk.directory.exists() {
            return Err(DeskError::Exists(desk.directory));
        }
        create_directory(home)?;
        // Held until the end: whoever has it knows that what others began lies about for nothing. Where directories have no locks, it is left there.
        let alone = File::open(home).and_then(|home| Ok(home.try_lock().map(|()| home)?));
        if alone.is_ok() {
            remove_rests(home)?;
        }
        let mut tag = [0; 8];
        entropy(&mut tag);
        let building = home.join(format!("{BUILDING}{:016x}", u64::from_be_bytes(tag)));
        let made = build(&building, name, mail, keys, by, entropy)
            .and_then(|()| rename(&building, &desk.directory))
            .and_then(|()| sync_directory(home));
        if made.is_err() {
            // What cannot be removed either is of no use to anybody and in nobody's way.
            let _ = fs::remove_dir_all(&building);
        }
        made.map(|()| desk)
    }
}

/// Notes that a clock is right which is behind the last event: that one was made under a wrong one, and the next is compared with this.
///
/// # Errors
/// What the ledger says.
pub fn trust_clock(ledger: &mut Ledger, reason: &str, hand: Hand<'_>) -> Result<(), LedgerError> {
    ledger.write(|tx| {
        let facts = ClockFacts {
            reason: reason.to_owned(),
        };
        let happening = NewEvent {
            kind: DESK_CLOCK,
            license: None,
            activation: None,
            previous: None,
            data: to_json(&facts)?,
        };
        Recorder::by_right_clock(tx, hand)?.record(tx, happening)?;
        Ok(())
    })
}

/// Reads a key file's text.
///
/// # Errors
/// Whatever the disk says, `NotAKey` for a file too long to be one.
pub fn read_key_file(path: &Path) -> Result<Zeroizing<String>, DeskError> {
    let found = fs::metadata(path).map_err(at(path))?;
    // A pipe in the file's place would be waited for, for ever, and a device read.
    if !found.is_file() || found.len() > LONGEST_KEY_FILE {
        return Err(KeyError::NotAKey.into());
    }
    let text = patience::opening(|| fs::read_to_string(path));
    Ok(Zeroizing::new(text.map_err(at(path))?))
}

/// What the desk says about itself.
///
/// # Errors
/// `Damaged` where something is not there, or what the ledger says.
pub fn vendor(tx: &mut dyn Transaction) -> Result<Vendor, LedgerError> {
    let missing = |name: &str| LedgerError::Damaged(format!("the desk's {name} is missing"));
    let name = tx.meta("vendor")?.ok_or_else(|| missing("vendor"))?;
    let mail = tx.meta("mail")?.filter(|it| !it.is_empty());
    let mut root = |name| -> Result<[u8; 32], LedgerError> {
        let text = tx.meta(name)?.ok_or_else(|| missing(name))?;
        unhex(&text).ok_or_else(|| missing(name))
    };
    let roots = [root("root")?, root("spare")?];
    let former = tx.meta(FORMER)?.unwrap_or_default();
    let former = former.split_whitespace().map(unhex);
    let former: Option<Vec<[u8; 32]>> = former.collect();
    Ok(Vendor {
        name,
        mail,
        roots,
        former: former.ok_or_else(|| missing("former roots"))?,
    })
}

/// Other roots from now on, in the place of one that is dropped.
pub(crate) fn set_roots(
    tx: &mut dyn Transaction,
    [live, spare]: [[u8; 32]; 2],
    dropped: [u8; 32],
) -> Result<(), LedgerError> {
    let before = tx.meta(FORMER)?.unwrap_or_default();
    let former = format!("{before} {}", hex(&dropped));
    tx.set_meta(FORMER, former.trim_start())?;
    tx.set_meta("root", &hex(&live))?;
    tx.set_meta("spare", &hex(&spare))
}

/// Removes desks that were being made when the program was killed: nobody was told of their keys.
fn remove_rests(home: &Path) -> Result<(), DeskError> {
    for entry in fs::read_dir(home).map_err(at(home))? {
        let entry = entry.map_err(at(home))?;
        let name = entry.file_name();
        let tag = name.to_str().and_then(|name| name.strip_prefix(BUILDING));
        let is_rest = tag
            .is_some_and(|tag| tag.len() == 16 && tag.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if is_rest && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            fs::remove_dir_all(entry.path()).map_err(at(&entry.path()))?;
        }
    }
    Ok(())
}

fn build(
    directory: &Path,
    name: &str,
    mail: Option<&str>,
    (given, passphrase): ([Option<RootKey>; 2], Option<&Passphrase>),
    by: Actor<'_>,
    entropy: &mut Entropy<'_>,
) -> Result<(), DeskError> {
    create_directory(directory)?;
    let [root, spare] =
        given.map(|it| it.unwrap_or_else(|| RootKey::Here(SigningKey::generate(entropy))));
    if root.public() == spare.public() {
        return Err(DeskError::SameKeys);
    }
    for (key, file) in [(&root, ROOT), (&spare, SPARE)] {
        let text = key.to_text(passphrase, entropy)?;
        write_private(&directory.join(file), text.as_bytes())?;
    }
    let roots = [root.public(), spare.public()];
    let (root, spare) = (root.tried()?, spare.tried()?);
    let holders = [Holder::of(&root)?, Holder::of(&spare)?];
    let mut ledger = Ledger::create(&directory.join(LEDGER))?;
    ledger.write(|tx| -> Result<(), SeedError> {
        tx.set_meta("vendor", name)?;
        if let Some(mail) = mail {
            tx.set_meta("mail", mail)?;
        }
        let [live, spare] = &roots;
        tx.set_meta("root", &hex(live))?;
        tx.set_meta("spare", &hex(spare))?;
        let hand = Hand {
            by,
            signer: &root,
            certificate: None,
            approves: None,
        };
        let mut recorder = Recorder::by_hand(tx, hand)?;
        let sealed = seeds::begin(tx, &holders, recorder.next(), entropy)?;
        let facts = DeskFacts {
            vendor: name.to_owned(),
            mail: mail.map(str::to_owned),
            root: Hex(*live),
            spare: Hex(*spare),
            sealed: seeds::told(&sealed),
        };
        let data = to_json(&facts)?;
        let event = NewEvent {
            kind: DESK_INIT,
            license: None,
            activation: None,
            previous: None,
            data,
        };
        recorder.record(tx, event)?;
        Ok(())
    })?;
    // Closing moves what was written ahead into the file: one file is renamed, not three.
    drop(ledger);
    sync_directory(directory)
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in out.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(out)
}
