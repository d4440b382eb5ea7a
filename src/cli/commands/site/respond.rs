//! A site's part of `respond`: a workstation asks for a seat, or gives one back.

use serde::Serialize;

use super::{Context, Exit, LENDABLE, loans, of, signer, with_key};
use crate::cli::carried;
use crate::cli::code_input;
use crate::cli::code_output::{self, CodeOutputArgs, Outgoing};
use crate::cli::failure::Failure;
use crate::cli::json::{self, Described, LoanReceipt, LoanReplied, Named, Shown};
use crate::cli::machine_home::{self, Found};
use crate::cli::mail::{self, Letter};
use crate::cli::passphrase::PassphraseArgs;
use crate::cli::report;
use crate::cli::seats::moment;
use crate::cli::words;
use crate::holder::HolderError;
use crate::messages;
use crate::protocol::date::Day;
use crate::protocol::requests::Borrow;
use crate::seats::Moment;
use crate::site::{self, Actor, Answer, Effect, Receipt, Reply, Site, SiteError, Wish};
use crate::text::{Carried, Code, Kind, Reading};

/// What a site answers.
pub(in crate::cli::commands) const ANSWERED: &[Kind] = &[Kind::Borrow, Kind::LoanReturn];

/// How it is answered.
pub(in crate::cli::commands) struct How<'a> {
    pub(in crate::cli::commands) until: Option<Day>,
    pub(in crate::cli::commands) note: Option<&'a str>,
    pub(in crate::cli::commands) dry_run: bool,
    pub(in crate::cli::commands) code_output: &'a CodeOutputArgs,
    pub(in crate::cli::commands) passphrase: &'a PassphraseArgs,
}

/// Whether this computer is a site.
#[cfg(feature = "desk")]
pub(in crate::cli::commands) fn is_here(context: &Context) -> anyhow::Result<bool> {
    Ok(super::home(context)?.is_some())
}

/// Answers a code; `print` puts what scripts get of it among what the command prints.
pub(in crate::cli::commands) fn answer<O: Serialize + Described>(
    context: &mut Context,
    reading: Reading,
    how: &How<'_>,
    print: impl FnOnce(LoanReplied) -> O,
) -> anyhow::Result<Exit> {
    context.out.at_a_site();
    code_input::refuse_what_was_not_meant(&reading)?;
    let note = how.note.map(loans::sound).transpose()?;
    let now = moment(context);
    let (mut reading, found) = first(context, reading, &now)?;
    if let Some(key) = found.report.license_key
        && machine_home::held(context, None, None, LENDABLE)?.len() > 1
    {
        context.out.is_about(key);
    }
    let too = match how.dry_run {
        true => Vec::new(),
        false => code_input::given_back_too(&mut reading),
    };
    let reading = &reading;
    carried::tell(context, reading, &[]);
    let carried = carried::object(reading, |code| carried::license_of(context, code));
    code_output::read_back(context, &reading.code, (1, 1 + too.len()));
    let mut site = of(&found)?;
    let code = &reading.code;
    let known = match how.dry_run {
        true => None,
        false => site::repeated(&mut site, code, &now)?,
    };
    let wish = Wish { until: how.until };
    let mut reply = match known {
        Some(reply) => reply,
        None => {
            if let (Some(refusal), Kind::Borrow) = (&found.report.refusal, code.kind()) {
                return Err(report::failure(&found.report, refusal).into());
            }
            // The rules first: whoever is refused is not asked for a password.
            let preview = site::rehearse(&mut site, code, &wish, &now);
            let preview = preview.map_err(|error| asked_for(context, &site, code, error))?;
            if how.dry_run {
                context.out.say(messages::site_words::dry_run());
                tell(context, &preview);
                if context.out.json {
                    context
                        .out
                        .object(&print(alone(&found, &site, &preview, carried)))?;
                }
                return Ok(Exit::DONE);
            }
            match preview {
                Reply::Receipt(_) => site::take_return(&mut site, code, &now)?,
                Reply::Answer(answer) => {
                    tell_asked(context, &answer);
                    let signer = signer(context, &found.home, how.passphrase)?;
                    let actor = Actor {
                        moment: &now,
                        signer: &signer,
                    };
                    site::respond(&mut site, code, &wish, actor)?
                }
            }
        }
    };
    if let (Reply::Answer(answer), Some(note)) = (&mut reply, note) {
        loans::note_whose(&mut site, answer, note, &now)?;
    }
    match &reply {
        Reply::Answer(answer) => {
            let object = object(&found, &site, answer, carried);
            let code = answer.code.clone().ok_or(SiteError::OpensNothing)?;
            let also: Vec<Code> = answer.card.iter().cloned().collect();
            let outgoing = Outgoing {
                code: &code,
                also: &also,
                letter: Letter {
                    to: mail::sender(reading.sender.as_deref(), None),
                    ..letter(&found, &site, answer)
                },
            };
            how.code_output
                .hand_over(context, &outgoing, object, |it| {
                    print(LoanReplied::Answer(Box::new(it)))
                })?;
            tell(context, &reply);
        }
        Reply::Receipt(receipt) => {
            tell(context, &reply);
            let mut object = taken(&found, &site, receipt, carried);
            drop(site);
            take_too(context, &too, &now, &mut object)?;
            if context.out.json {
                let object = LoanReplied::Receipt(Box::new(object));
                context.out.object(&print(object))?;
            }
        }
    }
    Ok(Exit::DONE)
}

/// What is answered, and by which license: of several return codes in one mail the first that opens a loan leads, and keeps no other from being tried.
fn first(context: &Context, reading: Reading, now: &Moment) -> anyhow::Result<(Reading, Found)> {
    let refused = match whose(context, &reading.code, now) {
        Ok(found) => return Ok((reading, found)),
        Err(error) => error,
    };
    let others = code_input::beside_what_is_given_back(&reading);
    let mut others = others
        .map(|it| it.code.clone())
        .collect::<Vec<_>>()
        .into_iter();
    let opens = others.find_map(|code| Some((whose(context, &code, now).ok()?, code)));
    let (found, code) = opens.ok_or(refused)?;
    Ok((reading.choosing(|it| *it == code), found))
}

/// Whoever had more time of a loan gives back both, in one mail: all of its codes are taken, and one that is refused keeps no other from it.
fn take_too(
    context: &mut Context,
    others: &[Carried],
    now: &Moment,
    object: &mut LoanReceipt,
) -> anyhow::Result<()> {
    for (nth, other) in (2..).zip(others) {
        code_output::read_back(context, &other.code, (nth, 1 + others.len()));
        let taken = whose(context, &other.code, now).and_then(|found| {
            let mut site = of(&found)?;
            let reply = site::take_return(&mut site, &other.code, now)?;
            tell(context, &reply);
            Ok(match &reply {
                Reply::Receipt(receipt) => {
                    Some(taken(&found, &site, receipt, carried::alone(other)))
                }
                Reply::Answer(_) => None,
            })
        });
        match taken {
            Ok(receipt) => object.also.extend(receipt),
            // A workstation makes one for each request of which it does not know whether it was answered.
            Err(error) if matches!(error.downcast_ref(), Some(SiteError::OpensNothing)) => {
                context.out.say(messages::site_words::never_lent());
            }
            Err(error) => {
                let failure = Failure::of(&error);
                object.warnings.push(carried::not_taken(context, failure));
            }
        }
    }
    Ok(())
}

/// The license that a code is about: a BORROW names it, a return code opens one of its loans.
fn whose(context: &Context, code: &Code, now: &Moment) -> anyhow::Result<Found> {
    if code.kind() == Kind::Borrow {
        return with_key(context, Borrow::decode(code.payload())?.key);
    }
    let mut keys = Vec::new();
    // What cannot be read may be what the code is about: it is said where nothing else is.
    let mut unread: Option<anyhow::Error> = None;
    for home in machine_home::all(context)? {
        let (licenses, unfit) = match home.survey() {
            Ok(found) => found,
            Err(error) => (Vec::new(), vec![error]),
        };
        unread = unread.or(unfit.into_iter().next().map(Into::into));
        let lends = licenses.into_iter();
        let lends = lends.filter(|license| site::is_site_of(&home, license));
        keys.extend(lends.map(|license| license.license_key));
    }
    let mut refused = None;
    for key in keys {
        let tried = with_key(context, key).and_then(|found| {
            let mut site = of(&found)?;
            let known = site::rehearse(&mut site, code, &Wish::default(), now);
            drop(site);
            Ok((found, known))
        });
        match tried {
            Ok((found, Ok(_))) => return Ok(found),
            Ok((_, Err(SiteError::OpensNothing))) => {}
            Ok((_, Err(error))) => refused = Some(error.into()),
            Err(error) => unread = unread.or(Some(error)),
        }
    }
    let nothing = || SiteError::OpensNothing.into();
    Err(refused.or(unread).unwrap_or_else(nothing))
}

/// A refusal, with what was asked for.
fn asked_for(
    context: &mut Context,
    site: &Site<'_>,
    code: &Code,
    error: SiteError,
) -> anyhow::Error {
    if let Ok(borrow) = Borrow::decode(code.payload()) {
        let (days, key) = (borrow.days.get(), site.key());
        context.out.say(messages::site_words::asked_for(days, key));
    }
    match error {
        SiteError::Holder(HolderError::Storage(error)) => error.into(),
        error => Failure::of(&error.into()).into(),
    }
}

fn what(answer: &Answer) -> String {
    match answer.features.as_slice() {
        [] => messages::site_words::everything().to_owned(),
        some => words::list(some),
    }
}

/// What is about to be lent, for whoever is to show the password.
fn tell_asked(context: &mut Context, answer: &Answer) {
    let (until, stay) = (answer.until, answer.stay);
    context.out.say(match answer.extends {
        None => messages::site_words::would_lend(stay, until, what(answer)).to_string(),
        Some(loan) => {
            messages::site_words::would_extend(loan, stay, until, what(answer)).to_string()
        }
    });
}

fn tell(context: &mut Context, reply: &Reply) {
    match reply {
        Reply::Answer(answer) => tell_answer(context, answer),
        Reply::Receipt(receipt) => tell_receipt(context, receipt),
    }
}

fn tell_answer(context: &mut Context, answer: &Answer) {
    let (number, until, stay) = (answer.number, answer.until, answer.stay);
    if answer.code.is_none() {
        tell_asked(context, answer);
    } else {
        context.out.say(match (answer.effect, answer.extends) {
            (Effect::Repeated, _) => messages::site_words::lent_before(number, until).to_string(),
            (_, Some(before)) => {
                messages::site_words::extended(before, number, stay, until).to_string()
            }
            _ => messages::site_words::lent(number, answer.seat, stay, until, what(answer))
                .to_string(),
        });
    }
    for warning in &answer.warnings {
        context.out.warn(warning);
    }
    if answer.code.is_some() && answer.effect != Effect::Repeated && answer.note.is_empty() {
        context.out.say(messages::site_words::note_it(number));
    }
}

fn tell_receipt(context: &mut Context, receipt: &Receipt) {
    let (loan, seat) = (receipt.loan, receipt.seat);
    context.out.say(match (receipt.effect, receipt.reserved) {
        (Effect::Repeated, _) => messages::site_words::returned_before(loan).to_string(),
        (_, Some((other, until))) => {
            messages::site_words::returned_but(loan, other, seat, until).to_string()
        }
        _ if receipt.kept.is_some() => {
            let until = receipt.kept.map(|it| it.to_string()).unwrap_or_default();
            messages::site_words::returned_kept(loan, seat, until).to_string()
        }
        _ => messages::site_words::returned(loan, seat).to_string(),
    });
}

fn warnings(answer: &Answer) -> Vec<json::Warning> {
    let warnings = answer.warnings.iter().map(|it| json::Warning {
        kind: it.kind(),
        message: it.to_string(),
        hint: None,
    });
    warnings.collect()
}

fn object(
    found: &Found,
    site: &Site<'_>,
    answer: &Answer,
    carried: json::Carried,
) -> json::LoanAnswer {
    json::LoanAnswer {
        kind: Named(answer.code.as_ref().map_or(Kind::Loan, Code::kind)),
        license_key: Shown(site.key()),
        product: found.product.id.clone(),
        verdict: answer.effect.name(),
        loan: Some(answer.number).filter(|number| *number > 0),
        seat: Some(answer.seat).filter(|seat| *seat > 0),
        issued: Shown(answer.issued),
        until: Shown(answer.until),
        features: answer.features.clone(),
        extends: answer.extends,
        note: answer.note.clone(),
        stay: answer.stay,
        warnings: warnings(answer),
        carried,
    }
}

/// What scripts get where there is no code.
fn alone(found: &Found, site: &Site<'_>, reply: &Reply, carried: json::Carried) -> LoanReplied {
    match reply {
        Reply::Answer(answer) => {
            let dry_run = true;
            let of = object(found, site, answer, carried);
            LoanReplied::Planned(Box::new(json::LoanPlanned { of, dry_run }))
        }
        Reply::Receipt(receipt) => {
            let taken = taken(found, site, receipt, carried);
            LoanReplied::Receipt(Box::new(taken))
        }
    }
}

/// A seat that came back, for scripts.
fn taken(found: &Found, site: &Site<'_>, receipt: &Receipt, carried: json::Carried) -> LoanReceipt {
    LoanReceipt {
        kind: Named(Kind::LoanReturn),
        license_key: Shown(site.key()),
        product: found.product.id.clone(),
        verdict: receipt.effect.name(),
        loan: receipt.loan,
        seat: receipt.seat,
        note: receipt.note.clone(),
        reserved_until: receipt
            .reserved
            .map(|(_, until)| until)
            .max(receipt.kept)
            .map(Shown),
        carried,
        also: Vec::new(),
        warnings: Vec::new(),
    }
}

fn letter(found: &Found, site: &Site<'_>, answer: &Answer) -> Letter {
    let name = &found.product.name;
    let opening = match answer.card {
        None => messages::site_words::loan_opening(),
        Some(_) => messages::site_words::loan_opening_both(),
    };
    Letter {
        to: None,
        from: None,
        subject: messages::site_words::loan_subject(name).to_string(),
        opening: opening.to_owned(),
        facts: vec![
            (messages::label::product(), name.clone()),
            (messages::label::license(), site.key().to_string()),
            (messages::label::loan(), answer.number.to_string()),
            (messages::label::contains(), what(answer)),
            (messages::label::until(), answer.until.to_string()),
        ],
        by_phone: None,
    }
}
