//! The USB key that a request names, or the only one that is plugged in.

use crate::machine::{Facts, UsbDevice};

use super::Context;
use super::failure::Failure;
use super::words;
use crate::failure::FailureKind;

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
        .map_err(|error| format!("{error}; {}", error.hint()))
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
                context.out.warn(format_args!(
                    "the USB key {device} is not plugged in now; the license will need it"
                ));
            }
            Ok(Some(device.clone()))
        }
        (Usb::Unbound, _) => Ok(None),
        (Usb::Auto, [device]) => Ok(Some(device.clone())),
        (Usb::Auto, []) => Err(Failure::new(
            FailureKind::NoUsbKey,
            "no USB device with a serial number is plugged in",
        )
        .hint("plug the USB key in; a device that reports no serial number cannot be told from others of its make, so no license can be bound to it")
        .into()),
        (Usb::Auto, several) => Err(Failure::usage(format!(
            "several USB devices are plugged in: {}",
            words::list(several)
        ))
        .hint("say which: --usb VID:PID:SERIAL")
        .into()),
    }
}
