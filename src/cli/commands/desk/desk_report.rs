//! `desk report`.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use super::license_list::{Columns, catalogue, object};
use super::{Context, Exit, Run, desk_inbox, desk_inbox_mail, refusals};
use crate::cli::desk::OpenDesk;
use crate::cli::json::{self, InReport, Reported, Shown};
use crate::cli::{desk, sold, words};
use crate::issuer::ledger::{LedgerError, LicenseId, ProductId};
use crate::issuer::mails;
use crate::issuer::products::{self, LicenseState, Listed, Wanted};
use crate::issuer::respond;
use crate::license_key::LicenseKey;
use crate::protocol::date::Day;
use crate::protocol::product::Product;

/// Report what needs somebody: what runs out, which machines are overdue, what waits for a decision, how many seats are in use
#[derive(clap::Args)]
pub(crate) struct DeskReport {
    /// What ends within so many days
    #[arg(long, value_name = "DAYS", default_value = "60d", value_parser = sold::days)]
    within: u16,
}

impl Run for DeskReport {
    const NAME: &'static str = "report";
    const ABOUT: &'static str = "Report what runs out, is overdue or waits for a decision";

    type Object = Reported;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let mut desk = desk::open(context)?;
        let all = catalogue(desk.ledger())?;
        let today = context.environment.now().day();
        let until = today.plus(self.within);
        let mut report = Report {
            context,
            desk: &mut desk,
            all: &all,
            today,
        };
        let expiring = Wanted {
            expiring: Some(until),
            ..Wanted::default()
        };
        report.section(&format!("ends until {until}"), &expiring, "expires")?;
        let maintained = Wanted {
            maintenance_ending: Some(until),
            ..Wanted::default()
        };
        report.section(
            &format!("maintenance ends until {until}"),
            &maintained,
            "maintenance_ends",
        )?;
        let overdue = Wanted {
            states: vec![LicenseState::Overdue],
            ..Wanted::default()
        };
        report.section(
            "machines that were to be in contact by now",
            &overdue,
            "overdue",
        )?;
        report.held()?;
        report.proposed()?;
        report.mails()?;
        report.refused()?;
        report.unknown_keys()?;
        report.products()?;
        Ok(Exit::DONE)
    }
}

/// Days for which refusals are reported.
const LATELY: u16 = 14;

struct Report<'a> {
    context: &'a mut Context,
    desk: &'a mut OpenDesk,
    all: &'a HashMap<ProductId, Product>,
    today: Day,
}

impl Report<'_> {
    fn title(&mut self, title: &str, any: bool) -> anyhow::Result<()> {
        if self.context.out.json {
            return Ok(());
        }
        let none = if any { ":" } else { ": nothing" };
        self.context.out.line(format_args!("{title}{none}"))
    }

    /// Licenses that are wanted, each as it is found; one that is revoked or over needs nobody.
    fn section(
        &mut self,
        title: &str,
        wanted: &Wanted,
        section: &'static str,
    ) -> anyhow::Result<()> {
        let columns = Columns::of(self.all);
        let (all, today) = (self.all, self.today);
        let mut found = 0_u64;
        let mut each = |context: &mut Context, listed: &Listed<'_>| -> anyhow::Result<()> {
            let product = all.get(&listed.terms.product);
            let over = matches!(listed.state, LicenseState::Revoked | LicenseState::Expired);
            let Some(product) = product.filter(|_| !over) else {
                return Ok(());
            };
            found += 1;
            if context.out.json {
                let of = object(listed, product, today);
                let line = Reported::License(Box::new(InReport { section, of }));
                return DeskReport::print(context, &line);
            }
            if found == 1 {
                context.out.line(format_args!("{title}:"))?;
                context.out.row(&columns.heads())?;
            }
            context.out.row(&columns.row(listed, product))
        };
        let context = &mut *self.context;
        products::for_each_license(self.desk.ledger(), wanted, LicenseId(0), today, |listed| {
            each(context, listed)?;
            Ok::<_, anyhow::Error>(ControlFlow::Continue(()))
        })?;
        match found {
            0 => self.title(title, false),
            _ if self.context.out.json => Ok(()),
            _ => self.context.out.line(""),
        }
    }

    /// Mails that are not answered until somebody looks at them.
    fn mails(&mut self) -> anyhow::Result<()> {
        let waiting = mails::inbox(self.desk.ledger(), false)?;
        self.title("mails that wait in the inbox", !waiting.is_empty())?;
        for mail in &waiting {
            if self.context.out.json {
                let (section, of) = ("inbox", desk_inbox_mail::object(mail));
                let line = Reported::Mail(Box::new(InReport { section, of }));
                DeskReport::print(self.context, &line)?;
                continue;
            }
            self.context.out.row(&desk_inbox_mail::line(mail))?;
        }
        Ok(())
    }

    /// Requests that were refused until somebody decides, with whom to ask.
    fn held(&mut self) -> anyhow::Result<()> {
        let wanted = Wanted {
            states: vec![LicenseState::Held],
            ..Wanted::default()
        };
        let mut held: Vec<(LicenseId, LicenseKey, String, Option<String>)> = Vec::new();
        products::for_each_license(
            self.desk.ledger(),
            &wanted,
            LicenseId(0),
            self.today,
            |it| {
                let (license, terms) = (it.license, it.terms);
                let (customer, contact) = (terms.customer.clone(), terms.contact.clone());
                held.push((license.id, license.key, customer, contact));
                Ok::<_, LedgerError>(ControlFlow::Continue(()))
            },
        )?;
        self.title("waits for the clerk or the manager", !held.is_empty())?;
        let any = !held.is_empty();
        for (id, key, customer, contact) in held {
            let cases = self.desk.ledger().read(|tx| products::cases(tx, id))?;
            for case in cases {
                if self.context.out.json {
                    let of = json::HeldCase {
                        license_key: Shown(key),
                        customer: customer.clone(),
                        contact: contact.clone(),
                        activation: Shown(case.activation),
                        since: Shown(case.since),
                        verdict: case.verdict,
                        evidence: case.evidence,
                    };
                    let section = "held";
                    let line = Reported::Held(InReport { section, of });
                    DeskReport::print(self.context, &line)?;
                    continue;
                }
                let who = contact.as_deref().unwrap_or("no contact");
                let line = format!(
                    "{key}  {}  since {}  {customer} ({who}): {}",
                    case.activation,
                    case.since.day(),
                    case.evidence
                );
                self.context.out.row(&line)?;
            }
        }
        match any && !self.context.out.json {
            true => self.context.out.line(""),
            false => Ok(()),
        }
    }

    /// What one proposed and another approves.
    fn proposed(&mut self) -> anyhow::Result<()> {
        let found = desk_inbox::named(self.desk.ledger(), false)?;
        self.title("waits for another's approval", !found.is_empty())?;
        for (it, key) in &found {
            if self.context.out.json {
                let of = json::Proposal::of(it, key);
                let section = "proposed";
                let line = Reported::Proposed(InReport { section, of });
                DeskReport::print(self.context, &line)?;
                continue;
            }
            self.context.out.row(&desk_inbox::line(it, key))?;
        }
        match found.is_empty() || self.context.out.json {
            true => Ok(()),
            false => self.context.out.line(""),
        }
    }

    /// Requests that were refused lately, and whose machines were not answered since: their customers may call.
    fn refused(&mut self) -> anyhow::Result<()> {
        let json = self.context.out.json;
        let now = self.context.environment.now();
        let first = now.minus(u32::from(LATELY) * 86_400).day();
        let refused = products::refused_since(self.desk.ledger(), first)?;
        self.title(
            &format!("refused in the last {LATELY} days"),
            !refused.is_empty(),
        )?;
        let any = !refused.is_empty();
        for (key, it) in refused {
            if json {
                let of = refusals::object(key, &it, false);
                let section = "refused";
                let line = Reported::Refused(InReport { section, of });
                DeskReport::print(self.context, &line)?;
                continue;
            }
            let said = refusals::said(&it, false);
            let line = format!("{}  {key}  {said}", it.at.day());
            self.context.out.row(&line)?;
        }
        match any && !json {
            true => self.context.out.line(""),
            false => Ok(()),
        }
    }

    /// Whoever tries keys, or mistypes them, is seen by the number.
    fn unknown_keys(&mut self) -> anyhow::Result<()> {
        let senders = respond::unknown_senders(self.desk.ledger())?;
        self.title(
            "requests with keys that were never sold",
            !senders.is_empty(),
        )?;
        let any = !senders.is_empty();
        for (sender, requests) in senders {
            let sender = Some(sender).filter(|it| !it.is_empty());
            if self.context.out.json {
                let of = json::UnknownKeys { sender, requests };
                let section = "unknown_keys";
                let line = Reported::UnknownKeys(InReport { section, of });
                DeskReport::print(self.context, &line)?;
                continue;
            }
            let requests = words::count(requests, "request");
            let sender = sender.as_deref().unwrap_or("somebody unknown");
            self.context.out.row(&format!("{requests} from {sender}"))?;
        }
        match any && !self.context.out.json {
            true => self.context.out.line(""),
            false => Ok(()),
        }
    }

    /// What was sold of each product, and how much of that is in use.
    fn products(&mut self) -> anyhow::Result<()> {
        let mut uses: BTreeMap<String, json::ProductUse> = BTreeMap::new();
        for product in self.all.values() {
            let empty = json::ProductUse {
                product: product.id.clone(),
                ..json::ProductUse::default()
            };
            uses.insert(product.id.clone(), empty);
        }
        let (all, today) = (self.all, self.today);
        products::for_each_license(
            self.desk.ledger(),
            &Wanted::default(),
            LicenseId(0),
            today,
            |it| {
                let product = all.get(&it.terms.product);
                if let Some(used) = product.and_then(|product| uses.get_mut(&product.id)) {
                    add(used, it);
                }
                Ok::<_, LedgerError>(ControlFlow::Continue(()))
            },
        )?;
        self.title("seats in use", !uses.is_empty())?;
        if self.context.out.json {
            for used in uses.into_values() {
                let line = Reported::Product(InReport {
                    section: "product",
                    of: used,
                });
                DeskReport::print(self.context, &line)?;
            }
            return Ok(());
        }
        let heads = ["product", "licenses", "in use", "over", "seats", "taken"];
        let mut rows = vec![heads.map(str::to_owned).to_vec()];
        rows.extend(uses.into_values().map(|it| {
            vec![
                it.product,
                it.licenses.to_string(),
                it.in_use.to_string(),
                it.over.to_string(),
                it.seats.to_string(),
                it.seats_taken.to_string(),
            ]
        }));
        for line in words::columns(&rows, |at| at > 0) {
            self.context.out.row(&line)?;
        }
        Ok(())
    }
}

fn add(used: &mut json::ProductUse, it: &Listed<'_>) {
    used.licenses += 1;
    if matches!(it.state, LicenseState::Revoked | LicenseState::Expired) {
        used.over += 1;
        return;
    }
    used.in_use += u64::from(it.machines > 0);
    used.seats += u64::from(it.terms.seats.get());
    used.seats_taken += u64::from(it.license.taken.unwrap_or(0));
}
