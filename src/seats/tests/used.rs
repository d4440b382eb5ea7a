//! What the logs come to, whatever stands in them.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::seats::event::{Asked, Event, Line, tests::events};
use crate::seats::history::{AccountLog, History, InUse};
use crate::seats::usage::usage;
use crate::seats::uses::work;

/// Few seats, processes and moments, so that lines meet each other.
fn small(event: Event, seat: u16, process: u32, since: u32) -> Event {
    let since = Seconds(since);
    match event {
        Event::Taken { fresh, who, .. } => Event::Taken {
            seat,
            process,
            fresh,
            who,
        },
        Event::GivenBack { held, .. } => Event::GivenBack {
            seat,
            process,
            since,
            held: held.map(|held| held % 500_000),
        },
        Event::Over { account, .. } => Event::Over {
            account: account.map(|account| account % 3),
            seat,
            process,
            since,
        },
        Event::Disconnected { reason, .. } => Event::Disconnected { seat, reason },
        Event::Lent { loan, .. } => Event::Lent {
            seat,
            loan: loan % 3,
            until: since,
        },
        Event::Returned { loan } => Event::Returned { loan: loan % 3 },
        other => other,
    }
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let moment = || 0..400_000_u32;
    let line = (moment(), events(), 1..4_u16, 0..3_u32, moment());
    let line = line.prop_map(|(at, event, seat, process, since)| Line {
        at: Seconds(at),
        event: small(event, seat, process, since),
    });
    vec(line, 0..20)
}

fn written(owner: u32, lines: &[Line]) -> AccountLog {
    AccountLog {
        owner: Some(owner),
        is_trusted: owner == 0,
        lines: lines.to_vec(),
    }
}

fn party(owner: Option<u32>, asked: &Asked) -> Party {
    Party {
        account: owner.map(|owner| owner.to_string()),
        user: asked.user.clone(),
        ..Party::default()
    }
}

fn history(
    all: &[AccountLog],
    in_use: &[InUse],
    now: Seconds,
    party: impl Fn(Option<u32>, &Asked) -> Party,
) -> (Vec<Session>, Vec<Refusal>) {
    let mut history = History::new(in_use, now, party);
    all.iter().for_each(|it| history.believe(it));
    all.iter().for_each(|it| history.add(it));
    history.whole()
}

const LATER: Seconds = Seconds(500_000);

proptest! {
    /// What somebody writes makes and ends nothing of anybody else's.
    #[test]
    fn nobody_writes_for_another(anna in lines(), mallory in lines(), root in lines()) {
        let of_anna = |all: &[AccountLog]| {
            let in_use = [InUse { owner: Some(1), seat: 1, since: Seconds(1) }];
            let (mut sessions, mut refusals) = history(all, &in_use, LATER, party);
            sessions.retain(|it| it.by.account.as_deref() != Some("2"));
            refusals.retain(|it| it.by.account.as_deref() != Some("2"));
            (sessions, refusals)
        };
        let alone = of_anna(&[written(0, &root), written(1, &anna)]);
        let beside = of_anna(&[written(0, &root), written(1, &anna), written(2, &mallory)]);
        prop_assert_eq!(alone, beside);
    }

    /// Days are parts of the whole, no row has more than all, and never are more seats used than there are.
    #[test]
    fn rows_come_to_what_all_of_them_are(anna in lines(), bob in lines(), root in lines()) {
        let all = [written(0, &root), written(1, &anna), written(2, &bob)];
        let (sessions, refusals) = history(&all, &[], LATER, party);
        for session in &sessions {
            prop_assert!(session.from <= session.to, "{session:?}");
            prop_assert!(session.to <= Seconds(1_000_000), "{session:?}");
        }
        let whole = (Seconds(0), Seconds(2_000_000));
        let days = usage(&sessions, &refusals, By::Day, whole);
        let sum: u64 = days.rows.iter().map(|row| row.seconds).sum();
        prop_assert_eq!(sum, days.total.seconds);
        let users = usage(&sessions, &refusals, By::User, whole);
        prop_assert_eq!(&users.total, &days.total);
        prop_assert!(users.total.peak <= 3);
        prop_assert!(users.total.peak_seconds <= users.total.seconds);
        let sum: usize = users.rows.iter().map(|row| row.sessions).sum();
        prop_assert_eq!(sum, users.total.sessions);
        for row in users.rows.iter().chain(&days.rows) {
            prop_assert!(row.seconds <= users.total.seconds && row.peak <= users.total.peak);
        }
        let refused: usize = users.rows.iter().map(Row::refusals).sum();
        prop_assert_eq!(refused, users.total.refusals());
    }
}

#[test]
fn whoever_begins_when_another_ends_was_not_there_with_him() {
    let session = |seat, from, to| Session {
        seat,
        by: Party::default(),
        from: Seconds(from),
        to: Seconds(to),
        end: End::GivenBack,
        loan: None,
    };
    let used = |sessions: &[Session]| {
        let total = usage(sessions, &[], By::User, (Seconds(0), Seconds(1_000))).total;
        (total.peak, total.peak_seconds, total.seconds)
    };
    assert_eq!(used(&[session(1, 10, 20), session(2, 20, 30)]), (1, 20, 20));
    assert_eq!(used(&[session(1, 10, 21), session(2, 20, 30)]), (2, 1, 21));
    // Two that share a seat use one; one that lasts no second was there all the same.
    assert_eq!(used(&[session(1, 10, 20), session(1, 15, 30)]), (1, 20, 20));
    assert_eq!(used(&[session(1, 10, 10)]), (1, 1, 1));
    assert_eq!(used(&[session(1, 990, 2_000)]), (1, 10, 10));
    assert_eq!(used(&[session(1, 1_000, 2_000)]), (0, 0, 0));
}

/// However many uses somebody writes of however many seats: each is looked at a few times, when it begins and when it ends.
#[test]
fn what_looking_back_costs_grows_as_the_log_does() {
    const LINES: u16 = 2_000;
    let line = |at: u32, event| Line {
        at: Seconds(at),
        event,
    };
    let taken = |at: u32, seat, fresh| {
        let who = Asked {
            user: "anna".to_owned(),
            host: String::new(),
            program: String::new(),
            features: String::new(),
        };
        let process = at;
        line(
            at,
            Event::Taken {
                seat,
                process,
                fresh,
                who,
            },
        )
    };
    let numbers = || (1..=LINES).map(|seat| (u32::from(seat), seat));
    let many_seats: Vec<Line> = numbers().map(|(at, seat)| taken(at, seat, true)).collect();
    let one_seat: Vec<Line> = numbers().map(|(at, _)| taken(at, 1, false)).collect();
    let freed = numbers().map(|(at, _)| {
        let reason = String::new();
        line(at, Event::Disconnected { seat: 1, reason })
    });
    let freed: Vec<Line> = freed.collect();
    let in_use = numbers().map(|(since, seat)| InUse {
        owner: Some(3),
        seat,
        since: Seconds(since),
    });
    let in_use: Vec<InUse> = in_use.collect();
    let all = [
        written(0, &freed),
        written(1, &many_seats),
        written(2, &one_seat),
    ];
    let work = work::of(|| {
        let (sessions, _) = history(&all, &in_use, LATER, party);
        assert_eq!(sessions.len(), 2 * usize::from(LINES));
        // Somebody saw each second that it was over.
        let of_one = sessions
            .iter()
            .filter(|it| it.by.account.as_deref() == Some("2"));
        assert!(of_one.filter(|it| it.to.0 == it.from.0 + 1).count() + 1 == usize::from(LINES));
    });
    assert!(work <= 8 * usize::from(LINES), "{work}");
}

/// Somebody else may have begun in the same second.
#[test]
fn an_end_that_was_seen_is_of_one_account() {
    let text = |lines: &[&str]| lines.iter().map(|it| Line::read(it).unwrap()).collect();
    let of = |owner: u32, lines: &[&str]| AccountLog {
        owner: Some(owner),
        is_trusted: owner == 0,
        lines: text(lines),
    };
    let taken = "5\ttaken\t1\t7\tx\tws\tp\t";
    let all = [
        of(0, &["9\tover\t1\t7\t5\t2", taken]),
        of(1, &[taken, "6\tover\t1\t7\t5\t2"]),
        of(2, &[taken]),
    ];
    let (mut sessions, _) = history(&all, &[], Seconds(1_000), party);
    sessions.sort_by(|one, other| one.by.account.cmp(&other.by.account));
    let ends: Vec<u32> = sessions.iter().map(|it| it.to.0).collect();
    assert_eq!(ends, [1_000, 1_000, 9]);
}

/// What was used is merged before it is split into days: of one seat there is no more than days, however many say that they had it for years.
#[test]
fn days_are_split_once() {
    let session = |seat: u16, from: u32| Session {
        seat,
        by: Party::default(),
        from: Seconds(from),
        to: Seconds(900 * 86_400),
        end: End::GivenBack,
        loan: None,
    };
    let sessions: Vec<Session> = (1..=1_000)
        .map(|from| session(1, 2 * 86_400 + from))
        .collect();
    let work = work::of(|| {
        let rows = usage(&sessions, &[], By::Day, (Seconds(0), LATER_YEARS)).rows;
        assert_eq!(rows.len(), 898);
        assert!(rows.iter().all(|it| (it.sessions, it.peak) == (1_000, 1)));
    });
    assert!(work <= 2_000, "{work}");
}

const LATER_YEARS: Seconds = Seconds(1_000 * 86_400);
