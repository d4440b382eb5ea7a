//! `status`.

use super::{Context, Exit, Run};
use crate::cli::failure::Failure;
use crate::cli::json::{self, Named, StatusReport};
use crate::cli::machine_home::{self, Installed};
use crate::cli::{keys, report, words};
use crate::holder::state::{HistoryEntry, LicenseState};
use crate::holder::{self, CheckInput, CheckReport, Here, Person, Refusal, Terms, Warning};
use crate::messages;
use crate::protocol::date::Day;
use crate::protocol::digest::ActivationId;
use crate::protocol::entitlements::UNLIMITED;
use crate::protocol::grant::LicenseType;

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
                    // The license is shown, whoever looks.
                    person: Person::Anybody,
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
                let terms = checked.terms.as_ref();
                let seats = usize::from(terms.map_or(0, |terms| terms.seats));
                let users = license.as_ref().map(|it| holder::users(home, it));
                let users = users.unwrap_or_default();
                let known = Known {
                    users: users.get(..seats).unwrap_or(&users),
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
    // As a check ends there.
    let failure = Failure {
        exit: Exit::UNLICENSED,
        ..machine_home::not_installed(id)
    };
    if context.out.json {
        let object = json::Status::NothingInstalled {
            state: Named(holder::State::Unlicensed),
            error: Box::new(context.out.failing(&failure)),
        };
        Status::print(context, &object)?;
    } else {
        context.out.sentence(&failure)?;
        context.out.say(messages::status::what_to_do(failure.hint));
    }
    Ok(Exit::DONE)
}

/// What is shown beside what a check says.
struct Known<'a> {
    /// The product's name.
    name: &'a str,
    license: Option<&'a LicenseState>,
    history: &'a [HistoryEntry],
    /// Who has a place, where it is for users by name.
    users: &'a [String],
}

fn show(context: &mut Context, checked: &CheckReport, known: &Known<'_>) -> anyhow::Result<()> {
    let Known {
        name,
        license,
        history,
        users,
    } = *known;
    let waiting = license.map_or(0, |license| license.open().count());
    let clock = context.environment.now().day();
    let today = checked.today.unwrap_or(clock);
    if context.out.json {
        let object = StatusReport::of(checked, license, history, users, &context.out);
        return Status::print(context, &json::Status::Of(Box::new(object)));
    }
    let mut rows = vec![
        (
            messages::label::product(),
            format!("{} ({name})", checked.product),
        ),
        (messages::label::state(), state(checked)),
    ];
    rows.extend(
        checked
            .license_key
            .map(|key| (messages::label::license(), key.to_string())),
    );
    rows.extend(checked.activation.map(|activation| {
        (
            messages::label::activation(),
            activation_row(checked, activation),
        )
    }));
    rows.extend(
        checked
            .terms
            .as_ref()
            .map(|terms| report::terms_rows(terms, today))
            .unwrap_or_default(),
    );
    let terms = checked.terms.as_ref();
    rows.extend(terms.and_then(|terms| Some((messages::label::grace(), grace(terms, today)?))));
    rows.extend(checked.counts.iter().map(|it| {
        let (limit, count, most) = (&it.limit, it.count, it.most);
        let words = match it.over_by() {
            _ if most == UNLIMITED => messages::status::used_of_unlimited(count, limit).to_string(),
            0 => messages::status::used(count, limit, most, it.remaining()).to_string(),
            over => messages::status::used_too_many(count, limit, most, over).to_string(),
        };
        (messages::label::in_use(), words)
    }));
    if !checked.bindings.is_empty() {
        rows.push((
            messages::label::bound_to(),
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
            messages::status::plugged_in()
        } else {
            messages::status::not_plugged_in()
        };
        (messages::label::usb_key(), words.to_owned())
    }));
    if checked.weakly_bound {
        rows.push((
            messages::label::machine(),
            messages::status::weakly_bound().to_owned(),
        ));
    }
    if terms.is_some_and(|it| it.license_type == LicenseType::Named && it.loan.is_none()) {
        let words = match users {
            [] => messages::status::nobody_assigned().to_owned(),
            some => words::list(some),
        };
        rows.push((messages::label::users(), words));
    }
    if waiting > 0 {
        rows.push((
            messages::label::waiting(),
            messages::status::waiting(waiting).to_string(),
        ));
    }
    for event in history.iter().rev().take(5) {
        rows.push((
            messages::label::applied(),
            match event.emergency {
                None => messages::status::applied_generation(event.at.day(), &event.generation)
                    .to_string(),
                Some(step) => {
                    messages::status::applied_emergency(event.at.day(), &step).to_string()
                }
            },
        ));
    }
    let given = license.into_iter().flat_map(LicenseState::given_up);
    rows.extend(given.map(|it| {
        (
            messages::label::given_up(),
            format!("{} {}", it.at.day(), it.activation),
        )
    }));
    context.out.table(&rows)?;
    for warning in &checked.warnings {
        context.out.warn(warning);
    }
    for next in next(checked, waiting > 0) {
        context.out.say(messages::status::what_to_do(next));
    }
    Ok(())
}

/// How many days are left of the grace that was given.
fn grace(terms: &Terms, today: Day) -> Option<String> {
    let (by, days) = (terms.revalidate_by?, terms.grace_days()?);
    let left = by.days_since(today);
    Some(match left {
        0.. => messages::status::grace(days, left).to_string(),
        _ => messages::status::grace_over(days, left.saturating_abs()).to_string(),
    })
}

/// The activation with the generation held: what the desk asks for on the telephone.
fn activation_row(checked: &CheckReport, activation: ActivationId) -> String {
    match &checked.terms {
        Some(terms) => messages::status::activation(&activation, &terms.generation).to_string(),
        None => activation.to_string(),
    }
}

/// What is to be done, where something is. An answer on its way may be what heals it, but it sets no clock and plugs nothing in.
fn next(checked: &CheckReport, waiting: bool) -> Vec<String> {
    let refusal = checked.refusal.iter().map(|it| {
        let healed = matches!(it, Refusal::Overdue { .. } | Refusal::NotLicensed { .. });
        (healed, report::advice(checked, it))
    });
    let warnings = checked.warnings.iter().map(|it| {
        let healed = matches!(
            it,
            Warning::GraceEnds { .. } | Warning::MachineChanged { .. }
        );
        (healed, report::advice_on(checked, it))
    });
    let mut hints: Vec<String> = refusal
        .chain(warnings)
        .filter(|(healed, _)| !(waiting && *healed))
        .map(|(_, hint)| hint)
        .collect();
    if spoken_help(checked) {
        hints.push(messages::status::spoken_help().to_owned());
    }
    if waiting {
        hints.push(messages::status::enter_response().to_owned());
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
    let left = checked.days_left.and_then(|days| u64::try_from(days).ok());
    match (&checked.refusal, left) {
        (Some(refusal), _) => format!("{}: {refusal}", checked.state),
        (None, Some(left)) => messages::status::state_days_left(left, checked.state).to_string(),
        (None, None) => checked.state.to_string(),
    }
}
