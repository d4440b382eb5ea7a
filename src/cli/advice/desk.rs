//! Of what the desk did not do: its ledger and keys, what is sold, what is answered.

use super::Advice;
use crate::failure::FailureKind;
use crate::issuer::approvals::ApprovalError;
use crate::issuer::desk::DeskError;
use crate::issuer::life::LifeError;
use crate::issuer::policy::{Fork, Refusal, Rest};
use crate::issuer::products::CatalogueError;
use crate::issuer::respond::{RespondError, Stopped};
use crate::messages;
use crate::protocol::desk_certificate::Limit;
use crate::text::Kind;

impl Advice for ApprovalError {
    fn advice(&self) -> String {
        let advice = match self {
            ApprovalError::Ledger(error) => return error.advice(),
            ApprovalError::Needed(_) => {
                "do it by itself, and not in a batch or as a dry run: it is kept as a proposal then, which another approves with countersign desk inbox approve N"
            }
            ApprovalError::Unknown(_) | ApprovalError::Decided(..) => {
                "`countersign desk inbox list --all` shows them and what became of them"
            }
            ApprovalError::Own(number, _) => {
                return format!(
                    "ask another, who has a key of his own: countersign desk inbox approve {number} --key NAME --as NAME; whoever does not want it done any more: countersign desk inbox decline {number}"
                );
            }
            ApprovalError::Differs(number) => {
                return format!(
                    "decline it with countersign desk inbox decline {number}, and have it proposed again as it is meant now"
                );
            }
            ApprovalError::Strange(_) => {
                "decline it, and find out who made it: countersign ledger history names the key"
            }
            ApprovalError::Done(number) => {
                return format!("decline it: countersign desk inbox decline {number}");
            }
            ApprovalError::KeyRemoved(number) => {
                return format!(
                    "decline it with countersign desk inbox decline {number}; whoever wants it done proposes it again"
                );
            }
            ApprovalError::TooMany(_) => {
                "`countersign desk inbox list` shows them: have them approved or declined first"
            }
            ApprovalError::NeedsManager => {
                "ask a manager; the root does it, and a key that was certified with --manager"
            }
            ApprovalError::NeedsRoot => {
                "do it with the root key: --key root, or the file of a copy"
            }
            ApprovalError::UnknownProduct(_) => "`countersign product list` shows those there are",
            ApprovalError::Nothing => "`countersign desk policy` shows what it is",
        };
        advice.to_owned()
    }
}

impl Advice for RespondError {
    fn advice(&self) -> String {
        match self {
            RespondError::Ledger(error) => error.advice(),
            RespondError::Signer(error) => error.advice(),
            RespondError::Refused(refusal) => refusal.advice(),
            RespondError::Approval(error) => error.advice(),
            RespondError::WrongKind(Kind::Grant | Kind::Loan | Kind::LoanWithCertificate) => {
                "it is an answer already: the machine that asked takes it with `countersign apply`"
                    .to_owned()
            }
            RespondError::WrongKind(_) => {
                "ask for what `countersign request activate KEY` prints".to_owned()
            }
            RespondError::Malformed(_) => {
                "make a new request; if that fails too, this desk's program is too old".to_owned()
            }
            RespondError::CommitmentUsed => {
                "the machine makes a new one with `countersign request activate KEY --new`"
                    .to_owned()
            }
            RespondError::ForeignKey(_) => "use the desk that sells the product".to_owned(),
            RespondError::DeskLimit(Limit::NotAfter) => {
                "ask a manager for another certificate: countersign desk certify NAME".to_owned()
            }
            RespondError::DeskLimit(_) => {
                "ask a manager, whose key answers this one; `countersign desk keys` shows what each key may sign".to_owned()
            }
            RespondError::GoneOn(_) => "have the machine activate anew: countersign request activate KEY --new".to_owned(),
            RespondError::Key(error) => error.advice(),
            RespondError::Seeds(error) => error.advice(),
        }
    }
}

impl Advice for LifeError {
    fn advice(&self) -> String {
        match self {
            LifeError::Ledger(error) => error.advice(),
            LifeError::Refused(refusal) => refusal.advice(),
            LifeError::Approval(error) => error.advice(),
            LifeError::Catalogue(error) => error.advice(),
            LifeError::Seeds(error) => error.advice(),
            LifeError::Nothing(_) => "`countersign license show KEY` tells how it is".to_owned(),
            LifeError::Which(list) => {
                let names: Vec<String> = list
                    .iter()
                    .map(|(key, activation)| format!("{activation} of {key}"))
                    .collect();
                format!("name one of: {}", names.join(", "))
            }
            LifeError::Replaced(_, now) => format!("name {now} if that one is meant"),
            LifeError::Ended(_) => "renew it with `countersign license change KEY --expires DATE`, and have the machine ask with `countersign request sync`"
                .to_owned(),
            LifeError::EndsFirst(_) => {
                "renew it with `countersign license change KEY --expires DATE`; the machine learns of it with `countersign request sync`"
                    .to_owned()
            }
            LifeError::MayBeLent(_, Some(_)) => {
                "change it after that day; where it is sure that none is out, the manager decides: license change KEY --override --reason TEXT".to_owned()
            }
            LifeError::MayBeLent(..) => {
                "turn lending off first: countersign license change KEY --lend none; once its site has re-validated twice since, this tells the day on which the last loan is over; where it is sure that none is out, the manager decides: license change KEY --override --reason TEXT"
                    .to_owned()
            }
            LifeError::Answered(_) => "revoke it: countersign license revoke KEY --reason TEXT; machines that hold it go on for a while".to_owned(),
            LifeError::Beyond(most) => RespondError::DeskLimit(Limit::Emergency(*most)).advice(),
            LifeError::Unused(_) => "`countersign license show KEY` tells who held it".to_owned(),
        }
    }
}

impl Advice for Refusal {
    fn advice(&self) -> String {
        match self {
            Refusal::UnknownKey => "compare the key with the order; `license list` shows what was sold; where this ledger was put back from a backup, `ledger readopt` takes back what it lost".to_owned(),
            Refusal::OtherProduct(_) => "ask for a request made with the key of that program".to_owned(),
            Refusal::Expired(_) => "sell a renewal, then answer the same request".to_owned(),
            Refusal::NeedsBindings(names) => {
                let options: Vec<String> = names.iter().map(|name| format!("--bind {name}=…")).collect();
                format!("the machine makes another request with: request activate KEY {}", options.join(" "))
            }
            Refusal::NeedsSiteKey => "make the site first, where the license is held; the request that is made then carries its key".to_owned(),
            Refusal::NewSiteKey => "ask there whether the site was made anew or lost its password, then: respond --accept-site-key --reason TEXT".to_owned(),
            Refusal::Unbound => "run it where it can read what it is: a container with /etc/machine-id mounted, a service that may see its disk; then it makes another request".to_owned(),
            Refusal::NotAskedFor(_) => "the machine makes another request with the product file that the application ships with".to_owned(),
            Refusal::WeakMachine { held: true } => "bind it to a usb key (request activate KEY --usb), or let it see its network card and disk; a clerk may accept it once: respond --accept-weak --reason TEXT".to_owned(),
            Refusal::WeakMachine { held: false } => "bind it to a usb key (request activate KEY --usb), or let it see its network card and disk; the manager decides: respond --override --reason TEXT".to_owned(),
            Refusal::LastGeneration(id) => format!("release {id} --lost --reason TEXT, and have the machine make a new request: countersign request activate KEY --new"),
            Refusal::SameName(_) => "the machine makes another request with `countersign request activate KEY --new`".to_owned(),
            Refusal::TooManyEarly => "answer the request that it gives up first; then this code is taken".to_owned(),
            Refusal::OtherUsb(_) => "plug the usb key in and make another request; if it is to go without one: countersign license change KEY --usb none".to_owned(),
            Refusal::NoSeatFree { resting: Some(rest), .. } => held_back(rest),
            Refusal::NoSeatFree { holders, .. } if holders.is_empty() => "sell more seats, or grant fewer with --seats".to_owned(),
            Refusal::NoSeatFree { holders, .. } => {
                let names: Vec<String> = holders.iter().map(ToString::to_string).collect();
                format!("sell more seats, or have one given back; held by {}; where that is another account of the same computer, one seat serves all: request activate KEY --system", names.join(", "))
            }
            Refusal::HeldForManager { .. } | Refusal::SupersededBefore { .. } => "the manager decides: respond --override --reason TEXT".to_owned(),
            Refusal::InPlaceOf { before, .. } => format!("ask there whether both are the same machine, or two accounts of it, which need one license for all (request activate KEY --system); then: respond --supersede --reason TEXT; or, where the machine of {before} is lost: release {before} --lost --reason TEXT"),
            Refusal::AnewTooOften { .. } => "ask there which machines and accounts use it: accounts of one computer need one license for all (request activate KEY --system); then: respond --supersede --reason TEXT".to_owned(),
            Refusal::NeedsSupersede(Fork::Replaced { .. }) => "ask there whether it waits for an answer, and who uses it: several accounts of one computer need one license for all (request activate KEY --system); then, for this one: respond --supersede --reason TEXT".to_owned(),
            Refusal::NeedsSupersede(_) => "ask what happened there, then: respond --supersede --reason TEXT".to_owned(),
            Refusal::LedgerBehind { .. } => "let it send what `countersign request held` prints there, for countersign ledger readopt; or have it activate anew: countersign request activate KEY --new; it keeps its seat".to_owned(),
            Refusal::HeldFork(Fork::Unknown) => "have the machine ask again with `countersign request sync --new`, or activate anew; the manager decides: respond --override --reason TEXT".to_owned(),
            Refusal::HeldFork(_) => "find out whether two machines use it; the manager decides: respond --override --reason TEXT".to_owned(),
            Refusal::Overtaken(_) => "nothing is to be done, unless the machine still waits: then it makes a new request with its clock set right; where a backup was put back there, the manager decides: respond --override --reason TEXT".to_owned(),
            Refusal::Revoked => "`countersign license show KEY` tells since when and why; `license revoke KEY --undo --reason TEXT` takes it back".to_owned(),
            Refusal::Void => "whoever bought it has another key: compare it with the order; `countersign license show KEY` tells why it is void, and `license void KEY --undo --reason TEXT` takes that back".to_owned(),
            Refusal::GivenUp(_) => "the machine makes a new request: countersign request activate KEY --new".to_owned(),
            Refusal::UnknownActivation(_) => "compare it with `countersign license show KEY`; another desk may have answered it; where this ledger was put back from a backup, `ledger readopt` takes back what it lost".to_owned(),
            Refusal::NoEmergency(..) => "have the machine ask with `countersign request sync`; `license change --emergency STEPSxDAYS` holds from its next answer on".to_owned(),
            Refusal::EmergencyUsedUp { .. } => "give an earlier date, or have the machine ask with `countersign request sync`".to_owned(),
            Refusal::UnknownGeneration(..) => "ask for the generation that `countersign status` shows there".to_owned(),
            Refusal::TooManyLost(_) => "the manager decides: release --lost --override --reason TEXT".to_owned(),
            Refusal::UnfitSiteKey => "the site makes another request with a fresh site key".to_owned(),
            Refusal::UntilPast(_) => "give a later date".to_owned(),
        }
    }
}

/// How long seats are held back, why, and who frees them sooner.
fn held_back(rest: &Rest) -> String {
    let seats = match rest.seats {
        1 => "1 seat that was in use is held back",
        _ => "seats that were in use are held back",
    };
    let until = rest
        .until
        .day()
        .map_or_else(String::new, |day| format!(", free after {day}"));
    let mut why = String::new();
    let mut sooner = Vec::new();
    if let Some(other) = rest.kept_for {
        why.push_str(&format!(", kept for {other}"));
        sooner.push("where that one is gone");
    }
    if rest.lent.is_some() {
        why.push_str(&match rest.on_loan {
            0 => ", perhaps lent to workstations".to_owned(),
            1 if rest.seats == 1 => {
                ", lent to a workstation when the site told of it last".to_owned()
            }
            out => format!(", {out} of them lent to workstations when the site told of it last"),
        });
        sooner.push("where it is sure that none is lent");
    }
    let sooner = match sooner.is_empty() {
        true => "a clerk frees it sooner".to_owned(),
        false => sooner.join(" and "),
    };
    format!(
        "{seats}{why}{until}; {sooner}: release {} --held-back --reason TEXT",
        rest.of
    )
}

impl Advice for DeskError {
    fn advice(&self) -> String {
        let advice = match self {
            DeskError::Exists(_) => "nothing was changed; another desk needs another --home",
            DeskError::Missing(_) => {
                "make one with `countersign desk init`, or name its place with --home"
            }
            DeskError::Foreign(_) => {
                "name a directory that is not there yet, such as one below it: it is made for this account alone"
            }
            DeskError::SameKeys => {
                "give two different keys; where none was given, check the system's source of randomness"
            }
            DeskError::Io { error, .. } if FailureKind::of_io(error) == FailureKind::FileHeld => {
                messages::advice::file_held()
            }
            DeskError::Io { .. } => {
                "look at the disk and the directory's permissions; a desk that stands there is whole, and without one do the same again"
            }
            DeskError::Ledger(error) => return error.advice(),
            DeskError::Key(error) => return error.advice(),
            DeskError::Seeds(error) => return error.advice(),
        };
        advice.to_owned()
    }
}

impl Advice for CatalogueError {
    fn advice(&self) -> String {
        let advice = match self {
            CatalogueError::Ledger(error) => return error.advice(),
            CatalogueError::Product(_) => "see `countersign product add --help`",
            CatalogueError::Exists(_) => "choose another id; `product show` tells what it is",
            CatalogueError::Unknown(_) => "`countersign product list` shows those there are",
            CatalogueError::Shrinks(_) => "leave what is there in its place and add at the end",
            CatalogueError::Hidden { .. } => "type it anew instead of pasting it",
            CatalogueError::Order(_) => {
                "see `countersign license new --help`, and `countersign product show ID` for what the product has"
            }
            CatalogueError::OrderVoid(..) => {
                "give the order another name; or take back that it is void: countersign license void KEY --undo --reason TEXT"
            }
            CatalogueError::OrderDiffers(..) => {
                "nothing was sold: the same order again has the same terms, and another order has another --order"
            }
            CatalogueError::Signer(error) => return error.advice(),
            CatalogueError::NotLater { .. } => {
                "name the file that was shipped last; what it has lies above what the ledger has"
            }
            CatalogueError::NotARoot(_) => "use the root key of the desk that sells the product",
            CatalogueError::Approval(error) => return error.advice(),
            CatalogueError::KeysUsedUp => "check the system's source of randomness",
        };
        advice.to_owned()
    }
}

impl Advice for Stopped {
    fn advice(&self) -> String {
        match self {
            Stopped::Ledger(error) => error.advice(),
            Stopped::Signer(error) => error.advice(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuer::ledger::Until;
    use crate::issuer::policy::Why;
    use crate::license_key::LicenseKey;
    use crate::protocol::date::Day;
    use crate::protocol::digest::ActivationId;

    fn id(number: u8) -> ActivationId {
        ActivationId([number; 4])
    }

    #[test]
    fn a_refusal_names_what_sets_it_aside() {
        let day: Day = "2026-05-01".parse().unwrap();
        let full = |holders: Vec<ActivationId>, resting| Refusal::NoSeatFree {
            wanted: 1,
            free: 0,
            seats: 1,
            holders,
            resting,
        };
        let held = id(7);
        let rests = |why, kept_for| Rest {
            of: id(8),
            seats: 3,
            until: Until::Day(day),
            why,
            lent: Some(day).filter(|_| why == Why::Lent),
            on_loan: 0,
            kept_for,
        };
        let told = |kept_for| Rest {
            on_loan: 2,
            ..rests(Why::Lent, kept_for)
        };
        for (refusal, remedies) in [
            (full(vec![held], None), vec!["sell more seats", "A-"]),
            (
                full(vec![held], Some(rests(Why::Returns, None))),
                vec!["release A-", "--held-back", "2026-05-01"],
            ),
            (
                full(vec![held], Some(rests(Why::Lent, None))),
                vec!["perhaps lent", "--held-back", "2026-05-01"],
            ),
            (
                full(vec![held], Some(rests(Why::Kept, Some(held)))),
                vec!["kept for A-", "--held-back", "2026-05-01"],
            ),
            (
                full(vec![held], Some(told(None))),
                vec![
                    "2 of them lent to workstations when",
                    "2026-05-01; where it is sure that none is lent: release",
                ],
            ),
            (
                full(vec![held], Some(told(Some(held)))),
                vec!["kept for A-", "where that one is gone and where it is sure"],
            ),
            (
                Refusal::NeedsBindings(vec!["server".to_owned(), "database".to_owned()]),
                vec!["--bind server=… --bind database=…"],
            ),
            (
                Refusal::WeakMachine { held: true },
                vec!["respond --accept-weak --reason TEXT", "--usb"],
            ),
            (
                Refusal::WeakMachine { held: false },
                vec!["respond --override --reason TEXT", "--usb"],
            ),
            (Refusal::NeedsSiteKey, vec!["make the site first"]),
            (Refusal::NewSiteKey, vec!["--accept-site-key"]),
            (Refusal::HeldFork(Fork::Unknown), vec!["--override"]),
            (Refusal::TooManyEarly, vec!["answer the request"]),
            (Refusal::SameName(held), vec!["--new"]),
            (
                Refusal::Overtaken(day),
                vec![
                    "clock set right",
                    "a backup was put back",
                    "respond --override",
                ],
            ),
        ] {
            let advice = refusal.advice();
            for remedy in remedies {
                assert!(advice.contains(remedy), "{advice}");
            }
        }
    }

    #[test]
    fn whoever_may_be_meant_is_named_with_its_key() {
        let key = LicenseKey::from_number(12_345_678_901).unwrap();
        let advice = LifeError::Which(vec![(key, id(7)), (key, id(8))]).advice();
        assert!(advice.contains(&format!("{} of {key}", id(8))), "{advice}");
    }
}
