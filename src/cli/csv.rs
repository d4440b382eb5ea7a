//! Lines for spreadsheets (RFC 4180).

/// A line of these fields. Where a country has decimal commas a spreadsheet takes semicolons and tabs for the ends of fields.
pub(crate) fn line<const N: usize>(fields: [String; N]) -> String {
    let quoted = fields.map(
        |field| match field.contains(['"', ',', ';', '\t', '\r', '\n']) {
            true => format!("\"{}\"", field.replace('"', "\"\"")),
            false => field,
        },
    );
    format!("{}\r\n", quoted.join(","))
}

/// A text of somebody else as a field that no spreadsheet takes for a formula, by an apostrophe in front of what one may begin with.
pub(crate) fn text(text: &str) -> String {
    const BEGINS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    match text.trim_start().starts_with(BEGINS) || text.starts_with(BEGINS) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let fields = ["a;=1+1", "b,c", "say \"x\"", "two\nlines"].map(str::to_owned);
        assert_eq!(
            line(fields),
            "\"a;=1+1\",\"b,c\",\"say \"\"x\"\"\",\"two\nlines\"\r\n"
        );
    }

    #[test]
    fn no_text_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "＝1"] {
            assert_eq!(text(formula), format!("'{formula}"));
        }
        for plain in ["anna", "a=b", "user-1", ""] {
            assert_eq!(text(plain), plain);
        }
    }
}
