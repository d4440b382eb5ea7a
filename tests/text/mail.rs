//! Every file under `tests/vectors/mail` is a file as somebody saved it: header lines as in `tests/vectors/text`, an empty line, the file to its last byte.
//!
//! `comment` says which program made it. Those of mutt and s-nail are what these hand to sendmail, those of Python are made by its `email` package.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use countersign::text::{Code, Kind, ReadError, read_bytes};

fn check(path: &Path) {
    let name = path.display();
    let file = fs::read(path).unwrap();
    let end = file.windows(2).position(|pair| pair == b"\n\n").unwrap();
    let header: BTreeMap<&str, &str> = std::str::from_utf8(&file[..end])
        .unwrap()
        .lines()
        .filter_map(|line| line.split_once(": "))
        .collect();
    let get = |key: &str| header.get(key).copied().unwrap_or_default();
    let kind = |key: &str| {
        Kind::ALL
            .into_iter()
            .find(|kind| kind.name() == get(key))
            .unwrap()
    };
    let reading = read_bytes(&file[end + 2..], &[kind("wanted")])
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let code = Code::new(kind("kind"), hex::decode(get("payload")).unwrap());
    assert_eq!(reading.code, code, "{name}");
    assert_eq!(reading.sender.unwrap_or_default(), get("sender"), "{name}");
    assert!(reading.corrections.is_empty(), "{name}");
    let others: Vec<&str> = reading
        .others
        .iter()
        .map(|other| other.code.kind().name())
        .collect();
    assert_eq!(others.join(", "), get("others"), "{name}");
}

#[test]
fn every_mail_reads_as_it_says() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/mail");
    let paths: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(paths.len() >= 14, "only {} mails", paths.len());
    for path in paths {
        check(&path);
    }
}

#[test]
fn bytes_that_are_no_text_are_answered() {
    let zeros = vec![0; 4 << 20];
    let noise: Vec<u8> = (0..4_u32 << 20)
        .map(|nth| (nth.wrapping_mul(0x9e37_79b9) >> 13) as u8)
        .collect();
    let mail = [
        b"From: a@b\nTo: c@d\nContent-Type: text/html\n\n".as_slice(),
        &noise,
    ]
    .concat();
    let cases: [&[u8]; 6] = [
        b"",
        b"\0",
        b"\xff\xfe\0",
        b"\xff\xff<br>\xc3",
        &zeros,
        &mail,
    ];
    for bytes in cases.into_iter().chain([noise.as_slice()]) {
        assert!(matches!(
            read_bytes(bytes, &[]),
            Err(ReadError::NoCode | ReadError::NotACode { .. } | ReadError::Damaged { .. })
        ));
    }
}

#[test]
fn a_code_among_bytes_that_are_no_text_is_found() {
    let code = Code::new(Kind::Grant, (0..42).collect());
    let text = code.to_text().unwrap();
    let bytes = [b"\xff\xfa\0\0\n".as_slice(), text.as_bytes(), b"\n\0\x80"].concat();
    assert_eq!(read_bytes(&bytes, &[]).unwrap().code, code);
}

#[test]
fn a_hundred_near_codes_do_not_hide_a_code() {
    let code = Code::new(Kind::Grant, (0..42).collect());
    let near = code.to_text().unwrap();
    let spoiled = |nth: usize| {
        let mut spoiled = near.clone().into_bytes();
        for at in (10 + nth % 5..spoiled.len()).step_by(6) {
            spoiled[at] = b"23456789"[(at * nth) % 8];
        }
        format!("{}\n\nand another:\n", String::from_utf8_lossy(&spoiled))
    };
    let heap: String = (1..=100).map(spoiled).collect();
    assert!(read_bytes(heap.as_bytes(), &[]).is_err());
    let text = format!("{heap}\n{near}\n");
    assert_eq!(read_bytes(text.as_bytes(), &[]).unwrap().code, code);
}

/// Whom a mail program would answer: who filled a form in, not the form; nobody's answer goes back to the desk.
#[test]
fn a_mail_is_answered_where_its_program_would_answer() {
    let code = countersign::text::Code::new(countersign::text::Kind::Return, vec![7; 16]);
    let code = code.to_text().unwrap();
    for (headers, sender) in [
        ("From: a@b.c", "a@b.c"),
        (
            "From: Form <wordpress@p.example>\nReply-To: Ole <ole@b.c>",
            "ole@b.c",
        ),
        (
            "From: noreply@p.example\nReply-To: =?utf-8?B?S8OlcmU=?=\n <kare@b.c>",
            "kare@b.c",
        ),
        ("From: a@b.c\nReply-To: Desk@d.e", "a@b.c"),
        (
            "From: Kari via Crew <crew@l.e>\nReply-To: Crew <crew@l.e>, Kari <kari@b.c>",
            "kari@b.c",
        ),
    ] {
        let mail = format!("{headers}\nTo: desk@d.e\nSubject: s\n\n{code}\n");
        let reading = countersign::text::read_bytes(mail.as_bytes(), &[]).unwrap();
        assert_eq!(reading.sender.as_deref(), Some(sender), "{headers}");
    }
}
