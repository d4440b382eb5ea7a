//! A USB device as a license's key: it must be plugged in (SPEC.md 6.3).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{MachineError, known};

/// Linux' own, of the hubs in its controllers and of the devices that it plays itself.
const OF_THE_SYSTEM: u16 = 0x1d6b;

/// A USB device that can be told from others of its make, written `vid:pid:serial` (SPEC.md 6.3).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UsbDevice {
    vendor: u16,
    product: u16,
    serial: String,
}

impl UsbDevice {
    /// A device; the serial is trimmed and in lower case. Refused: one without a serial, with one that its make shares or a system invents, and the hubs of
    /// the system itself.
    pub fn new(vendor: u16, product: u16, serial: &str) -> Result<UsbDevice, MachineError> {
        let device = UsbDevice {
            vendor,
            product,
            serial: serial.trim().to_lowercase(),
        };
        if device.serial.chars().any(char::is_control) {
            let written = device.to_string().escape_debug().to_string();
            return Err(MachineError::UsbDevice(written));
        }
        if vendor == OF_THE_SYSTEM {
            return Err(MachineError::UsbHub(device.to_string()));
        }
        if device.serial.is_empty() {
            let make = format!("{vendor:04x}:{product:04x}");
            return Err(MachineError::UsbNoSerial(make));
        }
        match known::usb_serial(&device.serial) {
            Some(_) => Ok(device),
            None => Err(MachineError::UsbShared(device.to_string())),
        }
    }

    /// The eight bytes that a payload carries, for a license key (its five bytes of SPEC.md 2.5).
    pub fn digest(&self, license_key: &[u8; 5]) -> [u8; 8] {
        let mut hasher = blake3::Hasher::new_derive_key("countersign v1 usb");
        hasher
            .update(license_key)
            .update(self.to_string().as_bytes());
        super::first_8(&hasher)
    }
}

impl fmt::Display for UsbDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04x}:{:04x}:{}",
            self.vendor, self.product, self.serial
        )
    }
}

impl FromStr for UsbDevice {
    type Err = MachineError;

    /// Reads `VID:PID:SERIAL`; the serial may itself have colons.
    fn from_str(text: &str) -> Result<UsbDevice, MachineError> {
        let bad = || MachineError::UsbDevice(text.to_owned());
        let mut pieces = text.trim().splitn(3, ':');
        let mut id = || pieces.next().and_then(hexadecimal).ok_or_else(bad);
        let (vendor, product) = (id()?, id()?);
        UsbDevice::new(vendor, product, pieces.next().unwrap_or_default())
    }
}

/// Four hexadecimal digits, as systems and people write vendor and product ids.
pub(super) fn hexadecimal(text: &str) -> Option<u16> {
    let fits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_hexdigit());
    fits.then(|| u16::from_str_radix(text, 16).ok()).flatten()
}

impl TryFrom<String> for UsbDevice {
    type Error = MachineError;

    fn try_from(text: String) -> Result<UsbDevice, MachineError> {
        text.parse()
    }
}

impl From<UsbDevice> for String {
    fn from(device: UsbDevice) -> String {
        device.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_specification() {
        let device: UsbDevice = " 0529:000A:8A3F-21 \n".parse().unwrap();
        assert_eq!(device.to_string(), "0529:000a:8a3f-21");
        let whole = blake3::derive_key(
            "countersign v1 usb",
            b"\x01\x02\x03\x04\x050529:000a:8a3f-21",
        );
        assert_eq!(device.digest(&[1, 2, 3, 4, 5]), whole[..8]);
        assert_ne!(device.digest(&[1, 2, 3, 4, 6]), whole[..8]);
    }

    #[test]
    fn what_is_not_a_device_is_refused() {
        for text in [
            "",
            "0529",
            "529:0001:x",
            "0529:00001:x",
            "0x29:0001:x",
            "+529:0001:x",
            "0529-0001-x",
        ] {
            assert_eq!(
                text.parse::<UsbDevice>(),
                Err(MachineError::UsbDevice(text.into())),
                "{text}"
            );
        }
        assert!(matches!(
            "0529:0001:a\nb".parse::<UsbDevice>(),
            Err(MachineError::UsbDevice(_))
        ));
        for text in ["0529:0001", "0529:0001:", "0529:0001: "] {
            assert_eq!(
                text.parse::<UsbDevice>(),
                Err(MachineError::UsbNoSerial("0529:0001".into())),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["1d6b:0002:0000:00:14.0", "1D6B:0104:8a3f21"] {
            assert_eq!(
                text.parse::<UsbDevice>(),
                Err(MachineError::UsbHub(text.to_lowercase())),
                "{text}"
            );
        }
        for text in [
            "abcd:1234:0000000000000000",
            "0529:0001:0000:00:14.0",
            "0529:0001:0123456789ABCDEF",
            "0529:0001:6&2A3B4C5D&0&1",
        ] {
            assert_eq!(
                text.parse::<UsbDevice>(),
                Err(MachineError::UsbShared(text.to_lowercase())),
                "{text}"
            );
        }
    }

    #[test]
    fn a_serial_may_have_colons() {
        assert_eq!(
            "0529:0001:a:b".parse::<UsbDevice>().unwrap().to_string(),
            "0529:0001:a:b"
        );
    }
}
