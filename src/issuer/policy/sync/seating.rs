//! How many seats a machine is given that goes on.

use super::*;

/// What an activation sits on.
pub(super) struct Seating<'a> {
    pub(super) seats: u16,
    /// Seats of the license in use, together with these.
    pub(super) taken: u32,
    pub(super) from: Option<&'a Activation>,
    pub(super) place: Option<EventId>,
}

pub(super) fn seats_of<'a>(case: &SyncCase<'a>) -> Seats<'a> {
    Seats {
        license: case.license,
        terms: case.terms,
        activations: case.activations,
        today: case.now.day(),
    }
}

/// Seats of the activation, and of the license together (SPEC.md 9.6).
pub(super) fn seating<'a>(
    case: &SyncCase<'a>,
    verdict: Fork,
    place: Place<'a>,
) -> Result<Seating<'a>, Refusal> {
    let all = seats_of(case);
    let standalone = case.terms.license_type == LicenseType::Standalone;
    let wanted = case.options.seats.filter(|_| !standalone);
    let from = match place {
        Place::Holds => Some(case.own),
        Place::Kept(other) => Some(other),
        Place::Taken(holder) if matches!(verdict, Fork::Replaced { .. }) => Some(holder),
        Place::Taken(_) | Place::Empty => None,
    };
    let (others, free) = free(&all, from);
    // What was kept for it is not in use, and what it has is.
    let has = from.filter(|it| it.seats > 0);
    let seats = match (wanted, has) {
        (Some(wanted), _) => wanted.get(),
        (None, None) if standalone => 1,
        (None, None) => from.map_or(free, yields).min(free).max(1),
        // What others gave back and is not free yet is not taken from it either.
        (None, Some(from)) if !standalone && others == 0 => {
            free.max(from.seats.min(case.terms.seats.get()))
        }
        (None, Some(from)) => {
            let share = if standalone {
                from.seats.min(1)
            } else {
                from.seats
            };
            share.saturating_sub(to_give(case, share, others))
        }
    };
    let most = if wanted.is_some() || has.is_none() {
        free
    } else {
        seats
    };
    if seats == 0 || seats > most {
        return Err(all.none_free(seats.max(1), if seats == 0 { 0 } else { free }));
    }
    Ok(Seating {
        seats,
        taken: others + u32::from(seats),
        from: from.filter(|it| it.id != case.own.id),
        place: from.map(|_| case.own.place),
    })
}

/// How many seats this activation has to give because the license shrank: what is left when all that are newer have given theirs.
pub(super) fn to_give(case: &SyncCase<'_>, share: u16, others: u32) -> u16 {
    let held = others + u32::from(share);
    let excess = held.saturating_sub(u32::from(case.terms.seats.get()));
    let newer = case
        .activations
        .iter()
        .filter(|it| it.id > case.own.id && (case.own.seats > 0 || it.place != case.own.place));
    let theirs: u32 = newer.map(|it| u32::from(it.seats)).sum();
    u16::try_from(excess.saturating_sub(theirs)).unwrap_or(u16::MAX)
}
