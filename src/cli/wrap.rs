//! Lines as wide as the terminal, broken between words. What no terminal shows is never broken: it may be read by a program.

use std::io::IsTerminal;

#[cfg(unix)]
use std::os::fd::AsFd as Stream;
#[cfg(windows)]
use std::os::windows::io::AsHandle as Stream;

/// The width of a terminal that does not tell its own.
const USUAL: usize = 80;
/// No line is made shorter.
const NARROWEST: usize = 20;

/// How many columns a stream has; none where it is no terminal. The last is left free, for some terminals break a full line by themselves.
pub(crate) fn columns(stream: impl IsTerminal + Stream) -> Option<usize> {
    stream.is_terminal().then(|| {
        let size = terminal_size::terminal_size_of(stream);
        let columns = size.map_or(USUAL, |(width, _)| usize::from(width.0));
        columns.saturating_sub(1).max(NARROWEST)
    })
}

/// Whether what moves the cursor or colours letters does that on the terminal, and is not shown: consoles of Windows before 10 show it, later ones are asked.
#[cfg(windows)]
pub(crate) fn takes_escapes() -> bool {
    use crossterm_winapi::{ConsoleMode, Handle};

    const ESCAPES: u32 = 4;
    let Ok(handle) = Handle::current_out_handle() else {
        // A terminal that is none of Windows, such as mintty's.
        return true;
    };
    let console = ConsoleMode::from(handle);
    let mode = console.mode();
    mode.map_or(true, |mode| {
        mode & ESCAPES != 0 || console.set_mode(mode | ESCAPES).is_ok()
    })
}

/// Elsewhere all do.
#[cfg(not(windows))]
pub(crate) const fn takes_escapes() -> bool {
    true
}

/// A text in lines of at most so many columns, those after the first indented. What is longer by itself stays whole.
pub(crate) fn wrapped(text: &str, columns: Option<usize>, indent: usize) -> String {
    match columns {
        None => text.to_owned(),
        Some(columns) => lines(text.split_inclusive(' '), columns, indent),
    }
}

/// The same of words that were told apart, each with the blanks behind it.
pub(crate) fn lines<'t>(
    words: impl IntoIterator<Item = &'t str>,
    columns: usize,
    indent: usize,
) -> String {
    let (mut out, mut used, mut begun) = (String::new(), 0, false);
    for piece in words {
        let word = piece.trim_end_matches(' ');
        if begun && !word.is_empty() && used + word.chars().count() > columns {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            used = indent;
        }
        begun |= !word.is_empty();
        out.push_str(piece);
        used += piece.chars().count();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_broken_between_words() {
        let text = format!("  {}", "word ".repeat(40));
        let lines = wrapped(text.trim_end(), Some(79), 2);
        assert!(
            lines.lines().all(|line| line.len() <= 79
                && line.starts_with("  word")
                && line.ends_with("word"))
        );
        assert_eq!(lines.split_whitespace().count(), 40);
        assert_eq!(wrapped("", Some(79), 0), "");
        let exact = format!("{} {}", "a".repeat(39), "b".repeat(39));
        assert_eq!(wrapped(&exact, Some(79), 0), exact);
        assert_eq!(
            wrapped(&format!("{exact}b"), Some(79), 0).lines().count(),
            2
        );
    }

    #[test]
    fn blanks_within_a_line_and_long_words_stay() {
        assert_eq!(wrapped("a   b", Some(20), 2), "a   b");
        let code = "X".repeat(60);
        assert_eq!(
            wrapped(&format!("a {code} b"), Some(20), 2),
            format!("a\n  {code}\n  b")
        );
        assert_eq!(wrapped(&code, Some(20), 2), code);
    }

    #[test]
    fn what_no_terminal_shows_is_not_broken() {
        let text = "word ".repeat(100);
        assert_eq!(wrapped(&text, None, 2), text);
    }
}
