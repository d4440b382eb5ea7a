//! Every sentence that people at a machine read. They stand in `messages/LANGUAGE/`, one Fluent file a room, keyed by the kind of what they say where it has one;
//! `build/messages.rs` makes a function of each, which takes the arguments in the order of their names. Nothing is looked up when a program runs.

use std::fmt::{self, Debug, Display, Formatter};

// Some sentences are said on Linux alone, where it can be seen who holds the lock of a file.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
mod made {
    use super::*;

    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}

pub(crate) use made::*;

/// The language that is spoken: the one place that chooses it.
const fn language() -> Language {
    Language::En
}

/// A sentence that is put together when it is printed.
struct Sentence<F>(F);

impl<F: Fn(&mut Formatter<'_>) -> fmt::Result> Display for Sentence<F> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}

fn sentence<F: Fn(&mut Formatter<'_>) -> fmt::Result>(write: F) -> Sentence<F> {
    Sentence(write)
}

/// "a", "a and b", "a, b and c".
pub(crate) fn listed<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let mut items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    match items.pop() {
        None => list::nothing().to_owned(),
        Some(last) if items.is_empty() => last,
        Some(last) => list::and(items.join(", "), last).to_string(),
    }
}

/// A number by which a sentence changes.
pub(crate) trait Number: Copy + Display {
    /// Its value.
    fn number(self) -> i128;
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl Number for $number {
            fn number(self) -> i128 {
                self as i128
            }
        })*
    };
}

numbers! { u8 u16 u32 u64 usize i32 }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_read_well() {
        assert_eq!(listed(["a"]), "a");
        assert_eq!(listed(["a", "b", "c"]), "a, b and c");
        assert_eq!(listed(Vec::<String>::new()), "nothing");
    }
}
