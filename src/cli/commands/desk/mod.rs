//! What a vendor's desk does.

mod as_it_says;
mod called;
mod desk_answer;
mod desk_answer_kept;
mod desk_answer_read;
mod desk_certify;
mod desk_change;
mod desk_clock;
mod desk_inbox;
mod desk_inbox_mail;
mod desk_init;
mod desk_keys;
mod desk_passphrase;
mod desk_policy;
mod desk_remove;
mod desk_replace_root;
mod desk_report;
mod desk_request;
mod desk_rotate;
mod emergency;
mod events;
mod ledger_backup;
mod ledger_checkpoint;
mod ledger_export;
mod ledger_follow;
mod ledger_history;
mod ledger_import;
mod ledger_readopt;
mod ledger_restore;
mod ledger_verify;
mod license_certificate;
mod license_change;
mod license_list;
mod license_mail;
mod license_new;
mod license_note;
mod license_revoke;
mod license_show;
mod license_void;
mod product_add;
mod product_export;
mod proposed;
mod refusals;
mod release;
mod respond;
mod respond_batch;
mod respond_handed;
mod respond_options;
mod respond_said;
mod respond_text;
mod terms;
pub(super) mod tour;

use clap::Arg;

use super::{Commands, Context, Exit, LAST, Node, People, Run, leaf};

/// Who acts, where it is not as the account says.
pub(super) fn who_is_at_work() -> Arg {
    Arg::new("as")
        .long("as")
        .value_name("NAME")
        .help("At a desk: who is at work, for the history [env: COUNTERSIGN_AS] [default: the login name]")
        .display_order(LAST)
        .global(true)
}

/// The commands of a desk.
pub(super) const TREE: Commands = (
    People::Desk,
    "Desk (vendor)",
    &[
        Node::Group {
            name: "desk",
            about: "The vendor's desk: create it, see what needs somebody, say who may sign",
            nodes: &[
                leaf::<desk_init::DeskInit>(),
                leaf::<desk_request::DeskRequest>(),
                leaf::<desk_certify::DeskCertify>(),
                leaf::<desk_keys::DeskKeys>(),
                leaf::<desk_remove::DeskRemove>(),
                leaf::<desk_rotate::DeskRotate>(),
                leaf::<desk_replace_root::DeskReplaceRoot>(),
                leaf::<desk_policy::DeskPolicy>(),
                leaf::<desk_answer::DeskAnswer>(),
                Node::Group {
                    name: "inbox",
                    about: "What waits for a person: what another approves, mails that the desk does not answer by itself",
                    nodes: &[
                        leaf::<desk_inbox::InboxList>(),
                        leaf::<desk_inbox::InboxShow>(),
                        leaf::<desk_inbox::InboxApprove>(),
                        leaf::<desk_inbox::InboxDecline>(),
                    ],
                },
                leaf::<desk_passphrase::DeskPassphrase>(),
                leaf::<desk_change::DeskChange>(),
                leaf::<desk_clock::DeskClock>(),
                leaf::<desk_report::DeskReport>(),
            ],
        },
        Node::Group {
            name: "product",
            about: "Products: define them at the desk, install them on machines",
            nodes: &[
                leaf::<product_add::ProductAdd>(),
                leaf::<product_add::ProductChange>(),
                leaf::<super::product_list::ProductList>(),
                leaf::<super::product_show::ProductShow>(),
                leaf::<product_export::ProductExport>(),
                leaf::<super::product_install::ProductInstall>(),
            ],
        },
        Node::Group {
            name: "license",
            about: "Licenses: create keys, change them, look them up",
            nodes: &[
                leaf::<license_new::LicenseNew>(),
                leaf::<license_list::LicenseList>(),
                leaf::<license_show::LicenseShow>(),
                leaf::<license_change::LicenseChange>(),
                leaf::<license_revoke::LicenseRevoke>(),
                leaf::<license_void::LicenseVoid>(),
                leaf::<license_mail::LicenseMail>(),
                leaf::<license_certificate::LicenseCertificate>(),
                leaf::<license_note::LicenseNote>(),
            ],
        },
        leaf::<respond::Respond>(),
        leaf::<release::Release>(),
        leaf::<emergency::EmergencyCode>(),
        Node::Group {
            name: "ledger",
            about: "The ledger: verify it, read its history, keep it safe",
            nodes: &[
                leaf::<ledger_verify::LedgerVerify>(),
                leaf::<ledger_checkpoint::LedgerCheckpoint>(),
                leaf::<ledger_history::LedgerHistory>(),
                leaf::<ledger_follow::LedgerFollow>(),
                leaf::<ledger_backup::LedgerBackup>(),
                leaf::<ledger_export::LedgerExport>(),
                leaf::<ledger_import::LedgerImport>(),
                leaf::<ledger_restore::LedgerRestore>(),
                leaf::<ledger_readopt::LedgerReadopt>(),
            ],
        },
    ],
);
