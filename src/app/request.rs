//! What an application asks the vendor's desk for, and the code by which it does.

use std::fmt;
use std::num::NonZeroU16;

use crate::license_key::LicenseKey;
use crate::machine::UsbDevice;
use crate::protocol::digest::ActivationId;
use crate::text::{Code, phrase};

/// What an activation is to be, beside the license key.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (app, _home) = include!("doctest.in");
/// use countersign::app::Activation;
///
/// let two = Activation::default().seats(std::num::NonZeroU16::MIN.saturating_add(1));
/// let request = app.activate_as("828-150-156-1139".parse()?, &two)?;
/// # let _ = request;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Activation {
    pub(super) bindings: Vec<(String, String)>,
    pub(super) seats: Option<NonZeroU16>,
    pub(super) usb: Option<UsbDevice>,
    pub(super) anew: bool,
}

impl Activation {
    /// Bound to a server, a database or the like, by the names that the product has.
    ///
    /// ```
    /// use countersign::app::Activation;
    ///
    /// let wanted = Activation::default().bound_to("server", "db1");
    /// ```
    pub fn bound_to(mut self, name: &str, value: &str) -> Activation {
        self.bindings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With so many of the license's seats; else with all that are free.
    ///
    /// ```
    /// use countersign::app::Activation;
    /// use std::num::NonZeroU16;
    ///
    /// let wanted = Activation::default().seats(NonZeroU16::MIN);
    /// ```
    pub fn seats(mut self, seats: NonZeroU16) -> Activation {
        self.seats = Some(seats);
        self
    }

    /// Bound to a USB key that is plugged in.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use countersign::app::Activation;
    ///
    /// let wanted = Activation::default().usb("096e:0201:4C530001".parse()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn usb(mut self, device: UsbDevice) -> Activation {
        self.usb = Some(device);
        self
    }

    /// Another request although one is pending.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// use countersign::app::Activation;
    ///
    /// let key = "828-150-156-1139".parse()?;
    /// let first = app.activate(key)?;
    /// let other = app.activate_as(key, &Activation::default().anew())?;
    /// assert_ne!(first.code(), other.code());
    /// # Ok(())
    /// # }
    /// ```
    pub fn anew(mut self) -> Activation {
        self.anew = true;
        self
    }
}

/// A code for the vendor's desk. It is on disk and can be made again: nothing is lost where a window is closed.
///
/// Its text, which `to_string` gives, goes by mail, chat, paper or telephone.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (app, _home) = include!("doctest.in");
/// let request = app.activate("828-150-156-1139".parse()?)?;
/// let to = request.send_to.as_deref().unwrap_or("the vendor");
/// println!("send this to {to}:\n{request}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "somebody has to send it"]
pub struct Request {
    pub(super) code: Code,
    pub(super) also: Vec<Code>,
    pub(super) text: String,
    /// The license.
    pub license_key: LicenseKey,
    /// The activation that begins, goes on or ends.
    pub activation: ActivationId,
    /// Where the vendor wants it sent, where the product file says so.
    pub send_to: Option<String>,
    /// The same request was made before: this is its code again.
    pub repeated: bool,
}

impl Request {
    /// Three words, the same on both ends: what two people compare on the telephone (SPEC.md 2.6).
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let request = app.activate("828-150-156-1139".parse()?)?;
    /// assert_eq!(request.read_back().split_whitespace().count(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn read_back(&self) -> String {
        phrase(&self.code)
    }

    /// The code itself.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// use countersign::text::Kind;
    ///
    /// let request = app.activate("828-150-156-1139".parse()?)?;
    /// assert_eq!(request.code().kind(), Kind::Activate);
    /// # Ok(())
    /// # }
    /// ```
    pub fn code(&self) -> &Code {
        &self.code
    }

    /// Further codes that are to be sent with it, and that its text has too: the return of a license for which was asked more than once, and the desk may have
    /// answered each time. There are hardly ever any.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (app, _home) = include!("doctest.in");
    /// let request = app.activate("828-150-156-1139".parse()?)?;
    /// assert!(request.also().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn also(&self) -> &[Code] {
        &self.also
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
