//! How an application is put together: the homes, the clock and the machine that it goes by.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::error::AppError;
use super::{App, places};
use crate::holder::{Anchor, Audience, Home};
use crate::machine::Facts;
use crate::protocol::product::ProductFile;

/// Choices for an [`App`]. What is not chosen is this computer's.
///
/// ```
/// let builder = countersign::App::builder(include_str!("../../keys/demo.product"));
/// let app = builder.for_everyone();
/// ```
#[derive(Debug)]
#[must_use]
pub struct AppBuilder<'a> {
    pub(super) product_file: &'a str,
    pub(super) home: Option<PathBuf>,
    pub(super) for_everyone: bool,
    pub(super) clock: Option<SystemTime>,
    pub(super) facts: Option<Facts>,
}

impl AppBuilder<'_> {
    /// Keeps everything in one directory, which need not exist. The program is shown the same by `--home`. With
    /// [`for_everyone`](AppBuilder::for_everyone) every user may read what is kept there, and many workstations may share it; else its owner alone, but
    /// where it was made for everyone before.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let home = tempfile::tempdir()?;
    /// let app = countersign::App::builder(include_str!("../../keys/demo.product"))
    ///     .home(&home.path().join("license"))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn home(mut self, directory: &Path) -> Self {
        self.home = Some(directory.to_owned());
        self
    }

    /// Makes requests for every user of this computer: in the machine-wide home, which takes an administrator's rights, or in the
    /// [home](AppBuilder::home) that is named, whose files everybody may read then.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// // An installer that runs as administrator:
    /// let app = countersign::App::builder(include_str!("../../keys/demo.product"))
    ///     .for_everyone()
    ///     .build()?;
    /// println!("{}", app.activate("828-150-156-1139".parse()?)?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn for_everyone(mut self) -> Self {
        self.for_everyone = true;
        self
    }

    /// Has the clock stand still at `now`: for tests. A moment before the day on which this library was built counts as a clock that is not set (SPEC.md 7), so
    /// tests go forward from today.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let home = tempfile::tempdir()?;
    /// # use countersign::machine::Facts;
    /// use std::time::{Duration, SystemTime};
    ///
    /// let in_a_week = SystemTime::now() + Duration::from_secs(7 * 86_400);
    /// let app = countersign::App::builder(include_str!("../../keys/demo.product"))
    ///     .clock(in_a_week)
    ///     .home(home.path())
    ///     .facts(Facts::default())
    ///     .build()?;
    /// assert!(app.check()?.is_demo());
    /// # Ok(())
    /// # }
    /// ```
    pub fn clock(mut self, now: SystemTime) -> Self {
        self.clock = Some(now);
        self
    }

    /// Runs on another computer, as it was recorded: for tests. Its second places lie in the [home](AppBuilder::home), which has to be named; this computer
    /// is left alone.
    ///
    /// Two computers differ where all that they say of themselves does: an id of 32 hexadecimal digits, a network card whose address was not made up (the
    /// second digit is 0, 4, 8 or c), the serial number of a disk.
    ///
    /// ```
    /// use countersign::machine::Facts;
    ///
    /// let computer = |nth: u8| Facts {
    ///     machine_id: format!("{nth:02x}23456789abcdef0123456789abcdef").into(),
    ///     mac: format!("00:1b:21:3a:4f:{nth:02x}").into(),
    ///     disk_serial: format!("S4EVNF0M1234{nth:02}").into(),
    ///     ..Facts::default()
    /// };
    /// let (ours, theirs) = (computer(1), computer(2));
    /// # assert_ne!(ours.machine_id.text(), theirs.machine_id.text());
    /// ```
    pub fn facts(mut self, recorded: Facts) -> Self {
        self.facts = Some(recorded);
        self
    }

    /// The application. A product file with CRLF at its line ends or a byte order mark, as version control and editors make them, is taken.
    ///
    /// ```
    /// let refused = countersign::App::builder("no product file").build().unwrap_err();
    /// assert_eq!(refused.kind(), "not_a_product_file");
    /// ```
    ///
    /// # Errors
    /// As [`App::on_this_computer`]; `no_home` for a recorded computer without a home.
    pub fn build(self) -> Result<App, AppError> {
        let file = ProductFile::read(self.product_file)?;
        let homes = self.homes()?;
        let wanted = match self.for_everyone {
            true => homes.first(),
            false => homes.last(),
        };
        let own = wanted.cloned().ok_or(AppError::NoHome)?;
        Ok(App {
            product: Arc::new(file.product().clone()),
            file,
            homes,
            own,
            clock: self.clock,
            facts: self.facts,
        })
    }

    fn homes(&self) -> Result<Vec<Home>, AppError> {
        let Some(directory) = &self.home else {
            if self.facts.is_some() {
                return Err(AppError::NoHome);
            }
            let own = places::of_user().filter(|_| !self.for_everyone);
            let all = home_of_this_computer(&places::of_all(), Audience::Everyone);
            let own = own.map(|at| home_of_this_computer(&at, Audience::Owner));
            return Ok(std::iter::once(all).chain(own).collect());
        };
        let audience = match self.for_everyone {
            true => Audience::Everyone,
            false => places::audience(directory),
        };
        if self.facts.is_none() {
            return Ok(vec![home_of_this_computer(directory, audience)]);
        }
        let anchors = [
            Anchor::of_all(&directory.join("anchor-of-all")),
            Anchor::of_one(&directory.join("anchor-of-one")),
        ];
        Ok(vec![Home::new(directory, audience).with_anchors(anchors)])
    }
}

fn home_of_this_computer(directory: &Path, audience: Audience) -> Home {
    Home::new(directory, audience).with_anchors(Anchor::of_this_computer(directory))
}
