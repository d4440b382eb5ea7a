//! Who else of this computer gets at what was made.

use std::path::Path;

use super::output::Output;
use crate::messages;
use crate::rights::{self, Others, Seen};

/// Says of what was just made where others of this computer get at it who are not to, or where that is not seen. Modes hold wherever they are set; on Windows
/// not every disk keeps rights.
pub(crate) fn tell_who_gets_at(path: &Path, others: Others, out: &mut Output) {
    let place = path.display();
    match rights::seen(path, others) {
        Seen::AsWanted => {}
        Seen::Open => {
            out.warn(messages::home::open(place));
            out.advise(messages::home::open_hint());
        }
        Seen::Untold => {
            out.warn(messages::home::untold(&place));
            out.advise(&messages::home::untold_hint(&place).to_string());
        }
    }
}
