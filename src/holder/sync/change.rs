//! What a machine, its bindings and its USB key are otherwise than before.

use super::*;

/// One thing that is no longer as the license has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Parts of the machine that are others now.
    Parts(Components),
    /// Parts of the machine that were unknown before.
    Known(Components),
    /// Parts of the machine that are no longer known.
    Unread(Components),
    /// Another server, database or the like.
    Binding {
        /// Its name.
        name: String,
        /// As the license has it; none where it was not bound to any.
        before: Option<String>,
        /// As it is now.
        after: String,
    },
    /// Another USB key.
    Usb,
    /// No USB key any more.
    NoUsb,
    /// The key of a site, with which it signs from now on.
    SiteKey {
        /// Whether there was another: what that one signed of users and rules is none any more (SPEC.md 9.11).
        other: bool,
    },
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Parts(parts) => write!(f, "{}", messages::holder::change_parts(&parts)),
            Change::Known(parts) => write!(f, "{}", messages::holder::change_known(&parts)),
            Change::Unread(parts) => write!(f, "{}", messages::holder::change_unread(&parts)),
            Change::Binding {
                name,
                before: Some(before),
                after,
            } => write!(f, "{name} {before} → {after}"),
            Change::Binding {
                name,
                before: None,
                after,
            } => write!(f, "{name} {after}"),
            Change::Usb => f.write_str(messages::holder::change_usb()),
            Change::NoUsb => f.write_str(messages::holder::change_no_usb()),
            Change::SiteKey { other: false } => f.write_str(messages::holder::change_site_key()),
            Change::SiteKey { other: true } => {
                f.write_str(messages::holder::change_other_site_key())
            }
        }
    }
}

/// What is otherwise than it stood before.
pub(in crate::holder) fn changes(before: &Stands, after: &Stands) -> Vec<Change> {
    let mut found = Vec::new();
    if let Some((was, is)) = read_fingerprint(before).zip(read_fingerprint(after)) {
        let different = was.compare(&is).different;
        let known = is.known().without(was.known());
        found.extend(Some(Change::Parts(different)).filter(|_| !different.is_empty()));
        let unread = was.known().without(is.known());
        found.extend(Some(Change::Known(known)).filter(|_| !known.is_empty()));
        found.extend(Some(Change::Unread(unread)).filter(|_| !unread.is_empty()));
    }
    for (name, after) in &after.bindings {
        let mut known = before.bindings.iter();
        let before = known
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone());
        if before.as_ref() != Some(after) {
            let (name, after) = (name.clone(), after.clone());
            found.push(Change::Binding {
                name,
                before,
                after,
            });
        }
    }
    let usb = after.usb.map_or(Change::NoUsb, |_| Change::Usb);
    found.extend(Some(usb).filter(|_| before.usb != after.usb));
    let other = before.site_key.is_some();
    let key = Some(Change::SiteKey { other });
    found.extend(key.filter(|_| before.site_key != after.site_key));
    found
}
