//! What happened to the seats, an event a line: for people who look back, and for nothing that counts.
//!
//! A line is a moment in seconds since 2020-01-01 UTC, a word, and fields that depend on the word, with a tab between each two. It is read only as it is
//! written: whatever else stands there is no event.

use std::fmt;

use super::record::{Holding, Record};
use super::who::Who;
use crate::protocol::date::Seconds;
use crate::text::show;

/// An event, and when it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) at: Seconds,
    pub(super) event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A seat was taken.
    Taken {
        seat: u16,
        /// The process that took it; 0 for a lease, which has none.
        process: u32,
        /// Whether it was free before; else it is shared with those who have it.
        fresh: bool,
        who: Asked,
    },
    /// It was given back, by the process that had taken it at that moment.
    GivenBack {
        seat: u16,
        process: u32,
        since: Seconds,
        /// For how many seconds it was held, by the clock of the system's start, where that is known: the wall clock may have been set meanwhile.
        held: Option<u32>,
    },
    /// It was seen that an account does not hold it any more, although nobody has given it back.
    Over {
        /// The number of the account; none where the system has none.
        account: Option<u32>,
        seat: u16,
        process: u32,
        since: Seconds,
    },
    /// Somebody got none.
    Refused {
        /// The kind of the failure.
        kind: String,
        /// The module of which none was free; empty: it was no module.
        lacks: String,
        who: Asked,
    },
    /// It was taken from who had it.
    Disconnected { seat: u16, reason: String },
    /// It was lent elsewhere, until a moment at the latest.
    Lent {
        seat: u16,
        loan: u32,
        until: Seconds,
    },
    /// It came back before that.
    Returned { loan: u32 },
}

/// Who asked for a seat, from where, for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) user: String,
    pub(super) host: String,
    pub(super) program: String,
    /// With commas between; empty: all.
    pub(super) features: String,
}

impl Asked {
    pub(super) fn new(who: &Who, features: &[String]) -> Asked {
        Asked {
            user: who.user.clone(),
            host: who.host.clone(),
            program: who.program.clone(),
            features: features.join(","),
        }
    }

    pub(super) fn of(record: &Record) -> Asked {
        Asked {
            user: record.user.clone(),
            host: record.host.clone(),
            program: record.program.clone(),
            features: record.features.join(","),
        }
    }
}

/// The number of the process in the line of a seat: a lease has none.
pub(super) fn process_of(record: &Record) -> u32 {
    match record.holding {
        Holding::Lease => 0,
        _ => record.process,
    }
}

/// Most bytes of a reason, and of what features are written.
const LONGEST: usize = 256;

/// A text that fits a field, and hides nothing.
pub(super) fn field(text: &str) -> String {
    let shown = text.chars().filter(|it| !show::is_hidden(*it));
    let mut fits: String = shown.collect();
    while fits.len() > LONGEST {
        fits.pop();
    }
    fits.trim().to_owned()
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = [&self.user, &self.host, &self.program, &self.features];
        let fields = fields.map(|text| field(text));
        f.write_str(&fields.join("\t"))
    }
}

/// Where there may be none.
fn number(number: Option<u32>) -> String {
    number.map_or_else(|| NONE.to_owned(), |number| number.to_string())
}

const NONE: &str = "-";

/// How a taking is written that joins others.
const JOINED: &str = "joined";
const TAKEN: &str = "taken";

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\t", self.at.0)?;
        match &self.event {
            Event::Taken {
                seat,
                process,
                fresh,
                who,
            } => {
                let word = if *fresh { TAKEN } else { JOINED };
                write!(f, "{word}\t{seat}\t{process}\t{who}")
            }
            Event::GivenBack {
                seat,
                process,
                since,
                held,
            } => {
                let held = number(*held);
                write!(f, "given_back\t{seat}\t{process}\t{}\t{held}", since.0)
            }
            Event::Over {
                account,
                seat,
                process,
                since,
            } => {
                let account = number(*account);
                write!(f, "over\t{seat}\t{process}\t{}\t{account}", since.0)
            }
            Event::Refused { kind, lacks, who } => {
                write!(f, "refused\t{}\t{}\t{who}", field(kind), field(lacks))
            }
            Event::Disconnected { seat, reason } => {
                write!(f, "disconnected\t{seat}\t{}", field(reason))
            }
            Event::Lent { seat, loan, until } => {
                write!(f, "lent\t{seat}\t{loan}\t{}", until.0)
            }
            Event::Returned { loan } => write!(f, "returned\t{loan}"),
        }
    }
}

impl Line {
    /// The event of a line; none where it would be written otherwise.
    pub(super) fn read(text: &str) -> Option<Line> {
        let mut fields = text.split('\t');
        let at = Seconds(fields.next()?.parse().ok()?);
        let word = fields.next()?;
        let mut fields = Fields(fields);
        let event = match word {
            TAKEN | JOINED => Event::Taken {
                seat: fields.number()?,
                process: fields.number()?,
                fresh: word == TAKEN,
                who: fields.asked()?,
            },
            "given_back" => Event::GivenBack {
                seat: fields.number()?,
                process: fields.number()?,
                since: Seconds(fields.number()?),
                held: fields.number_or_none()?,
            },
            "over" => Event::Over {
                seat: fields.number()?,
                process: fields.number()?,
                since: Seconds(fields.number()?),
                account: fields.number_or_none()?,
            },
            "refused" => Event::Refused {
                kind: fields.text()?,
                lacks: fields.text()?,
                who: fields.asked()?,
            },
            "disconnected" => Event::Disconnected {
                seat: fields.number()?,
                reason: fields.text()?,
            },
            "lent" => Event::Lent {
                seat: fields.number()?,
                loan: fields.number()?,
                until: Seconds(fields.number()?),
            },
            "returned" => Event::Returned {
                loan: fields.number()?,
            },
            _ => return None,
        };
        let line = Line { at, event };
        // One spelling alone: more fields, other signs before a number and what is hidden are none.
        (line.to_string() == text).then_some(line)
    }
}

struct Fields<'a>(std::str::Split<'a, char>);

impl Fields<'_> {
    fn text(&mut self) -> Option<String> {
        self.0.next().map(str::to_owned)
    }

    fn number<T: std::str::FromStr>(&mut self) -> Option<T> {
        self.0.next()?.parse().ok()
    }

    fn number_or_none(&mut self) -> Option<Option<u32>> {
        match self.0.next()? {
            NONE => Some(None),
            number => Some(Some(number.parse().ok()?)),
        }
    }

    fn asked(&mut self) -> Option<Asked> {
        Some(Asked {
            user: self.text()?,
            host: self.text()?,
            program: self.text()?,
            features: self.text()?,
        })
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked() -> impl Strategy<Value = Asked> {
        [(); 4].map(|()| any::<String>()).prop_map(|texts| {
            let [user, host, program, features] = texts;
            Asked {
                user,
                host,
                program,
                features,
            }
        })
    }

    pub(in crate::seats) fn events() -> impl Strategy<Value = Event> {
        let seconds = || any::<u32>().prop_map(Seconds);
        prop_oneof![
            (any::<u16>(), any::<u32>(), any::<bool>(), asked()).prop_map(
                |(seat, process, fresh, who)| Event::Taken {
                    seat,
                    process,
                    fresh,
                    who
                }
            ),
            (any::<u16>(), any::<u32>(), seconds(), any::<Option<u32>>()).prop_map(
                |(seat, process, since, held)| Event::GivenBack {
                    seat,
                    process,
                    since,
                    held
                }
            ),
            (any::<Option<u32>>(), any::<u16>(), any::<u32>(), seconds()).prop_map(
                |(account, seat, process, since)| {
                    Event::Over {
                        account,
                        seat,
                        process,
                        since,
                    }
                }
            ),
            (any::<String>(), any::<String>(), asked())
                .prop_map(|(kind, lacks, who)| Event::Refused { kind, lacks, who }),
            (any::<u16>(), any::<String>())
                .prop_map(|(seat, reason)| Event::Disconnected { seat, reason }),
            (any::<u16>(), any::<u32>(), seconds()).prop_map(|(seat, loan, until)| Event::Lent {
                seat,
                loan,
                until
            }),
            any::<u32>().prop_map(|loan| Event::Returned { loan }),
        ]
    }

    proptest! {
        /// Whatever somebody is called, it is one line of so many bytes at most, and is read as it was written.
        #[test]
        fn what_is_written_is_read(at in any::<u32>(), event in events()) {
            let at = Seconds(at);
            let written = Line { at, event }.to_string();
            prop_assert!(!written.contains(['\n', '\r', '\0']), "{written:?}");
            prop_assert!(written.len() < 2_048);
            let read = Line::read(&written).unwrap();
            prop_assert_eq!(read.to_string(), written);
            prop_assert_eq!(read.at, at);
        }

        #[test]
        fn no_text_is_more_than_it_says(text in "[0-9]{0,3}\t?(taken|given_back|lent|x)(\t[-+0-9a-z ]{0,4}){0,8}") {
            if let Some(line) = Line::read(&text) {
                prop_assert_eq!(line.to_string(), text);
            }
        }
    }

    #[test]
    fn only_one_spelling_is_an_event() {
        let good = "7\treturned\t3";
        assert!(Line::read(good).is_some());
        for bad in [
            "",
            "7",
            "+7\treturned\t3",
            "07\treturned\t3",
            "7\treturned\t3\t",
            "7\treturned\t3\n",
            "7\treturned",
            "7\tRETURNED\t3",
            "-1\treturned\t3",
            "4294967296\treturned\t3",
            "7\tdisconnected\t1\t\u{202e}x",
            "7\tgiven_back\t1\t2\t3\t",
        ] {
            assert_eq!(Line::read(bad), None, "{bad:?}");
        }
    }
}
