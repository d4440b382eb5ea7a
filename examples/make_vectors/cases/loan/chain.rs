//! Category `loans`: what a site answers, one after the other (SPEC.md 12.13).

use countersign::protocol::commitment::RequestSecret;
use countersign::protocol::date::Seconds;
use countersign::protocol::digest::{Digest, loan_head, request_digest, request_tag};
use countersign::protocol::loan::{Lent, Loan};
use countersign::protocol::requests::{Borrow, Return};
use countersign::text::Kind;

use super::super::world::{NOW, PRODUCT, ROOT, SITE, SPARE, entitlements, license, public, secret};
use super::super::{Expect, File};
use super::{Case, Site, borrow, by_desk, site};

/// A BORROW and its answer.
#[derive(Clone)]
struct Step {
    case: Case,
    /// Kind K: the certificate in one code with the loan.
    whole: bool,
    secret: RequestSecret,
}

/// The answer to a BORROW with this secret, which knows a certificate by its tag; or none.
fn asked(
    site: &Site,
    (first, knows): (u8, Option<&Site>),
    ask: impl FnOnce(&mut Borrow),
    lend: impl FnOnce(&mut Loan),
) -> Step {
    let mut request = Borrow {
        commitment: secret(first).commitment(license()),
        certificate_tag: knows.map_or([0; 2], |site| request_tag(&site.digest)),
        ..borrow()
    };
    ask(&mut request);
    let case = Case::lent(site, |loan| {
        let digest = request_digest(Kind::Borrow, &request.encode());
        loan.request_tag = request_tag(&digest);
        lend(loan);
    });
    Step {
        case: case.with(|case| case.request = request).signed(SITE),
        whole: knows.is_none(),
        secret: secret(first),
    }
}

impl Step {
    fn answer(&self) -> (char, Vec<u8>) {
        let (site, loan) = (&self.case.site.certificate, &self.case.loan);
        match self.whole {
            true => ('K', site.encode_with_loan(loan)),
            false => ('N', loan.encode()),
        }
    }

    fn returned(&self) -> String {
        let code = Return {
            activation: self.case.request.commitment.activation_id(),
            secret: self.secret.clone(),
        };
        format!(
            "{} {}",
            self.case.loan.loan.serial,
            hex::encode(code.encode())
        )
    }
}

/// A file of these answers, of which all hold, or all but the last.
fn file(name: &str, comment: &str, expect: Expect, cards: &[&Site], steps: &[Step]) -> File {
    let mut file = File::judged("loans", name, comment, expect)
        .line("root", hex::encode(public(ROOT)))
        .line("root", hex::encode(public(SPARE)))
        .line("least-epoch", 3)
        .line("product", PRODUCT);
    for card in cards {
        file = file.line("card", hex::encode(card.certificate.encode()));
    }
    let holds = steps.len() - usize::from(expect.is_err());
    let mut head: Digest = [0; 32];
    for (at, step) in steps.iter().enumerate() {
        let (letter, answer) = step.answer();
        let request = hex::encode(step.case.request.encode());
        file = file
            .line("request", format_args!("B {request}"))
            .line("answer", format_args!("{letter} {}", hex::encode(&answer)));
        if at < holds {
            head = loan_head(&head, &answer);
            file = file
                .line("certificate", hex::encode(step.case.site.digest))
                .line("head", hex::encode(head));
        }
    }
    file
}

pub(super) fn files() -> Vec<File> {
    [held(), not_held()].concat()
}

/// The site after the vendor answered it once more: another grant, and so another certificate.
fn later(days: u32) -> Site {
    site(|terms| {
        terms.grant.generation += 1;
        terms.grant.issued = at(days);
    })
}

fn at(days: u32) -> Seconds {
    NOW.plus(days * 86_400)
}

fn days_later(loan: &mut Loan, serial: u32, days: u32) {
    loan.serial = serial;
    loan.issued = at(days);
    loan.until = loan.issued.day().plus(14);
}

fn held() -> Vec<File> {
    let one = site(|_| {});
    let desk = by_desk(|_| {});
    let card = asked(&one, (0x30, Some(&one)), |_| {}, |loan| loan.serial = 1);
    let whole = asked(&one, (0x30, None), |_| {}, |loan| loan.serial = 1);
    let extension = asked(
        &one,
        (0x40, Some(&one)),
        |ask| ask.extends = Some(1),
        |loan| days_later(loan, 2, 10),
    );
    let again = asked(
        &one,
        (0x50, Some(&one)),
        |ask| (ask.extends, ask.wanted) = (Some(2), Some(entitlements(&[(0, None)]))),
        |loan| {
            days_later(loan, 3, 20);
            loan.lent = Lent::These(entitlements(&[(0, None)]));
        },
    );
    let newer = later(20);
    let under_newer = asked(
        &newer,
        (0x60, None),
        |ask| ask.certificate_tag = request_tag(&one.digest),
        |loan| {
            days_later(loan, 3, 20);
            loan.lent = Lent::Everything;
        },
    );
    let under_older = asked(
        &one,
        (0x70, Some(&one)),
        |ask| ask.extends = Some(3),
        |loan| days_later(loan, 4, 21),
    );
    let by_the_desk = asked(&desk, (0x30, Some(&desk)), |_| {}, |loan| loan.serial = 7);
    let returns = file(
        "extended-and-returned",
        "a loan with its certificate, more time of it twice, and all three given back",
        Ok(()),
        &[],
        &[whole.clone(), extension.clone(), again.clone()],
    );
    let returns = [&whole, &extension, &again]
        .into_iter()
        .fold(returns, |file, step| file.line("return", step.returned()));
    vec![
        file(
            "card",
            "the site's card was known: the answer is N",
            Ok(()),
            &[&one],
            std::slice::from_ref(&card),
        ),
        file(
            "card-by-desk",
            "a card with a DESK certificate, and a book that begins behind lost loans",
            Ok(()),
            &[&desk],
            &[by_the_desk],
        ),
        file(
            "extended",
            "K makes its certificate known: more time is answered by N",
            Ok(()),
            &[],
            &[whole.clone(), extension.clone()],
        ),
        returns,
        file(
            "two-certificates",
            "the site's license was answered again: K under the later grant, then N under the earlier one, which the BORROW names",
            Ok(()),
            &[&one],
            &[card, extension, under_newer, under_older],
        ),
    ]
}

fn not_held() -> Vec<File> {
    let (one, newer) = (site(|_| {}), later(1));
    let whole = asked(&one, (0x30, None), |_| {}, |loan| loan.serial = 5);
    let short = |serial, first| {
        asked(
            &one,
            (first, Some(&one)),
            |_| {},
            |loan| days_later(loan, serial, 1),
        )
    };
    let other_request = {
        let mut other = short(6, 0x40);
        other.case.request = short(6, 0x50).case.request;
        other
    };
    vec![
        file(
            "no-card",
            "N, and no certificate is known",
            Err("certificate"),
            &[],
            &[short(6, 0x40)],
        ),
        file(
            "other-card",
            "N under the certificate before the one that is known",
            Err("certificate"),
            &[&newer],
            &[short(6, 0x40)],
        ),
        file(
            "other-request",
            "the answer to another BORROW of the same workstation",
            Err("request"),
            &[],
            &[whole.clone(), other_request],
        ),
        file(
            "serial-again",
            "a second loan with the serial of the first, issued a day later",
            Err("older"),
            &[],
            &[whole.clone(), short(5, 0x40)],
        ),
        file(
            "serial-before",
            "a loan with a lower serial, issued a day later",
            Err("older"),
            &[],
            &[whole, short(4, 0x40)],
        ),
    ]
}
