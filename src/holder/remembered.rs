//! What machines remember, and what counts where two places or two entries remember it.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something that is remembered in a home or an anchor.
pub(super) trait Remembered: Clone + Serialize + DeserializeOwned {
    /// Of two that are this machine's, what counts.
    fn stricter(self, other: Self) -> Self;

    /// What counts of it whichever machine left it, and whatever its seal.
    fn for_all(&self) -> Option<Self> {
        None
    }
}

/// What counts of two that may be there.
pub(super) fn stricter<T: Remembered>(one: Option<T>, other: Option<T>) -> Option<T> {
    one.into_iter().chain(other).reduce(T::stricter)
}
