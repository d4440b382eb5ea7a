//! Every command and every failure, through the real program.

mod acts;
mod advice;
#[cfg(unix)]
mod agents;
mod anyone;
mod apply;
mod batch;
mod called;
mod certificates;
mod check;
mod check_questions;
mod clerk;
mod clerks;
mod clerks_cheat;
mod clerks_leave;
mod code_input;
mod connected;
mod crafted;
#[cfg(target_os = "linux")]
mod crowd;
mod desk;
mod desk_keys;
mod disk;
mod entered;
mod everywhere;
mod exported;
mod exported_edited;
mod follow;
mod four_eyes;
mod four_eyes_forged;
mod four_eyes_found;
mod given_back;
mod given_up;
mod kept_safe;
mod ledger;
#[cfg(unix)]
mod letters;
mod license;
mod life;
mod lists;
#[cfg(unix)]
mod loan_books;
#[cfg(unix)]
mod loan_lost;
#[cfg(unix)]
mod loan_machines;
#[cfg(unix)]
mod loan_mails;
mod loan_seats;
mod loans;
mod machine;
mod many;
mod modules;
mod moves;
#[cfg(unix)]
mod named;
#[cfg(unix)]
mod named_notes;
mod named_places;
mod nearest;
#[cfg(unix)]
mod others;
mod plainly;
mod product;
mod put_back;
#[cfg(unix)]
mod races;
mod rare;
mod readopted;
mod recipients;
mod request;
mod respond;
#[cfg(unix)]
mod roots;
mod rows_forged;
mod run;
mod schema;
#[cfg(unix)]
mod seats;
mod secrets;
mod seeds;
mod seeds_anew;
mod several;
mod shown;
mod signer;
#[cfg(unix)]
mod site_rules;
#[cfg(unix)]
mod sites;
mod state_files;
mod sync;
#[cfg(target_os = "linux")]
mod systems;
#[cfg(unix)]
mod tokens;
mod told;
mod typed;
mod unattended;
mod unattended_again;
mod unattended_inbox;
#[cfg(unix)]
mod warned;
mod width;
mod written_files;
