//! Machines that ask for licenses, all in one batch.

use std::convert::Infallible;

use countersign::issuer::respond::{Batch, LineError, Reply, Stopped};
use countersign::license_key::LicenseKey;
use countersign::machine::Fingerprint;
use countersign::text::Code;

use super::{Work, activate};

/// Has a machine of its own ask for each of these licenses, and answers them.
pub(super) fn license_each(work: &mut Work, keys: impl Iterator<Item = LicenseKey> + Send) {
    let now = work.by().now;
    let codes = (1_u32..).zip(keys).map(|(number, key)| {
        let [a, b, c, d] = number.to_be_bytes();
        let machine = Fingerprint::from_bytes(&[31, a, b, c, d, a, b, c, d, a, b]).unwrap();
        activate("survey", key, machine, number.into(), now)
    });
    let batch = Batch {
        issuer: &work.issuer,
        options: &work.options,
        by: work.by(),
        workers: std::thread::available_parallelism().unwrap(),
    };
    let read = |code: &Code| Ok::<_, Infallible>(code.clone());
    let done = |lines: Vec<(Code, Result<Reply, LineError<Infallible>>)>| {
        assert!(lines.iter().all(|(_, result)| result.is_ok()));
        Ok::<_, Stopped>(())
    };
    batch.respond(&mut work.ledger, codes, read, done).unwrap();
}
