//! `site status`.

use super::{Context, Exit, LENDABLE, Run, SiteArgs, of, paused};
use crate::cli::advice::Advice;
use crate::cli::json::{self, Shown};
use crate::cli::report;
use crate::cli::seats::moment;
use crate::messages;
use crate::protocol::product::RootFingerprint;
use crate::seats::Look;
use crate::site;

/// Show how this site lends: its key, what it may lend, what is out
#[derive(clap::Args)]
pub(crate) struct SiteStatus {
    #[command(flatten)]
    site: SiteArgs,
}

impl Run for SiteStatus {
    const NAME: &'static str = "status";
    const ABOUT: &'static str = "Show how this site lends";

    type Object = json::SiteStatus;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let found = self.site.find(context, LENDABLE)?;
        let mut site = of(&found)?;
        let moment = moment(context);
        // Whoever may only read sees it as it was left.
        let _ = site.settle(&moment);
        let now = moment.wall;
        let book = site.book();
        let (lending, lent) = (book.lending(), book.seats_lent(now));
        let certified = site.certified();
        let own = site::public(&found.home)?;
        let pause = site.pause();
        let look = site.look(&moment)?;
        let object = json::SiteStatus {
            product: found.product.id.clone(),
            license_key: Shown(site.key()),
            site_key: own.map(|key| Shown(RootFingerprint::of(&key))),
            certified: own.is_some() && own == certified,
            lending: match pause {
                Some(_) => "paused",
                None => json::switch(lending.on),
            },
            days: site.longest(),
            sold_days: site.sold(),
            keep: lending.keep,
            seats: site.number(),
            lent,
            lost: book.lost(now).map(|(seats, until)| json::LostLoans {
                seats,
                until: Shown(until),
            }),
            last_loan: book.report(now).last_serial,
            reserved: look.reserved(),
            rules: look.no_rules.is_none().then_some(look.rules),
        };
        if context.out.json {
            Self::print(context, &object)?;
        } else {
            let refusal = found.report.refusal.as_ref();
            let words = match (pause, lending.on) {
                (Some(why), _) => paused(why).to_owned(),
                (None, true) if let Some(why) = refusal => {
                    let failure = report::failure(&found.report, why);
                    messages::site_words::not_now(failure.message).to_string()
                }
                (None, true) if object.sold_days == 0 => {
                    messages::site_words::nothing_sold().to_owned()
                }
                (None, true) => messages::site_words::lends(object.days, lending.keep).to_string(),
                (None, false) => messages::site_words::lends_nothing().to_owned(),
            };
            let key = object.site_key.as_ref();
            let key = key.map_or_else(
                || messages::site_words::no_key().to_owned(),
                |key| match object.certified {
                    true => key.0.to_string(),
                    false => messages::site_words::not_certified(&key.0).to_string(),
                },
            );
            context.out.table(&[
                (messages::label::license(), site.key().to_string()),
                (messages::site_words::label_site_key(), key),
                (messages::site_words::label_lending(), words),
                (
                    messages::label::longest_loan(),
                    messages::terms::days(object.sold_days).to_string(),
                ),
                (messages::label::seats(), object.seats.to_string()),
                (messages::site_words::label_lent(), lent.to_string()),
                (messages::site_rules::label(), rules(&look)),
            ])?;
        }
        if let Some(none) = &look.no_rules {
            context.out.warn(&none.why);
            context.out.advise(&none.advice());
        }
        if pause.is_some() {
            context.out.advise(messages::site_advice::lending_paused());
        }
        if let Some((lost, until)) = book.lost(now) {
            context.out.warn(match lost {
                Some(seats) => messages::site_words::lost(seats, until).to_string(),
                None => messages::site_words::all_lost(until).to_string(),
            });
        }
        Ok(Exit::DONE)
    }
}

fn rules(look: &Look) -> String {
    match (&look.no_rules, look.rules) {
        (Some(_), _) => messages::site_rules::unknown().to_owned(),
        (None, 0) => messages::site_rules::no_rules().to_owned(),
        (None, rules) => messages::site_rules::count(look.reserved(), rules).to_string(),
    }
}
