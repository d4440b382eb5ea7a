//! The kinds of code: a letter in the code itself, a prefix for eyes (SPEC.md 3).

use crate::messages;
/// What a code is; the letter is its first symbol and also versions its layout (SPEC.md 2.2, 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A machine asks to be activated.
    Activate,
    /// A licensed machine asks for its license anew.
    Sync,
    /// A machine gives its license up.
    Return,
    /// The issuer's signed answer to ACTIVATE and SYNC.
    Grant,
    /// A workstation asks a site for a seat.
    Borrow,
    /// A site's signed answer to BORROW; its certificate is known to the workstation.
    Loan,
    /// A site's signed answer to BORROW, with the site's certificate.
    LoanWithCertificate,
    /// A workstation gives a loan up.
    LoanReturn,
    /// A site's certificate alone, for workstations that will borrow later.
    SiteCard,
    /// A root key's certificate for a desk.
    DeskCertificate,
    /// The short code that is read out: moves "revalidate by" without a request.
    Emergency,
}

impl Kind {
    /// Every kind, in the order of SPEC.md 3.
    pub const ALL: [Kind; 11] = [
        Kind::Activate,
        Kind::Sync,
        Kind::Return,
        Kind::Grant,
        Kind::Borrow,
        Kind::Loan,
        Kind::LoanWithCertificate,
        Kind::LoanReturn,
        Kind::SiteCard,
        Kind::DeskCertificate,
        Kind::Emergency,
    ];

    /// The kind's letter as ASCII: the first symbol of a code, and a byte of what is hashed and signed.
    pub const fn letter(self) -> u8 {
        match self {
            Kind::Activate => b'A',
            Kind::Sync => b'S',
            Kind::Return => b'R',
            Kind::Grant => b'G',
            Kind::Borrow => b'B',
            Kind::Loan => b'N',
            Kind::LoanWithCertificate => b'K',
            Kind::LoanReturn => b'T',
            Kind::SiteCard => b'C',
            Kind::DeskCertificate => b'D',
            Kind::Emergency => b'E',
        }
    }

    /// The kind with this letter, upper case.
    pub fn from_letter(letter: u8) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.letter() == letter)
    }

    /// The prefix written before a code of this kind, without its colon; the emergency code has none.
    pub const fn prefix(self) -> Option<&'static str> {
        match self {
            Kind::Activate => Some("REQ1"),
            Kind::Sync => Some("SYN1"),
            Kind::Return => Some("RET1"),
            Kind::Grant => Some("RSP1"),
            Kind::Borrow => Some("BOR1"),
            Kind::Loan | Kind::LoanWithCertificate => Some("LOAN1"),
            Kind::LoanReturn => Some("RTL1"),
            Kind::SiteCard => Some("CARD1"),
            Kind::DeskCertificate => Some("DESK1"),
            Kind::Emergency => None,
        }
    }

    /// What a person calls it, for messages: "a request code", without the article.
    pub fn noun(self) -> &'static str {
        match self {
            Kind::Activate => messages::text::kind_activate(),
            Kind::Sync => messages::text::kind_sync(),
            Kind::Return => messages::text::kind_return(),
            Kind::Grant => messages::text::kind_grant(),
            Kind::Borrow => messages::text::kind_borrow(),
            Kind::Loan | Kind::LoanWithCertificate => messages::text::kind_loan(),
            Kind::LoanReturn => messages::text::kind_loan_return(),
            Kind::SiteCard => messages::text::kind_site_card(),
            Kind::DeskCertificate => messages::text::kind_desk_certificate(),
            Kind::Emergency => messages::text::kind_emergency(),
        }
    }

    /// The same with its article.
    pub fn a_noun(self) -> &'static str {
        match self {
            Kind::Activate => messages::text::a_activate(),
            Kind::Sync => messages::text::a_sync(),
            Kind::Return => messages::text::a_return(),
            Kind::Grant => messages::text::a_grant(),
            Kind::Borrow => messages::text::a_borrow(),
            Kind::Loan | Kind::LoanWithCertificate => messages::text::a_loan(),
            Kind::LoanReturn => messages::text::a_loan_return(),
            Kind::SiteCard => messages::text::a_site_card(),
            Kind::DeskCertificate => messages::text::a_desk_certificate(),
            Kind::Emergency => messages::text::a_emergency(),
        }
    }

    /// The stable snake_case name for JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Activate => "activate",
            Kind::Sync => "sync",
            Kind::Return => "return",
            Kind::Grant => "grant",
            Kind::Borrow => "borrow",
            Kind::Loan => "loan",
            Kind::LoanWithCertificate => "loan_with_certificate",
            Kind::LoanReturn => "loan_return",
            Kind::SiteCard => "site_card",
            Kind::DeskCertificate => "desk_certificate",
            Kind::Emergency => "emergency",
        }
    }
}
