//! What is known of the rows of a code that cannot be read, for scripts and in words.

use super::json::Row;
use crate::messages;
use crate::text::{RowState, RowVerdict};

/// The rows as scripts get them: from `inspect`, and with every failure to read a code.
pub(crate) fn rows(verdicts: &[RowVerdict]) -> Vec<Row> {
    let row = |verdict: &RowVerdict| {
        let surplus = match verdict.state {
            RowState::Unreadable { surplus, .. } => Some(surplus).filter(|surplus| *surplus != 0),
            _ => None,
        };
        Row {
            row: verdict.row,
            state: state(&verdict.state).0,
            groups: groups(&verdict.state),
            surplus,
        }
    };
    verdicts.iter().map(row).collect()
}

/// The name of a state for scripts, and the words.
pub(crate) fn state(state: &RowState) -> (&'static str, &'static str) {
    match state {
        RowState::Whole => ("whole", messages::inspect::row_whole()),
        RowState::Corrected { .. } => ("corrected", messages::inspect::row_corrected()),
        RowState::Unreadable { .. } => ("unreadable", messages::inspect::row_unreadable()),
        RowState::Missing { .. } => ("missing", messages::inspect::row_missing()),
    }
}

/// The groups that look wrong.
pub(crate) fn groups(state: &RowState) -> Vec<u8> {
    match state {
        RowState::Corrected { groups } | RowState::Unreadable { groups, .. } => groups.clone(),
        RowState::Whole | RowState::Missing { .. } => Vec::new(),
    }
}
