//! Where codes stand in a text.

/// Where a code stands in what was handed over: the better is the less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Where everybody sees it.
    Plain,
    /// In lines that a mail program quoted: somebody wrote it before.
    Quoted,
    /// In a part that no mail program and no browser shows: a comment, a header, what a style hides, the text behind a link.
    Hidden,
}

impl Standing {
    /// The stable snake_case name for JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Standing::Plain => "plain",
            Standing::Quoted => "quoted",
            Standing::Hidden => "hidden",
        }
    }
}
