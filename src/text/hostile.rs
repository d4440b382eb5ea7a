//! Texts that were made to cost much. What they cost is counted in places that were looked at, never timed: it is bounded by their length and by the
//! budgets, whatever they are.

use super::find::work;
use super::{Kind, read_bytes};

/// Bytes of each text: a quadratic would cost 10⁹.
const LENGTH: usize = 1 << 15;
/// Places for each byte of a text.
const FOR_EACH: u64 = 400;
/// What the budgets of rows, readings and alignment come to, at most.
const BUDGETS: u64 = 40_000_000;

const HEAD: &str = "From: a@b.c\r\nTo: d@e.f\r\nMIME-Version: 1.0\r\n";

/// A beginning, what is repeated, and an end.
const SHAPES: [(&str, &str, &str); 18] = [
    ("<html>", "<a", ""),
    ("<html>", "<div><span a=\"", ""),
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
];

fn text((start, repeated, end): (&str, &str, &str)) -> String {
    let start = start.replace("HEAD", HEAD);
    start + &repeated.repeat(LENGTH / repeated.len()) + end
}

#[test]
fn no_text_costs_more_than_its_length_and_the_budgets() {
    for shape in SHAPES {
        let text = text(shape);
        let cost = work::of(|| drop(read_bytes(text.as_bytes(), &[Kind::Grant])));
        let most = BUDGETS + FOR_EACH * LENGTH as u64;
        assert!(cost <= most, "{shape:?}: {cost} of {most}");
    }
}
