//! Keys in files.

use super::*;

fn counting() -> impl FnMut(&mut [u8]) {
    let mut next = 0u8;
    move |bytes| {
        for byte in bytes {
            next = next.wrapping_add(1);
            *byte = next;
        }
    }
}

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(Zeroizing::new(text.to_owned())).unwrap()
}

/// Written by `openssl genpkey -algorithm ed25519` (3.0): what others write is read.
const OPENSSL_PLAIN: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

#[test]
fn rfc_8032_test_1_is_read_from_openssl_and_written_as_openssl_writes_it() {
    let key = SigningKey::from_pem(OPENSSL_PLAIN, None).unwrap();
    assert_eq!(
        hex::encode(key.public()),
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    );
    assert_eq!(key.to_pem().unwrap().as_str(), OPENSSL_PLAIN);
    assert!(
        hex::encode(Signer::sign(&key, b"").unwrap())
            .starts_with("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155")
    );
}

#[test]
fn an_encrypted_key_opens_with_its_passphrase_only() {
    let key = SigningKey::generate(&mut counting());
    let pem = key
        .to_encrypted_pem(&passphrase("correct horse"), &mut counting())
        .unwrap();
    assert!(SigningKey::is_encrypted(&pem));
    let again = SigningKey::from_pem(&pem, Some(&passphrase("correct horse"))).unwrap();
    assert_eq!(again.public(), key.public());
    let wrong = SigningKey::from_pem(&pem, Some(&passphrase("correct house")));
    assert_eq!(wrong.unwrap_err(), KeyError::WrongPassphrase);
    assert_eq!(
        SigningKey::from_pem(&pem, None).unwrap_err(),
        KeyError::PassphraseNeeded
    );
}

/// Such a file costs nothing: it is refused before any of its work is done.
#[test]
fn a_file_that_asks_for_too_much_work_is_refused() {
    let scrypt = |log_n: u8, r: u16, p: u16| {
        pbes2::Kdf::from(pbes2::ScryptParams {
            salt: pbes2::Salt::new([7; 16]).unwrap(),
            cost_parameter: 1 << log_n,
            block_size: r,
            parallelization: p,
            key_length: None,
        })
    };
    let pbkdf2 = |iteration_count| {
        pbes2::Kdf::from(pbes2::Pbkdf2Params {
            salt: pbes2::Salt::new([7; 16]).unwrap(),
            iteration_count,
            key_length: None,
            prf: pbes2::Pbkdf2Prf::HmacWithSha256,
        })
    };
    for (kdf, allowed) in [
        (scrypt(14, 8, 5), true),
        (scrypt(18, 8, 8), true),
        (scrypt(18, 8, 9), false),
        (scrypt(19, 8, 1), false),
        (scrypt(14, 128, 1), true),
        (scrypt(14, 129, 1), false),
        (scrypt(14, 8, 128), true),
        (scrypt(14, 8, 129), false),
        (scrypt(63, u16::MAX, u16::MAX), false),
        (pbkdf2(10_000_000), true),
        (pbkdf2(10_000_001), false),
        (pbkdf2(u32::MAX), false),
    ] {
        let sealed = EncryptedPrivateKeyInfoRef {
            encryption_algorithm: pkcs8::pkcs5::EncryptionScheme::Pbes2(pbes2::Parameters {
                kdf: kdf.clone(),
                encryption: pbes2::EncryptionScheme::Aes256Cbc { iv: [7; 16] },
            }),
            encrypted_data: OctetStringRef::new(&[7; 64]).unwrap(),
        };
        let refused = check_cost(&sealed);
        assert_eq!(refused.is_ok(), allowed, "{kdf:?}");
        if !allowed {
            let der = sealed.to_der().unwrap();
            let pem = SecretDocument::try_from(der)
                .unwrap()
                .to_pem(EncryptedPrivateKeyInfoRef::PEM_LABEL, LineEnding::LF)
                .unwrap();
            let opened = SigningKey::from_pem(&pem, Some(&passphrase("x")));
            assert_eq!(opened.unwrap_err(), KeyError::TooMuchWork, "{kdf:?}");
        }
    }
}

#[test]
fn what_is_no_ed25519_key_is_named() {
    let x25519 = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
    assert_eq!(
        SigningKey::from_pem(x25519, None).unwrap_err(),
        KeyError::NotEd25519("1.3.101.110".into())
    );
    for text in [
        "",
        "hello",
        "-----BEGIN CERTIFICATE-----\nMC4C\n-----END CERTIFICATE-----\n",
    ] {
        assert_eq!(
            SigningKey::from_pem(text, None).unwrap_err(),
            KeyError::NotAKey
        );
    }
}

#[test]
fn nothing_secret_is_shown() {
    let key = SigningKey::from_pem(OPENSSL_PLAIN, None).unwrap();
    let shown = format!("{key:?} {:?}", passphrase("correct horse"));
    assert!(!shown.contains("horse") && !shown.contains("9d61b19d"));
}
