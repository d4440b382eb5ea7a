//! What is said of how a code was read, and of what its text has beside it: in words, and in JSON.

use crate::license_key::LicenseKey;
use crate::messages;
use crate::protocol::requests::Activate;
use crate::text::{self, Carried, Code, Kind, Place, Reading, Standing};

#[cfg(feature = "site")]
use super::failure::Failure;
use super::json::{self, Named, shown};
use super::{Context, words};

/// The most other codes that are named; of more their number is said.
const MOST_NAMED: usize = 8;

/// Says what was mended in the codes that are taken, and which others the text contains: nothing that was pasted is lost without a word.
pub(crate) fn tell(context: &mut Context, reading: &Reading, taken: &[Carried]) {
    // Of several it is said with each.
    if taken.len() < 2 {
        tell_mended(context, &reading.corrections, reading.restored);
    }
    if reading.standing == Standing::Hidden {
        context
            .out
            .say(messages::code::hidden(reading.code.kind().noun()));
    }
    let mut named = beside(reading, |code| license_of(context, code));
    if named.is_empty() {
        return;
    }
    let left = named.split_off(named.len().min(MOST_NAMED)).len();
    let about = match taken {
        [] | [_] => {
            let code = &reading.code;
            messages::code::other(code.kind().noun(), text::phrase(code)).to_string()
        }
        [..] => messages::code::all_taken(taken.len()).to_string(),
    };
    let named = words::list(named);
    match left {
        0 => context
            .out
            .say(messages::code::others_in_text(&named, &about)),
        left => context
            .out
            .say(messages::code::others_and_more(&named, left, &about)),
    }
}

/// Says what was mended in a code.
pub(crate) fn tell_mended(context: &mut Context, corrections: &[Place], restored: Option<u8>) {
    if !corrections.is_empty() {
        context.out.say(corrected(corrections));
    }
    if let Some(row) = restored {
        context.out.say(messages::code::row_restored(&row));
    }
}

/// A code as it is named among several.
pub(crate) fn name(code: &Code, license: Option<LicenseKey>) -> String {
    let (noun, phrase) = (code.kind().noun(), text::phrase(code));
    match license {
        Some(key) => messages::code::other_of_license(key, noun, phrase).to_string(),
        None => messages::code::other(noun, phrase).to_string(),
    }
}

/// Says why a return code beside the one that is taken was not; and what scripts get of it.
#[cfg(feature = "site")]
pub(crate) fn not_taken(context: &mut Context, failure: Failure) -> json::Warning {
    context.out.warn(&failure.message);
    context.out.advise(&failure.hint);
    json::Warning {
        kind: "not_taken",
        message: failure.message,
        hint: Some(context.out.typed(&failure.hint)),
    }
}

/// What a text has beside the code that is taken, by name: the other codes, and what of it cannot be read. `license` says what is known of whose a code is.
pub(crate) fn beside(
    reading: &Reading,
    license: impl Fn(&Code) -> Option<LicenseKey>,
) -> Vec<String> {
    // It came with the answer, and was taken with it.
    let along = |it: &&Carried| {
        it.code.kind() == Kind::DeskCertificate && reading.code.kind() == Kind::Grant
    };
    let others = reading.others.iter().filter(|it| !along(it)).map(|other| {
        let code = &other.code;
        let named = name(code, license(code));
        match other.standing {
            Standing::Plain => named,
            Standing::Quoted => messages::code::other_quoted(&named).to_string(),
            Standing::Hidden => messages::code::other_hidden(&named).to_string(),
        }
    });
    let damaged = reading.damaged.iter().map(|damage| {
        let noun = damage.kind.map_or("code", Kind::noun);
        messages::code::other_damaged(noun).to_string()
    });
    others.chain(damaged).collect()
}

/// The same for scripts, and how the code itself was read.
pub(crate) fn object(
    reading: &Reading,
    license: impl Fn(&Code) -> Option<LicenseKey>,
) -> json::Carried {
    let others = reading.others.iter().map(|other| json::AnotherCode {
        kind: Named(other.code.kind()),
        license_key: shown(license(&other.code)),
        phrase: text::phrase(&other.code),
        standing: Named(other.standing),
    });
    let damaged = reading.damaged.iter().map(|damage| json::DamagedCode {
        kind: damage.kind.map(Named),
        standing: Named(damage.standing),
    });
    json::Carried {
        corrections: corrections(&reading.corrections),
        restored_row: reading.restored,
        standing: Named(reading.standing),
        others: others.collect(),
        damaged: damaged.collect(),
    }
}

/// One of the others that was taken, too.
#[cfg(feature = "site")]
pub(crate) fn alone(carried: &Carried) -> json::Carried {
    json::Carried {
        corrections: corrections(&carried.corrections),
        restored_row: carried.restored,
        standing: Named(carried.standing),
        others: Vec::new(),
        damaged: Vec::new(),
    }
}

/// The license that a code is about, as far as the code or this machine tells.
pub(crate) fn license_of(context: &Context, code: &Code) -> Option<LicenseKey> {
    match code.kind() {
        Kind::Activate => key_in(code),
        _ => {
            super::inspect::on_machine(context, code, &[])
                .known
                .license_key
        }
    }
}

/// The license that a code names.
pub(crate) fn key_in(code: &Code) -> Option<LicenseKey> {
    let activate =
        (code.kind() == Kind::Activate).then(|| Activate::decode(code.payload()).ok())?;
    Some(activate?.key)
}

fn corrections(places: &[Place]) -> Vec<String> {
    places.iter().map(ToString::to_string).collect()
}

/// "2 characters corrected: row 3 group 2 and row 5 group 1"; a group that was lost is named once.
fn corrected(corrections: &[Place]) -> String {
    let mut places = corrections.to_vec();
    places.sort_unstable();
    places.dedup();
    messages::code::corrected(corrections.len(), words::list(&places)).to_string()
}
