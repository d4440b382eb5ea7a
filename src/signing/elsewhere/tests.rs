//! The text of key files, lines of OpenSSH, and URIs; what agents and tokens do is in `tests/cli/agents.rs` and `tests/cli/tokens.rs`.

use proptest::prelude::*;

use super::uri::{TokenUri, UriError};
use super::*;

/// Made by `ssh-keygen -t ed25519`; the key is that of RFC 8032's first test.
const LINE: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
const URI: &str = "pkcs11:token=a%20desk;id=%00%ff?module-path=/usr/lib/m.so";

/// As it is written where a path that begins at the root has a drive.
fn here(text: &str) -> String {
    match cfg!(windows) {
        true => text.replace("path=/", "path=C:/"),
        false => text.to_owned(),
    }
}

fn public() -> [u8; 32] {
    crate::signing::elsewhere::ssh::public_key(LINE).unwrap()
}

#[test]
fn a_line_of_openssh_is_read_and_written() {
    assert_eq!(
        hex::encode(public()),
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    );
    assert_eq!(ssh::line(&public()), LINE);
    let noted = format!("\u{feff}  {LINE} somebody at work\r\nanother line\n");
    assert_eq!(ssh::public_key(&noted), Ok(public()));
}

#[test]
fn a_key_file_says_where_its_key_lies() {
    for place in [
        Place::Agent,
        Place::Token(TokenUri::parse(&here(URI)).unwrap()),
    ] {
        let key = Elsewhere {
            place,
            public: public(),
        };
        let text = key.to_text();
        assert!(Elsewhere::is_one(&text));
        assert_eq!(Elsewhere::read(&text), Ok(key));
    }
    assert!(!Elsewhere::is_one("-----BEGIN PRIVATE KEY-----\n"));
}

#[test]
fn a_uri_is_taken_apart() {
    let uri = TokenUri::parse(&here(URI)).unwrap();
    assert_eq!(uri.token.as_deref(), Some("a desk"));
    assert_eq!(uri.id, Some(vec![0, 255]));
    assert!(uri.module().ends_with("usr/lib/m.so"));
    assert_eq!(uri.text(), here(URI));
    for (text, error) in [
        ("", UriError::NotOne),
        ("pkcs11:", UriError::NoModule),
        ("pkcs11:?module-path=/m", UriError::NoKey),
        ("pkcs11:id=%1?module-path=/m", UriError::NotOne),
        ("pkcs11:token=%ff;id=1?module-path=/m", UriError::NotOne),
        ("pkcs11:id=1 2?module-path=/m", UriError::NotOne),
        (
            "pkcs11:id=1?module-path=/m&pin-value=1",
            UriError::PinInside,
        ),
        (
            "pkcs11:id=1;id=1?module-path=/m",
            UriError::Twice("id".to_owned()),
        ),
        (
            "pkcs11:slot-id=1?module-path=/m",
            UriError::Unknown("slot-id".to_owned()),
        ),
    ] {
        assert_eq!(TokenUri::parse(&here(text)), Err(error), "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_stands_in_a_key_file_is_read_or_refused(text in "[ -~\n]{0,80}", bytes: Vec<u8>) {
        let _ = Elsewhere::read(&text);
        let _ = Elsewhere::read(&format!("{FIRST_LINE}\nplace: ssh-agent\nkey: {text}"));
        let _ = Elsewhere::read(&format!("{FIRST_LINE}\nplace: pkcs11:{text}\nkey: {LINE}"));
        let _ = ssh::public_key(&String::from_utf8_lossy(&bytes));
        let _ = ssh::of_blob::<32>(&bytes);
    }

    #[test]
    fn each_key_has_one_line(public: [u8; 32]) {
        prop_assert_eq!(ssh::public_key(&ssh::line(&public)), Ok(public));
        prop_assert_eq!(ssh::of_blob(&ssh::blob(&public)), Some(public));
    }
}
