//! `emergency`: a code of 22 characters to read out.

use super::{Context, Exit, Run};
use crate::cli::acting::KeyArgs;
use crate::cli::json::{self, Named, Shown, shown};
use crate::cli::{code_output, desk, sold};
use crate::issuer::life::{self, Step};
use crate::issuer::respond::RespondError;
use crate::protocol::date::Day;
use crate::protocol::desk_certificate::{Limit, MAY_GRANT_EMERGENCY};
use crate::text::{Kind, WithSpare, phrase, spell};

/// Print an emergency code to read out, which moves the day of re-validation
///
/// The machine needs no request for it, only its license as it holds it. It takes a key: codes are not kept, and are made again from what only the desk's keys
/// open. What was read out is recorded.
#[derive(clap::Args)]
pub(crate) struct EmergencyCode {
    /// The activation, such as A-1042, with its license key after it where that is not enough; or the key, where it is in use on one machine
    #[arg(value_name = "ACTIVATION|KEY", required = true)]
    name: Vec<String>,
    /// The day that the machine has to reach; without it, the next step
    #[arg(long, value_name = "DATE")]
    until: Option<Day>,
    /// The generation that `countersign status` shows there, where the last answer never arrived
    #[arg(long = "gen", value_name = "N")]
    generation: Option<u16>,
    /// Print it spelled in the radio alphabet, to be read out
    #[arg(long)]
    spell: bool,
    #[command(flatten)]
    acting: KeyArgs,
}

impl Run for EmergencyCode {
    const NAME: &'static str = "emergency";
    const ABOUT: &'static str = "Print an emergency code to read out";

    type Object = json::EmergencyCode;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let name = sold::activation(&self.name)?;
        let mut desk = desk::open(context)?;
        let acting = self.acting.acting_for(context, &mut desk, name, false)?;
        let may = acting.certificate();
        if may.is_some_and(|it| it.kinds & MAY_GRANT_EMERGENCY == 0) {
            return Err(RespondError::DeskLimit(Limit::Kind).into());
        }
        let step = Step {
            until: self.until,
            generation: self.generation,
            most_days: may.map_or(0, |it| it.max_emergency.into()),
        };
        let by = context.environment.by();
        let spoken = life::emergency(desk.ledger(), acting.issuer(), name, step, by);
        let spoken = acting.or_proposes(context, &mut desk, spoken)?;
        let code = spoken.code.to_text()?;
        let spelled = match self.spell {
            true => Some(spell::spell(&spoken.code, WithSpare::No)?),
            false => None,
        };
        if context.out.json {
            let object = json::EmergencyCode {
                code,
                phrase: phrase(&spoken.code),
                spelled,
                kind: Named(Kind::Emergency),
                license_key: Shown(spoken.key),
                activation: Shown(spoken.activation),
                verdict: (),
                corrections: [],
                warnings: [],
                generation: spoken.generation,
                step: spoken.step,
                steps: spoken.steps,
                until: Shown(spoken.until),
                held_by: shown(spoken.held_by),
                rivals: spoken.rivals.iter().copied().map(Shown).collect(),
            };
            Self::print(context, &object)?;
        } else {
            context.out.lines(spelled.unwrap_or(code))?;
        }
        code_output::read_back(context, &spoken.code, (1, 1));
        context.out.say(format_args!(
            "step {} of {}: {} with generation {} goes on until {} without contact",
            spoken.step, spoken.steps, spoken.activation, spoken.generation, spoken.until
        ));
        context.out.say(format_args!(
            "the same again, where the line was bad: countersign emergency {} --until {}",
            spoken.activation, spoken.until
        ));
        if let Some(other) = spoken.held_by {
            context.out.warn(format_args!(
                "{other} was activated in its place and holds the seat: at its next contact a clerk decides between them"
            ));
        }
        for other in &spoken.rivals {
            context.out.warn(format_args!(
                "{other} had its place before and may be at work: for that one this code is none"
            ));
        }
        Ok(Exit::DONE)
    }
}
