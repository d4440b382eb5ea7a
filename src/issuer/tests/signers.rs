//! A signing key that fails: a token that is pulled out, an agent that is locked, a chip with a fault.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};

use super::batches::{Results, requests, run};
use super::*;
use crate::issuer::products::CatalogueError;
use crate::issuer::respond::{Batch, Effect, Stopped};
use crate::signing::signer::SignerError;

/// Signatures that are made before anything is asked of a signer.
const TRIAL: u64 = 2;

/// A token that does otherwise at one signature, counted from 1.
#[derive(Debug)]
struct Token {
    at: u64,
    does: Result<[u8; 64], SignerError>,
    signed: AtomicU64,
}

impl Token {
    fn new(at: u64, does: Result<[u8; 64], SignerError>) -> Token {
        Token {
            at,
            does,
            signed: AtomicU64::new(0),
        }
    }

    fn pulled_out_at(at: u64) -> Token {
        Token::new(at, Err(gone()))
    }
}

fn gone() -> SignerError {
    SignerError::Failed("the token was pulled out".to_owned())
}

fn root() -> SigningKey {
    SigningKey::from_seed(&[7; 32])
}

impl Signer for Token {
    fn public(&self) -> [u8; 32] {
        root().public()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        if self.signed.fetch_add(1, Ordering::Relaxed) + 1 == self.at {
            return self.does.clone();
        }
        root().sign(message)
    }
}

#[test]
fn a_key_is_tried_before_anything_is_asked_of_it() {
    for at in 1..=TRIAL {
        let tried = |does| TriedSigner::new(Token::new(at, does)).unwrap_err();
        assert_eq!(tried(Err(gone())), gone());
        assert_eq!(tried(Ok([7; 64])), SignerError::Wrong);
        // Of another message: it holds, but not here.
        assert_eq!(tried(root().sign(b"")), SignerError::Wrong);
    }
    assert!(TriedSigner::new(Token::pulled_out_at(TRIAL + 1)).is_ok());
}

/// Two signatures of the trial by one key, made with two nonces: both hold, and no key that keeps RFC 8032 makes the second.
#[test]
fn a_key_that_signs_the_same_in_two_ways_is_refused() {
    let first = "fb21d3ab6f5e03dcd7c415c1a6d27595237db07373a9c62de5a11f25ed00e667\
                 28da60a668417ebaeab65cde7b909264ac38120763d193e320ce0c4f535e4d03";
    let second = "0a4a310b76550f773d73ccafb08c9a5ed39ba44aa22ba8a11b710e9dada0bb8e\
                  fb877dafdfbf2c27a05751bbed594ecff9383661e99769f387c7ce322d8d300d";
    let given = |text: &str| Ok(hex::decode(text).unwrap().try_into().unwrap());
    let refused = TriedSigner::new(Token::new(2, given(second))).unwrap_err();
    assert_eq!(refused, SignerError::Unsteady);
    assert!(TriedSigner::new(Token::new(2, given(first))).is_ok());
}

#[test]
fn a_public_key_that_is_not_fit_is_refused() {
    #[derive(Debug)]
    struct Weak;
    impl Signer for Weak {
        fn public(&self) -> [u8; 32] {
            [0; 32]
        }
        fn sign(&self, _: &[u8]) -> Result<[u8; 64], SignerError> {
            Ok([0; 64])
        }
    }
    assert_eq!(TriedSigner::new(Weak).unwrap_err(), SignerError::Wrong);
}

/// What stands in a desk: the end of its history, its answers, its activations.
fn stands(desk: &mut Desk) -> ([u8; 32], u64, u64) {
    let report = audit::verify(&mut desk.ledger, |_, _| ()).unwrap();
    assert_eq!(report.wrong, 0, "{:?}", report.findings);
    (report.head, report.answers, report.activations)
}

#[test]
fn one_answer_that_is_not_signed_is_none() {
    for does in [Err(gone()), Ok([7; 64])] {
        let mut desk = Desk::new();
        let key = desk.sell(&terms(1, LicenseType::Standalone));
        let before = stands(&mut desk);
        let request = activate(key, 1, 1);
        let token = Token::new(TRIAL + 1, does.clone());
        desk.issuer = Issuer::root(TriedSigner::new(token).unwrap());
        let refused = desk.respond(&request).unwrap_err();
        let expected = match does {
            Err(_) => ("signer_failed", 1),
            Ok(_) => ("signer_wrong", 5),
        };
        assert_eq!((refused.kind().name(), refused.kind().exit().0), expected);
        assert_eq!((stands(&mut desk), desk.taken(key)), (before, 0));
        // It is plugged in again: the seat is there, and the answer stays what it is.
        let answer = desk.respond(&request).unwrap();
        assert_eq!(answer.effect, Effect::Activated);
        let again = desk.respond(&request).unwrap();
        assert_eq!((again.effect, again.code), (Effect::Repeated, answer.code));
        assert_eq!(desk.taken(key), 1);
    }
}

/// What was answered before needs no key, and neither does a refusal or a RETURN.
#[test]
fn what_is_not_signed_needs_no_key() {
    let mut desk = Desk::new();
    let key = desk.sell(&terms(1, LicenseType::Standalone));
    let answer = desk.respond(&activate(key, 1, 1)).unwrap();
    let token = Token::pulled_out_at(TRIAL + 1);
    desk.issuer = Issuer::root(TriedSigner::new(token).unwrap());
    let again = desk.respond(&activate(key, 1, 1)).unwrap();
    assert_eq!(again.code, answer.code);
    assert_eq!(desk.refusal(&activate(key, 2, 2)), "no_seat_free");
    let returned = life::return_code(answer.activation, 1);
    let reply = desk.reply_at(&returned, NOW).unwrap();
    assert_eq!(reply.effect(), Effect::Returned);
    assert_eq!(desk.refusal(&activate(key, 2, 2)), "signer_failed");
}

fn told(results: Results) -> Vec<Option<Code>> {
    let answer = |reply: Reply| reply.answer().map(|answer| answer.code);
    results
        .into_iter()
        .map(|(_, result)| result.ok().and_then(answer))
        .collect()
}

/// Wherever in a batch the key fails, one after the other or beside: nothing of it is kept, and once it works the batch gets what it would have got.
#[test]
fn a_batch_ends_where_a_signature_is_missing() {
    let sold = || {
        let mut desk = Desk::new();
        let codes = requests(&mut desk, 300);
        (desk, codes)
    };
    let (mut desk, mut codes) = sold();
    codes.insert(200, codes[3].clone());
    let expected = told(run(&mut desk, codes.clone(), 1));
    for (at, workers) in [(1, 1), (1, 3), (128, 3), (129, 3), (200, 1), (300, 3)] {
        let mut desk = sold().0;
        let before = stands(&mut desk);
        for does in [Err(gone()), Ok([7; 64])] {
            let token = Token::new(TRIAL + at, does.clone());
            let issuer = Issuer::root(TriedSigner::new(token).unwrap());
            let batch = Batch {
                issuer: &issuer,
                options: &Options::default(),
                by: BY,
                workers: NonZeroUsize::new(workers).unwrap(),
            };
            let mut seen = 0;
            let read = |code: &Code| Ok::<_, ()>(code.clone());
            let stopped = batch.respond(&mut desk.ledger, codes.clone(), read, |page| {
                seen += page.len();
                Ok::<(), Stopped>(())
            });
            let Err(Stopped::Signer(error)) = stopped else {
                panic!("signature {at} of {workers} workers: {stopped:?}");
            };
            assert_eq!(error, does.err().unwrap_or(SignerError::Wrong));
            assert_eq!(seen, 0, "nothing leaves that is not kept");
            assert_eq!(stands(&mut desk), before, "signature {at}");
        }
        assert_eq!(told(run(&mut desk, codes.clone(), workers)), expected);
    }
}

#[test]
fn a_product_file_that_is_not_signed_is_none() {
    let mut desk = Desk::new();
    let signed = |desk: &mut Desk, token: Token| {
        let signer = TriedSigner::new(token).unwrap();
        products::export(&mut desk.ledger, "infinitime", &signer)
    };
    let refused = signed(&mut desk, Token::pulled_out_at(TRIAL + 1)).unwrap_err();
    assert!(matches!(refused, CatalogueError::Signer(_)), "{refused}");
    assert_eq!(refused.kind(), "signer_failed");
    let file = signed(&mut desk, Token::pulled_out_at(0)).unwrap();
    assert_eq!(signed(&mut desk, Token::pulled_out_at(0)).unwrap(), file);
}
