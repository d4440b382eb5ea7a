//! Names that are no files on Windows, whatever directory and ending they are given: those of its devices (SPEC.md 10).

/// Whether a file of this name is a device there. Its ending and the blanks before that do not count, nor does the case.
pub(crate) fn is_device_name(name: &str) -> bool {
    let stem = name.split(['.', ':']).next().unwrap_or_default();
    let stem = stem.trim_end_matches(' ').to_ascii_lowercase();
    let numbered = |rest: &str| {
        let mut digits = rest.chars();
        // The raised ones count as digits there.
        let first = digits.next();
        first.is_some_and(|it| matches!(it, '0'..='9' | '¹' | '²' | '³')) && digits.next().is_none()
    };
    match stem.as_str() {
        "con" | "prn" | "aux" | "nul" | "conin$" | "conout$" => true,
        stem => ["com", "lpt"]
            .iter()
            .any(|port| stem.strip_prefix(port).is_some_and(numbered)),
    }
}

/// Whether Windows gives a file another name than this: without the dots and blanks at its end.
#[cfg(feature = "cli")]
pub(crate) fn is_cut(name: &str) -> bool {
    name.ends_with(['.', ' ']) && !name.trim_matches('.').is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_one_whatever_its_ending() {
        for name in [
            "con",
            "CON",
            "nul.product",
            "Aux.tar.gz",
            "prn ",
            "com1",
            "LPT9.txt",
            "com¹",
            "lpt0",
            "nul:",
            "conin$",
        ] {
            assert!(is_device_name(name), "{name}");
        }
        for name in [
            "", "console", "com", "com10", "comx", "survey", "a.con", "null", "con-1", "lpt-1",
            ".con", "c on",
        ] {
            assert!(!is_device_name(name), "{name}");
        }
    }

    #[cfg(feature = "cli")]
    #[test]
    fn dots_and_blanks_at_the_end_are_lost() {
        for name in ["survey.", "survey.product ", "a. ."] {
            assert!(is_cut(name), "{name}");
        }
        for name in ["survey.product", ".hidden", "..", "."] {
            assert!(!is_cut(name), "{name}");
        }
    }
}
