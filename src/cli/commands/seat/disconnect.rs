//! `seat disconnect`.

use std::time::Duration;

use super::{CheckArgs, Context, Exit, Run};
use crate::cli::failure::Failure;
use crate::cli::keys;
use crate::cli::seats::{moment, no_seats};
use crate::cli::words::minute;
use crate::cli::{ending, json};
use crate::failure::FailureKind;
use crate::machine;
use crate::messages;
use crate::protocol::date::Seconds;
use crate::protocol::grant::LicenseType;
use crate::seats::{Hold, Locker, Look, Moment, SeatError, Seats, Taken};

/// Take a seat back from who has it: its program is asked to end
///
/// For the owner of the home, on the computer itself. The program gets SIGTERM, as when the computer is shut down, and 60 seconds to save what it has; with
/// `--force` it is ended then. What takes its seat by itself may take the next one that is free: `--hold-for` keeps it for somebody else. A seat that was taken
/// for a time is given back at once, and a seat that is lent is not: a loan runs to its end.
#[derive(clap::Args)]
pub(crate) struct SeatDisconnect {
    /// The seat's number, as `seat list` has it
    #[arg(
        value_name = "SEAT",
        required_unless_present = "user",
        conflicts_with = "user"
    )]
    seat: Option<u16>,
    /// All seats of this user, or of the account of this name
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Why: who had the seat is told, where `countersign run` started the program, and it is kept with the other events of the seats
    #[arg(long, value_name = "TEXT", value_parser = keys::reason)]
    reason: String,
    /// End what has not ended after 60 seconds: what was not saved is lost
    #[arg(long)]
    force: bool,
    /// Keep the seat for this user, for two minutes from when it is free
    #[arg(long, value_name = "NAME")]
    hold_for: Option<String>,
    /// The product, where several are installed
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// The license, where the machine holds several of the product
    #[arg(long, value_name = "KEY")]
    license: Option<String>,
}

/// For so long a seat is kept.
const KEPT: Duration = Duration::from_secs(120);
/// How long the kernel is waited for when it ends a program.
const KILLED: Duration = Duration::from_secs(5);

impl Run for SeatDisconnect {
    const NAME: &'static str = "disconnect";
    const ABOUT: &'static str = "Take a seat back from who has it";

    type Object = json::TakenBack;

    fn run(mut self, context: &mut Context) -> anyhow::Result<Exit> {
        let (product, license) = (self.product.take(), self.license.take());
        let which = CheckArgs::of_one(context, product, license, &[LicenseType::Floating])?;
        let found = which.find(context, false)?;
        let seats = found.seats()?.ok_or_else(|| no_seats(&found))?;
        seats.owned()?;
        let look = seats.look(&moment(context))?;
        if self.keep_instead(context, &seats, &look)? {
            return Ok(Exit::DONE);
        }
        let targets = self.targets(context, &seats, &look)?;
        let mut keeps = self.hold_for.as_deref();
        let mut object = json::TakenBack::default();
        let mut failed = None;
        for (taken, hold) in targets {
            // Whoever wants one does not want them all.
            let keep = keeps;
            if hold.locked {
                let seconds = context.environment.patience().as_secs();
                let (number, holder) = (taken.number, taken.holder());
                let words = messages::seat::asked_to_end(holder, number, seconds);
                context.out.say(words);
            }
            if let Err(error) = self.take_back(context, &seats, &hold, keep) {
                failed.get_or_insert(error);
                continue;
            }
            keeps = None;
            let (number, holder) = (taken.number, taken.holder());
            context.out.say(messages::seat::taken_back(holder, number));
            object.seats.push(number);
            if let Some(user) = keep {
                let until = seats.moment(&moment(context)).wall.plus(120);
                said_kept(context, &mut object, number, (user, until));
            }
        }
        // What was done is said, whatever failed beside it.
        if context.out.json && !object.seats.is_empty() {
            Self::print(context, &object)?;
        }
        failed.map_or(Ok(Exit::DONE), Err)
    }
}

impl SeatDisconnect {
    /// A seat that nobody uses and that is kept: for somebody else from now on.
    fn keep_instead(
        &self,
        context: &mut Context,
        seats: &Seats,
        look: &Look,
    ) -> anyhow::Result<bool> {
        let Some((seat, user)) = self.seat.zip(self.hold_for.as_deref()) else {
            return Ok(false);
        };
        let in_use = look.taken.iter().any(|it| it.number == seat);
        let keep = Some((user, KEPT));
        if in_use || seats.keep_instead(seat, keep, &moment(context))?.is_none() {
            return Ok(false);
        }
        let mut object = json::TakenBack::default();
        let until = seats.moment(&moment(context)).wall.plus(120);
        said_kept(context, &mut object, seat, (user, until));
        if context.out.json {
            Self::print(context, &object)?;
        }
        Ok(true)
    }

    /// Which seats are meant, and what holds them.
    fn targets(
        &self,
        context: &Context,
        seats: &Seats,
        look: &Look,
    ) -> anyhow::Result<Vec<(Taken, Hold)>> {
        let mut targets = Vec::new();
        let asked = look.taken.iter();
        let asked = asked.filter(|it| self.seat.is_none_or(|seat| seat == it.number));
        let asked: Vec<&Taken> = asked.collect();
        let numbers: Vec<u16> = asked.iter().map(|it| it.number).collect();
        let holds = seats.holds_of(&numbers, &moment(context))?;
        for (taken, hold) in asked.into_iter().zip(holds) {
            let meant = match &self.user {
                Some(user) => part_of(user, taken, hold),
                None => Some(hold),
            };
            targets.extend(meant.map(|hold| (taken.clone(), hold)));
        }
        // Whose are here are ended here; nothing is begun where one is not.
        let there = targets.iter().find(|(_, hold)| !hold.elsewhere.is_empty());
        if let Some((taken, hold)) = there {
            let hosts = messages::listed(&hold.elsewhere);
            let what = messages::seat::elsewhere(hosts, taken.number).to_string();
            let failure = Failure::new(FailureKind::SeatElsewhere, what);
            return Err(failure.hint(messages::seat::elsewhere_hint()).into());
        }
        if !targets.is_empty() {
            return Ok(targets);
        }
        let lent = look.lent.iter().rfind(|it| match (&self.user, self.seat) {
            (Some(user), _) => it.who == *user,
            (None, seat) => seat == Some(it.takes.seat),
        });
        if let Some(lent) = lent {
            let what = messages::seat::lent_out(lent.holder(), lent.takes.seat).to_string();
            let failure = Failure::new(FailureKind::SeatLent, what);
            return Err(failure.hint(messages::seat::lent_out_hint()).into());
        }
        let what = match (&self.user, self.seat) {
            (Some(user), _) => messages::seat::uses_none(user).to_string(),
            (None, seat) => messages::seat::nobody_uses(seat.unwrap_or(0)).to_string(),
        };
        let failure = Failure::new(FailureKind::UnknownSeat, what);
        Err(failure.hint(messages::seat::who_uses()).into())
    }

    fn take_back(
        &self,
        context: &Context,
        seats: &Seats,
        hold: &Hold,
        keep: Option<&str>,
    ) -> anyhow::Result<()> {
        let patience = context.environment.patience();
        // Those who have it come last: what is said to the last is kept, whatever others wrote.
        let has_it = hold.holders.iter().map(|it| it.process);
        let told: Vec<_> = hold.written.iter().copied().chain(has_it).collect();
        // Before it is free: nobody is faster.
        let until = |span: Duration| keep.map(|user| (user, span));
        let first = until(patience + KILLED + KEPT);
        let (reason, now) = (self.reason.as_str(), || moment(context));
        let leased = seats.begin_to_take_back(hold, &told, reason, first, &now())?;
        let ended = self.end(seats, hold, leased, patience, &now);
        let kept = until(KEPT).filter(|_| ended.is_ok());
        let now = now();
        // Where this cannot be written what was announced stands, for some minutes.
        let _ = seats.keep_for(&hold.takes, kept, &now);
        ended?;
        seats.note_taken_back(hold.takes.seat, reason, &now);
        Ok(())
    }

    /// Ends what holds it; whether a lease did is known, and that has ended.
    fn end(
        &self,
        seats: &Seats,
        hold: &Hold,
        leased: bool,
        patience: Duration,
        now: &dyn Fn() -> Moment,
    ) -> anyhow::Result<()> {
        let seat = hold.takes.seat;
        let wait = |patience| ending::Wait { patience, now };
        if !hold.locked {
            // It had run out a moment ago; or what holds it cannot be read now.
            let is_held = || -> Result<bool, SeatError> {
                let look = seats.look(&now())?;
                Ok(look.taken.iter().any(|it| it.number == seat))
            };
            return match !leased && is_held()? {
                true => Err(not_ended(seat, hold, messages::seat::not_killed_hint())),
                false => Ok(()),
            };
        }
        let mut known = ending::Known::of(hold);
        let Some(left) = known.asked(seats, wait(patience))? else {
            return Ok(());
        };
        if !self.force {
            return Err(not_ended(seat, &left, messages::seat::not_ended_hint()));
        }
        match known.killed(seats, wait(KILLED))? {
            None => Ok(()),
            Some(left) => Err(not_ended(seat, &left, messages::seat::not_killed_hint())),
        }
    }
}

/// Says for whom a seat is kept from now on, and where no account is called so.
fn said_kept(
    context: &mut Context,
    object: &mut json::TakenBack,
    seat: u16,
    (user, until): (&str, Seconds),
) {
    let words = messages::seat::kept_for(seat, minute(until), user);
    context.out.say(words);
    object.kept = Some(json::SeatKept {
        seat,
        user: user.to_owned(),
        until: json::Shown(until),
    });
    if machine::is_known_account(user) {
        return;
    }
    let what = messages::seat::unknown_account(user).to_string();
    let hint = messages::seat::unknown_account_hint(seat).to_string();
    context.out.warn(&what);
    context.out.advise(&hint);
    object.warnings.push(json::Warning {
        kind: "unknown_account",
        message: what,
        hint: Some(context.out.typed(&hint)),
    });
}

/// What of a seat is a user's: leases by who has them; and processes by what he wrote of himself and by what holds the seat, for anybody can write any name.
/// What others have of it stays.
fn part_of(user: &str, taken: &Taken, mut hold: Hold) -> Option<Hold> {
    let named =
        |name: &String, account: &Option<String>| name == user || account.as_deref() == Some(user);
    hold.leases.retain(|it| named(&it.user, &it.account));
    let has_it = taken.shown.as_ref().is_some_and(|shown| {
        let account = &shown.account;
        let his = |it: &Locker| account.is_none() || it.account == *account;
        named(&shown.record.user, account) && hold.holders.iter().any(his)
    });
    if !has_it {
        hold.holders.clear();
        hold.locked = false;
        hold.elsewhere.clear();
    }
    (has_it || !hold.leases.is_empty()).then_some(hold)
}

fn not_ended(seat: u16, left: &Hold, hint: &str) -> anyhow::Error {
    let failure = match left.programs().first() {
        Some(holder) => {
            let what = messages::seat::not_ended(ending::named(holder), seat).to_string();
            Failure::new(FailureKind::NotEnded, what).hint(hint)
        }
        None => {
            let what = messages::seat::not_seen(seat).to_string();
            Failure::new(FailureKind::NotEnded, what).hint(messages::seat::not_seen_hint())
        }
    };
    failure.into()
}
