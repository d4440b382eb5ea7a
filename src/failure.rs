//! Every way to fail, once: its stable name for scripts, its exit code, and when it happens. README's exit codes and FAILURES.md are held against
//! these two tables by a test.

use std::fmt;
use std::io;
use std::process::ExitCode;

/// An exit code of the command line: one number per class of failures. Numbers are never used again for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Exit(pub u8);

macro_rules! exits {
    ($($name:ident $number:literal $meaning:literal;)*) => {
        impl Exit {
            $(#[doc = $meaning] pub const $name: Exit = Exit($number);)*

            /// All of them with their meanings, in order.
            pub const ALL: &[(Exit, &str)] = &[$((Exit::$name, $meaning)),*];
        }
    };
}

exits! {
    DONE 0 "done, perhaps with a warning on standard error";
    FAILED 1 "failed: the disk, a file, a ledger in use, seats out of reach";
    USAGE 2 "usage";
    NO_CODE 3 "no code in the input, or typed too badly to mend: the rows and groups in doubt are named";
    NOT_FOR_THIS 4 "a good code, key or token, but not for this: another machine, request, product, kind or desk";
    NOT_TRUSTED 5 "not trusted: a signature, a chain or the limits of a desk do not hold; a file was edited";
    REFUSED 6 "refused by the rules: no seat free, expired, revoked, given up, held for the clerk or the manager";
    PASSPHRASE 7 "a passphrase is wrong or missing";
    BATCH_PARTLY 8 "some lines of a batch, or some requests of a text, were not answered, and the others were";
    PROPOSED 9 "not done yet: another has to approve it first, and nothing but the proposal was kept";
    UNLICENSED 10 "not licensed, or the demo is over";
    EXPIRED 11 "expired";
    OVERDUE 12 "re-validation overdue";
    WRONG_MACHINE 13 "another machine, server or database";
    CLOCK_BEHIND 14 "the clock is behind for too long";
    NO_FEATURE 15 "a feature is not in the license or has ended, its maintenance is over, or this version was released after it";
    OVER_LIMIT 16 "a count is above its limit, or no seat is free, and all else is in order";
    NOT_NAMED 17 "the user is not among those whom the license names";
    RULED 18 "a rule of the site gives no seat";
    TRY_AGAIN 75 "`desk answer`, which a mail system runs: nothing is lost, hand the mail over again later; `kind` tells why";
    READER_GONE 141 "whoever read the output has gone away (`| head`): nothing is said of it";
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.0)
    }
}

macro_rules! failure_kinds {
    ($($kind:ident $name:literal $exit:ident $when:literal;)*) => {
        /// What went wrong, for scripts: of the errors of [`holder`](crate::holder) and [`issuer`](crate::issuer), of a check's refusals, and of the
        /// program's failures.
        ///
        /// ```
        /// use countersign::failure::FailureKind;
        ///
        /// assert_eq!(FailureKind::DemoOver.name(), "demo_over");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum FailureKind {
            $(#[doc = $when] $kind,)*
        }

        impl FailureKind {
            /// All of them, in the order of the table.
            pub const ALL: &[FailureKind] = &[$(FailureKind::$kind),*];

            /// Its stable snake_case name, under `kind` in JSON. Three names stand for two kinds each, one of a command and one of a check, which differ in
            /// their exit codes.
            pub const fn name(self) -> &'static str {
                match self {
                    $(FailureKind::$kind => $name,)*
                }
            }

            /// The exit code of a command that ends with it.
            pub const fn exit(self) -> Exit {
                match self {
                    $(FailureKind::$kind => Exit::$exit,)*
                }
            }

            /// When it happens, for people.
            pub const fn when(self) -> &'static str {
                match self {
                    $(FailureKind::$kind => $when,)*
                }
            }
        }
    };
}

failure_kinds! {
    // The computer, files, the terminal.
    Failed "failed" FAILED "something went wrong that has no kind of its own";
    Usage "usage" USAGE "the command was called in a way that it does not know";
    Io "io" FAILED "the disk or the system did not read or write a file";
    DiskFull "disk_full" FAILED "the disk is full";
    ReadOnly "read_only" FAILED "the disk, or the ledger on it, may only be read";
    NoPermission "no_permission" FAILED "this user may not read or write a file";
    FileHeld "file_held" FAILED "another program holds the file: an editor, a backup, a virus scanner";
    NoFile "no_file" FAILED "the file that was named is not there or cannot be read";
    ForeignLink "foreign_link" FAILED "the file to be written is a link or a pipe of somebody else";
    KeptFile "kept_file" FAILED "a private key, a ledger or a checkpoint stands where a file was to be written";
    OpenToOthers "open_to_others" FAILED "a file with a secret in it is open to other users, or its directory is another account's";
    NoHome "no_home" FAILED "the user has no home directory and none was named";
    Input "input" FAILED "standard input cannot be read";
    Output "output" FAILED "the output cannot be written";
    ReaderGone "reader_gone" READER_GONE "whoever read the output has gone away";
    Prompt "prompt" FAILED "the terminal gave no answer";
    NoEntropy "no_entropy" FAILED "the system gives no random numbers";
    TooLong "too_long" FAILED "the answer or request is too long for a code";
    TooMuchForQr "too_much_for_qr" FAILED "the code is too long for a QR picture";
    NoProgram "no_program" FAILED "the program that `run` was to start cannot be started";
    Tour "tour" FAILED "a step of the tour went otherwise than it must";
    PassphraseFile "passphrase_file" FAILED "the file with the passphrase cannot be read";
    PassphraseNeeded "passphrase_needed" PASSPHRASE "a passphrase is needed and nobody can be asked, or what was given is empty";
    PassphrasesDiffer "passphrases_differ" PASSPHRASE "a new passphrase was typed in two ways";
    WrongPassphrase "wrong_passphrase" PASSPHRASE "the passphrase does not open the signing key, or the PIN not the token";
    PinLocked "pin_locked" PASSPHRASE "the token is locked by wrong PINs, or the next one locks it";

    // Codes, keys and product files as they come in.
    NoCode "no_code" NO_CODE "there is no code in the input";
    Damaged "damaged" NO_CODE "the code is typed too badly to mend; `rows` tells where";
    HiddenCode "hidden_code" NO_CODE "the only code stands in a part of the message that nobody sees";
    Unfinished "unfinished" NO_CODE "not all rows of the code were entered";
    TooLarge "too_large" NO_CODE "the input is too large to look for a code in";
    MistypedKey "mistyped_key" NO_CODE "the license key is mistyped";
    NotAProductFile "not_a_product_file" NO_CODE "the file is not a product file";
    PictureFormat "picture_format" NO_CODE "the picture is of a kind that is not read";
    PictureTooLarge "picture_too_large" NO_CODE "the picture is too large to look for a code in";
    PictureDamaged "picture_damaged" NO_CODE "the picture is damaged";
    PictureWithoutCode "picture_without_code" NO_CODE "no QR code can be seen in the picture";
    PictureOfSomethingElse "picture_of_something_else" NO_CODE "the QR code in the picture is for something else";
    PicturesNotRead "pictures_not_read" NO_CODE "this program was built without reading pictures";
    WrongKind "wrong_kind" NOT_FOR_THIS "a good code of a kind that is not taken here";
    Malformed "malformed" NOT_FOR_THIS "a good code whose content another version of the program made";
    NotTrusted "not_trusted" NOT_TRUSTED "the signature or the chain of a response, or of what is kept, does not hold";
    BadProductFile "bad_product_file" NOT_TRUSTED "the product file is damaged, was edited or breaks a rule";

    // The machine that holds a license.
    Busy "busy" FAILED "another process is at work in this home";
    NotOwner "not_owner" FAILED "the home belongs to another user, who alone changes it";
    AnchorClosed "anchor_closed" FAILED "the place that remembers what was given up cannot be written";
    HalfGivenUp "half_given_up" FAILED "a return was stopped half-way by the disk";
    SecretLost "secret_lost" FAILED "the secret that proves the possession of a license is lost";
    WhichLicense "which_license" USAGE "more than one license may be meant";
    DamagedState "damaged_state" NOT_TRUSTED "a file of the home is damaged or was edited";
    OtherRoot "other_root" NOT_TRUSTED "the product file is signed by a key that is not trusted here";
    NoProduct "no_product" USAGE "no product is installed";
    UnknownProduct "unknown_product" USAGE "no product of this name is known";
    UnknownBinding "unknown_binding" USAGE "the product is not bound to this";
    MissingBinding "missing_binding" USAGE "the product is bound to something that was not given";
    BadMachineValue "bad_machine_value" USAGE "a value that was given about the machine is not fit";
    OtherProduct "other_product" NOT_FOR_THIS "the license is for another product";
    UnknownLicense "unknown_license" NOT_FOR_THIS "the license is not known on this machine";
    UnknownActivation "unknown_activation" NOT_FOR_THIS "the activation is not known here";
    OtherRequest "other_request" NOT_FOR_THIS "the response answers another request, or another machine's";
    OtherEmergency "other_emergency" NOT_FOR_THIS "the emergency code belongs to no license in force here";
    NotHeld "not_held" REFUSED "the license is not in force here, so there is nothing to re-validate";
    GivenUp "given_up" REFUSED "the activation was given up: it holds no seat any more";
    AlreadyLicensed "already_licensed" REFUSED "the machine holds this license already";
    Unbound "unbound" REFUSED "a request or response is not bound as the product is";
    WeakMachine "weak_machine" REFUSED "too little is known about the machine to tell it from others";
    NoUsbKey "no_usb_key" REFUSED "no USB device with a serial number is plugged in";

    // A loan of a site.
    OnLoan "on_loan" REFUSED "a loan of the license runs here, and only its site gives it more time";
    NotOnLoan "not_on_loan" REFUSED "the license is not on loan here";

    // A site: its key, its loans.
    SiteExists "site_exists" FAILED "there is a site's key already";
    SiteMissing "site_missing" FAILED "there is no site's key in this home";
    NotASite "not_a_site" REFUSED "the license is not a site's: it was asked for without `--site`";
    MayNotLend "may_not_lend" REFUSED "the license may not be lent: no loans were sold with it";
    OtherSiteKey "other_site_key" REFUSED "the site's key is not the one that the vendor certified";
    LendingOff "lending_off" REFUSED "the site lends no seats at present";
    LendingPaused "lending_paused" REFUSED "the site's book of loans was put back to an earlier state, or its computer is another one: until the vendor has answered it lends nothing";
    LoanTooLong "loan_too_long" REFUSED "the loan would be longer than this site lends, or than it may";
    SeatsKept "seats_kept" REFUSED "the seats that are left stay at the site";
    LoansOut "loans_out" REFUSED "seats of the license are lent, so it cannot be given up";
    SiteReports "site_reports" REFUSED "the license is a site's, whose requests tell the vendor of its loans: the command makes them, an application does not";
    LoanReturned "loan_returned" REFUSED "the loan that is to be extended was given back";
    UnknownLoan "unknown_loan" NOT_FOR_THIS "the site knows of no such loan";

    // A site: seats in use.
    SeatsBusy "seats_busy" FAILED "another process keeps the gate of the seats";
    SeatsNotMade "seats_not_made" FAILED "the seats of the license were not made yet, and this user may not";
    NoLocks "no_locks" FAILED "the locks of the file system with the seats do not keep processes apart";
    SeatsNotShared "seats_not_shared" FAILED "the seats lie on a file server, and the owner of the home has not said yet that several computers share them";
    SeatsInUse "seats_in_use" REFUSED "whether several computers share the seats is not changed while one of them is in use or lent";
    SharedNotLent "shared_not_lent" REFUSED "several computers share the seats, and such ones are lent to nobody";
    SeatElsewhere "seat_elsewhere" REFUSED "the seat that is to be taken back is held on another computer";
    BadRules "bad_rules" USAGE "a line of the rules of a site cannot be read, or asks for what the license has not";
    Rule "rule" RULED "a rule of the site gives this user, or this workstation, no seat";
    UnknownToken "unknown_token" NOT_FOR_THIS "no seat is held by the token";
    NotForNames "not_for_names" REFUSED "the license is not for users by name";
    NoPlace "no_place" REFUSED "each place of the license has a user, rests or is lent";
    UnknownSeat "unknown_seat" NOT_FOR_THIS "nobody uses the seat that is meant";
    SeatLent "seat_lent" REFUSED "the seat is lent, and a loan is not ended from here";
    NotEnded "not_ended" FAILED "what holds a seat has not ended";
    NotFloating "not_floating" REFUSED "the license has no seats to be shared";

    // The desk: its place, its ledger, its keys.
    DeskExists "desk_exists" FAILED "there is a desk already";
    DeskMissing "desk_missing" FAILED "there is no desk";
    LedgerMissing "ledger_missing" FAILED "there is no ledger";
    LedgerExists "ledger_exists" FAILED "there is a ledger already";
    LedgerInUse "ledger_in_use" FAILED "another process writes to the ledger";
    DeskClock "desk_clock" REFUSED "the desk's clock is behind what its ledger knows";
    LedgerForeign "ledger_foreign" FAILED "the file is no ledger of this program";
    LedgerNewer "ledger_newer" FAILED "a later version of the program wrote the ledger";
    LedgerDamaged "ledger_damaged" FAILED "what stands in the ledger cannot be";
    LedgerIo "ledger_io" FAILED "the disk or the database engine failed";
    LedgerSchema "ledger_schema" NOT_TRUSTED "the ledger's tables are not as this program makes them";
    LedgerEdited "ledger_edited" NOT_TRUSTED "the ledger is not as its history has it; `findings` tells where";
    OtherDesk "other_desk" NOT_FOR_THIS "the backup or the export is of another desk";
    BackupOlder "backup_older" REFUSED "the ledger has events that the backup has not";
    BadExport "bad_export" NOT_TRUSTED "the file is no export of a ledger, or was changed or cut off since it was written";
    BadCheckpoint "bad_checkpoint" NOT_TRUSTED "the file is no checkpoint that a key of this desk signed";
    OtherHistory "other_history" NOT_FOR_THIS "the ledger was put back or exchanged: its history is not the one that was followed";
    NotLost "not_lost" REFUSED "an answer that is to be taken back is none that the ledger lost when it was put back";
    SameKeys "same_keys" FAILED "the source of randomness yields the same key twice";
    KeysUsedUp "keys_used_up" FAILED "no unused license key could be drawn";
    NotAKey "not_a_key" FAILED "the file is no private key in PEM";
    NotEd25519 "not_ed25519" FAILED "the private key is not an Ed25519 key";
    SignerFailed "signer_failed" FAILED "the signing key gave no signature";
    NoAgent "no_agent" FAILED "no ssh-agent can be reached, or it does not answer as one";
    KeyAbsent "key_absent" FAILED "the ssh-agent or the token does not have the key, or is locked";
    NoModule "no_module" FAILED "the PKCS#11 module of a token cannot be used";
    NoToken "no_token" FAILED "no token is there that the key's URI means";
    ForeignModule "foreign_module" NOT_TRUSTED "others can change the PKCS#11 module, or the key file that names it";
    UnsupportedEncryption "unsupported_encryption" FAILED "the key file is encrypted in a way that is not supported";
    TooMuchWork "too_much_work" FAILED "the key file asks for too much work to be opened";
    ForeignKey "foreign_key" NOT_TRUSTED "the desk's key may not sign for the product";
    SignerWrong "signer_wrong" NOT_TRUSTED "the signing key gave a signature that does not hold, or signed the same in two ways";
    NotARoot "not_a_root" NOT_TRUSTED "the key is not a root key of the product";
    DeskLimit "desk_limit" REFUSED "it is beyond what the desk's key was certified for";
    NotAKeyRequest "not_a_key_request" NO_CODE "the file is no request for a desk key, or was edited";
    KeyNamed "key_named" REFUSED "the name has another key, or the key another name";
    OtherDeskKey "other_desk_key" NOT_FOR_THIS "the request for a desk key is of another key than its owner says";
    UnknownDeskKey "unknown_desk_key" NOT_FOR_THIS "no key of this desk has that name";
    WhichKey "which_key" USAGE "several keys lie at the desk or in the token, and which is meant was not said";
    KeyRemoved "key_removed" REFUSED "the key was removed, or a later certificate took the place of its own";
    NeedsRoot "needs_root" REFUSED "it takes a root key of the desk, and another was given";
    NeedsClerk "needs_clerk" REFUSED "what is signed unattended takes a clerk's key, and a root's or a manager's was given";
    NeedsManager "needs_manager" REFUSED "it takes a root or a manager's key, and a clerk's was given";
    SeedKeyShut "seed_key_shut" NOT_TRUSTED "the ledger's key of emergency codes does not open with the signing key";
    SeedKeyLost "seed_key_lost" REFUSED "the emergency codes were made with a key that the ledger has not";

    // The desk: selling and changing.
    ProductExists "product_exists" FAILED "there is a product of this name already";
    BadProduct "bad_product" USAGE "the product breaks a rule of product files";
    CatalogueShrinks "catalogue_shrinks" USAGE "the change would lose or move what licenses were sold with";
    BadOrder "bad_order" USAGE "the order does not fit the product";
    OrderDiffers "order_differs" REFUSED "there is an order of this name with other terms";
    TooLongToLend "too_long_to_lend" REFUSED "what the license contains is too long for the codes by which it is lent";
    MayBeLent "may_be_lent" REFUSED "seats may be on loan that the license would not have any more";
    Proposed "proposed" PROPOSED "the policy of the product wants another's approval: the command was kept as a proposal, `proposal` is its number";
    NeedsApproval "needs_approval" PROPOSED "the policy of the product wants another's approval, and a batch or a dry run keeps no proposals";
    UnknownProposal "unknown_proposal" NOT_FOR_THIS "nothing in the inbox has this number";
    ProposalDecided "proposal_decided" REFUSED "what stands in the inbox was approved or declined before";
    OwnProposal "own_proposal" REFUSED "whoever proposed something does not approve it: another does, with another key";
    ProposalDiffers "proposal_differs" REFUSED "what was proposed would do something else now, or nothing";
    TooManyProposals "too_many_proposals" REFUSED "as many proposals wait as may: some are to be approved or declined first";
    NothingToChange "nothing_to_change" USAGE "everything is so already";
    WhichActivation "which_activation" USAGE "more than one activation may be meant";
    UntilPast "until_past" REFUSED "the last day that was asked for is over";
    NoEmergency "no_emergency" REFUSED "the generation has no emergency codes";
    NoCodeNeeded "no_code_needed" REFUSED "the license ends before it must re-validate: no emergency code moves anything";
    EmergencyUsedUp "emergency_used_up" REFUSED "the emergency codes do not reach that far";
    UnknownGeneration "unknown_generation" NOT_FOR_THIS "the activation has no such generation";

    // The desk: answering.
    UnknownKey "unknown_key" NOT_FOR_THIS "this desk sold no license with this key";
    CommitmentUsed "commitment_used" NOT_FOR_THIS "another request was answered that begins as this one does";
    OrderExpired "expired" REFUSED "the license that is asked for is over";
    NothingToAnnounce "nothing_to_announce" REFUSED "nothing was changed that a machine does not know yet";
    Revoked "revoked" REFUSED "the license was revoked";
    Void "void" REFUSED "the license was made by mistake and is void";
    AnsweredBefore "answered_before" REFUSED "a machine was answered for the license that is to be void";
    NoSeatFree "no_seat_free" REFUSED "fewer seats are free than are wanted";
    NeedsBindings "needs_bindings" REFUSED "the request does not say what its product is bound to";
    NotAskedFor "not_asked_for" REFUSED "the request has something that its product does not ask for";
    OtherUsb "other_usb" REFUSED "the license is bound to a USB key that the machine does not have";
    NeedsSiteKey "needs_site_key" REFUSED "the license wants the key of its site, and the request has none";
    NewSiteKey "new_site_key" REFUSED "the site would sign with a key that nobody has accepted yet";
    UnfitSiteKey "unfit_site_key" REFUSED "the site key in the request is not fit for signatures";
    HeldForManager "held_for_manager" REFUSED "only the manager may set the rule aside; `verdict` and `evidence` tell why";
    NeedsSupersede "needs_supersede" REFUSED "YELLOW: the machine does not hold the latest answer; a clerk may supersede it";
    Overtaken "overtaken" REFUSED "the machine asked again later and was answered";
    LastGeneration "last_generation" REFUSED "the activation has used up all its generations";
    SameName "same_name" REFUSED "another activation of the license has the same number";
    TooManyEarly "too_many_early" REFUSED "too many returns came before their requests";

    // What `check` and `run` find.
    NotLicensed "not_licensed" UNLICENSED "there is no license";
    DemoOver "demo_over" UNLICENSED "the demo is over";
    DemoNotKept "demo_not_kept" UNLICENSED "the demo cannot begin, for its first day can be kept nowhere";
    UsbMissing "usb_missing" UNLICENSED "the USB key of the license is not plugged in, and there is no demo";
    Returned "returned" UNLICENSED "the license was given up by this machine";
    KeptUnbound "unbound" NOT_TRUSTED "the license that is kept is not bound as its product is";
    Expired "expired" EXPIRED "the last day of the license is over";
    Overdue "overdue" OVERDUE "the day of re-validation is over";
    WrongMachine "wrong_machine" WRONG_MACHINE "the license belongs to another machine";
    WrongBinding "wrong_binding" WRONG_MACHINE "the license is bound to another server, database or the like";
    BindingNotLicensed "unknown_binding" WRONG_MACHINE "the license is not bound to anything of this name";
    ClockBehind "clock_behind" CLOCK_BEHIND "the clock has been behind for too long";
    FeatureMissing "feature_missing" NO_FEATURE "the license does not contain the feature";
    FeatureEnded "feature_ended" NO_FEATURE "the feature was licensed until a day that is over";
    MaintenanceOver "maintenance_over" NO_FEATURE "the feature needs maintenance, which is over";
    ReleaseNotCovered "release_not_covered" NO_FEATURE "this version was released after maintenance had ended";
    NoSeat "no_seat" OVER_LIMIT "all seats of the license, or of a module, are in use or waited for";
    NeedsSeat "needs_seat" OVER_LIMIT "the license floats, and the application checks it without taking a seat";
    NotNamed "not_named" NOT_NAMED "the license is for users by name, and this one is none of them";
    OverLimit "over_limit" OVER_LIMIT "more is in use than the license allows; `over_by` tells how much";
}

impl FailureKind {
    /// What kind of failure the system's error is.
    pub fn of_io(error: &io::Error) -> FailureKind {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FailureKind::DiskFull,
            io::ErrorKind::ReadOnlyFilesystem => FailureKind::ReadOnly,
            io::ErrorKind::PermissionDenied => FailureKind::NoPermission,
            io::ErrorKind::ResourceBusy => FailureKind::FileHeld,
            _ => FailureKind::Io,
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl PartialEq<&str> for FailureKind {
    fn eq(&self, name: &&str) -> bool {
        self.name() == *name
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn numbers_and_names_are_used_once() {
        let numbers: Vec<u8> = Exit::ALL.iter().map(|(exit, _)| exit.0).collect();
        assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
        let mut seen = HashSet::new();
        for kind in FailureKind::ALL {
            assert!(seen.insert((kind.name(), kind.exit())), "{kind} twice");
            let snake = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
            assert!(kind.name().chars().all(snake), "{kind}");
            assert!(!kind.when().ends_with('.'), "{kind}");
        }
    }

    #[test]
    fn each_exit_code_has_a_kind() {
        for (exit, meaning) in Exit::ALL {
            let ended_well = matches!(*exit, Exit::DONE | Exit::BATCH_PARTLY);
            // Whatever its kind is.
            let ended_well = ended_well || *exit == Exit::TRY_AGAIN;
            let has_kind = FailureKind::ALL.iter().any(|kind| kind.exit() == *exit);
            assert!(ended_well != has_kind, "{} {meaning}", exit.0);
        }
    }

    #[test]
    fn what_the_disk_says_is_told_apart() {
        use io::ErrorKind as E;
        for (source, kind) in [
            (E::StorageFull, "disk_full"),
            (E::QuotaExceeded, "disk_full"),
            (E::ReadOnlyFilesystem, "read_only"),
            (E::PermissionDenied, "no_permission"),
            (E::Other, "io"),
        ] {
            assert_eq!(FailureKind::of_io(&source.into()), kind);
        }
    }
}
