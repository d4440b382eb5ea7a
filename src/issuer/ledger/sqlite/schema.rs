//! The tables.

/// `CSGN`: tells a ledger from any other SQLite file.
pub(super) const APPLICATION_ID: i32 = 0x4353_474E;

/// The ledger's `user_version`: rises with each change of [`SCHEMA`].
pub(super) const FORMAT: u32 = 17;

/// What makes an empty ledger. A ledger whose tables, indices and whatever else it has differ from what this makes is not written to.
pub(super) const SCHEMA: &str = "
    CREATE TABLE meta (
        name TEXT PRIMARY KEY, value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE product (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
        definition TEXT NOT NULL, weak TEXT NOT NULL, event INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE terms (
        id INTEGER PRIMARY KEY, product INTEGER NOT NULL, customer TEXT NOT NULL, contact TEXT,
        seats INTEGER NOT NULL, type INTEGER NOT NULL, edition INTEGER NOT NULL,
        expires INTEGER NOT NULL, maintenance INTEGER NOT NULL, grace_days INTEGER NOT NULL,
        lend_days INTEGER NOT NULL, emergency_steps INTEGER NOT NULL, emergency_days INTEGER NOT NULL,
        entitlements BLOB NOT NULL, usb TEXT, reference TEXT, note TEXT, event INTEGER NOT NULL
    ) STRICT;
    -- The first of a name is the order itself, those after it are its changes.
    CREATE INDEX terms_reference ON terms (reference, id) WHERE reference IS NOT NULL;

    -- Row numbers rise in the order of making, and within an order in the order of the keys: verification and
    -- lists read it front to back, and the random key has an index of its own.
    CREATE TABLE license (
        id INTEGER PRIMARY KEY, key INTEGER NOT NULL, terms INTEGER NOT NULL,
        taken INTEGER, event INTEGER NOT NULL, withdrawn INTEGER NOT NULL DEFAULT 0,
        moves BLOB NOT NULL DEFAULT x'', exchanges BLOB NOT NULL DEFAULT x'', returns BLOB NOT NULL DEFAULT x'',
        anew BLOB NOT NULL DEFAULT x''
    ) STRICT;
    CREATE UNIQUE INDEX license_key ON license (key);
    CREATE INDEX license_terms ON license (terms);

    CREATE TABLE activation (
        id INTEGER PRIMARY KEY, license INTEGER NOT NULL, aid BLOB NOT NULL, generation INTEGER NOT NULL,
        fingerprint BLOB, bindings BLOB, usb BLOB, site_key BLOB, place INTEGER NOT NULL,
        seats INTEGER NOT NULL, runs INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, event INTEGER NOT NULL, proven INTEGER NOT NULL,
        superseded BLOB NOT NULL, ended INTEGER NOT NULL, reference BLOB, reference_since INTEGER NOT NULL,
        had BLOB NOT NULL, weak_accepted INTEGER NOT NULL, resting INTEGER NOT NULL, resting_until INTEGER NOT NULL,
        longest_loan INTEGER NOT NULL, lent_until INTEGER NOT NULL, told BLOB, due INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX activation_license ON activation (license);

    CREATE TABLE signer (
        id INTEGER PRIMARY KEY, public BLOB NOT NULL, certificate BLOB NOT NULL, UNIQUE (public, certificate)
    ) STRICT;

    -- Whom a root certified, by the serial of the certificate: rows are added, and marked where they were removed.
    CREATE TABLE desk_key (
        id INTEGER PRIMARY KEY, name TEXT NOT NULL, certificate BLOB NOT NULL, product TEXT NOT NULL,
        removed INTEGER NOT NULL, event INTEGER NOT NULL
    ) STRICT;

    -- Keys from which the seeds of emergency codes are made, by their numbers, each as it is sealed to one of those who may use it.
    CREATE TABLE sealed_key (
        key INTEGER NOT NULL, holder BLOB NOT NULL, sealing BLOB NOT NULL, sealed BLOB NOT NULL, event INTEGER NOT NULL,
        PRIMARY KEY (key, holder)
    ) STRICT, WITHOUT ROWID;

    -- The number of an answer is that of the event which gave it. The commitment finds a repeated request and,
    -- by its first four bytes, an activation under each id it ever had.
    CREATE TABLE answer (
        event INTEGER PRIMARY KEY, activation INTEGER NOT NULL, generation INTEGER NOT NULL, parent INTEGER NOT NULL,
        commitment BLOB NOT NULL, request BLOB NOT NULL, stood BLOB NOT NULL, grant_ BLOB NOT NULL,
        signer INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX answer_commitment ON answer (commitment);

    CREATE TABLE history (
        id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL,
        license INTEGER, activation INTEGER, previous INTEGER, data TEXT NOT NULL,
        signer INTEGER, signature BLOB, hash BLOB NOT NULL
    ) STRICT;
    -- Of one license only one event goes on from another: a row that was set back to an earlier one is seen, and nothing is written after it.
    CREATE UNIQUE INDEX history_previous ON history (previous, license) WHERE previous IS NOT NULL;

    -- RETURNs that came before their ACTIVATE.
    CREATE TABLE early_return (
        event INTEGER PRIMARY KEY, aid BLOB NOT NULL, proof BLOB NOT NULL
    ) STRICT;
    CREATE INDEX early_return_aid ON early_return (aid);

    -- Requests that were refused and are evidence of something, by their digest: the history tells of each once.
    CREATE TABLE refused (
        request BLOB PRIMARY KEY, event INTEGER NOT NULL, activation INTEGER NOT NULL, day INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX refused_activation ON refused (activation, day);

    -- What came beyond the rows that the history takes, counted by what it concerns and day: it changes no answer.
    CREATE TABLE beyond (
        subject TEXT NOT NULL, day INTEGER NOT NULL, many INTEGER NOT NULL, PRIMARY KEY (subject, day)
    ) STRICT, WITHOUT ROWID;

    -- Requests for a license that were refused and of which the history does not tell, the last of each license: they change no answer.
    -- `event` is the last of the history at that time.
    CREATE TABLE declined (
        request BLOB PRIMARY KEY, license INTEGER NOT NULL, aid BLOB NOT NULL, fingerprint BLOB, at INTEGER NOT NULL,
        event INTEGER NOT NULL, kind TEXT NOT NULL, said TEXT NOT NULL, waits INTEGER NOT NULL, phrase TEXT NOT NULL, sender TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX declined_license ON declined (license, at);

    -- What the mail of an activation's last request said of the machine, which proves nothing and changes no answer: its name, and a line
    -- for each name that it is bound to.
    CREATE TABLE said (
        license INTEGER NOT NULL, activation INTEGER NOT NULL, host TEXT, bound TEXT NOT NULL, day INTEGER NOT NULL,
        PRIMARY KEY (license, activation)
    ) STRICT, WITHOUT ROWID;

    -- Mails that the desk read by itself and did something with, each once, by what it is known by: none of it changes an answer.
    CREATE TABLE mail (
        id INTEGER PRIMARY KEY, mail BLOB NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL,
        said TEXT NOT NULL, sender TEXT, thread TEXT NOT NULL, subject TEXT, asks TEXT NOT NULL, decided_by TEXT, decided INTEGER, note TEXT
    ) STRICT;
    CREATE UNIQUE INDEX mail_known_by ON mail (mail);
    CREATE INDEX mail_waiting ON mail (id) WHERE state = 'waiting';

    -- What was mailed last on which day: the answer of a request, and what was said to whom.
    CREATE TABLE mailed (
        what BLOB PRIMARY KEY, day INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
";

#[cfg(test)]
mod tests {
    use super::*;

    /// A ledger of other tables is refused as one of another format, and not as one that somebody tampered with.
    #[test]
    fn the_format_rises_with_the_tables() {
        let tables = blake3::hash(SCHEMA.as_bytes()).to_hex();
        assert_eq!(
            (FORMAT, &tables.as_str()[..16]),
            (17, "279279eaae24255d"),
            "raise FORMAT, and write both here"
        );
    }
}
