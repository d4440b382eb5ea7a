//! `inspect`.

use super::{Context, Exit, Run};
use crate::app::APPLIED;
use crate::cli::carried;
use crate::cli::code_input::CodeArgs;
use crate::cli::failure::Failure;
use crate::cli::inspect::{self, AtThisDesk, Known, Trust};
use crate::cli::json::{Explained, Inspected, Named, Signature, shown};
use crate::cli::{code_output, damaged_rows, machine_home, words};
use crate::messages;
use crate::text::{Code, Judgeable, Kind, ReadError, Reading, RowVerdict, WithSpare, phrase};

/// Explain any code: what it is, whose, what it would change here
///
/// Needs neither a desk nor a licensed machine, and never changes anything. Of a damaged code it says what can still be read.
#[derive(clap::Args)]
pub(crate) struct Inspect {
    #[command(flatten)]
    code: CodeArgs,
}

impl Run for Inspect {
    const NAME: &'static str = "inspect";
    const ABOUT: &'static str = "Explain any code: what it is, whose, what it would change here";

    type Object = Inspected;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        // Of what a machine enters it is the code that would be entered here; of anything else the first.
        let computer = machine_home::computer(context).ok();
        let judge = |read: Judgeable| match (&read.result, &computer) {
            (Ok(reading), _) if !APPLIED.contains(&reading.code.kind()) => read.result,
            (_, Some(computer)) => computer.preview(read).map(|(reading, _)| reading),
            (_, None) => read.result,
        };
        let read = self.code.read_judgeable(context, &[], judge);
        if let Ok(reading) = &read {
            carried::tell(context, reading, &[]);
        }
        match read {
            Ok(reading) => explain(context, &reading),
            Err(error) => match error.downcast_ref::<ReadError>() {
                Some(ReadError::Damaged { kind, rows }) => {
                    damaged(context, *kind, rows, &Failure::of(&error))
                }
                _ => Err(error),
            },
        }
    }
}

fn explain(context: &mut Context, reading: &Reading) -> anyhow::Result<Exit> {
    let code = &reading.code;
    let desks = reading.others.iter().map(|it| &it.code);
    let desks = desks.filter(|it| it.kind() == Kind::DeskCertificate);
    let desks: Vec<Code> = desks.cloned().collect();
    let machine = inspect::on_machine(context, code, &desks);
    let (desk, closed) = match inspect::at_desk(context, code) {
        Ok(desk) => (desk, None),
        // What the code says does not depend on the desk: its trouble is said, and the rest as well.
        Err(error) => (None, Some(Failure::of(&error))),
    };
    let mut known = machine.known.clone();
    if let Some(desk) = &desk {
        known = desk.known.clone().or(known);
    }
    let said = inspect::says(code, &known);
    let trust = trust(code.kind(), machine.trust.as_ref(), desk.as_ref());
    let mut rows = head(reading);
    rows.extend(whose(&known));
    let unknown = said.as_ref().err().map(ToString::to_string);
    let says = match said {
        Ok(sheet) => {
            rows.extend(
                sheet
                    .rows
                    .iter()
                    .filter(|(name, _)| {
                        *name != messages::label::license() || known.license_key.is_none()
                    })
                    .cloned(),
            );
            Some(Box::new(sheet.object))
        }
        Err(_) => None,
    };
    rows.push((messages::label::signature(), trust.words()));
    let signature = trust.object();
    let desk = desk.unwrap_or_default();
    rows.extend(machine.sheet.rows.iter().cloned());
    rows.extend(desk.sheet.rows.iter().cloned());
    if context.out.json {
        let object = Explained {
            says,
            machine: machine.sheet.into_object(),
            desk: desk.sheet.into_object(),
            carried: carried::object(reading, |code| carried::license_of(context, code)),
            ..object(reading, &known, signature)?
        };
        Inspect::print(context, &Inspected::Code(Box::new(object)))?;
    } else {
        context.out.table(&rows)?;
    }
    if let Some(why) = unknown {
        context.out.warn(messages::inspect::not_understood(&why));
    }
    if let Some(failure) = closed {
        context.out.warn(messages::inspect::desk_closed(&failure));
    }
    Ok(Exit::DONE)
}

/// What scripts get of any code, whatever its kind.
fn object(reading: &Reading, known: &Known, signature: Signature) -> anyhow::Result<Explained> {
    let code = &reading.code;
    Ok(Explained {
        kind: Named(code.kind()),
        noun: code.kind().noun(),
        prefix: code.kind().prefix(),
        bytes: code.payload().len(),
        phrase: phrase(code),
        code: code.to_text()?,
        rows: code_output::rows(code, WithSpare::No)?,
        carried: carried::object(reading, carried::key_in),
        product: known.product.as_ref().map(|product| product.id.clone()),
        license_key: shown(known.license_key),
        customer: known.customer.clone(),
        signature,
        says: None,
        machine: None,
        desk: None,
    })
}

fn head(reading: &Reading) -> Vec<(&'static str, String)> {
    let code = &reading.code;
    let prefix = code.kind().prefix().map(|prefix| format!(" ({prefix})"));
    vec![
        (
            messages::label::kind(),
            format!("{}{}", code.kind().noun(), prefix.unwrap_or_default()),
        ),
        (messages::label::purpose(), purpose(code.kind()).to_owned()),
        (messages::label::read_back_phrase(), phrase(code)),
    ]
}

fn whose(known: &Known) -> Vec<(&'static str, String)> {
    let mut rows = Vec::new();
    let product = known.product.as_ref();
    rows.push((
        messages::label::product(),
        product.map_or_else(
            || messages::inspect::not_known_here().to_owned(),
            |product| format!("{} ({})", product.name, product.id),
        ),
    ));
    rows.extend(
        known
            .license_key
            .map(|key| (messages::label::license(), key.to_string())),
    );
    rows.extend(
        known
            .customer
            .iter()
            .map(|customer| (messages::label::customer(), customer.clone())),
    );
    rows
}

/// What somebody does with a code of this kind.
fn purpose(kind: Kind) -> &'static str {
    match kind {
        Kind::Activate => messages::inspect::for_activate(),
        Kind::Sync => messages::inspect::for_sync(),
        Kind::Return => messages::inspect::for_return(),
        Kind::Grant => messages::inspect::for_grant(),
        Kind::Borrow => messages::inspect::for_borrow(),
        Kind::Loan | Kind::LoanWithCertificate => messages::inspect::for_loan(),
        Kind::LoanReturn => messages::inspect::for_loan_return(),
        Kind::SiteCard => messages::inspect::for_site_card(),
        Kind::DeskCertificate => messages::inspect::for_desk_certificate(),
        Kind::Emergency => messages::inspect::for_emergency(),
    }
}

/// What is known of a code's signature.
enum Assessment<'a> {
    Unsigned,
    Known(&'a Trust),
    Nowhere,
}

/// What was verified outweighs what could not be; what is wrong in one place cannot be right in another.
fn trust<'a>(
    kind: Kind,
    machine: Option<&'a Trust>,
    desk: Option<&'a AtThisDesk>,
) -> Assessment<'a> {
    if matches!(
        kind,
        Kind::Activate | Kind::Sync | Kind::Return | Kind::Borrow | Kind::LoanReturn
    ) {
        return Assessment::Unsigned;
    }
    let all = || {
        machine
            .into_iter()
            .chain(desk.and_then(|desk| desk.trust.as_ref()))
    };
    let holds = all().find(|trust| matches!(trust, Trust::Holds(_)));
    let fails = all().find(|trust| matches!(trust, Trust::Fails(_)));
    holds
        .or(fails)
        .or_else(|| all().next())
        .map_or(Assessment::Nowhere, Assessment::Known)
}

impl Assessment<'_> {
    fn words(&self) -> String {
        match self {
            Assessment::Unsigned => messages::inspect::unsigned().to_owned(),
            Assessment::Known(Trust::Holds(why)) => messages::inspect::holds(&why).to_string(),
            Assessment::Known(Trust::Fails(why)) => messages::inspect::holds_not(&why).to_string(),
            Assessment::Known(Trust::Unknown(why)) => {
                messages::inspect::unchecked(&why).to_string()
            }
            Assessment::Nowhere => messages::inspect::unchecked_nowhere().to_owned(),
        }
    }

    fn object(&self) -> Signature {
        let (holds, why) = match self {
            Assessment::Unsigned => (None, None),
            Assessment::Known(Trust::Holds(why)) => (Some(true), Some(why)),
            Assessment::Known(Trust::Fails(why)) => (Some(false), Some(why)),
            Assessment::Known(Trust::Unknown(why)) => (None, Some(why)),
            Assessment::Nowhere => (None, None),
        };
        Signature {
            signed: !matches!(self, Assessment::Unsigned),
            checked: holds.is_some(),
            holds,
            why: why.cloned(),
        }
    }
}

/// What can still be said of a code that cannot be read; the exit code is that of the damage.
fn damaged(
    context: &mut Context,
    kind: Option<Kind>,
    rows: &[RowVerdict],
    failure: &Failure,
) -> anyhow::Result<Exit> {
    if context.out.json {
        let object = Inspected::Damaged {
            kind: kind.map(Named),
            noun: kind.map(Kind::noun),
            rows: damaged_rows::rows(rows),
            error: Box::new(context.out.failing(failure)),
        };
        Inspect::print(context, &object)?;
    } else {
        let mut said = vec![(
            messages::label::kind().to_owned(),
            kind.map_or_else(
                || messages::inspect::not_known().to_owned(),
                |kind| kind.noun().to_owned(),
            ),
        )];
        said.extend(kind.map(|kind| {
            (
                messages::label::purpose().to_owned(),
                purpose(kind).to_owned(),
            )
        }));
        for verdict in rows {
            let in_groups = damaged_rows::groups(&verdict.state);
            let state = damaged_rows::state(&verdict.state).1;
            said.push((
                messages::inspect::row(verdict.row).to_string(),
                match in_groups.is_empty() {
                    true => state.to_owned(),
                    false => messages::inspect::in_group(words::list(in_groups), state).to_string(),
                },
            ));
        }
        let said: Vec<(&str, String)> = said
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        context.out.table(&said)?;
    }
    context.out.refusal(failure);
    Ok(failure.exit)
}
