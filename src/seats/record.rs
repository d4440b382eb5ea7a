//! Who holds a seat, as each user writes it of himself: for people who look, and for what shares a seat. It is never what counts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::process::Process;
use super::who::{Moment, Who, plain};
use crate::protocol::date::Seconds;

/// How a seat is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Holding {
    /// By a process and what it starts.
    Process,
    /// By a process for somebody at the other end of a connection.
    Connection,
    /// By a token, until a moment.
    Lease,
}

/// What stands in the slot of a seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The user's name, as whoever asked said it.
    pub user: String,
    /// The workstation.
    pub host: String,
    /// The program.
    pub program: String,
    /// The number of the process that holds it, or that took the lease.
    pub process: u32,
    pub(super) began: Option<u64>,
    pub(super) since: u32,
    /// How it is held.
    pub holding: Holding,
    /// The features that were asked for; none: all.
    pub features: Vec<String>,
    /// The seats of modules that are held with it, by their rings.
    pub(super) pools: BTreeMap<String, u16>,
    /// Its process ended in order, while others who share the seat went on: these are found by it still.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) left: bool,
    /// Where several computers share the seats: its taking, as it stands in the file of the seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mark: Option<String>,
    /// There, too: what the computer is called, as it says itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) computer: Option<String>,
}

/// Bytes of features that are written: more are left out.
const FEATURES: usize = 256;

/// As many features as are written.
pub(super) fn fitting(features: &[String]) -> Vec<String> {
    let mut left = FEATURES;
    let fits = |feature: &String| {
        left = left.saturating_sub(feature.len() + 3);
        left > 0
    };
    let plain = features.iter().map(|it| plain(it));
    plain.take_while(fits).collect()
}

impl Record {
    pub(super) fn new(who: &Who, holding: Holding, features: &[String], moment: &Moment) -> Record {
        Record {
            user: who.user.clone(),
            host: who.host.clone(),
            program: who.program.clone(),
            process: who.process.id,
            began: who.process.began,
            since: moment.wall.0,
            holding,
            features: fitting(features),
            pools: BTreeMap::new(),
            left: false,
            mark: None,
            computer: None,
        }
    }

    /// Since when.
    pub fn since(&self) -> Seconds {
        Seconds(self.since)
    }

    pub(super) fn by(&mut self, process: Process) {
        self.process = process.id;
        self.began = process.began;
    }

    /// Whether its process runs, as far as it is one of this system.
    pub(super) fn lives(&self) -> bool {
        let process = Process {
            id: self.process,
            began: self.began,
        };
        process.lives()
    }
}
