//! The USB key that a request names, or the only one that is plugged in.

use crate::machine::{Facts, UsbDevice};

use super::Context;
use super::failure::Failure;
use super::words;
use crate::failure::FailureKind;
use crate::messages;

/// `--usb`.
#[derive(Clone, Debug)]
pub(crate) enum Usb {
    /// `auto`: the only device with a serial number that is plugged in.
    Auto,
    /// `VID:PID:SERIAL`.
    Named(UsbDevice),
    /// `none`: bound to no device.
    Unbound,
}

/// Reads the option's value.
pub(crate) fn parse(text: &str) -> Result<Usb, String> {
    if text.eq_ignore_ascii_case("auto") {
        return Ok(Usb::Auto);
    }
    if text.eq_ignore_ascii_case("none") {
        return Ok(Usb::Unbound);
    }
    let device = text.parse::<UsbDevice>();
    device
        .map(Usb::Named)
        .map_err(|error| messages::usb::wrong(&error, error.hint()).to_string())
}

/// The device that is meant, if one is. One that is named need not be plugged in yet.
pub(crate) fn device(
    context: &mut Context,
    usb: &Usb,
    facts: &Facts,
) -> anyhow::Result<Option<UsbDevice>> {
    let plugged = facts.usb_devices.list();
    match (usb, plugged.as_ref()) {
        (Usb::Named(device), plugged) => {
            if !plugged.contains(device) {
                context.out.warn(messages::usb::not_plugged_in(&device));
            }
            Ok(Some(device.clone()))
        }
        (Usb::Unbound, _) => Ok(None),
        (Usb::Auto, [device]) => Ok(Some(device.clone())),
        (Usb::Auto, []) => Err(Failure::new(FailureKind::NoUsbKey, messages::usb::none())
            .hint(messages::usb::none_hint())
            .into()),
        (Usb::Auto, several) => Err(Failure::usage(
            messages::usb::several(words::list(several)).to_string(),
        )
        .hint(messages::usb::several_hint())
        .into()),
    }
}
