//! `status`.

use super::{Context, Exit, Run};
use crate::cli::advice::Advice as _;
use crate::cli::failure::Failure;
use crate::cli::json::{self, Named, StatusReport};
use crate::cli::machine_home::{self, Installed};
use crate::cli::{keys, report, words};
use crate::holder::state::{Event, LicenseState};
use crate::holder::{self, CheckInput, CheckReport, Here, Refusal, Warning};
use crate::protocol::digest::ActivationId;
use crate::protocol::entitlements::UNLIMITED;

/// Show the licenses of this machine: what they contain, until when, what to do next
#[derive(clap::Args)]
pub(crate) struct Status {
    /// Only this product
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// A number that is in use, such as employees=480, to be shown beside its limit; may be repeated
    #[arg(long = "count", value_name = "L=N", value_parser = keys::limit)]
    counts: Vec<(String, u32)>,
}

impl Run for Status {
    const NAME: &'static str = "status";
    const ABOUT: &'static str = "Show the licenses of this machine";

    type Object = json::Status;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let facts = context.environment.facts();
        let here = Here {
            facts: &facts,
            wall: context.environment.now(),
            aliases: &[],
        };
        let Installed { found, mut unfit } =
            machine_home::installed(context, self.product.as_deref())?;
        if found.is_empty() && unfit.is_empty() {
            return nothing(context, self.product.as_deref());
        }
        let mut first = true;
        for (home, file) in &found {
            let (licenses, damaged) = home
                .survey()
                .unwrap_or_else(|error| (Vec::new(), vec![error]));
            let damaged_here = !damaged.is_empty();
            unfit.extend(damaged);
            let mut licenses: Vec<Option<LicenseState>> = licenses
                .into_iter()
                .filter(|license| license.product == file.product().id)
                .map(Some)
                .collect();
            // Where something is damaged, a license may stand in it: that there is none is not said.
            if licenses.is_empty() && !damaged_here {
                licenses.push(None);
            }
            for license in licenses {
                let input = CheckInput {
                    license_key: license.as_ref().map(|license| license.license_key),
                    counts: &self.counts,
                    ..CheckInput::new(here, context.environment.built())
                };
                let checked = match holder::check_product(file, home, &input) {
                    Ok(checked) => checked,
                    Err(error) => {
                        unfit.push(error);
                        continue;
                    }
                };
                if !std::mem::take(&mut first) && !context.out.json {
                    context.out.line("")?;
                }
                let history = license.as_ref().map(|it| home.history(it.license_key));
                // It is no evidence, and stops nobody.
                let history = history.and_then(|it| it.map_err(|error| unfit.push(error)).ok());
                let known = Known {
                    name: &file.product().name,
                    license: license.as_ref(),
                    history: history.as_deref().unwrap_or_default(),
                };
                show(context, &checked, &known)?;
            }
        }
        // What is fit has been shown; each file that is not is named, once.
        let mut named = Vec::new();
        unfit.retain(|error| {
            let words = error.to_string();
            let new = !named.contains(&words);
            named.push(words);
            new
        });
        let mut unfit = unfit.into_iter();
        let first = unfit.next();
        for error in unfit {
            context.out.failure(&Failure::of(&error.into()));
        }
        first.map_or(Ok(Exit::DONE), |error| Err(error.into()))
    }
}

/// A machine that knows no product: no failure, and what to do.
fn nothing(context: &mut Context, id: Option<&str>) -> anyhow::Result<Exit> {
    let failure = machine_home::not_installed(id);
    if context.out.json {
        let object = json::Status::NothingInstalled {
            state: Named(holder::State::Unlicensed),
            error: Box::new(failure.object()),
        };
        Status::print(context, &object)?;
    } else {
        context.out.line(&failure)?;
        context
            .out
            .say(format_args!("what to do: {}", failure.hint));
    }
    Ok(Exit::DONE)
}

/// What is shown beside what a check says.
struct Known<'a> {
    /// The product's name.
    name: &'a str,
    license: Option<&'a LicenseState>,
    history: &'a [Event],
}

fn show(context: &mut Context, checked: &CheckReport, known: &Known<'_>) -> anyhow::Result<()> {
    let Known {
        name,
        license,
        history,
    } = *known;
    let waiting = license.map_or(0, |license| license.open().count());
    let clock = context.environment.now().day();
    let today = checked.today.unwrap_or(clock);
    if context.out.json {
        let object = StatusReport::of(checked, license, history);
        return Status::print(context, &json::Status::Of(Box::new(object)));
    }
    let mut rows = vec![
        ("product", format!("{} ({name})", checked.product)),
        ("state", state(checked)),
    ];
    rows.extend(checked.license_key.map(|key| ("license", key.to_string())));
    rows.extend(
        checked
            .activation
            .map(|activation| ("activation", activation_row(checked, activation))),
    );
    rows.extend(
        checked
            .terms
            .as_ref()
            .map(|terms| report::terms_rows(terms, today))
            .unwrap_or_default(),
    );
    rows.extend(checked.counts.iter().map(|it| {
        let (limit, count, most) = (&it.limit, it.count, it.most);
        let left = match it.over_by() {
            _ if most == UNLIMITED => {
                return ("in use", format!("{limit}: {count} used, unlimited"));
            }
            0 => format!("{} remaining", it.remaining()),
            over => format!("{over} too many"),
        };
        ("in use", format!("{limit}: {count} of {most} used, {left}"))
    }));
    if !checked.bindings.is_empty() {
        rows.push((
            "bound to",
            words::list(
                checked
                    .bindings
                    .iter()
                    .map(|(name, value)| format!("{name} {value}")),
            ),
        ));
    }
    rows.extend(checked.usb.map(|there| {
        let words = if there {
            "plugged in"
        } else {
            "not plugged in"
        };
        ("usb key", words.to_owned())
    }));
    if checked.weakly_bound {
        rows.push((
            "machine",
            "weakly bound: whoever copies its disk copies the license too; a USB key would tell them apart".to_owned(),
        ));
    }
    if waiting > 0 {
        rows.push((
            "waiting",
            format!("{} for an answer", words::count(waiting as u64, "request")),
        ));
    }
    for event in history.iter().rev().take(5) {
        rows.push((
            "applied",
            match event.emergency {
                None => format!("{} generation {}", event.at.day(), event.generation),
                Some(step) => format!("{} emergency step {step}", event.at.day()),
            },
        ));
    }
    let given = license.into_iter().flat_map(LicenseState::given_up);
    rows.extend(given.map(|it| ("given up", format!("{} {}", it.at.day(), it.activation))));
    context.out.lines(words::table(&rows))?;
    for warning in &checked.warnings {
        context.out.warn(warning);
    }
    for next in next(checked, waiting > 0) {
        context.out.say(format_args!("what to do: {next}"));
    }
    Ok(())
}

/// The activation with the generation held: what the desk asks for on the telephone.
fn activation_row(checked: &CheckReport, activation: ActivationId) -> String {
    match &checked.terms {
        Some(terms) => format!("{activation}, generation {}", terms.generation),
        None => activation.to_string(),
    }
}

/// What is to be done, where something is. An answer on its way may be what heals it, but it sets no clock and plugs nothing in.
fn next(checked: &CheckReport, waiting: bool) -> Vec<String> {
    let refusal = checked.refusal.iter().map(|it| {
        let healed = matches!(it, Refusal::Overdue { .. } | Refusal::NotLicensed { .. });
        (healed, it.advice())
    });
    let warnings = checked.warnings.iter().map(|it| {
        let healed = matches!(
            it,
            Warning::GraceEnds { .. } | Warning::MachineChanged { .. }
        );
        (healed, it.advice())
    });
    let mut hints: Vec<String> = refusal
        .chain(warnings)
        .filter(|(healed, _)| !(waiting && *healed))
        .map(|(_, hint)| hint)
        .collect();
    if spoken_help(checked) {
        hints.push("where no mail gets through, have the desk read out an emergency code, and enter it with: countersign apply".to_owned());
    }
    if waiting {
        hints.push("enter the response with: countersign apply".to_owned());
    }
    hints.dedup();
    hints
}

/// Whether an emergency code would help: a contact is due, and steps are left.
fn spoken_help(checked: &CheckReport) -> bool {
    let overdue = matches!(checked.refusal, Some(Refusal::Overdue { .. }));
    let ends = |it: &Warning| matches!(it, Warning::GraceEnds { .. });
    let due = overdue || checked.warnings.iter().any(ends);
    let steps = checked.terms.as_ref().and_then(|terms| terms.emergency);
    due && steps.is_some_and(|steps| steps.used < steps.of)
}

/// The state, and the reason where the application may not run.
fn state(checked: &CheckReport) -> String {
    let left = checked
        .days_left
        .and_then(|days| u64::try_from(days).ok())
        .map(|days| format!("{} left", words::count(days, "day")));
    match (&checked.refusal, left) {
        (Some(refusal), _) => format!("{}: {refusal}", checked.state.name()),
        (None, Some(left)) => format!("{}, {left}", checked.state.name()),
        (None, None) => checked.state.name().to_owned(),
    }
}
