//! Category `payload`: bytes and their fields, and bytes that are no payload (SPEC.md 4, 12.1).

mod answers;
mod requests;

use countersign::text::Kind;

use super::{File, fields};

pub(super) fn files() -> Vec<File> {
    [requests::files(), answers::files()].concat()
}

/// A payload and its fields.
fn ok(kind: Kind, name: &str, comment: &str, payload: &[u8]) -> File {
    File::new("payload", name, comment, "ok")
        .line("kind", char::from(kind.letter()))
        .line("payload", hex::encode(payload))
        .line("fields", fields::of(kind, payload).unwrap())
}

/// What is wrong with a payload, and the payload.
type Wrong = (&'static str, Vec<u8>);

/// Payloads of one kind that are refused: `good` cut and lengthened, and the others.
fn refused(kind: Kind, name: &str, good: &[u8], others: Vec<Wrong>) -> File {
    let comment = "bytes that are no payload of this kind";
    let cut = good[..good.len() - 1].to_vec();
    let long = [good, &[0]].concat();
    let mut cases = vec![
        ("the last byte is missing", cut),
        ("a byte is left over", long),
    ];
    cases.extend(others);
    cases.into_iter().fold(
        File::new("payload", name, comment, "refused").line("kind", char::from(kind.letter())),
        |file, (comment, payload)| {
            file.line("comment", comment)
                .line("payload", hex::encode(payload))
        },
    )
}

/// The payload with these bytes at this place instead of its own.
fn put(payload: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut payload = payload.to_vec();
    payload[at..at + bytes.len()].copy_from_slice(bytes);
    payload
}
