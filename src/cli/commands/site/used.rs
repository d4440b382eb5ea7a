//! `site report`.

use super::{Context, Exit, Run, SiteArgs, seats};
use crate::cli::failure::Failure;
use crate::cli::json::{self, Shown};
use crate::cli::seats::{moment, span};
use crate::cli::words::minute;
use crate::cli::{csv, words};
use crate::messages;
use crate::protocol::date::{Day, Seconds};
use crate::protocol::grant::LicenseType;
use crate::seats::{By, Report, Row, Usage};

/// Show how much the seats were used: sessions, hours, the most at once, and who got none
///
/// For the owner of the home. Days and times are UTC. A seat that several share counts once in hours and at once; of a session that asked for several features
/// each has it. Who was refused again and again within a minute counts once. What happened is kept for 24 months.
#[derive(clap::Args)]
pub(crate) struct SiteReport {
    /// From this day on, such as 2026-12-01; without it, from the first that is kept
    #[arg(long, value_name = "DAY")]
    from: Option<Day>,
    /// Until the end of this day; without it, until now
    #[arg(long, value_name = "DAY")]
    to: Option<Day>,
    /// What has a row each
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = Grouping::User)]
    by: Grouping,
    /// For a spreadsheet: fields with commas between them
    #[arg(long)]
    csv: bool,
    /// Without the names of users and workstations
    #[arg(long)]
    no_names: bool,
    #[command(flatten)]
    site: SiteArgs,
}

/// What has a row each.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Grouping {
    User,
    Host,
    Feature,
    Program,
    Day,
}

impl Grouping {
    fn by(self) -> By {
        match self {
            Grouping::User => By::User,
            Grouping::Host => By::Host,
            Grouping::Feature => By::Feature,
            Grouping::Program => By::Program,
            Grouping::Day => By::Day,
        }
    }

    /// In JSON, and above the column for a spreadsheet.
    fn name(self) -> &'static str {
        match self {
            Grouping::User => "user",
            Grouping::Host => "host",
            Grouping::Feature => "feature",
            Grouping::Program => "program",
            Grouping::Day => "day",
        }
    }

    fn head(self) -> &'static str {
        match self {
            Grouping::User => messages::seat::head_user(),
            Grouping::Host => messages::seat::head_workstation(),
            Grouping::Feature => messages::usage_report::head_feature(),
            Grouping::Program => messages::seat::head_program(),
            Grouping::Day => messages::usage_report::head_day(),
        }
    }

    /// In the place of a name; none where rows have no names of people or what is theirs.
    fn instead(self, number: usize) -> Option<String> {
        match self {
            Grouping::User => Some(messages::usage_report::some_user(number).to_string()),
            Grouping::Host => Some(messages::usage_report::some_workstation(number).to_string()),
            _ => None,
        }
    }
}

impl Run for SiteReport {
    const NAME: &'static str = "report";
    const ABOUT: &'static str = "Show how much the seats were used";

    type Object = json::SeatReport;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        if self.csv && context.out.json {
            let failure = Failure::usage(messages::usage_report::csv_and_json());
            return Err(failure.hint(messages::usage_report::one_of_them()).into());
        }
        if self.from.zip(self.to).is_some_and(|(from, to)| from > to) {
            let failure = Failure::usage(messages::usage_report::from_after_to());
            return Err(failure
                .hint(messages::usage_report::from_before_to())
                .into());
        }
        let now = moment(context);
        let today = now.wall.day();
        if let Some(from) = self.from.filter(|from| *from > today) {
            let failure = Failure::usage(messages::usage_report::from_to_come(from));
            return Err(failure
                .hint(messages::usage_report::from_to_come_hint(today))
                .into());
        }
        let found = self.site.find(context, &[LicenseType::Floating])?;
        let seats = seats(&found)?;
        let report = seats.report(&now)?;
        let now = seats.moment(&now);
        let begins = self.from.map_or(Seconds(0), Day::start);
        let ends = self.to.map_or(now.wall.plus(1), Day::end);
        let mut usage = report.usage(self.by.by(), (begins, ends));
        if self.no_names {
            self.hide(&mut usage);
        }
        let from = self.from.or_else(|| report.begins().map(Seconds::day));
        let to = self.to.unwrap_or_else(|| now.wall.day());
        let object = json::SeatReport {
            product: found.product.id.clone(),
            license_key: json::shown(found.report.license_key),
            seats: seats.number(),
            from: json::shown(from),
            to: Shown(to),
            by: self.by.name(),
            rows: usage.rows.iter().map(json::SeatUse::from).collect(),
            total: json::SeatUse::from(&usage.total),
            unfit_logs: self.unfit(&report),
        };
        if context.out.json {
            Self::print(context, &object)?;
        } else if self.csv {
            context.out.raw(&self.spreadsheet(&usage))?;
        } else {
            let key = found.report.license_key.map(|key| key.to_string());
            let first = messages::usage_report::first(
                from.unwrap_or(to),
                key.unwrap_or_default(),
                &found.product.name,
                seats.number(),
                to,
            );
            context
                .out
                .lines(self.text(&first.to_string(), &usage, seats.number()))?;
        }
        for log in &object.unfit_logs {
            context.out.warn(said(log));
        }
        Ok(Exit::DONE)
    }
}

impl SiteReport {
    /// Names nobody; in which row somebody stands depends on hours alone.
    fn hide(&self, usage: &mut Usage) {
        for (number, row) in (1..).zip(&mut usage.rows) {
            if let Some(instead) = self.by.instead(number) {
                row.name = instead;
            }
        }
        for row in usage.rows.iter_mut().chain([&mut usage.total]) {
            let refusals = row.refusals();
            row.refused.clear();
            if refusals > 0 {
                row.refused.insert(String::new(), refusals);
            }
        }
    }

    fn unfit(&self, report: &Report) -> Vec<json::UnfitLog> {
        let found = report.unfit.iter();
        let logs = found.map(|(account, unfit)| json::UnfitLog {
            account: Some(account.clone()).filter(|_| !self.no_names),
            damaged_lines: unfit.damaged,
            full_months: unfit.full,
            unread: unfit.unread,
            left_out_months: unfit.left_out,
        });
        logs.collect()
    }

    fn text(&self, first: &str, usage: &Usage, seats: u16) -> String {
        let mut lines = vec![first.to_owned()];
        if usage.rows.is_empty() {
            lines.push(messages::usage_report::nothing().to_owned());
            return lines.join("\n");
        }
        let heads = [
            self.by.head(),
            messages::usage_report::head_sessions(),
            messages::usage_report::head_hours(),
            messages::usage_report::head_peak(),
            messages::usage_report::head_peak_for(),
            messages::usage_report::head_refused(),
        ];
        let mut rows = vec![heads.map(str::to_owned).to_vec()];
        rows.extend(usage.rows.iter().map(|row| self.cells(row)));
        let total = Row {
            name: messages::usage_report::all().to_owned(),
            ..usage.total.clone()
        };
        rows.push(self.cells(&total));
        lines.extend(words::columns(&rows, |at| (1..=3).contains(&at) || at == 5));
        let total = &usage.total;
        if let Some(at) = total.peak_at {
            let lasted = span(total.peak_seconds);
            let words = messages::usage_report::peak(minute(at), lasted, total.peak, seats);
            lines.push(words.to_string());
        }
        let refused = total.refused.iter().filter(|(name, _)| !name.is_empty());
        let refused: Vec<String> = refused
            .map(|(name, times)| format!("{name} {times}"))
            .collect();
        if !refused.is_empty() {
            lines.push(messages::usage_report::refused(refused.join(", ")).to_string());
        }
        if total.not_given_back > 0 {
            lines.push(messages::usage_report::not_given_back(total.not_given_back).to_string());
        }
        lines.join("\n")
    }

    fn cells(&self, row: &Row) -> Vec<String> {
        let name = match (row.name.as_str(), self.by) {
            ("", Grouping::Feature) => messages::seat::all_features().to_owned(),
            ("", _) => "–".to_owned(),
            (name, _) => name.to_owned(),
        };
        let (tenths, refusals) = (row.seconds / 360, row.refusals());
        vec![
            name,
            row.sessions.to_string(),
            format!("{}.{}", tenths / 10, tenths % 10),
            row.peak.to_string(),
            span(row.peak_seconds),
            refusals.to_string(),
        ]
    }

    fn spreadsheet(&self, usage: &Usage) -> String {
        let heads = [
            self.by.name(),
            "sessions",
            "not_given_back",
            "hours",
            "peak",
            "peak_hours",
            "peak_since",
            "refusals",
            "refused_users",
        ];
        let mut out = csv::line(heads.map(str::to_owned));
        for row in &usage.rows {
            let refused = row.refused.keys().filter(|name| !name.is_empty());
            let refused: Vec<String> = refused.map(|name| csv::text(name)).collect();
            out.push_str(&csv::line([
                csv::text(&row.name),
                row.sessions.to_string(),
                row.not_given_back.to_string(),
                hours(row.seconds),
                row.peak.to_string(),
                hours(row.peak_seconds),
                row.peak_at.map(|at| at.to_string()).unwrap_or_default(),
                row.refusals().to_string(),
                refused.join(" | "),
            ]));
        }
        out
    }
}

/// With a point, whatever the country.
fn hours(seconds: u64) -> String {
    let thousandths = seconds * 10 / 36;
    format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
}

/// What is wrong with somebody's log: it takes nothing from anybody else's.
fn said(log: &json::UnfitLog) -> String {
    let somebody = messages::usage_report::somebody();
    let account = log.account.as_deref().unwrap_or(somebody);
    let damaged = (log.damaged_lines > 0)
        .then(|| messages::usage_report::damaged(account, log.damaged_lines).to_string());
    let full = (log.full_months > 0).then(|| messages::usage_report::full(account).to_string());
    let unread = (log.unread > 0).then(|| messages::usage_report::unread(account).to_string());
    let left_out = (log.left_out_months > 0)
        .then(|| messages::usage_report::left_out(account, log.left_out_months).to_string());
    let said = [damaged, full, unread, left_out];
    let said: Vec<String> = said.into_iter().flatten().collect();
    said.join("; ")
}
