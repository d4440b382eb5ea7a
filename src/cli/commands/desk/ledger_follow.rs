//! `ledger follow`.

use std::collections::HashMap;
use std::num::NonZeroU64;
use std::thread;
use std::time::Duration;

use super::events::{Names, line};
use super::{Context, Exit, Run};
use crate::cli::failure::Failure;
use crate::cli::{desk, json};
use crate::failure::FailureKind;
use crate::issuer::desk::Desk;
use crate::issuer::history::{self, Cursor};
use crate::issuer::ledger::{Event, TermsId, Transaction};

/// Events read at a time. The ledger is shut before they are printed: whoever reads slowly keeps nobody from it, and needs no more memory.
const PAGE: usize = 1024;
/// How often it is looked for new ones.
const BETWEEN: Duration = Duration::from_millis(500);

/// Give out each event of the history, for other programs, and wait for the next
///
/// With --json one object a line, in the order of the history, without a gap; an event that is printed is on the disk. Each line has a `cursor`: whoever keeps
/// it together with what he made of the line, and hands in the last one by --since, is given each event once, whatever was interrupted. The desk works on
/// meanwhile: the ledger is opened to be read, for a moment each half second.
///
/// It ends with 4, `other_history`, where the ledger was put back or exchanged, so that the event of --since, or the last one printed, is another by now; with
/// 141 soon after its reader has gone; and at Ctrl-C.
#[derive(clap::Args)]
pub(crate) struct LedgerFollow {
    /// Begin after this event: the cursor of the last line that was dealt with, or an event's number [default: from the first event on]
    #[arg(long, value_name = "CURSOR")]
    since: Option<Cursor>,
    /// End after so many events
    #[arg(long, value_name = "N")]
    most: Option<NonZeroU64>,
    /// End with the last event that there is, and wait for no other
    #[arg(long)]
    until_now: bool,
}

impl Run for LedgerFollow {
    const NAME: &'static str = "follow";
    const ABOUT: &'static str = "Give out each event, and wait for the next";

    type Object = json::FollowedEvent;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let desk = desk::place(context)?;
        let mut after = self.since.unwrap_or_default();
        let mut left = self.most.map_or(u64::MAX, NonZeroU64::get);
        loop {
            let most = usize::try_from(left).unwrap_or(PAGE).min(PAGE);
            let page = match read(&desk, after, most) {
                Ok(page) => page,
                // Somebody works in it for longer than one waits, a restore say: the events come when it is done.
                Err(error) if !self.until_now && is_in_use(&error) => Vec::new(),
                Err(error) => return Err(error),
            };
            for (cursor, told) in &page {
                match context.out.json {
                    true => Self::print(context, told)?,
                    false => context.out.line(line(&told.event))?,
                }
                after = *cursor;
            }
            context.out.finish()?;
            left = left.saturating_sub(page.len() as u64);
            let at_the_end = page.len() < most;
            if left == 0 || (self.until_now && at_the_end) {
                return Ok(Exit::DONE);
            }
            if at_the_end {
                wait()?;
            }
        }
    }
}

fn is_in_use(error: &anyhow::Error) -> bool {
    Failure::of(error).kind == FailureKind::LedgerInUse
}

/// The next events in one state of the ledger, which is shut afterwards: it may be put back, or exchanged, at any time in between.
fn read(
    desk: &Desk,
    after: Cursor,
    most: usize,
) -> anyhow::Result<Vec<(Cursor, json::FollowedEvent)>> {
    let mut ledger = desk.ledger_to_read()?;
    ledger.read(|tx| {
        let events = history::following(tx, after, most)?;
        let (mut names, mut orders) = (Names::default(), Orders::default());
        let told = events.iter().map(|event| {
            let cursor = Cursor::from(event);
            let sold = orders.of(tx, event)?;
            let object = json::FollowedEvent {
                cursor: json::Shown(cursor),
                product: sold.product,
                customer: sold.customer,
                order: sold.order,
                event: names.told(tx, event)?,
            };
            Ok((cursor, object))
        });
        told.collect()
    })
}

/// Until it is time to look again. Whoever has closed a pipe is not waited for: what he started with would otherwise stay until the next event.
#[cfg(unix)]
fn wait() -> anyhow::Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let stdout = rustix::stdio::stdout();
    // Nothing is asked about but what is always told: that it is closed.
    let mut closed = [PollFd::new(&stdout, PollFlags::empty())];
    let told = Timespec::try_from(BETWEEN).map(|time| poll(&mut closed, Some(&time)));
    match told {
        Ok(Ok(1..)) => Err(Failure::new(FailureKind::ReaderGone, "").into()),
        Ok(Ok(0)) => Ok(()),
        _ => {
            thread::sleep(BETWEEN);
            Ok(())
        }
    }
}

/// Until it is time to look again.
#[cfg(not(unix))]
fn wait() -> anyhow::Result<()> {
    thread::sleep(BETWEEN);
    Ok(())
}

/// What was sold, looked up once for each order.
#[derive(Default)]
struct Orders(HashMap<TermsId, Sold>);

/// What an event is about.
#[derive(Clone, Default)]
struct Sold {
    product: Option<String>,
    customer: Option<String>,
    order: Option<String>,
}

impl Orders {
    fn of(&mut self, tx: &mut dyn Transaction, event: &Event) -> anyhow::Result<Sold> {
        let about = history::about(event);
        let Some(terms) = about.order.map(TermsId) else {
            return Ok(Sold {
                product: about.product,
                ..Sold::default()
            });
        };
        if let Some(known) = self.0.get(&terms) {
            return Ok(known.clone());
        }
        let mut sold = Sold::default();
        if let Some(found) = tx.terms(terms)? {
            let product = tx.product(found.product)?;
            sold = Sold {
                product: product.map(|it| it.name),
                customer: Some(found.customer),
                order: found.order,
            };
        }
        self.0.insert(terms, sold.clone());
        Ok(sold)
    }
}
