//! `loan list`, `loan show`, `loan note`.

use super::{Context, Exit, LENDABLE, Run, SiteArgs, of};
use crate::cli::failure::Failure;
use crate::cli::json::{self, Shown};
use crate::cli::machine_home::Found;
use crate::cli::seats::moment;
use crate::cli::words::minute;
use crate::messages;
use crate::protocol::date::Seconds;
use crate::seats::Moment;
use crate::site::{Answer, Loan, Site, SiteError, Standing};
use crate::text::{self, show};

/// List the loans of this site
///
/// Those that are out; with `--all` those that are over, too.
#[derive(clap::Args)]
pub(crate) struct LoanList {
    /// Those that are over, too
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    site: SiteArgs,
}

/// Show a loan
#[derive(clap::Args)]
pub(crate) struct LoanShow {
    /// Its number
    #[arg(value_name = "LOAN")]
    loan: u32,
    #[command(flatten)]
    site: SiteArgs,
}

/// Note whose a loan is
///
/// What is noted stands in `seat list`, and goes on when the loan is extended.
#[derive(clap::Args)]
pub(crate) struct LoanNote {
    /// Its number
    #[arg(value_name = "LOAN")]
    loan: u32,
    /// What is to be noted, such as "chen, vessel laptop"
    #[arg(value_name = "TEXT")]
    text: String,
    #[command(flatten)]
    site: SiteArgs,
}

fn object(found: &Found, site: &Site<'_>, loan: &Loan, now: Seconds) -> json::LoanRow {
    json::LoanRow {
        product: found.product.id.clone(),
        license_key: Shown(site.key()),
        loan: loan.number(),
        state: loan.standing(now).name(),
        seat: loan.seat(),
        issued: Shown(loan.said.issued),
        until: Shown(loan.said.until),
        free_at: Shown(loan.free_at()),
        features: site.features(loan),
        extends: loan.extends(),
        extended_by: loan.extended_by,
        returned: json::shown(loan.returned),
        note: loan.note.clone(),
        phrase: text::phrase(&loan.codes().0),
    }
}

impl Run for LoanList {
    const NAME: &'static str = "list";
    const ABOUT: &'static str = "List the loans of this site";

    type Object = json::LoanRow;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let found = self.site.find(context, LENDABLE)?;
        let site = of(&found)?;
        let now = moment(context).wall;
        let mut any = false;
        for loan in site.book().loans() {
            let standing = loan.standing(now);
            let over = matches!(standing, Standing::Over | Standing::Returned);
            if over && !self.all {
                continue;
            }
            any = true;
            if context.out.json {
                Self::print(context, &object(&found, &site, loan, now))?;
                continue;
            }
            let (number, seat, until) = (loan.number(), loan.seat(), loan.said.until);
            let words = messages::site_words::row(
                features(&site, loan),
                loan.said.issued.day(),
                number,
                seat,
                standing.words(),
                until,
            );
            context.out.line(match loan.note.as_str() {
                "" => words.to_string(),
                note => format!("{words}  {note}"),
            })?;
        }
        if !any {
            context.out.say(messages::site_words::no_loans());
        }
        Ok(Exit::DONE)
    }
}

fn features(site: &Site<'_>, loan: &Loan) -> String {
    match site.features(loan).as_slice() {
        [] => messages::seat::all_features().to_owned(),
        some => some.join(","),
    }
}

impl Run for LoanShow {
    const NAME: &'static str = "show";
    const ABOUT: &'static str = "Show a loan";

    type Object = json::LoanRow;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let found = self.site.find(context, LENDABLE)?;
        let site = of(&found)?;
        let now = moment(context).wall;
        let loan = site.loan(self.loan, now)?;
        if context.out.json {
            Self::print(context, &object(&found, &site, loan, now))?;
            return Ok(Exit::DONE);
        }
        let mut rows = vec![
            (messages::label::loan(), loan.number().to_string()),
            (
                messages::label::state(),
                loan.standing(now).words().to_owned(),
            ),
            (messages::label::license(), site.key().to_string()),
            (messages::label::seat(), loan.seat().to_string()),
            (messages::label::contains(), features(&site, loan)),
            (messages::label::issued(), minute(loan.said.issued)),
            (messages::label::until(), loan.said.until.to_string()),
        ];
        let loans = [
            (messages::label::extends(), loan.extends()),
            (messages::site_words::label_extended_by(), loan.extended_by),
        ];
        rows.extend(
            loans
                .into_iter()
                .filter_map(|(name, it)| Some((name, it?.to_string()))),
        );
        rows.extend(
            loan.returned
                .map(|at| (messages::label::given_up_on(), minute(at))),
        );
        if !loan.note.is_empty() {
            rows.push((messages::site_words::label_note(), loan.note.clone()));
        }
        let phrase = text::phrase(&loan.codes().0);
        rows.push((messages::label::read_back_phrase(), phrase));
        context.out.table(&rows)?;
        Ok(Exit::DONE)
    }
}

/// Longest note in bytes.
const LONGEST: usize = 200;

/// A note that is short, and all of which is seen.
///
/// # Errors
/// `usage`.
pub(super) fn sound(text: &str) -> Result<&str, Failure> {
    let note = text.trim();
    if note.len() <= LONGEST && show::hidden_in(note).is_none() {
        return Ok(note);
    }
    let what = messages::site_words::bad_note(LONGEST).to_string();
    Err(Failure::usage(what).hint(messages::site_words::bad_note_hint()))
}

/// Notes whose a loan is that was just answered, where nothing is noted of it yet.
///
/// # Errors
/// What the disk says: the loan is given all the same, and has its answer when it is asked for again.
pub(super) fn note_whose(
    site: &mut Site<'_>,
    answer: &mut Answer,
    note: &str,
    moment: &Moment,
) -> Result<(), SiteError> {
    if note.is_empty() || !answer.note.is_empty() {
        return Ok(());
    }
    site.note(answer.number, note, moment)?;
    note.clone_into(&mut answer.note);
    Ok(())
}

impl Run for LoanNote {
    const NAME: &'static str = "note";
    const ABOUT: &'static str = "Note whose a loan is";

    type Object = json::LoanRow;

    fn run(self, context: &mut Context) -> anyhow::Result<Exit> {
        let note = sound(&self.text)?;
        let found = self.site.find(context, LENDABLE)?;
        let mut site = of(&found)?;
        let moment = moment(context);
        site.note(self.loan, note, &moment)?;
        let loan = site.loan(self.loan, moment.wall)?;
        if context.out.json {
            Self::print(context, &object(&found, &site, loan, moment.wall))?;
        }
        context.out.say(messages::site_words::noted(self.loan));
        Ok(Exit::DONE)
    }
}
