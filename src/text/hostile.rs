//! Texts that were made to cost much. What they cost is counted in places that were looked at, never timed: it is bounded by their length and by the
//! budgets, whatever they are.

use super::meter::work;
use super::{Kind, read_bytes, symbols};

/// Bytes of each text: a quadratic would cost 6.7 · 10⁷.
const LENGTH: usize = 1 << 13;
/// Places for each byte of a text.
pub(super) const FOR_EACH: u64 = 200;
/// What the budgets of the reader come to, at most.
pub(super) const BUDGETS: u64 = 24_000_000;

const HEAD: &str = "From: a@b.c\r\nTo: d@e.f\r\nMIME-Version: 1.0\r\n";

/// A row in which every symbol is drawn anew.
const ROW: &str = "#####-#####-#####-#####-#####-#####";

/// A beginning, what is repeated, and an end; `HEAD` stands for the beginning of a mail, `ROW` for a row, `#` for a symbol by chance.
const SHAPES: [(&str, &str, &str); 54] = [
    ("<html>", "<a", ""),
    ("<html>", "<div><span a=\"", ""),
    ("<html>", "<style>", ""),
    ("<html>", "<blockquote>A7 ", ""),
    (
        "<html><table>",
        "<tr><td>A0758-84R3K-C7XCT-6JNC4-G8YM7-Y02T7</td></tr>",
        "",
    ),
    ("{\\rtf1 ", "A0758-84R3K-C7XCT-6JNC4-G8YM7-Y02T7\\par ", ""),
    (
        "",
        "mailto:a@b?body=A0758-84R3K-C7XCT-6JNC4-G8YM7-Y02T7%0A ",
        "",
    ),
    (
        "",
        "{\"code\":\"A0758-84R3K-C7XCT-6JNC4-G8YM7-Y02T7\"},",
        "",
    ),
    ("HEAD", "Subject: =?utf-8?b?QTc=?=\n", ""),
    ("", "Alfa Seven Bravo Four ", ""),
    ("", "<script><style><head><title>", ""),
    ("", "%2525", ""),
    ("", "RSP1: ", ""),
    ("", "REQ1: A1B2C-D3E4F\n", ""),
    ("", "A: B\n", ""),
    ("", "A1B2C ", ""),
    ("", "A1B2C-", ""),
    (
        "A1 A2 A3 A4 A5 A6 A7 A8 A9 B1 B2 B3 B4 B5 B6 B7 B8 B9 ",
        "A1B2C-",
        "",
    ),
    ("", "00000-00000-00000-00000-00000-00000 ", ""),
    ("", "?????-", ""),
    ("", "Oscar November Echo\nTango Whiskey Oscar\n", ""),
    ("", "=41=\r\n", ""),
    ("From a Thu Jan 1 00:00:00 2026\n", "From x\n", ""),
    (
        "From a\n",
        "To: a\nMessage-ID: b\n\nA1B2C-D3E4F\n\nFrom a\n",
        "",
    ),
    (
        "HEADContent-Type: multipart/mixed; boundary=b\r\n\r\n",
        "--b\r\n\r\nA1B2C\r\n",
        "",
    ),
    (
        "HEADContent-Type: multipart/mixed; boundary=b\r\n\r\n",
        "--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=\r\n",
        "",
    ),
    (
        "HEAD",
        "Content-Type: message/rfc822\r\n\r\nFrom: a@b.c\r\nTo: b@c.d\r\n",
        "",
    ),
    // Almost codes: rows by chance, bare, after prefixes, in one piece, with blanks, in every wrapping that a view undoes.
    ("", "ROW\n", ""),
    ("", "REQ1: ROW\nROW\n\n", ""),
    ("", "RSP1: ROW\nROW\n???\n", ""),
    ("", "##############################\n", ""),
    ("", "##### ##### ##### ##### ##### #####\n", ""),
    ("", "10:04 kari: ROW\n", ""),
    ("", "> > ROW\n>\n", ""),
    ("", "ROW ROW\n", ""),
    ("", "#####-??###-#####-#####-###?#-#####\n", ""),
    (
        "<html><table>",
        "<tr><td>#####<td>#####<td>#####<td>#####",
        "",
    ),
    ("{\\rtf1 ", "{{{ROW\\par", "}"),
    ("{\\rtf1 ", "{\\*\\x {\\v ", ""),
    ("", "%23%45%0D%0AROW", ""),
    ("", "&#65;&#x37;&amp;amp;", ""),
    ("", "REQ1=3A=20ROW=\r\n", ""),
    ("", "QTA3NTgtODRSM0stQzdYQ1QtNkpOQzQtRzhZTTctWTAyVEYK\n", ""),
    ("", "QTA3NTgtODRSM0stQzdYQ1QtNkpOQzQtRzhZTTctWTAyVEYK=", ""),
    ("", "Anton Berta null 7 zwei Quelle Zacharias\n", ""),
    ("", "Anatole Berthe zéro 7 deux Quintal Zoé\n", ""),
    ("", "Antonio Barcelona cero 7 dos Querido Zaragoza\n", ""),
    ("", "Anna Bernhard null 7 to Quintus Zakarias\n", ""),
    // Figures and letters alone, each a word: an emergency code may begin and end at each.
    ("", "A 1 ", ""),
    ("", "E##### ##### ##### ##### ##\n", ""),
    ("", "àé&ç-èà'(_-\"é&çè-", ""),
    ("<style>*{a:b}", "b,i,u{display:none}", ""),
    (
        "HEADContent-Type: multipart/mixed; boundary=b\r\n\r\n",
        "--b\r\nContent-Type: text/html\r\n\r\n<p>ROW\r\n",
        "",
    ),
    (
        "HEADContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
        "<td>=\r\nROW",
        "",
    ),
];

fn text((start, repeated, end): (&str, &str, &str)) -> String {
    let mut drawn = 12_u32;
    let mut symbol = || {
        drawn = drawn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        symbols::letter((drawn >> 27) as u8)
    };
    let repeated = repeated.replace("ROW", ROW);
    let repeated = repeated.repeat(LENGTH / repeated.len());
    let drawn = repeated.chars();
    let drawn: String = drawn
        .map(|it| if it == '#' { symbol() } else { it })
        .collect();
    start.replace("HEAD", HEAD) + &drawn + end
}

#[test]
fn no_text_costs_more_than_its_length_and_the_budgets() {
    let most = BUDGETS + FOR_EACH * LENGTH as u64;
    let costs = SHAPES.map(|shape| {
        let text = text(shape);
        let cost = work::of(|| drop(read_bytes(text.as_bytes(), &[Kind::Grant])));
        (cost, shape)
    });
    let dear: Vec<_> = costs.iter().filter(|(cost, _)| *cost > most).collect();
    assert!(dear.is_empty(), "beyond {most}: {dear:?}");
}

/// A good code of another kind is named, and nothing else is turned over for one that is wanted.
#[test]
fn a_code_of_another_kind_costs_little() {
    let code = super::Code::new(Kind::Activate, (0..54).collect());
    let code = code.to_text().unwrap();
    let mail =
        format!("Hello,\n\nplease answer this:\n\n{code}\n\nRegards\nKari, Tel. +47 55 30 18 70\n");
    let wanted = [Kind::Grant, Kind::DeskCertificate, Kind::Emergency];
    let cost = work::of(|| drop(read_bytes(mail.as_bytes(), &wanted)));
    assert!(cost <= 200_000, "{cost}");
}
