//! `seat share`.

use super::{CheckArgs, Context, Exit, Run};
use crate::cli::json;
use crate::cli::seats::{moment, no_seats};
use crate::messages;
use crate::protocol::grant::LicenseType;

/// Say that several computers share the seats, for their home lies on a file server
///
/// For the owner of the home, once, while no seat is in use on any computer. A home that is licensed on a workstation where it is mounted by NFS or SMB is
/// shared from the beginning; one that the file server itself made, or that lay on a disk before, is not. From then on each computer says every 100 seconds
/// that it uses its seats, and those of one that is silent come back after five minutes, by the file server's clock.
#[derive(clap::Args)]
pub(crate) struct SeatShare {
    /// None but this computer uses them any more
    #[arg(long)]
    off: bool,
    /// The product, where several are installed
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// The license, where the machine holds several of the product
    #[arg(long, value_name = "KEY")]
    license: Option<String>,
}

impl Run for SeatShare {
    const NAME: &'static str = "share";
    const ABOUT: &'static str = "Say that several computers share the seats";

    type Object = json::SeatsShared;

    fn run(mut self, context: &mut Context) -> anyhow::Result<Exit> {
        let (product, license) = (self.product.take(), self.license.take());
        let which = CheckArgs::of_one(context, product, license, &[LicenseType::Floating])?;
        let found = which.find(context, false)?;
        let seats = found.seats_to_share()?.ok_or_else(|| no_seats(&found))?;
        let changed = seats.share(!self.off, &moment(context))?;
        let object = json::SeatsShared {
            shared: seats.are_shared(),
            changed,
        };
        if context.out.json {
            Self::print(context, &object)?;
        } else {
            context.out.line(match (object.shared, changed) {
                (true, true) => messages::seat::shared_now(),
                (true, false) => messages::seat::shared_already(),
                (false, true) => messages::seat::unshared_now(),
                (false, false) => messages::seat::unshared_already(),
            })?;
        }
        Ok(Exit::DONE)
    }
}
