//! `license show`.

use std::collections::HashMap;

use super::refusals::Refusals;
use super::{Context, Exit, Run, called};
use crate::cli::failure::Failure;
use crate::cli::json::Shown;
use crate::cli::{desk, json, reply, sold, words};
use crate::failure::FailureKind;
use crate::issuer::history;
use crate::issuer::ledger::{
    Activation, ActivationRow, Ended, Event, LedgerError, Until, Withdrawn,
};
use crate::issuer::life::{self, Named};
use crate::issuer::names::{self, Called};
use crate::issuer::policy::{self, moves};
use crate::issuer::products::{self, LicenseView};
use crate::issuer::respond;
use crate::license_key::LicenseKey;
use crate::protocol::contents::Contents;
use crate::protocol::date::Day;

/// Show a license: what was ordered, and which machines hold it
#[derive(clap::Args)]
pub(crate) struct LicenseShow {
    /// The license key; or an activation of it, such as A-1042
    #[arg(value_name = "KEY|ACTIVATION", required = true)]
    name: Vec<String>,
}

impl Run for LicenseShow {
    const NAME: &'static str = "show";
    const ABOUT: &'static str = "Show a license and who holds it";

    type Object = json::LicenseAtDesk;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let name = sold::activation(&self.name)?;
        let mut desk = desk::open(context)?;
        let key = match name {
            Named::License(key) => key,
            Named::Activation(..) => {
                let whose = desk.ledger().read(|tx| life::only_named(tx, name))?;
                whose.1.key
            }
        };
        let Some(view) = products::license(desk.ledger(), key)? else {
            return Err(unknown_key(key).into());
        };
        let today = context.environment.now().day();
        let (events, more, refusals, called) =
            desk.ledger().read(|tx| -> Result<_, LedgerError> {
                let events = history::of_license(tx, view.license.event)?;
                let refusals = Refusals::of(tx, view.license.id, key)?;
                let more = respond::not_recorded(tx, &view.activations)?;
                let called = names::of_license(tx, &view.license)?;
                Ok((events, more, refusals, called))
            })?;
        let verdicts = verdicts(&events)?;
        if context.out.json {
            let mut object = json::LicenseAtDesk {
                refusals: refusals.objects(),
                refusals_forgotten: refusals.forgotten,
                ..object(&view, &events, &verdicts, &more, today)
            };
            called::put(&mut object, &called);
            object.noted = names::note(&events, None);
            Self::print(context, &object)?;
        } else {
            context.out.table(&rows(&view, &events, today))?;
            for line in held(&view, &events, &verdicts, (&more, &called), today)
                .into_iter()
                .chain(refusals.lines())
                .chain(told(&view, &events))
            {
                context.out.line(line)?;
            }
        }
        Ok(Exit::DONE)
    }
}

/// Events shown; `ledger history KEY` shows all.
const LATEST: usize = 5;

pub(super) fn unknown_key(key: LicenseKey) -> Failure {
    Failure::new(
        FailureKind::UnknownKey,
        format!("no license with the key {key} was sold by this desk"),
    )
    .hint("countersign license list shows those there are")
}

/// The fork rule's last verdict on each activation, and its evidence.
type Verdicts = HashMap<ActivationRow, (String, String)>;

fn verdicts(events: &[Event]) -> Result<Verdicts, LedgerError> {
    let mut verdicts = HashMap::new();
    for event in events {
        if let Some((row, verdict)) = event.activation.zip(history::verdict(event)?) {
            verdicts.insert(row, verdict);
        }
    }
    Ok(verdicts)
}

/// What the license used up in 365 days and how much it has: name, counted, of.
fn counted(view: &LicenseView, today: Day) -> [(&'static str, u32, u32); 4] {
    let (counts, seats) = (&view.license.counts, view.terms.seats.get());
    let moves = moves::allowed(seats);
    [
        ("moves", counts.moves.count(today), moves),
        ("exchanges", counts.exchanges.count(today), moves),
        (
            "returns",
            counts.returns.count(today),
            moves::returns_allowed(seats),
        ),
        (
            "set up anew",
            counts.anew.count(today),
            moves::anew_allowed(seats),
        ),
    ]
}

/// Requests of an activation that were refused and of which the history tells no more.
fn beyond(more: &[(ActivationRow, u32)], activation: &Activation) -> u32 {
    let own = more.iter().find(|(row, _)| *row == activation.id);
    own.map_or(0, |(_, many)| *many)
}

/// How many emergency codes were read out for an activation.
fn spoken(events: &[Event], activation: &Activation) -> usize {
    let read_out =
        |event: &&Event| event.kind == "emergency" && event.activation == Some(activation.id);
    events.iter().filter(read_out).count()
}

/// What an activation is bound to, by name: the ledger has hashes, not values.
fn bound_to(view: &LicenseView, activation: &Activation) -> Vec<String> {
    let standing = &activation.standing;
    let parts = standing.fingerprint.map(|it| it.known());
    let parts = parts.iter().flat_map(|parts| parts.iter());
    let mut names: Vec<String> = parts.map(|part| part.to_string()).collect();
    if standing.bindings.is_some() {
        names.extend(view.product.bind.iter().cloned());
    }
    names.extend(standing.usb.map(|_| "usb key".to_owned()));
    names
}

/// How it ended; `replaced` where another has its place and nobody gave it up.
fn state(activation: &Activation) -> &'static str {
    let holds = activation.seats > 0;
    activation
        .ended
        .map_or(if holds { "in_use" } else { "replaced" }, Ended::name)
}

fn object(
    view: &LicenseView,
    events: &[Event],
    verdicts: &Verdicts,
    more: &[(ActivationRow, u32)],
    today: Day,
) -> json::LicenseAtDesk {
    let activations = view.activations.iter().map(|activation| {
        let verdict = verdicts.get(&activation.id);
        let resting = policy::rest(activation, &view.activations, today);
        json::Activation {
            activation: Shown(activation.standing.activation),
            state: state(activation),
            seats: activation.seats,
            generation: activation.generation,
            proven: activation.proven,
            bound_to: bound_to(view, activation),
            weak: moves::weak(&activation.standing),
            resting: resting.map(reply::resting),
            verdict: verdict.map(|(verdict, _)| verdict.clone()),
            evidence: verdict.map(|(_, evidence)| evidence.clone()),
            not_recorded: beyond(more, activation),
            emergency_codes: spoken(events, activation),
            first_contact: Shown(activation.first),
            last_contact: Shown(activation.last),
            says: None,
            note: None,
        }
    });
    let [moves, exchanges, returns, anew] =
        counted(view, today).map(|(_, counted, of)| json::InAYear { counted, of });
    json::LicenseAtDesk {
        license: json::License::of(view.license.key, &view.product, &view.terms),
        seats_taken: view.license.taken.unwrap_or(0),
        moves,
        exchanges,
        returns,
        anew,
        revoked: view.license.withdrawn == Some(Withdrawn::Revoked),
        void: view.license.withdrawn == Some(Withdrawn::Void),
        events: events.len(),
        activations: activations.collect(),
        noted: None,
        refusals: Vec::new(),
        refusals_forgotten: 0,
    }
}

fn rows(view: &LicenseView, events: &[Event], today: Day) -> Vec<(&'static str, String)> {
    let terms = &view.terms;
    let taken = view.license.taken.unwrap_or(0);
    let mut rows = vec![
        ("license", view.license.key.to_string()),
        (
            "product",
            format!("{} ({})", view.product.id, view.product.name),
        ),
        ("customer", terms.customer.clone()),
    ];
    if let Some(withdrawn) = view.license.withdrawn {
        let (label, kind) = match withdrawn {
            Withdrawn::Revoked => ("revoked", "license_revoke"),
            Withdrawn::Void => ("void", "license_void"),
        };
        let last = events.iter().rfind(|event| event.kind == kind);
        let since = last.map_or_else(String::new, |event| format!("on {}: ", event.at.day()));
        let why = last
            .map(|event| history::tell(event, None))
            .unwrap_or_default();
        rows.push((label, since + &why));
    }
    rows.extend(
        terms
            .contact
            .iter()
            .map(|contact| ("contact", contact.clone())),
    );
    let since = names::note(events, None);
    let noted = [
        ("order", &terms.order),
        ("note", &terms.note),
        ("noted", &since),
    ];
    rows.extend(
        noted
            .into_iter()
            .filter_map(|(label, text)| Some((label, text.clone()?))),
    );
    rows.extend(
        view.product
            .edition_name(terms.edition)
            .map(|edition| ("edition", edition.to_owned())),
    );
    rows.push(("type", terms.license_type.words().to_owned()));
    rows.push(("seats", format!("{} of {} taken", taken, terms.seats)));
    let counts: Vec<String> = counted(view, today)
        .into_iter()
        .map(|(name, counted, of)| format!("{name} {counted} of {of}"))
        .collect();
    rows.push((
        "in a year",
        format!("{}; each counts once for each seat", counts.join(", ")),
    ));
    rows.push(("expires", words::day_or(terms.expires, "never")));
    rows.extend(
        terms
            .maintenance
            .map(|day| ("maintenance", format!("until {day}"))),
    );
    rows.push((
        "grace",
        if terms.grace_days == 0 {
            "for ever".to_owned()
        } else {
            words::count(terms.grace_days, "day")
        },
    ));
    let contents = Contents::of(&terms.entitlements, Some(&view.product));
    rows.extend(words::contents(&contents, Some(today)));
    rows.extend(terms.usb.iter().map(|usb| ("usb key", usb.to_string())));
    if let Some(it) = terms.emergency {
        let steps = words::count(it.steps.get(), "step");
        rows.push((
            "emergency",
            format!("{steps} of {}", words::count(it.days.get(), "day")),
        ));
    }
    rows
}

/// The last events, in words.
fn told(view: &LicenseView, events: &[Event]) -> Vec<String> {
    let name = |event: &Event| {
        let of = view
            .activations
            .iter()
            .find(|it| Some(it.id) == event.activation);
        of.map(|it| it.standing.activation.to_string())
    };
    let mut lines = vec![format!(
        "history: {}, the latest first",
        words::count(events.len() as u64, "event")
    )];
    lines.extend(events.iter().rev().take(LATEST).map(|event| {
        format!(
            "  {}  {}",
            event.at.day(),
            history::tell(event, name(event).as_deref())
        )
    }));
    if events.len() > LATEST {
        lines.push(format!(
            "  all of them: countersign ledger history {}",
            view.license.key
        ));
    }
    lines
}

fn held(
    view: &LicenseView,
    events: &[Event],
    verdicts: &Verdicts,
    (more, called): (&[(ActivationRow, u32)], &[Called]),
    today: Day,
) -> Vec<String> {
    let mut lines: Vec<String> = view
        .activations
        .iter()
        .flat_map(|activation| {
            let (seats, last) = (
                words::count(activation.seats, "seat"),
                activation.last.day(),
            );
            let how = match (activation.ended, verdicts.get(&activation.id)) {
                (Some(ended), _) => format!(", {}", ended.words()),
                (None, _) if activation.seats == 0 => format!(
                    ", another was activated in its place, may be in use{}",
                    match activation.runs {
                        Until::Day(day) => format!(" until {day}"),
                        Until::Ever => " for ever".to_owned(),
                    }
                ),
                (None, Some((verdict, _))) => format!(", {verdict}"),
                (None, None) => String::new(),
            };
            let codes = match spoken(events, activation) {
                0 => String::new(),
                codes => format!(", {}", words::count(codes as u64, "emergency code")),
            };
            let held = format!(
                "  {}  {seats}, generation {}, last contact {last}{how}{codes}",
                activation.standing.activation, activation.generation
            );
            let bound = words::list(bound_to(view, activation));
            let weak = if moves::weak(&activation.standing) {
                ", weakly: a copy of its disk or image passes for it"
            } else {
                ""
            };
            let mut lines = vec![held, format!("    bound to {bound}{weak}")];
            lines.extend(called::line(called, activation));
            let rest = policy::rest(activation, &view.activations, today);
            lines.extend(rest.map(|it| {
                let seats = words::count(it.seats, "seat");
                let kept = it.kept_for.map(|other| format!(", kept for {other}"));
                let lent = it.lent.map(|day| match it.on_loan {
                    0 => format!(", perhaps lent until {day}"),
                    out => format!(", {out} lent when it told of them last, until {day} at most"),
                });
                let free = it.until.day().map(|day| format!(", free after {day}"));
                let parts = [kept, lent, free].map(Option::unwrap_or_default).concat();
                let how = match activation.ended {
                    Some(Ended::Lost) => "held back",
                    _ => "given back",
                };
                format!("    {seats} {how}{parts}")
            }));
            let more = beyond(more, activation);
            if more > 0 {
                let requests = words::count(more, "more request");
                lines.push(format!(
                    "    {requests} refused, beyond what the history takes"
                ));
            }
            lines
        })
        .collect();
    lines.insert(
        0,
        if view.activations.is_empty() {
            "activations: none yet".to_owned()
        } else {
            "activations:".to_owned()
        },
    );
    lines
}
