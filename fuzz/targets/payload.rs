//! Every payload decoder: whatever decodes encodes back into the same bytes (SPEC.md 4).
#![no_main]

use countersign::protocol::desk_certificate::DeskCertificate;
use countersign::protocol::emergency::Emergency;
use countersign::protocol::grant::SignedGrant;
use countersign::protocol::loan::{SignedLoan, SiteCertificate};
use countersign::protocol::requests::{Activate, Borrow, Return, Sync};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let again = [
        Activate::decode(bytes).map(|it| it.encode()),
        Sync::decode(bytes).map(|it| it.encode()),
        Return::decode(bytes).map(|it| it.encode()),
        Borrow::decode(bytes).map(|it| it.encode()),
        SignedGrant::decode(bytes).map(|it| it.encode()),
        SignedLoan::decode(bytes).map(|it| it.encode()),
        SiteCertificate::decode(bytes).map(|it| it.encode()),
        SiteCertificate::decode_with_loan(bytes).map(|(site, loan)| site.encode_with_loan(&loan)),
        DeskCertificate::decode(bytes).map(|it| it.encode()),
        Emergency::decode(bytes).map(|it| it.encode()),
    ];
    again.iter().flatten().for_each(|again| assert_eq!(again, bytes));
});
