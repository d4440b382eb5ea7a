//! Base64 that nothing declares: a part whose headers were lost, or with a banner before and a footer behind it (RFC 4648, 4).

use base64ct::{Base64Unpadded, Encoding};

use super::super::encoding;

/// Characters of the shortest line that begins a run, and of the shortest piece within a line.
const SHORTEST_LINE: usize = 32;
const SHORTEST_PIECE: usize = 40;
/// Characters at the beginning of what a run says that show whether it is a text.
const SAMPLE: usize = 400;

/// What the runs of base64 in a text say, if one of them says anything.
pub(super) fn view(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut run = String::new();
    let ends = if text.contains('\n') { '\n' } else { '\r' };
    for line in text.split(ends).chain([""]) {
        // An encoded word of a header is short and has a part of the text; parts follow each other.
        let words = line.contains("?B?");
        #[cfg(test)]
        super::super::meter::work::count(line.len());
        let inner = line.trim_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '"'));
        let alone = is_base64(inner);
        let long = inner.len() >= SHORTEST_LINE;
        if alone && (long || (!run.is_empty() && !inner.is_empty())) {
            run.push_str(inner);
            if long && !inner.ends_with('=') {
                continue;
            }
        }
        say(&mut run, &mut out);
        if !alone {
            for piece in line.split(|c: char| !(c.is_ascii_alphanumeric() || "+/_-=".contains(c))) {
                let piece = without_name(piece);
                let encoded = words && piece.len() > 3;
                if (piece.len() >= SHORTEST_PIECE && has_both_cases(piece)) || encoded {
                    run.push_str(&piece.replace('-', "+").replace('_', "/"));
                    say(&mut run, &mut out);
                }
            }
            // Parts of one text stay together.
            if words && out.ends_with('\n') {
                out.pop();
            }
        }
    }
    (!out.is_empty()).then_some(out)
}

fn say(run: &mut String, out: &mut String) {
    if let Some(said) = Some(&*run)
        .filter(|run| !run.is_empty())
        .and_then(|run| undo(run))
    {
        out.push_str(&said);
        out.push('\n');
    }
    run.clear();
}

/// What stands behind the name of a field of a form, as in `body=`: within base64 stands no such sign, only behind it.
fn without_name(piece: &str) -> &str {
    let inner = piece.trim_end_matches('=');
    let name = inner.rfind('=').map_or(0, |at| at + 1);
    piece.get(name..).unwrap_or(piece)
}

/// The groups of a code have capital letters or small ones.
fn has_both_cases(piece: &str) -> bool {
    piece.contains(|c: char| c.is_ascii_lowercase())
        && piece.contains(|c: char| c.is_ascii_uppercase())
}

fn is_base64(line: &str) -> bool {
    let inner = line.trim_end_matches('=');
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    inner.bytes().all(known) && line.len() - inner.len() <= 2
}

/// What a run says, if that is a text; up to three characters at its beginning may be of a line that was cut.
fn undo(run: &str) -> Option<String> {
    (0..4).find_map(|cut| {
        let whole = run.get(cut..)?.trim_end_matches('=');
        // One character left over says nothing.
        let end = whole.len() - usize::from(whole.len() % 4 == 1);
        let mut text = whole.get(..end)?.to_owned();
        clear_unused(&mut text);
        let bytes = Base64Unpadded::decode_vec(&text).ok()?;
        let said = encoding::decode(&bytes);
        encoding::is_text(&said, SAMPLE).then_some(said)
    })
}

/// The decoder takes no unused bits that are set: a run that was cut has such.
fn clear_unused(text: &mut String) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let keep = match text.len() % 4 {
        2 => 0b11_0000,
        3 => 0b11_1100,
        _ => return,
    };
    let last = text.pop().and_then(|last| {
        let at = ALPHABET.iter().position(|&it| char::from(it) == last)?;
        ALPHABET.get(at & keep).copied()
    });
    text.extend(last.map(char::from));
}
