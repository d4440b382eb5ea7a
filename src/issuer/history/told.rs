//! Events in words, one sentence per kind, for people.

use serde_json::Value;

use super::change::{Change, What};
use super::facts;
use super::facts::LicenseFacts;
use crate::issuer::ledger::{ActivationRow, Event, LedgerError};

/// What an event was, in a sentence. `name` says what an activation is called now.
pub fn tell(event: &Event, activation: Option<&str>) -> String {
    let data: Value = serde_json::from_str(&event.data).unwrap_or_default();
    let text = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| data.get(name).and_then(Value::as_u64).unwrap_or(0);
    let who = activation.unwrap_or("a machine");
    let seats = |number: u64| match number {
        1 => "1 seat".to_owned(),
        more => format!("{more} seats"),
    };
    let mut said = match event.kind.as_str() {
        facts::DESK_INIT => "the desk was made".to_owned(),
        facts::DESK_CHANGE => match (text("vendor"), text("mail")) {
            ("", "") => "the desk has no mail address any more".to_owned(),
            ("", mail) => format!("requests go to {mail}"),
            (vendor, "") => format!("the vendor is called {vendor}"),
            (vendor, mail) => format!("the vendor is called {vendor}, and requests go to {mail}"),
        },
        facts::DESK_CLOCK => "the desk's clock was said to be right".to_owned(),
        facts::LEDGER_RESTORE => match data.get("lost").and_then(Value::as_u64) {
            None => "the ledger was put back from a backup, where none could be read".to_owned(),
            Some(0) => "the ledger was put back from a backup; nothing was lost".to_owned(),
            Some(1) => "the ledger was put back from a backup; 1 event was given up".to_owned(),
            Some(lost) => {
                format!("the ledger was put back from a backup; {lost} events were given up")
            }
        },
        facts::DESK_CERTIFY => {
            format!("the key of {} was certified: {}", text("name"), text("may"))
        }
        facts::DESK_REMOVE => format!(
            "the key of {} was removed: it signs nothing more here",
            text("name")
        ),
        facts::DESK_ROTATE => format!(
            "the certified keys got certificates of epoch {}",
            number("epoch")
        ),
        facts::POLICY if listed_texts(&data, "rules").is_empty() => format!(
            "nothing of {} needs another's approval any more",
            text("product")
        ),
        facts::POLICY => format!(
            "of {}, another approves: {}",
            text("product"),
            listed_texts(&data, "rules").join(", ")
        ),
        facts::PROPOSE => format!(
            "proposed: {} (falls under {})",
            listed_texts(&data, "command").join(" "),
            listed_texts(&data, "rules").join(", ")
        ),
        facts::APPROVE => format!(
            "proposal {} of {} was approved, and what it says follows",
            number("proposal"),
            text("by")
        ),
        facts::DECLINE => format!(
            "proposal {} of {} was declined",
            number("proposal"),
            text("by")
        ),
        facts::DESK_REPLACE_ROOT => "a root key was dropped, and another took its place".to_owned(),
        facts::PRODUCT_ADD => format!("product {} was added", text("product")),
        facts::PRODUCT_CHANGE => format!(
            "product {} was changed to version {}",
            text("product"),
            number("version")
        ),
        facts::LICENSE_NEW => match number("licenses") {
            1 => "the license was sold".to_owned(),
            more => format!("{more} licenses of one order were sold"),
        },
        facts::ACTIVATE => format!("{who} was activated with {}", seats(number("seats"))),
        facts::REPLACE => format!(
            "{who} was activated in the place of another that it fits, generation {} with {}",
            number("generation"),
            seats(number("seats"))
        ),
        facts::SYNC => format!(
            "{who} re-validated, generation {} with {}; {}: {}",
            number("generation"),
            seats(number("seats")),
            text("verdict"),
            text("evidence")
        ),
        facts::READOPT => format!(
            "an answer to {who} was taken back that the ledger had lost, generation {} with {}",
            number("generation"),
            seats(number("seats"))
        ),
        facts::RETURN | facts::RELEASE => {
            let how = match event.kind.as_str() {
                facts::RETURN => "given up",
                _ => "released as lost",
            };
            let seats = match (text("kept_for"), text("free_after")) {
                ("", "") => format!("{} freed", seats(number("freed"))),
                ("", day) => format!("its seats come free after {day}"),
                (other, "") => format!("its seats are kept for {other}"),
                (other, day) => format!("its seats are kept for {other} until {day}"),
            };
            format!("{who} was {how}, {seats}")
        }
        facts::YIELDED => format!("{who} gave its place to {}", text("to")),
        facts::FREED if number("freed") == 0 => {
            format!("no seat that {who} had is held back any more")
        }
        facts::FREED => format!(
            "the seats that {who} gave back were freed, {}",
            seats(number("freed"))
        ),
        facts::EARLY_RETURN => format!(
            "{} was given up before its request arrived",
            text("activation")
        ),
        facts::LICENSE_CHANGE => format!("the license was changed: {}", listed(&changes(event))),
        facts::LICENSE_REVOKE => "the license was revoked".to_owned(),
        facts::LICENSE_VOID => "the license was made by mistake and is void".to_owned(),
        facts::LICENSE_RESTORE => "the license is good again".to_owned(),
        facts::NOTE => format!(
            "noted of {}: {}",
            activation.unwrap_or("the license"),
            text("reason")
        ),
        facts::EMERGENCY => format!(
            "emergency step {} of generation {} was read out for {who}, until {}",
            number("step"),
            number("generation"),
            text("until")
        ),
        facts::REFUSED => {
            format!(
                "{who} was not answered{}: {}",
                match text("verdict") {
                    "held_for_manager" => "; held for the manager",
                    "given_up" => "; it was over",
                    "yellow" => "; yellow",
                    "red" => "; red",
                    "unproven" => "; unproven",
                    // It was refused for another reason, which the evidence is.
                    _ => "",
                },
                text("evidence")
            ) + match text("proof") {
                "known_to_readers" => {
                    " (its secret is known to whoever read an earlier request: no evidence against the machine)"
                }
                "unproven" => {
                    " (anybody can write such a request: no evidence against the machine)"
                }
                _ => "",
            }
        }
        other => format!("an event of kind {other}"),
    };
    if !text("revalidate_by").is_empty() {
        said.push_str(&format!("; re-validate by {}", text("revalidate_by")));
    }
    if !text("reason").is_empty() && event.kind != facts::NOTE {
        said.push_str(&format!("; reason: {}", text("reason")));
    }
    said
}

/// The texts of a list.
fn listed_texts<'d>(data: &'d Value, name: &str) -> Vec<&'d str> {
    let all = data.get(name).and_then(Value::as_array);
    all.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn listed(changes: &[Change]) -> String {
    let words: Vec<String> = changes.iter().map(ToString::to_string).collect();
    words.join(", ")
}

/// What a change of the order changed; nothing for other events.
fn changes(event: &Event) -> Vec<Change> {
    if event.kind != facts::LICENSE_CHANGE {
        return Vec::new();
    }
    serde_json::from_str::<LicenseFacts>(&event.data)
        .map(|it| it.changes)
        .unwrap_or_default()
}

/// Whether an event gave an answer.
pub fn answers(event: &Event) -> bool {
    matches!(
        event.kind.as_str(),
        facts::ACTIVATE | facts::REPLACE | facts::SYNC | facts::READOPT
    )
}

/// What was changed at a license that one of those who hold it does not know, oldest first; where nobody holds it, since anybody did. Of whom it was sold to
/// no machine is told.
pub fn changes_unknown_to(holders: &[ActivationRow], events: &[Event]) -> Vec<Change> {
    let after_last = |of: Option<ActivationRow>| {
        let last = events
            .iter()
            .rposition(|event| answers(event) && (of.is_none() || event.activation == of));
        last.map_or(0, |at| at + 1)
    };
    let since = |known: usize| {
        let mut unknown = together(events.iter().skip(known).flat_map(changes));
        unknown.retain(|change| !matches!(change.what, What::Customer | What::Contact));
        unknown
    };
    // What was changed and changed back is nothing to who knows neither, and something to who knows the one.
    let mut known: Vec<usize> = holders.iter().map(|it| after_last(Some(*it))).collect();
    if known.is_empty() {
        known.push(after_last(None));
    }
    known.sort_unstable();
    let mut unknown = known.into_iter().map(since);
    unknown.find(|it| !it.is_empty()).unwrap_or_default()
}

/// Several changes of one thing are one, and none where it is again as it was.
fn together(changes: impl Iterator<Item = Change>) -> Vec<Change> {
    let mut found: Vec<Change> = Vec::new();
    for change in changes {
        let same = |it: &&mut Change| it.what == change.what && it.entry == change.entry;
        match found.iter_mut().find(same) {
            Some(known) => known.after = change.after,
            None => found.push(change),
        }
    }
    found.retain(|change| change.before != change.after);
    found
}

/// The generation whose secret a request revealed, so that whoever read it knows that too; nothing for other events.
///
/// # Errors
/// `Damaged` where the facts cannot be read.
pub(crate) fn revealed(event: &Event) -> Result<Option<u16>, LedgerError> {
    #[derive(serde::Deserialize)]
    struct Revealed {
        #[serde(default)]
        proven: Option<u16>,
        #[serde(default)]
        generation: Option<u16>,
    }
    let which = match event.kind.as_str() {
        facts::SYNC | facts::READOPT => |it: Revealed| it.proven,
        facts::REFUSED | facts::RETURN => |it: Revealed| it.generation,
        _ => return Ok(None),
    };
    read(event).map(which)
}

/// The facts of an event.
fn read<T: serde::de::DeserializeOwned>(event: &Event) -> Result<T, LedgerError> {
    let unread = |_| LedgerError::Damaged(format!("history row {} cannot be read", event.id.0));
    serde_json::from_str(&event.data).map_err(unread)
}

/// The fork rule's verdict on a request, answered or refused, and its evidence; nothing for other events, and nothing that does not speak for or
/// against the machine.
///
/// # Errors
/// `Damaged` where the facts cannot be read: the verdict may be the one that counts.
pub fn verdict(event: &Event) -> Result<Option<(String, String)>, LedgerError> {
    #[derive(serde::Deserialize)]
    struct Judged {
        verdict: Option<String>,
        evidence: Option<String>,
        proof: Option<String>,
    }
    if !matches!(event.kind.as_str(), facts::SYNC | facts::REFUSED) {
        return Ok(None);
    }
    let it: Judged = read(event)?;
    let speaks = match (it.verdict.as_deref(), it.proof.as_deref()) {
        (Some("green" | "yellow"), _) => true,
        (Some("red"), proof) => proof.is_none_or(|proof| proof == "held"),
        _ => false,
    };
    Ok(it.verdict.filter(|_| speaks).zip(it.evidence))
}
