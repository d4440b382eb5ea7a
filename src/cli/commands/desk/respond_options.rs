//! What a clerk decides for one answer, beside what the rules say.

use std::num::NonZeroU16;

use crate::cli::failure::Failure;
use crate::cli::{keys, sold};
use crate::issuer::policy::Options;
use crate::protocol::date::Day;

/// The options.
#[derive(clap::Args)]
pub(super) struct OptionArgs {
    /// Grant this many seats instead of those asked for
    #[arg(long, value_name = "N", value_parser = keys::seats)]
    seats: Option<NonZeroU16>,
    /// Days that the machine goes on without contact after this one answer; 0: for ever
    #[arg(long, value_name = "DAYS", conflicts_with = "until")]
    grace: Option<u16>,
    /// The day until which the machine goes on without contact after this one answer, such as the end of a long trip
    #[arg(long, value_name = "DATE")]
    until: Option<Day>,
    /// Answer although the machine does not hold its latest answer (yellow); four times in 365 days for each place
    #[arg(long, requires = "reason")]
    supersede: bool,
    /// Accept a machine of which a copied disk or image would pass for the same, where its product has such machines held for a clerk
    #[arg(long, requires = "reason")]
    accept_weak: bool,
    /// Accept that a site signs with a new key: it was made anew, or its password was lost
    #[arg(long, requires = "reason")]
    accept_site_key: bool,
    /// Manager: answer although a rule speaks against it (red, moved too often, weakly bound); with a return code: free its seats now, for none of them is lent
    /// or in use
    #[arg(long = "override", requires = "reason")]
    overridden: bool,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl OptionArgs {
    /// The day of `--until`, which a site takes, too.
    pub(super) fn until(&self) -> Option<Day> {
        self.until
    }

    /// What is to be set aside, or granted otherwise.
    ///
    /// # Errors
    /// Usage, where a reason is missing, empty or for nothing.
    pub(super) fn read(&self) -> anyhow::Result<Options> {
        let reason = self.reason.as_deref().map(str::trim).map(str::to_owned);
        if reason.as_deref() == Some("") {
            return Err(Failure::usage("setting a rule aside needs a reason")
                .hint("--reason TEXT says why, for the history")
                .into());
        }
        if let Some(reason) = &reason {
            sold::plain("the reason", reason)?;
        }
        let wanted = [
            self.supersede,
            self.accept_weak,
            self.accept_site_key,
            self.overridden,
        ];
        if reason.is_some() && !wanted.contains(&true) {
            let allowed = "--supersede, --accept-weak, --accept-site-key or --override";
            return Err(Failure::usage(format!("a reason is for {allowed}"))
                .hint("see countersign respond --help")
                .into());
        }
        Ok(Options {
            seats: self.seats,
            grace_days: self.grace,
            until: self.until,
            supersede_reason: reason.clone().filter(|_| self.supersede),
            accept_weak_reason: reason.clone().filter(|_| self.accept_weak),
            accept_site_key_reason: reason.clone().filter(|_| self.accept_site_key),
            override_reason: reason.filter(|_| self.overridden),
        })
    }
}
