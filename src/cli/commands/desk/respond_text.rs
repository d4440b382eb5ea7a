//! All requests of one text are answered, each by itself; what cannot be is named.

use super::Context;
use super::respond_said::{refused, too_late};
use crate::cli::acting::KeyArgs;
use crate::cli::code_output;
use crate::cli::desk::OpenDesk;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::mail::Mailbox;
use crate::cli::{carried, contact, proposing, reply};
use crate::issuer::approvals::ApprovalError;
use crate::issuer::ledger::Ledger;
use crate::issuer::policy::Options;
use crate::issuer::respond::{self, Answer, Issuer, Reply, RespondError, Sent};
use crate::license_key::LicenseKey;
use crate::text::{Carried, Code};

/// What is to be answered, and how.
pub(super) struct Asked<'a> {
    /// The requests of the text in the order in which they are answered.
    pub(super) all: Vec<Carried>,
    /// Who sent the mail that they came in.
    pub(super) sender: Option<&'a str>,
    pub(super) options: &'a Options,
    pub(super) key: &'a KeyArgs,
    /// Nothing is done.
    pub(super) dry_run: bool,
    /// Nobody looks on: what a mail says of its sender is not kept, and nothing is proposed.
    pub(super) unattended: bool,
}

/// What became of one of them.
pub(super) struct Case {
    pub(super) carried: Carried,
    pub(super) told: Result<Reply, Failure>,
    /// What a script is told beside.
    pub(super) warnings: Vec<json::Warning>,
}

impl Case {
    /// The request, as it is named where there are several.
    pub(super) fn named(&self) -> String {
        let key = match &self.told {
            Ok(Reply::Answer(answer)) => Some(answer.key),
            Ok(Reply::Receipt(receipt)) => receipt.of.as_ref().map(|(key, _)| *key),
            Err(failure) => failure.details.license_key.map(|key| key.0),
        };
        named(&self.carried.code, key)
    }

    pub(super) fn answer(&self) -> Option<&Answer> {
        match &self.told {
            Ok(Reply::Answer(answer)) => Some(answer),
            _ => None,
        }
    }
}

fn named(code: &Code, key: Option<LicenseKey>) -> String {
    carried::name(code, key.or_else(|| carried::key_in(code)))
}

/// One text is answered with one mail: where nobody is known to have sent it, and its licenses are of different people, none of them is to read the others'.
pub(super) fn refuse_two_recipients(ledger: &mut Ledger, all: &[Carried]) -> anyhow::Result<()> {
    let mut whose: Vec<(String, Option<String>)> = Vec::new();
    for one in all {
        let Some(asker) = respond::asker(ledger, &one.code)? else {
            continue;
        };
        let terms = &asker.order.terms;
        let contact = terms.contact.as_deref().map(Mailbox::parse);
        let contact = contact.and_then(Result::ok);
        let address = contact.map(|it| it.address.to_lowercase());
        whose.push((terms.customer.clone(), address));
    }
    let mut all: Vec<&str> = whose.iter().filter_map(|(_, it)| it.as_deref()).collect();
    all.sort_unstable();
    all.dedup();
    let hint = "say --to ADDRESS, or hand over each request by itself";
    if let [one, .., other] = all.as_slice() {
        let what = format!(
            "the requests of this text are of licenses with different contacts, {one} and {other}"
        );
        return Err(Failure::usage(what).hint(hint).into());
    }
    // Of a customer without a contact nobody knows that it is the same one.
    let reached = |customer: &str| whose.iter().any(|(of, it)| of == customer && it.is_some());
    let other = whose.iter().find(|(customer, _)| !reached(customer));
    match (all.first(), other) {
        (Some(contact), Some((customer, _))) => {
            let what = format!(
                "the requests of this text are of several customers: {contact} is the contact of one, and {customer} has none"
            );
            Err(Failure::usage(what).hint(hint).into())
        }
        _ => Ok(()),
    }
}

impl Asked<'_> {
    /// Answers each, and says what became of those for which there is no code to send back.
    pub(super) fn decide(
        self,
        context: &mut Context,
        desk: &mut OpenDesk,
    ) -> anyhow::Result<Vec<Case>> {
        let today = context.environment.now().day();
        let mut known = Vec::new();
        for one in &self.all {
            let reply = match self.dry_run {
                true => None,
                false => respond::repeated(desk.ledger(), &one.code, today).or_else(unread)?,
            };
            known.push(reply);
        }
        let new = known.iter().filter(|it| it.is_none()).count();
        if let (Some(proposal), 0) = (context.approves, new) {
            return Err(ApprovalError::Done(proposal.0).into());
        }
        let none = Options::default();
        if new > 1 && *self.options != none {
            let what = format!(
                "the text has {new} requests that are not answered yet, and what is decided for one by an option is for no other"
            );
            let hint = "without options for one answer all are answered; or hand over that one alone, by its code";
            return Err(Failure::usage(what).hint(hint).into());
        }
        let overridden = self.options.override_reason.is_some();
        let mut issuer = match self.dry_run || new == 0 {
            true => None,
            // A return code is signed by nobody, and its seats are the manager's to free, too.
            false if overridden => Some(self.key.overriding(context, desk, true)?.into_issuer()),
            false => self.key.issuer_unasked(context, desk),
        };
        if issuer.is_none() && !self.dry_run && self.wants_a_signature(context, desk, &known)? {
            issuer = Some(self.key.issuer(context, desk)?);
        }
        let several = self.all.len();
        let mut cases = Vec::new();
        for (nth, (carried, known)) in (1..).zip(self.all.iter().zip(known)) {
            let code = &carried.code;
            code_output::read_back(context, code, (nth, several));
            if several > 1 {
                carried::tell_mended(context, &carried.corrections, carried.restored);
            }
            let told = match known {
                Some(reply) => {
                    if new == 0 {
                        too_late(context, &reply, self.options);
                    }
                    Ok(reply)
                }
                None => self.answer(context, desk, &mut issuer, code)?,
            };
            let told = match told {
                Ok(reply) => Ok(reply),
                Err(refusal) => Err(match (&refusal, &issuer) {
                    (RespondError::Approval(ApprovalError::Needed(wanted)), Some(issuer))
                        if !self.dry_run && !self.unattended =>
                    {
                        proposing::propose(context, desk, issuer, wanted, Some(code))?
                    }
                    _ => refused(context, desk, code, refusal)?,
                }),
            };
            let mut case = Case {
                carried: carried.clone(),
                told,
                warnings: Vec::new(),
            };
            let keeps = !self.dry_run && !self.unattended;
            if let (Some(answer), Some(sender), true) = (case.answer(), self.sender, keeps) {
                if issuer.is_none() && answer.order.terms.contact.is_none() {
                    issuer = self.key.issuer_unasked(context, desk);
                }
                let other = contact::keep(context, desk.ledger(), issuer.as_ref(), answer, sender)?;
                if let Some(message) = other {
                    context.out.warn(&message);
                    case.warnings.push(json::Warning {
                        kind: "other_sender",
                        message,
                        hint: None,
                    });
                }
            }
            if let (Ok(reply @ Reply::Receipt(_)), false) = (&case.told, self.dry_run) {
                reply::tell(context, reply);
            }
            cases.push(case);
        }
        Ok(cases)
    }

    /// Whether one of them is to be granted: the rules come first, so that whoever is refused is not asked for a passphrase.
    fn wants_a_signature(
        &self,
        context: &Context,
        desk: &mut OpenDesk,
        known: &[Option<Reply>],
    ) -> anyhow::Result<bool> {
        let by = context.environment.by();
        for (one, _) in self.all.iter().zip(known).filter(|(_, it)| it.is_none()) {
            let code = &one.code;
            let would = respond::rehearse(desk.ledger(), code, self.options, by);
            if let Ok(Reply::Answer(_)) | Err(RespondError::Approval(_)) = of_one(would)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The reply, which is safe in the ledger, or the refusal; in a dry run what either would be.
    fn answer(
        &self,
        context: &mut Context,
        desk: &mut OpenDesk,
        issuer: &mut Option<Issuer>,
        code: &Code,
    ) -> anyhow::Result<Result<Reply, RespondError>> {
        let (by, options) = (context.environment.by(), self.options);
        let ledger = desk.ledger();
        let sent = Sent {
            code,
            sender: self.sender,
        };
        let told = match issuer {
            _ if self.dry_run => respond::rehearse(ledger, code, options, by),
            // Rules, signature and record are one transaction.
            Some(issuer) => respond::respond(ledger, issuer, sent, options, by),
            None => match respond::rehearse(ledger, code, options, by) {
                // Nothing is sent back, so nothing is signed.
                Ok(Reply::Receipt(_)) => respond::take_return(ledger, code, options, by),
                Ok(Reply::Answer(_)) => {
                    // What came before it in the text freed its seat.
                    let issuer = issuer.insert(self.key.issuer(context, desk)?);
                    let by = context.environment.by();
                    respond::respond(desk.ledger(), issuer, sent, options, by)
                }
                Err(refusal) => {
                    respond::keep_evidence(ledger, sent, &refusal, by)?;
                    Err(refusal)
                }
            },
        };
        of_one(told)
    }
}

/// What another version of the program wrote was answered by none: it is refused in its turn.
fn unread(error: RespondError) -> Result<Option<Reply>, RespondError> {
    match error {
        RespondError::Malformed(_) => Ok(None),
        error => Err(error),
    }
}

/// What is wrong with one request keeps no other from its answer; what is wrong with the ledger or the key does.
fn of_one(told: Result<Reply, RespondError>) -> anyhow::Result<Result<Reply, RespondError>> {
    match told {
        Err(error @ (RespondError::Ledger(_) | RespondError::Signer(_))) => Err(error.into()),
        told => Ok(told),
    }
}
