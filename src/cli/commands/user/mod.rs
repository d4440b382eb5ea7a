//! The users of a license that is for people by name: its administrator assigns them.

pub(super) mod assign;
pub(super) mod list;

use super::site::{SiteArgs, signer, unless_not_ours};
use super::{Context, Exit, Run};
use crate::cli::json::{RestingUser, Shown, Users};
use crate::cli::machine_home::{self, Found};
use crate::cli::passphrase::PassphraseArgs;
use crate::cli::seats::{moment, no_seats};
use crate::cli::words::{self, minute};
use crate::holder::Applied;
use crate::license_key::LicenseKey;
use crate::messages;
use crate::protocol::grant::LicenseType;
use crate::protocol::user_name::UserName;
use crate::site::{Actor, Change, Done, People};

/// The license that was found.
fn key_of(found: &Found) -> anyhow::Result<LicenseKey> {
    let key = found.report.license_key;
    key.filter(|_| found.report.terms.is_some())
        .ok_or_else(|| no_seats(found))
}

/// Does what was asked, and shows how the places are used then.
fn change(
    context: &mut Context,
    site: &SiteArgs,
    passphrase: &PassphraseArgs,
    change: &Change,
) -> anyhow::Result<Exit> {
    let found = site.find(context, &[LicenseType::Named])?;
    let key = key_of(&found)?;
    let mut people = People::open(&found.home, &found.computer.facts, key)?;
    // Whoever is refused, or has nothing to sign, is not asked for a password.
    let mut done = people.rehearse(change, &moment(context))?;
    if done.is_nothing() {
        unless_not_ours(people.put_right())?;
    } else {
        let signer = signer(context, &found.home, passphrase)?;
        let actor = Actor {
            moment: &moment(context),
            signer: &signer,
        };
        done = people.change(change, actor)?;
        if !done.remembered {
            context.out.warn(messages::users::not_remembered());
        }
    }
    for name in &done.assigned {
        context.out.say(messages::users::assigned(name));
    }
    let places = &done.places;
    for name in &done.unassigned {
        let rest = places.resting.iter().find(|(it, _)| it == name);
        context.out.say(match rest {
            Some((_, until)) => messages::users::unassigned(name, minute(*until)).to_string(),
            None => messages::users::unassigned_at_once(name).to_string(),
        });
    }
    let as_it_was = |it: &&UserName| !done.assigned.contains(it) && !done.unassigned.contains(it);
    for name in change.assign.iter().filter(as_it_was) {
        context.out.say(messages::users::is_a_user(name));
    }
    for name in change.unassign.iter().filter(as_it_was) {
        context.out.say(messages::users::is_no_user(name));
    }
    if context.out.json {
        context.out.object(&object(&found, key, &done))?;
    }
    context
        .out
        .say(messages::users::places(places.free(), places.seats));
    Ok(Exit::DONE)
}

fn names(all: &[UserName]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

fn object(found: &Found, key: LicenseKey, done: &Done) -> Users {
    let places = &done.places;
    let resting = places.resting.iter();
    Users {
        product: found.product.id.clone(),
        license_key: Shown(key),
        seats: places.seats,
        users: names(&places.users),
        without: names(&places.without),
        resting: resting
            .map(|(user, until)| RestingUser {
                user: user.to_string(),
                until: Shown(*until),
            })
            .collect(),
        lent: places.lent,
        free: places.free(),
        assigned: names(&done.assigned),
        unassigned: names(&done.unassigned),
    }
}

/// What an answer that was applied makes of the users of its license, where it is for people by name: who has no place any more, said once, or that nobody was
/// assigned yet. What cannot be read is left to whoever asks for the list: the answer is applied.
pub(super) fn tell(context: &mut Context, applied: &Applied) {
    let (before, after) = (applied.before.as_ref(), &applied.after);
    if after.license_type != LicenseType::Named || after.loan.is_some() {
        return;
    }
    let facts = context.environment.facts();
    let now = moment(context);
    let homes = machine_home::all(context).unwrap_or_default();
    for home in homes {
        let people = People::open(&home, &facts, applied.which.license_key);
        let Ok(places) = people.and_then(|mut it| it.places(&now)) else {
            continue;
        };
        let shrank = before.is_some_and(|before| before.seats > after.seats);
        if shrank && !places.without.is_empty() {
            let list = words::list(names(&places.without));
            let words = messages::users::without(list, after.seats);
            context.out.warn(words);
        }
        if places.users.is_empty() && places.resting.is_empty() {
            context.out.say(messages::users::next());
        }
    }
}
