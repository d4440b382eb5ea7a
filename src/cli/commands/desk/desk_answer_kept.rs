//! What goes back for the requests of a mail, and how it is kept: the same for a mail that is answered unattended and for one that a person approves.

use std::path::PathBuf;

use super::respond_text::Case;
use super::{Context, as_it_says};
use crate::cli::code_output;
use crate::cli::desk::OpenDesk;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Named, Shown};
use crate::cli::letter::{self, Unanswered};
use crate::cli::mail::{Letter, Mailbox, Thread};
use crate::cli::reply;
use crate::failure::FailureKind;
use crate::issuer::desk::Outbox;
use crate::issuer::ledger::Canon;
use crate::issuer::mails::Said;
use crate::issuer::respond::{Answer, Reply};
use crate::protocol::digest::{Digest, request_digest};
use crate::text::{self, Carried, Code, Reading};

/// What stands between two codes that wait.
const BETWEEN: &str = "\n\n";

/// A request that a person has to look at, and why.
pub(super) struct Held {
    pub(super) carried: Carried,
    /// By a stable name.
    pub(super) why: String,
    pub(super) said: String,
}

/// Codes as they are kept.
pub(super) fn asks<'c>(codes: impl Iterator<Item = &'c Code>) -> anyhow::Result<String> {
    let texts: Result<Vec<String>, _> = codes.map(Code::to_text).collect();
    Ok(texts?.join(BETWEEN))
}

/// The codes that were kept so.
pub(super) fn codes_in(asks: &str) -> Vec<Carried> {
    let texts = asks.split(BETWEEN).filter(|it| !it.is_empty());
    let read = texts.filter_map(|it| text::read(it, reply::ANSWERED).ok());
    read.map(|it| it.first()).collect()
}

/// The address of the desk.
///
/// # Errors
/// Where it has none, and so can write no mail.
pub(super) fn own_address(desk: &OpenDesk) -> Result<Mailbox, Failure> {
    let mail = desk.vendor().mail.as_deref();
    let mail = mail.ok_or_else(|| {
        Failure::usage("the desk has no mail address, and so it can answer no mail")
            .hint("say which it is: countersign desk change --mail ADDRESS")
    })?;
    Mailbox::parse(mail)?.in_a_header()
}

/// A mail that goes back.
pub(super) struct Back {
    name: String,
    text: String,
    outbox: Outbox,
}

impl Back {
    /// Whether it lies in the outbox, or was sent.
    pub(super) fn lies_there(&self) -> bool {
        self.outbox.has(&self.name)
    }

    pub(super) fn lay_down(&self) -> anyhow::Result<()> {
        Ok(self.outbox.lay_down(&self.name, &self.text)?)
    }

    pub(super) fn path(&self) -> PathBuf {
        self.outbox.waiting(&self.name)
    }
}

/// What goes back, to whom, and how often that may be said.
pub(super) struct GoesBack<'a> {
    pub(super) back: Back,
    pub(super) said: Said<'a>,
}

/// Of which mail it is the answer.
pub(super) struct Of<'a> {
    pub(super) digest: &'a Digest,
    /// The ids of its thread, its own last, with blanks between them.
    pub(super) thread: &'a str,
    /// Which of its requests are answered now.
    pub(super) asks: &'a str,
    pub(super) to: &'a str,
}

/// The mail that goes back, where there is something to say: codes, and what is not answered by them.
///
/// # Errors
/// A code that cannot be written.
pub(super) fn compose<'a>(
    context: &mut Context,
    desk: &OpenDesk,
    of: &Of<'a>,
    (cases, held): (&[Case], &[Held]),
) -> anyhow::Result<Option<GoesBack<'a>>> {
    let answers: Vec<&Answer> = cases.iter().filter_map(Case::answer).collect();
    let mut refusals = Vec::new();
    let mut others = Vec::new();
    for case in cases {
        let why = match &case.told {
            Ok(Reply::Answer(_)) => continue,
            Ok(Reply::Receipt(_)) => None,
            Err(failure) => Some(failure.kind),
        };
        if let Some(kind) = why.filter(|it| letter::final_why(*it).is_some()) {
            refusals.push((digest_of(&case.carried.code), kind.name()));
        }
        others.push(Unanswered {
            request: case.named(),
            why,
        });
    }
    if answers.is_empty() && refusals.is_empty() {
        return Ok(None);
    }
    others.extend(held.iter().map(|it| Unanswered {
        request: crate::cli::carried::name(&it.carried.code, None),
        // A person looks into it, and writes.
        why: Some(FailureKind::NeedsApproval),
    }));
    let vendor = desk.vendor();
    let letter = match (answers.as_slice(), others.is_empty()) {
        ([], _) => letter::refusals(&others, vendor),
        ([answer], true) => letter::response(answer, vendor),
        _ => letter::responses(&answers, &others, vendor),
    };
    let letter = Letter {
        to: Some(of.to.to_owned()),
        ..letter
    };
    let mut codes: Vec<&Code> = answers.iter().map(|it| &it.code).collect();
    for certificate in answers.iter().filter_map(|it| it.certificate.as_ref()) {
        if !codes.contains(&certificate) {
            codes.push(certificate);
        }
    }
    let own = own_address(desk)?;
    let name = name_of(of.digest, of.asks);
    let host = own.address.split('@').next_back().unwrap_or_default();
    let thread = Thread {
        id: format!("{name}@{host}"),
        references: of.thread.split_whitespace().map(str::to_owned).collect(),
        by: own.address.clone(),
    };
    let text = code_output::written_by_itself(context, &letter, &codes, &thread)?;
    let answered = cases.iter().filter(|it| it.answer().is_some());
    let said = Said {
        to: of.to,
        answers: answered.map(|it| digest_of(&it.carried.code)).collect(),
        refusals,
    };
    let outbox = Outbox::of(desk.place().directory());
    let back = Back { name, text, outbox };
    Ok(Some(GoesBack { back, said }))
}

/// What the mail that answers these requests is called: another for each.
fn name_of(digest: &Digest, asks: &str) -> String {
    let name = Canon::new("countersign v1 outbox")
        .raw(digest)
        .bytes(asks.as_bytes())
        .finish();
    name.iter().take(16).map(|it| format!("{it:02x}")).collect()
}

fn digest_of(code: &Code) -> Digest {
    request_digest(code.kind(), code.payload())
}

/// Keeps what the mail says of the machines that are answered.
pub(super) fn keep_names(
    context: &mut Context,
    desk: &mut OpenDesk,
    reading: &Reading,
    cases: &[Case],
) -> anyhow::Result<()> {
    for answer in cases.iter().filter_map(Case::answer) {
        as_it_says::keep(context, desk, reading, answer, cases.len() == 1)?;
    }
    Ok(())
}

/// A request by its name, and what became of it.
pub(super) fn request(code: &Code, became: &'static str) -> json::RequestOfMail {
    json::RequestOfMail {
        request: json::OneRequest {
            kind: Named(code.kind()),
            phrase: text::phrase(code),
        },
        license_key: crate::cli::carried::key_in(code).map(Shown),
        became,
        error: None,
    }
}

/// What became of one that was decided.
pub(super) fn decided(case: &Case) -> json::RequestOfMail {
    let (became, error) = match &case.told {
        Ok(Reply::Answer(_)) => ("answered", None),
        Ok(Reply::Receipt(_)) => ("taken", None),
        Err(failure) if letter::final_why(failure.kind).is_some() => {
            ("refused", Some(failure.kind))
        }
        Err(failure) => ("held", Some(failure.kind)),
    };
    let key = match &case.told {
        Ok(Reply::Answer(answer)) => Some(answer.key),
        Ok(Reply::Receipt(receipt)) => receipt.of.as_ref().map(|(key, _)| *key),
        Err(failure) => failure.details.license_key.map(|key| key.0),
    };
    let named = request(&case.carried.code, became);
    json::RequestOfMail {
        license_key: key.map(Shown).or(named.license_key),
        error: error.map(Named),
        ..named
    }
}
