//! What people hand over instead of a code, as far as its form tells.

#[cfg(feature = "cli")]
use super::encoding;
use crate::messages;

/// Something that is no code and is known by its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A document in PDF.
    Pdf,
    /// A document of a word processor: docx, odt, doc.
    Document,
    /// A table: xlsx, ods, xls.
    Table,
    /// An archive: zip, gzip, 7z, rar.
    Archive,
    /// A message as Outlook saves it, `.msg`.
    OutlookMessage,
    /// A message that is encrypted, by OpenPGP or S/MIME.
    Encrypted,
    /// A signature by OpenPGP that stands alone.
    Signature,
    /// A public key or a certificate.
    Certificate,
    /// A private key.
    PrivateKey,
    /// A file of product data, with which a product is installed.
    Product,
    /// A picture that is not read here.
    Picture,
    /// What is no text at all.
    Bytes,
    /// A program, or a library.
    Program,
    /// A sound or a film.
    Recording,
}

/// How files begin.
#[cfg(feature = "cli")]
const BEGINNINGS: [(&[u8], Thing); 21] = [
    (b"%PDF-", Thing::Pdf),
    (b"\x1f\x8b", Thing::Archive),
    (b"II*\0", Thing::Picture),
    (b"MM\0*", Thing::Picture),
    (b"SQLite f", Thing::Bytes),
    (b"7z\xbc\xaf\x27\x1c", Thing::Archive),
    (b"Rar!\x1a\x07", Thing::Archive),
    (b"BZh91AY&SY", Thing::Archive),
    (b"\xfd7zXZ\0", Thing::Archive),
    (b"\x28\xb5\x2f\xfd", Thing::Archive),
    (b"\x7fELF", Thing::Program),
    (b"MZ\x90\0", Thing::Program),
    (b"\xcf\xfa\xed\xfe", Thing::Program),
    (b"OggS", Thing::Recording),
    (b"ID3\x02", Thing::Recording),
    (b"ID3\x03", Thing::Recording),
    (b"ID3\x04", Thing::Recording),
    (b"fLaC", Thing::Recording),
    (b"#!AMR", Thing::Recording),
    (b"\x1a\x45\xdf\xa3", Thing::Recording),
    (b"\x85\x01", Thing::Encrypted),
];

/// Lines that begin an armoured or labelled text, without the dashes before them.
const LABELS: [(&str, Thing); 9] = [
    ("BEGIN PGP MESSAGE", Thing::Encrypted),
    ("BEGIN AGE ENCRYPTED", Thing::Encrypted),
    ("BEGIN PGP SIGNATURE", Thing::Signature),
    ("BEGIN PGP PUBLIC KEY", Thing::Certificate),
    ("BEGIN PUBLIC KEY", Thing::Certificate),
    ("BEGIN CERTIFICATE", Thing::Certificate),
    ("BEGIN X509", Thing::Certificate),
    ("BEGIN TRUSTED CERTIFICATE", Thing::Certificate),
    ("PRIVATE KEY", Thing::PrivateKey),
];

/// Bytes of an archive in which the names of its parts are looked for.
#[cfg(feature = "cli")]
const NAMES: usize = 1 << 16;
/// Bytes of a file of Microsoft's old form in which the name of its one stream is looked for.
#[cfg(feature = "cli")]
const STREAMS: usize = 1 << 18;

impl Thing {
    /// What a file is, by its bytes.
    #[cfg(feature = "cli")]
    pub(super) fn of_bytes(bytes: &[u8]) -> Option<Thing> {
        let has = |name: &[u8], within: usize| {
            let head = bytes.get(..within).unwrap_or(bytes);
            head.windows(name.len()).any(|window| window == name)
        };
        let wide =
            |name: &str| -> Vec<u8> { name.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            let any = |names: &[&[u8]]| names.iter().any(|name| has(name, NAMES));
            return Some(if any(&[b"word/", b"opendocument.text"]) {
                Thing::Document
            } else if any(&[b"xl/", b"opendocument.spreadsheet"]) {
                Thing::Table
            } else {
                Thing::Archive
            });
        }
        if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            return Some(if has(&wide("__substg1.0_"), STREAMS) {
                Thing::OutlookMessage
            } else if has(&wide("Workbook"), STREAMS) {
                Thing::Table
            } else {
                Thing::Document
            });
        }
        if bytes.get(4..8) == Some(b"ftyp") {
            return Some(Thing::Recording);
        }
        let known = |(start, _): &&(&[u8], Thing)| bytes.starts_with(start);
        let found = BEGINNINGS.iter().find(known).map(|(_, thing)| *thing);
        // Certificates and key stores, and whatever no text has in it.
        let der = bytes.starts_with(&[0x30, 0x82]);
        let zeros = bytes.iter().take(NAMES).filter(|&&byte| byte == 0);
        let strange = 8 * zeros.count() > bytes.len().min(NAMES);
        found
            .or(der.then_some(Thing::Certificate))
            .or((strange && !encoding::is_wide(bytes)).then_some(Thing::Bytes))
    }

    /// Whether a code may stand in it that can be read all the same.
    #[cfg(feature = "cli")]
    pub(super) fn may_hold_text(self) -> bool {
        matches!(
            self,
            Thing::Pdf
                | Thing::OutlookMessage
                | Thing::Bytes
                | Thing::Certificate
                | Thing::Encrypted
        )
    }

    /// What a text is, by its first lines.
    pub(super) fn of_text(text: &str) -> Option<Thing> {
        let label = |line: &str| {
            let start = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '>' | '|');
            if line
                .trim_start_matches(start)
                .starts_with("countersign product v1")
            {
                return Some(Thing::Product);
            }
            let inner = line.trim().strip_prefix("-----")?;
            let (_, thing) = LABELS.iter().find(|(label, _)| inner.contains(label))?;
            Some(*thing)
        };
        let drawing = is_drawing(text).then_some(Thing::Picture);
        drawing.or_else(|| text.lines().find_map(label))
    }

    /// What a person calls it, with its article.
    pub fn noun(self) -> &'static str {
        match self {
            Thing::Pdf => messages::text::thing_pdf(),
            Thing::Document => messages::text::thing_document(),
            Thing::Table => messages::text::thing_table(),
            Thing::Archive => messages::text::thing_archive(),
            Thing::OutlookMessage => messages::text::thing_outlook_message(),
            Thing::Encrypted => messages::text::thing_encrypted(),
            Thing::Signature => messages::text::thing_signature(),
            Thing::Certificate => messages::text::thing_certificate(),
            Thing::PrivateKey => messages::text::thing_private_key(),
            Thing::Product => messages::text::thing_product(),
            Thing::Picture => messages::text::thing_picture(),
            Thing::Bytes => messages::text::thing_bytes(),
            Thing::Program => messages::text::thing_program(),
            Thing::Recording => messages::text::thing_recording(),
        }
    }

    /// The stable snake_case name for JSON.
    pub fn name(self) -> &'static str {
        match self {
            Thing::Pdf => "pdf",
            Thing::Document => "document",
            Thing::Table => "table",
            Thing::Archive => "archive",
            Thing::OutlookMessage => "outlook_message",
            Thing::Encrypted => "encrypted",
            Thing::Signature => "signature",
            Thing::Certificate => "certificate",
            Thing::PrivateKey => "private_key",
            Thing::Product => "product",
            Thing::Picture => "picture",
            Thing::Bytes => "bytes",
            Thing::Program => "program",
            Thing::Recording => "recording",
        }
    }

    /// What to do about it.
    pub(super) fn hint(self) -> &'static str {
        match self {
            Thing::Pdf | Thing::Document | Thing::Table => messages::text::thing_document_hint(),
            Thing::Archive => messages::text::thing_archive_hint(),
            Thing::OutlookMessage => messages::text::thing_outlook_message_hint(),
            Thing::Encrypted => messages::text::thing_encrypted_hint(),
            Thing::Signature => messages::text::thing_signature_hint(),
            Thing::Certificate => messages::text::thing_else_hint(),
            Thing::PrivateKey => messages::text::thing_private_key_hint(),
            Thing::Product => messages::text::thing_product_hint(),
            Thing::Picture => messages::text::thing_picture_hint(),
            Thing::Bytes => messages::text::thing_bytes_hint(),
            Thing::Program | Thing::Recording => messages::text::thing_else_hint(),
        }
    }
}

/// Whether a text is a drawing as a program keeps it, with nothing before it but what the file says of itself.
fn is_drawing(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    while rest.starts_with("<?") || rest.starts_with("<!") {
        let behind = rest.split_once('>').map_or("", |it| it.1);
        rest = behind.trim_start();
    }
    let name = rest.get(..4).unwrap_or_default();
    name.eq_ignore_ascii_case("<svg")
}
