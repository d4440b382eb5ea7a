//! What became of the requests of one text is handed over: what is to be sent back in one, what is not answered by name.

use super::respond_said::over_since;
use super::respond_text::Case;
use super::{Context, Exit, as_it_says};
use crate::cli::code_output::{CodeOutputArgs, Outgoing};
use crate::cli::desk::OpenDesk;
use crate::cli::failure::Failure;
use crate::cli::json;
use crate::cli::letter::{self, Unanswered};
use crate::cli::{carried, reply};
use crate::issuer::respond::{Answer, Reply};
use crate::text::{self, Carried, Code, Damage, Reading, RowState, Standing};

/// Whether the text has requests that cannot be read, where they were seen, and of which a row at least stands there unchanged: the exit code says that not all
/// is answered. What has no such row is named, and may be anything, such as a worse copy of what was answered.
fn unreadable(reading: &Reading) -> bool {
    let asks = |it: &&Damage| {
        it.standing == Standing::Plain
            && it.kind.is_some_and(|it| reply::ANSWERED.contains(&it))
            && it.rows.iter().any(|row| row.state == RowState::Whole)
    };
    reading.damaged.iter().any(|it| asks(&it))
}

/// Says what would be answered.
pub(super) fn dry_run(
    context: &mut Context,
    reading: &Reading,
    cases: Vec<Case>,
) -> anyhow::Result<Exit> {
    let cases = none_is_an_error(context, cases)?;
    let exit = exit(reading, &cases);
    let said = match cases.len() {
        1 => "this is what would be done; nothing was changed:",
        _ => "this is what would be done with each if it came alone; nothing was changed:",
    };
    context.out.say(said);
    for reply in cases.iter().filter_map(|it| it.told.as_ref().ok()) {
        reply::tell(context, reply);
    }
    if context.out.json {
        let object = match cases.len() {
            1 => None,
            _ => Some(json::Replied::SeveralAlone(several(
                context, reading, &cases, true,
            )?)),
        };
        let object = match (object, cases.into_iter().next()) {
            (
                None,
                Some(Case {
                    told: Ok(reply), ..
                }),
            ) => {
                let carried = carried_of(context, reading, 0, None);
                reply::alone(&context.out, &reply, carried, None, true, None)?
            }
            (Some(object), _) => object,
            (None, _) => return Ok(exit),
        };
        context.out.object(&object)?;
    }
    Ok(exit)
}

/// Hands over what is to be sent back, all in one, and says what became of each.
pub(super) fn hand_over(
    context: &mut Context,
    desk: &mut OpenDesk,
    reading: &Reading,
    cases: Vec<Case>,
    how: &CodeOutputArgs,
    sender: Option<&str>,
) -> anyhow::Result<Exit> {
    let cases = none_is_an_error(context, cases)?;
    let alone = cases.len() == 1;
    for answer in cases.iter().filter_map(Case::answer) {
        as_it_says::keep(context, desk, reading, answer, alone)?;
    }
    let answers: Vec<&Answer> = cases.iter().filter_map(Case::answer).collect();
    let mut letter = match (answers.as_slice(), cases.len()) {
        ([answer], 1) => letter::response(answer, desk.vendor()),
        _ => letter::responses(&answers, &unanswered(&cases), desk.vendor()),
    };
    if let Some(sender) = sender {
        letter.to = Some(sender.to_owned());
    }
    let mut codes = answers.iter().map(|it| it.code.clone());
    match (codes.next(), cases.as_slice()) {
        (Some(first), _) => {
            let mut also: Vec<Code> = codes.collect();
            // Those that were answered before may be signed by another key.
            for certificate in answers.iter().filter_map(|it| it.certificate.as_ref()) {
                if !also.contains(certificate) {
                    also.push(certificate.clone());
                }
            }
            let outgoing = Outgoing {
                code: &first,
                also: &also,
                letter,
            };
            match (cases.as_slice(), answers.as_slice()) {
                ([case], [answer]) => {
                    let carried = carried_of(context, reading, 0, None);
                    let mut object = reply::answer(&context.out, answer, carried);
                    object.warnings.extend(case.warnings.clone());
                    how.hand_over(context, &outgoing, object, |it| {
                        json::Replied::Answer(Box::new(it))
                    })?;
                }
                _ => {
                    let object = several(context, reading, &cases, false)?;
                    how.hand_over(context, &outgoing, object, |it| {
                        json::Replied::Several(Box::new(it))
                    })?;
                }
            }
        }
        (
            None,
            [
                Case {
                    told: Ok(Reply::Receipt(receipt)),
                    ..
                },
            ],
        ) if context.out.json => {
            let carried = carried_of(context, reading, 0, None);
            let object = reply::receipt(&context.out, receipt, carried);
            let object = reply::receipt_alone(object, None, None);
            context.out.object(&object)?;
        }
        (None, _) if context.out.json => {
            let object = several(context, reading, &cases, false)?;
            context.out.object(&json::Replied::SeveralAlone(object))?;
        }
        (None, _) => {}
    }
    for reply in cases.iter().filter_map(|it| it.told.as_ref().ok()) {
        if let Reply::Answer(_) = reply {
            reply::tell(context, reply);
        }
        over_since(context, desk.ledger(), reply)?;
    }
    Ok(exit(reading, &cases))
}

/// The cases, of which those that are not answered are told; where that is all of them, the command fails as the first did.
pub(super) fn none_is_an_error(
    context: &mut Context,
    cases: Vec<Case>,
) -> anyhow::Result<Vec<Case>> {
    let failed = |case: &Case| {
        let failure = case.told.as_ref().err()?;
        Some((
            format!("{}: {}", case.named(), failure.message),
            failure.clone(),
        ))
    };
    let failed: Vec<(String, Failure)> = cases.iter().filter_map(failed).collect();
    if failed.len() < cases.len() {
        for (said, failure) in failed {
            context.out.warn(format_args!("not answered: {said}"));
            context.out.advise(&failure.hint);
        }
        return Ok(cases);
    }
    let others = cases.iter().zip(&failed).skip(1);
    let others: Vec<_> = others
        .map(|(case, (_, failure))| json::NotAnsweredToo {
            request: request_of(case),
            license_key: failure.details.license_key,
            kind: json::Named(failure.kind),
            message: failure.message.clone(),
            hint: context.out.typed(&failure.hint),
        })
        .collect();
    let said: Vec<String> = failed.iter().map(|(said, _)| said.clone()).collect();
    let Some((_, mut first)) = failed.into_iter().next() else {
        return Ok(cases);
    };
    if !others.is_empty() {
        let all = said.len();
        first.message = format!(
            "none of the {all} requests is answered: {}",
            said.join("; ")
        );
        first = first.with(|it| it.not_answered = Some(others));
    }
    Err(first.into())
}

fn exit(reading: &Reading, cases: &[Case]) -> Exit {
    let all = cases.iter().all(|it| it.told.is_ok()) && !unreadable(reading);
    if all { Exit::DONE } else { Exit::BATCH_PARTLY }
}

fn request_of(case: &Case) -> json::OneRequest {
    json::OneRequest {
        kind: json::Named(case.carried.code.kind()),
        phrase: text::phrase(&case.carried.code),
    }
}

/// How a request was read; the first has what else is in the text.
fn carried_of(
    context: &Context,
    reading: &Reading,
    nth: usize,
    other: Option<&Carried>,
) -> json::Carried {
    match other.filter(|_| nth > 0) {
        Some(other) => carried::alone(other),
        None => carried::object(reading, |code| carried::license_of(context, code)),
    }
}

/// All of them for scripts.
fn several(
    context: &Context,
    reading: &Reading,
    cases: &[Case],
    dry_run: bool,
) -> anyhow::Result<json::Several> {
    let out = &context.out;
    let mut replies = Vec::new();
    for (nth, case) in cases.iter().enumerate() {
        let carried = carried_of(context, reading, nth, Some(&case.carried));
        let request = request_of(case);
        let reply = match &case.told {
            Ok(reply) => reply,
            Err(failure) => {
                let error = Box::new(out.failing(failure));
                let it = json::OneNotAnswered { request, error };
                replies.push(json::OneReply::NotAnswered(it));
                continue;
            }
        };
        let more = case.warnings.clone();
        replies.push(
            match reply::alone(out, reply, carried, None, dry_run, more)? {
                json::Replied::AnswerAlone(mut it) => {
                    it.request = Some(request);
                    json::OneReply::Answer(it)
                }
                json::Replied::Receipt(mut it) => {
                    it.request = Some(request);
                    json::OneReply::Receipt(it)
                }
                _ => continue,
            },
        );
    }
    Ok(json::Several { replies })
}

/// What the customer reads of those that were not answered, and of what was taken back.
fn unanswered(cases: &[Case]) -> Vec<Unanswered> {
    let told = cases.iter().filter_map(|case| {
        let why = match &case.told {
            Ok(Reply::Answer(_)) => return None,
            Ok(Reply::Receipt(_)) => None,
            Err(failure) => Some(failure.kind),
        };
        Some(Unanswered {
            request: case.named(),
            why,
        })
    });
    told.collect()
}
