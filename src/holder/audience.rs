//! Who reads what is kept.

/// Who may read what is written. Nobody but the owner ever writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every user of the computer: files 0644, directories 0755.
    Everyone,
    /// The user who wrote it: files 0600, directories 0700.
    Owner,
}

impl Audience {
    #[cfg(unix)]
    pub(super) fn file_mode(self) -> u32 {
        match self {
            Audience::Everyone => 0o644,
            Audience::Owner => 0o600,
        }
    }

    #[cfg(unix)]
    pub(super) fn directory_mode(self) -> u32 {
        match self {
            Audience::Everyone => 0o755,
            Audience::Owner => 0o700,
        }
    }
}
