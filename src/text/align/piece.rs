//! What is mended: a stretch of the text, and which row it may be.

/// A stretch of the text that may be a row.
pub(super) struct Piece<'a> {
    /// The symbols that are there.
    pub(super) symbols: &'a [u8],
    /// Where a separator stands before a symbol, as bits; none where the text is not written in groups.
    pub(super) separators: u64,
    /// The length of the row that was written.
    pub(super) length: usize,
    /// The number of the row that was written.
    pub(super) number: u8,
}
