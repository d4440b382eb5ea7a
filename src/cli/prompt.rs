//! A code typed on a terminal, row by row: each row judged as it is entered, a pasted mail taken as well, nothing lost by leaving.
//!
//! Plain lines and words only: it reads the same without colour, at 80 columns, over ssh and with a screen reader.

mod draft;
mod dragged;
mod lines;
mod talk;

use std::collections::{BTreeMap, BTreeSet};

use crate::messages;
use crate::text::{self, EnteredRow, Judgeable, Kind, ReadError, RowEntry};

use super::failure::Failure;
use super::{Context, words};
use crate::failure::FailureKind;
use draft::Draft;
use lines::Lines;
use talk::{check_word, groups_of, name, tell, tell_hopeless, tell_slips};

/// So many characters in a pasted line are a row that went wrong, if they are like one.
const LIKE_A_ROW: usize = 20;

/// Asks for a code of a `wanted` kind until there is one.
///
/// # Errors
/// Where nobody may be asked, and where the user leaves: what was entered is kept for the next time.
pub(crate) fn ask<T>(
    context: &mut Context,
    wanted: &[Kind],
    judge: impl Fn(Judgeable) -> Result<T, ReadError>,
) -> anyhow::Result<T> {
    if context.no_input {
        return Err(Failure::usage(messages::prompt::no_code_given())
            .hint(messages::prompt::no_code_given_hint())
            .into());
    }
    let mut prompt = Prompt {
        wanted,
        rows: BTreeMap::new(),
        draft: Draft::of(context, wanted),
    };
    prompt.begin();
    let mut lines = Lines::new();
    let entered = prompt.talk(&mut lines, judge);
    lines.throw_away_the_rest();
    entered
}

/// A row that was taken.
struct Taken {
    /// As it was typed.
    typed: String,
    /// As its checks have it.
    meant: String,
    /// Its checks alone cannot say whether it is right.
    doubtful: bool,
    /// It is the last row.
    short: bool,
}

struct Prompt<'a> {
    wanted: &'a [Kind],
    rows: BTreeMap<u8, Taken>,
    draft: Draft,
}

impl Prompt<'_> {
    fn begin(&mut self) {
        tell(messages::prompt::type_the_code(self.noun()));
        tell(messages::prompt::how_to_type(end_of_input()));
        let kept = self.draft.load();
        for line in &kept {
            if let RowEntry::Right(row) | RowEntry::Mended { row, .. } =
                text::judge_row(line, self.wants())
            {
                self.keep(row, line, false);
            }
        }
        if !self.rows.is_empty() {
            let names = words::list(self.rows.keys().map(|number| name(*number)));
            tell(messages::prompt::from_last_time(
                names,
                self.wants(),
                self.rows.len(),
            ));
        }
    }

    /// Takes line after line until there is a code, or the user leaves.
    fn talk<T>(
        &mut self,
        lines: &mut Lines,
        judge: impl Fn(Judgeable) -> Result<T, ReadError>,
    ) -> anyhow::Result<T> {
        loop {
            let asked = messages::prompt::row_prompt(self.wants());
            let Some(typed) = lines.next(&format!("{asked} "))? else {
                return Err(self.left().into());
            };
            match typed.trim() {
                "" => self.what_is_missing(),
                "quit" => return Err(self.left().into()),
                "restart" => self.restart(),
                _ => {
                    if lines::is_cut(&typed) {
                        tell(messages::prompt::line_cut());
                    }
                    let typed = dragged::text_of(&typed).unwrap_or(typed);
                    if let Some(judged) = self.take(&typed, &judge) {
                        self.draft.remove();
                        return Ok(judged);
                    }
                }
            }
        }
    }

    /// What is wanted, where that is one thing; else a code.
    fn noun(&self) -> &'static str {
        match each_once(self.wanted, Kind::noun)[..] {
            [noun] => noun,
            _ => messages::prompt::code(),
        }
    }

    /// The first row that is not there.
    fn wants(&self) -> u8 {
        (1..=30)
            .find(|number| !self.rows.contains_key(number))
            .unwrap_or(30)
    }

    /// Takes what was typed or pasted; the code, where it is whole now.
    fn take<T>(
        &mut self,
        typed: &str,
        judge: &impl Fn(Judgeable) -> Result<T, ReadError>,
    ) -> Option<T> {
        let error = match judge(self.read(typed)) {
            Ok(judged) => return Some(judged),
            Err(error) => error,
        };
        if let ReadError::OtherKind { code } = &error {
            tell(messages::prompt::other_kind(
                code.kind().a_noun(),
                any(self.wanted),
            ));
            return None;
        }
        let lines: Vec<&str> = typed
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        let alone = lines.len() == 1;
        let taken = lines
            .iter()
            .filter(|line| self.take_row(line, alone))
            .count();
        if taken == 0 && !alone {
            tell(messages::prompt::nothing_in_paste(&error, error.hint()));
        }
        self.draft
            .save(self.rows.values().map(|row| row.typed.as_str()));
        self.whole(judge)
    }

    /// As a file is read: somebody may paste the source of a mail.
    fn read(&self, typed: &str) -> Judgeable {
        text::read_bytes_judgeable(typed.as_bytes(), self.wanted)
    }

    /// Judges one row and says so; whether it was taken.
    fn take_row(&mut self, line: &str, alone: bool) -> bool {
        let number = self.wants();
        match text::judge_row(line, number) {
            RowEntry::Right(row) => {
                if !self.is_wanted(&row) {
                    return false;
                }
                tell(messages::prompt::row_right(
                    name(row.number),
                    check_word(&row),
                ));
                self.keep(row, line, false);
            }
            RowEntry::Mended { row, slips } => {
                if !self.is_wanted(&row) {
                    return false;
                }
                tell_slips(&row, &slips);
                self.keep(row, line, false);
            }
            RowEntry::Doubtful { row, groups } => {
                tell(messages::prompt::row_in_doubt(groups_of(&groups), &number));
                self.keep(row, line, true);
            }
            RowEntry::Hopeless { length, groups } => {
                // In a pasted mail a telephone number is no row.
                if alone || length >= LIKE_A_ROW {
                    tell_hopeless(number, length, &groups);
                }
                return false;
            }
            RowEntry::NoRow => {
                if alone {
                    tell(messages::prompt::no_row(&number));
                }
                return false;
            }
        }
        true
    }

    fn is_wanted(&self, row: &EnteredRow) -> bool {
        let Some(kind) = row.kind else { return true };
        let fits = self.wanted.is_empty() || self.wanted.contains(&kind);
        if !fits {
            tell(messages::prompt::row_of_other_kind(
                kind.a_noun(),
                any(self.wanted),
            ));
        }
        fits
    }

    fn keep(&mut self, row: EnteredRow, typed: &str, doubtful: bool) {
        let taken = Taken {
            typed: typed.trim().to_owned(),
            meant: row.text,
            doubtful,
            short: row.short,
        };
        self.rows.insert(row.number, taken);
    }

    /// The code, where the rows make one: as they were typed, so that every correction is counted, else as their checks have them.
    fn whole<T>(&mut self, judge: &impl Fn(Judgeable) -> Result<T, ReadError>) -> Option<T> {
        let join =
            |part: fn(&Taken) -> &str| self.rows.values().map(part).collect::<Vec<_>>().join("\n");
        let judged = judge(self.read(&join(|row| &row.typed)))
            .or_else(|_| judge(self.read(&join(|row| &row.meant))));
        match judged {
            Ok(judged) => Some(judged),
            Err(_) => {
                self.ask_again();
                None
            }
        }
    }

    /// With all rows there and no code, the rows that were in doubt are asked for again, or, where none was, those that were corrected.
    fn ask_again(&mut self) {
        let last = self
            .rows
            .iter()
            .find(|(_, row)| row.short)
            .map(|(number, _)| *number);
        if last.is_none_or(|last| self.wants() < last) {
            return;
        }
        let doubtful: Vec<u8> = self.numbers(|row| row.doubtful);
        let suspects = if doubtful.is_empty() {
            self.numbers(Taken::was_mended)
        } else {
            doubtful
        };
        if suspects.is_empty() {
            tell(messages::prompt::rows_apart());
            return;
        }
        for number in &suspects {
            self.rows.remove(number);
        }
        tell(messages::prompt::type_again(words::list(
            suspects.iter().map(|number| name(*number)),
        )));
        self.draft
            .save(self.rows.values().map(|row| row.typed.as_str()));
    }

    fn numbers(&self, which: impl Fn(&Taken) -> bool) -> Vec<u8> {
        let found = self.rows.iter().filter(|(_, row)| which(row));
        found.map(|(number, _)| *number).collect()
    }

    fn what_is_missing(&self) {
        tell(messages::prompt::row_wanted(end_of_input(), self.wants()));
    }

    fn restart(&mut self) {
        self.rows.clear();
        self.draft.remove();
        tell(messages::prompt::begin());
    }

    fn left(&self) -> Failure {
        let failure = |message: String| Failure::new(FailureKind::Unfinished, message);
        if self.rows.is_empty() {
            return failure(messages::prompt::nothing_entered(self.noun()).to_string())
                .hint(messages::prompt::nothing_entered_hint());
        }
        let rows = words::list(self.rows.keys().map(|number| name(*number)));
        failure(messages::prompt::unfinished(self.noun(), &rows).to_string()).hint(
            if self.draft.is_kept() {
                messages::prompt::unfinished_kept_hint()
            } else {
                messages::prompt::unfinished_hint()
            },
        )
    }
}

/// What ends the input of a terminal.
fn end_of_input() -> &'static str {
    match cfg!(windows) {
        true => messages::prompt::ctrl_z(),
        false => messages::prompt::ctrl_d(),
    }
}

impl Taken {
    fn was_mended(&self) -> bool {
        // Only a row that needs no correction says its own number.
        !matches!(text::judge_row(&self.typed, 0), RowEntry::Right(_))
    }
}

/// All that is wanted: "a response code, a loan code or an emergency code".
fn any(wanted: &[Kind]) -> String {
    let mut nouns = each_once(wanted, Kind::a_noun);
    let last = nouns.pop().unwrap_or(messages::prompt::a_code());
    match nouns[..] {
        [] => last.to_owned(),
        _ => messages::prompt::either(last, nouns.join(", ")).to_string(),
    }
}

fn each_once(wanted: &[Kind], noun: fn(Kind) -> &'static str) -> Vec<&'static str> {
    let mut nouns: Vec<_> = wanted.iter().map(|&kind| noun(kind)).collect();
    let mut seen = BTreeSet::new();
    nouns.retain(|noun| seen.insert(*noun));
    nouns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wanted_is_named_once() {
        assert_eq!(any(&[]), "a code");
        assert_eq!(any(&[Kind::Grant]), "a response code");
        let loans = [Kind::Loan, Kind::LoanWithCertificate, Kind::Grant];
        let (loan, grant) = (Kind::Loan.a_noun(), Kind::Grant.a_noun());
        assert_eq!(any(&loans), format!("{loan} or {grant}"));
        let more = [Kind::Emergency, Kind::Loan, Kind::Grant];
        assert_eq!(any(&more), format!("an emergency code, {loan} or {grant}"));
    }
}
